# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""The probabilities of a selection in NumPy, from the same scores.

Usage: ensemble_numpy.py FOLDER

FOLDER holds (float32) `scores.npy` `[samples, heads]`, the probabilities of the chosen heads; `slopes.npy`
`[heads, classes]` and `intercepts.npy` `[1, classes]`, the weights of their log-odds; and `answers.npy`
`[samples, classes]`, mll's probabilities. Prints `seconds S`, the fastest of several rounds, and
`difference D`, the largest difference from mll.
"""

import sys
import time

import numpy as np

ROUNDS = 20
LARGEST = np.float32(12)  # limit of log-odds


def combine(scores, slopes, intercepts):
    """Returns class probabilities [samples, classes]."""
    with np.errstate(divide="ignore"):
        log_odds = np.log(scores) - np.log(1 - scores)
    np.clip(log_odds, -LARGEST, LARGEST, out=log_odds)
    votes = log_odds @ slopes + intercepts
    votes -= votes.max(axis=1, keepdims=True)
    np.exp(votes, out=votes)
    votes /= votes.sum(axis=1, keepdims=True)
    return votes


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    names = ("scores", "slopes", "intercepts", "answers")
    scores, slopes, intercepts, answers = (np.load(f"{sys.argv[1]}/{name}.npy") for name in names)
    seconds = np.inf
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        found = combine(scores, slopes, intercepts)
        seconds = min(seconds, time.perf_counter() - begin)
    print(f"seconds {seconds:.9f}")
    print(f"difference {np.abs(found - answers).max():.9f}")


if __name__ == "__main__":
    main()
