# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""What the comparisons with Hugging Face's tokenizers share."""
import argparse
import importlib
import pathlib
import subprocess
import sys


def start(document, **more):
    """The arguments, and the module of the peer. Ends the program where that or WordNet is missing."""
    parser = argparse.ArgumentParser(description=document, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--wordnet", type=pathlib.Path, default=pathlib.Path("/usr/share/wordnet"))
    for name, kind in more.items():
        parser.add_argument("--" + name, type=kind)
    arguments = parser.parse_args()
    try:
        peer = importlib.import_module("tokenizers")
    except ImportError as missing:
        print(f"skipped: {missing} (pip install tokenizers, and configure with -DMLL_PYTHON=<that python>)")
        sys.exit(0)
    if not (arguments.wordnet / "data.noun").exists():
        print(f"skipped: no WordNet in {arguments.wordnet}")
        sys.exit(0)
    arguments.work.mkdir(parents=True, exist_ok=True)
    return arguments, peer


def synsets(path):
    """(words, gloss) of each synset of a file of WordNet."""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.startswith("  "):
            continue
        head, _, gloss = line.partition(" | ")
        fields = head.split()
        yield [fields[4 + 2 * i].replace("_", " ") for i in range(int(fields[3], 16))], gloss


def run(command, asked):
    """The tokens that the program of mll prints, a text per line."""
    done = subprocess.run([str(each) for each in command], input=asked, capture_output=True)
    if done.returncode != 0:
        sys.exit("failed: " + done.stderr.decode(errors="replace"))
    return [[int(each) for each in line.split()] for line in done.stdout.splitlines()]


def differences(what, texts, expected, found):
    """How many texts have other tokens; prints a few of them."""
    wrong = [i for i in range(max(len(texts), len(found))) if i >= min(len(texts), len(found)) or found[i] != expected[i]]
    print(f"{what}: {len(texts)} texts, {len(wrong)} differ")
    for i in wrong[:20]:
        if i < len(texts):
            print(f"  {texts[i][:60]!a}: expected {expected[i][:20]}, found {found[i][:20] if i < len(found) else None}")
    return len(wrong)
