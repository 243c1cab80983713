# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""Compares sentence vectors of mll (through OpenVINO) with a forward pass of the same weights in NumPy, for batches of
one and of several texts.

usage: compare.py --program SHOW_SENTENCES --work FOLDER [--model FOLDER] [--texts N]
The folder of a model holds config.json, model.safetensors and vocab.txt of a BERT; by default a small random model is
used.
"""
import argparse
import pathlib
import random
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("--program", required=True)
parser.add_argument("--work", type=pathlib.Path, required=True)
parser.add_argument("--model", type=pathlib.Path)
parser.add_argument("--texts", type=int, default=60)
arguments = parser.parse_args()
try:
    import numpy
    from tokenizers import BertWordPieceTokenizer

    import bert
except ImportError as missing:
    print(f"skipped: {missing} (pip install numpy onnx tokenizers, for --model also safetensors, and configure with "
          "-DMLL_PYTHON=<that python>)")
    sys.exit(0)
arguments.work.mkdir(parents=True, exist_ok=True)

chooser = random.Random(2)
common = "the a of bird Crane machine lifts heavy loads, wading long-legged animal? water café 中 x y".split()
texts = ["", "a bird", "Crane"] + [" ".join(chooser.choices(common, k=chooser.randint(1, 30)))
                                   for _ in range(arguments.texts - 3)]
if arguments.model:
    vocabulary, max_tokens = arguments.model / "vocab.txt", 256
    config, weights = bert.load_model(arguments.model)
else:
    vocabulary, max_tokens = arguments.work / "vocab.txt", 24
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + sorted({*"abcdefghijklmnopqrstuvwxyz,-?中"})
    pieces += ["##" + piece for piece in pieces[5:31]] + ["the", "bird", "crane", "water", "##ing", "animal"]
    vocabulary.write_text("\n".join(pieces) + "\n", encoding="utf-8")
    config, weights = bert.random_model(len(pieces))
network = arguments.work / "model.onnx"
bert.write_onnx(network, config, weights)

tokenizer = BertWordPieceTokenizer(str(vocabulary))
tokenizer.enable_truncation(max_length=max_tokens)
expected = numpy.array([bert.forward(config, weights, tokenizer.encode(text).ids).mean(0) for text in texts])
expected /= numpy.linalg.norm(expected, axis=1, keepdims=True)
asked = b"".join(b"%d\n%b" % (len(text), text) for text in (text.encode() for text in texts))
rows = {}
for batch in (1, 7, 64):
    answer = subprocess.run([arguments.program, str(network), str(vocabulary), str(max_tokens), str(batch), "2"],
                            input=asked, capture_output=True)
    if answer.returncode != 0:
        sys.exit(answer.stderr.decode())
    rows[batch] = numpy.frombuffer(answer.stdout, dtype=numpy.float32).reshape(expected.shape).astype(float)
    cosine = (rows[batch] * expected).sum(1)
    print(f"batches of {batch}: {len(texts)} texts, smallest cosine {cosine.min():.8f}, largest difference "
          f"{abs(rows[batch] - expected).max():.2g}, to batches of 1 {abs(rows[batch] - rows[1]).max():.2g}")
    if not (cosine.min() >= 0.9999 and abs(rows[batch] - rows[1]).max() <= 1e-5):
        sys.exit("vectors differ")
distinct = 1 - (expected[1:] * expected[:-1]).sum(1).max()
print(f"different texts are at least {distinct:.2g} apart, {len(set(map(bytes, rows[1])))} different vectors")
