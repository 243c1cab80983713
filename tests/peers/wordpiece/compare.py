# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""Compares tokens of mll with those of Hugging Face's tokenizers: for all glosses and lemmas of WordNet, all characters
of Unicode within a word, and strings that are hard to split; cased and uncased, whole and cut off.

usage: compare.py --program SHOW_TOKENS --work FOLDER [--vocabulary FILE] [--wordnet FOLDER]
By default the vocabulary is made from the glosses: characters, and frequent beginnings and endings of words.
"""
import collections
import pathlib
import random
import re
import sys
import unicodedata

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
import tokens

arguments, peer = tokens.start(__doc__, vocabulary=pathlib.Path)


def wordnet_texts():
    for path in sorted(arguments.wordnet.glob("data.*")):
        for words, gloss in tokens.synsets(path):
            yield gloss
            yield from words


HARD = [
    "", " ", "\t\n\r", "\u00a0\u2003\u3000", "\u2028a\u2029b", "a\u0085b\u000bc\u000cd", "\x00nul\x01\x7f", "\ufffd",
    "\u200bzero\u200cwidth\u200djoin\ufeff", "soft\u00adhyphen", "Café cafe\u0301 CAFÉ", "naïve façade Ångström ÅNGSTRÖM",
    "e\u0301\u0327\u0323", "ÀÉÎÕÜ ñ ç ß ẞ ŉ ǆ ﬁ", "İstanbul ISTANBUL ıi", "ΟΔΥΣΣΕΥΣ Σίσυφος", "Привет Ёлка йод",
    "한국어 서울 \u1100\u1161\u11a8", "日本語カタカナがガ\u3099", "中国mixed中文a國", "\U00020000\U0002ebe0\U00030000", "สวัสดี", "नमस्ते हिन्दी", "العَرَبِيَّة", "עִבְרִית",
    "😀 👩‍👩‍👧‍👦 🇩🇪 🏳️‍🌈 🥹🫠", "x²½ ①Ⅷ", "don't stop—it's “fine”… ¿qué? ¡sí!", "a.b,c;d:e!f?g", "$5.00 100% C++ C# a_b ^`~|<=>",
    "[CLS] [SEP] [PAD] [MASK] [UNK] [sep]", "a[MASK]b[SEP", "[[SEP]]", "##ing ## #", "a" * 99, "a" * 100, "a" * 101, "é" * 100, "é" * 101, "e\u0301" * 60,
    "supercalifragilisticexpialidocious" * 2, "word " * 700, "。、「」！", "\u0600\u06dd\u070f\u180e\u061c", "\ue000private\U000f0000",
    "\u0378unassigned\uffff", "\u1734\u1885\ua9bd\U000111c9\u166d", "مرحبا\u200fabc\u200e", "A\u030a\u0301 \u1e9b\u0323", "\u0390\u03b0 \u1fd3", "K Å Ω", "a\u20dd\u20e3",
]


def strings():
    yield from HARD
    for code in range(0x110000):
        # Not U+11938, whose decomposition came with Unicode 13: the reference has older decomposition tables. Nor
        # unassigned characters: its tables of lower case are newer.
        if code == 0x11938 or unicodedata.category(chr(code)) in ("Cs", "Cn"):
            continue
        if code < 0x30000 or code % 97 == 0:
            yield f"ab{chr(code)}Cd"
    chooser = random.Random(11)
    everyday = [chr(code) for code in range(1, 0x3000) if code < 0x800 or code % 3 == 0]
    for _ in range(20000):
        yield "".join(chooser.choices(everyday, k=chooser.randint(1, 30)))
    yield from wordnet_texts()


def own_vocabulary(path):
    counts = collections.Counter()
    for text in wordnet_texts():
        for word in re.findall(r"\w+|[^\w\s]", text):
            for form in (word, word.lower()):
                counts[form] += 1
                for size in range(1, min(len(form), 6)):
                    counts[form[:size]] += 1
                    counts["##" + form[size:]] += 1
    pieces = [piece for piece, count in counts.most_common(20000) if count > 20]
    characters = [chr(code) for code in list(range(33, 127)) + list(range(0xA1, 0x600)) + list(range(0x4E00, 0x4F00))]
    every = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + characters + ["##" + c for c in characters] + pieces
    path.write_text("\n".join(dict.fromkeys(every)) + "\n", encoding="utf-8")


vocabulary = arguments.vocabulary
if vocabulary is None:
    vocabulary = arguments.work / "vocab.txt"
    own_vocabulary(vocabulary)
texts = list(strings())
failures = 0
for case in ("uncased", "cased"):
    reference = peer.BertWordPieceTokenizer(str(vocabulary), lowercase=case == "uncased")
    for max_tokens in (512, 12):
        reference.enable_truncation(max_length=max_tokens)
        some = texts if max_tokens == 512 else texts[::7]
        expected = [encoding.ids for encoding in reference.encode_batch(some)]
        asked = b"".join(b"%d\n%b" % (len(text), text) for text in (text.encode() for text in some))
        found = tokens.run([arguments.program, vocabulary, case, max_tokens], asked)
        failures += tokens.differences(f"{case}, at most {max_tokens} tokens", some, expected, found)
sys.exit(1 if failures else 0)
