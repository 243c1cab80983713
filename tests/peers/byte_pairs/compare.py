# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""Compares tokens of mll with those of Hugging Face's tokenizers, for tokenizers as CLIP's and GPT-2's that are trained
on glosses of WordNet: other glosses, and strings that are hard to split.

usage: compare.py --program SHOW_BYTE_PAIRS --work FOLDER [--wordnet FOLDER]
"""
import json
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import tokens

arguments, _ = tokens.start(__doc__)
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors, trainers

glosses = [gloss.strip() for _, gloss in tokens.synsets(arguments.wordnet / "data.noun")][:32000]
random.seed(1)
HARD = ("abcXYZ ''\t.,!?-12\u00e9\u00c9\u0130\u00df\u03a3\u03c2\u00a0\u2003\u4e2d\u6587\ud55c\u0301e\u0301\u00bd\u00b2\u0663"
        "\U0001f642\U0001f44d\U0001f3fd\u02bc\u2019\u200b\ufeff")
CLIP = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
corpus = glosses[20000:]
corpus += ["".join(random.choice(HARD) for _ in range(random.randrange(0, 40))) for _ in range(4000)]
corpus += ["it's we'll I'VE DON'T ''s", "a photo of a <|endoftext|> cat", "x</s>y", "  lead  and trail  ", "don't!'s"]


def trained(is_clip):
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    how = {"vocab_size": 4000, "initial_alphabet": alphabet, "show_progress": False}
    bytes_only = pre_tokenizers.ByteLevel(add_prefix_space=False)
    if is_clip:
        begin, end = special = ["<|startoftext|>", "<|endoftext|>"]
        out = Tokenizer(models.BPE(unk_token=end, end_of_word_suffix="</w>", continuing_subword_prefix=""))
        out.normalizer = normalizers.Sequence(
            [normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
        out.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(CLIP), "removed", invert=True), bytes_only])
        how["end_of_word_suffix"] = "</w>"
    else:
        begin, end = "<s>", "</s>"
        special = [begin, "<pad>", end, "<unk>"]
        out = Tokenizer(models.BPE())
        out.pre_tokenizer = bytes_only
    out.train_from_iterator(glosses[:8000], trainers.BpeTrainer(special_tokens=special, **how))
    if is_clip:  # as CLIP, every byte also at the end of a word
        tree = json.loads(out.to_str())
        for each in alphabet:
            tree["model"]["vocab"].setdefault(each + "</w>", len(tree["model"]["vocab"]))
        out = Tokenizer.from_str(json.dumps(tree))
    out.post_processor = processors.RobertaProcessing(
        (end, out.token_to_id(end)), (begin, out.token_to_id(begin)), trim_offsets=False, add_prefix_space=False)
    return out


wrong = 0
for kind, limit in (("clip", 77), ("gpt2", 512)):
    tokenizer = trained(kind == "clip")
    file = arguments.work / f"{kind}.json"
    tokenizer.save(str(file))
    found = tokens.run([arguments.program, file], ("\n".join(corpus) + "\n").encode())
    expected = [tokenizer.encode(text).ids for text in corpus]
    expected = [ids if len(ids) <= limit else ids[:limit - 1] + ids[-1:] for ids in expected]
    wrong += tokens.differences(kind, corpus, expected, found)
sys.exit(1 if wrong else 0)
