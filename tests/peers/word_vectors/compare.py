# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""Trains small word vectors with fastText or gensim, saves them in every format that mll reads, and compares the
vectors that mll reads with those of the library.

usage: compare.py --peer fasttext|gensim --program SHOW_VECTORS --work FOLDER
"""
import argparse
import importlib
import pathlib
import random
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("--peer", choices=["fasttext", "gensim"], required=True)
parser.add_argument("--program", required=True)
parser.add_argument("--work", type=pathlib.Path, required=True)
arguments = parser.parse_args()
try:
    numpy = importlib.import_module("numpy")
    peer = importlib.import_module(arguments.peer)
except ImportError as missing:
    package = {"fasttext": "fasttext-wheel", "gensim": "gensim"}[arguments.peer]
    print(f"skipped: {missing} (pip install {package} 'numpy<2', and configure with -DMLL_PYTHON=<that python>)")
    sys.exit(0)
arguments.work.mkdir(parents=True, exist_ok=True)

# Words of random syllables, some outside ASCII; frequent words are learnt.
chooser = random.Random(5)
syllables = ["ka", "lo", "mi", "ter", "ß", "é", "中", "New_", "S", "x<", "o"]
words = ["".join(chooser.choices(syllables, k=chooser.randint(1, 4))) for _ in range(400)]
sentences = [chooser.choices(words, k=8) for _ in range(1500)]
unseen = ["unseen", "zürich", "中国", "a", "xé", "kalomiß"]


def compare(form, path, asked, expected):
    answer = subprocess.run([arguments.program, form, path], input="\n".join(asked) + "\n", capture_output=True,
                            text=True, encoding="utf-8", check=True).stdout
    found = numpy.array([[float(number) for number in line.split()] for line in answer.splitlines()])
    error = numpy.abs(found - numpy.array(expected)).max()
    scale = numpy.abs(expected).max()
    print(f"{path.name}: {len(asked)} words, largest difference {error:.2g} of {scale:.2g}")
    if not (found.shape == numpy.shape(expected) and scale > 0 and error <= 1e-5 * scale):
        sys.exit(f"{path}: vectors differ")


if arguments.peer == "fasttext":
    corpus = arguments.work / "corpus.txt"
    corpus.write_text("\n".join(" ".join(sentence) for sentence in sentences), encoding="utf-8")
    for min_length, max_length in [(3, 6), (1, 3), (0, 0)]:
        model = peer.train_unsupervised(str(corpus), dim=12, epoch=1, minn=min_length, maxn=max_length, bucket=2000,
                                        thread=1, verbose=0, minCount=2)
        path = arguments.work / f"ngrams_{min_length}_{max_length}.bin"
        model.save_model(str(path))
        asked = model.get_words() + unseen
        compare("fasttext", path, asked, [model.get_word_vector(word) for word in asked])
else:
    from gensim.models import KeyedVectors, Word2Vec

    vectors: KeyedVectors = Word2Vec(sentences, vector_size=12, min_count=2, epochs=1, workers=1).wv
    asked = list(vectors.index_to_key)
    expected = [vectors[word] for word in asked]
    for form, binary in [("word2vec", True), ("text", False)]:
        path = arguments.work / f"vectors.{form}"
        vectors.save_word2vec_format(str(path), binary=binary)
        compare(form, path, asked, expected)
