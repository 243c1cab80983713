# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""Selection of heads in NumPy: the stages of mll's funnel on the same inputs.

Usage: chco_numpy.py FOLDER

FOLDER is written by `selection --export FOLDER`. Prints one line per stage, `name seconds`, and finally
`same N of C`: the number of classes with the same choice as mll. Seconds are the smaller of wall time and
processor time, to exclude other load.
"""

import sys
import time

import numpy as np

SCREENED = 64
KEPT = 24
HEADS_PER_CLASS = 3
LEAST_GAIN = 1e-6
ROUNDING = 1e-7
SWAP_PASSES = 4
PRIOR_SLOPE, SLOPE_PRECISION, INTERCEPT_PRECISION = 1.0, 1.0, 0.01


def screen(rows, weights):
    """Best heads per class by reuse score."""
    means = weights @ (rows.astype(np.float32) / np.float32(65535))
    classes = len(means)
    two = np.partition(means, classes - 2, axis=0)[-2:]
    rival = np.where(means == two[1], two[0], two[1])
    scores = means - 0.5 * (rival + (means.sum(axis=0) - means) / np.float32(classes - 1))
    best = np.argpartition(-scores, SCREENED - 1, axis=1)[:, :SCREENED]
    return [np.sort(heads) for heads in best]


def log_odds(codes, grid):
    return grid[codes]


def calibrate(own, rest, own_weight, rest_weight, samples):
    """Logistic calibrations of several heads for one class, by Newton's method on all heads at once."""
    x = np.concatenate([own, rest], axis=1)
    target = np.zeros(x.shape[1], np.float32)
    target[: own.shape[1]] = 1
    weight = np.concatenate([0.5 * own_weight, 0.5 * rest_weight])

    def loss_of(a, b):
        margin = a[:, None] * x + b[:, None]
        terms = np.log(1 + np.exp(-np.abs(margin))) + np.maximum(margin, 0) - target * margin
        penalty = 0.5 * (SLOPE_PRECISION * (a - PRIOR_SLOPE) ** 2 + INTERCEPT_PRECISION * b**2) / samples
        loss = (terms * weight).sum(axis=1)  # pairwise summation, for small rounding errors
        return loss, loss + penalty

    a = np.full(len(x), PRIOR_SLOPE, np.float32)
    b = np.zeros(len(x), np.float32)
    loss, total = loss_of(a, b)
    for _ in range(30):
        p = 1 / (1 + np.exp(-(a[:, None] * x + b[:, None])))
        slack = (p - target) * weight
        curve = p * (1 - p) * weight
        ga = (slack * x).sum(axis=1) + SLOPE_PRECISION * (a - PRIOR_SLOPE) / samples
        gb = slack.sum(axis=1) + INTERCEPT_PRECISION * b / samples
        haa = (curve * x * x).sum(axis=1) + SLOPE_PRECISION / samples
        hab = (curve * x).sum(axis=1)
        hbb = curve.sum(axis=1) + INTERCEPT_PRECISION / samples
        det = haa * hbb - hab * hab
        da = (hbb * ga - hab * gb) / det
        db = (haa * gb - hab * ga) / det
        step = np.ones_like(a)
        for _ in range(13):
            next_loss, next_total = loss_of(a - step * da, b - step * db)
            worse = next_total > total + ROUNDING
            if not worse.any():
                break
            step = np.where(worse, step / 2, step)
        gain = total - next_total
        better = gain > 0
        a = np.where(better, a - step * da, a)
        b = np.where(better, b - step * db, b)
        loss = np.where(better, next_loss, loss)
        total = np.where(better, next_total, total)
        if gain.max() < ROUNDING:
            break
    return a, b, loss


def shortlist(screened, heads, grid, own, rest):
    """Heads of each class with the smallest log-loss: indices, slopes and intercepts."""
    (joint, joint_label, joint_weight), (calibration, calibration_label, calibration_weight) = own, rest
    out = []
    for y, positions in enumerate(screened):
        at = np.searchsorted(heads, positions)
        is_own = joint_label == y
        is_rest = calibration_label != y
        own_weight, rest_weight = joint_weight[is_own], calibration_weight[is_rest]
        samples = 2 * min(is_own.sum(), is_rest.sum())
        slope, intercept, loss = calibrate(
            log_odds(joint[np.ix_(at, np.flatnonzero(is_own))], grid),
            log_odds(calibration[np.ix_(at, np.flatnonzero(is_rest))], grid),
            own_weight / own_weight.sum(),
            rest_weight / rest_weight.sum(),
            samples,
        )
        good = np.flatnonzero(slope > 0)
        if len(good) == 0:
            out.append((at[:1], np.full(1, 1e-3, np.float32), np.zeros(1, np.float32)))
            continue
        order = good[np.argsort(loss[good], kind="stable")][:KEPT]
        out.append((at[order], slope[order], intercept[order]))
    return out


class Joint:
    """Class-balanced log-likelihood of a choice of heads, and of the choices one move away."""

    def __init__(self, logits, label, weight):
        self.logits = logits  # per class [candidates, samples]
        self.label = label
        self.weight = weight
        self.chosen = [[0] for _ in logits]
        self.scores = np.stack([of_class[0] for of_class in logits])  # [classes, samples]
        self.refresh()

    def refresh(self):
        self.top = self.scores.max(axis=0)
        self.parts = np.exp(self.scores - self.top)
        self.total = self.parts.sum(axis=0)
        self.truth = self.scores[self.label, np.arange(len(self.label))]
        self.value = float((self.truth - self.top - np.log(self.total)) @ self.weight.astype(np.float64))

    def best_of(self, y, slot):
        """Best candidate for a new slot of a class (slot None) or for an occupied slot."""
        chosen = [c for s, c in enumerate(self.chosen[y]) if s != slot]
        count = len(chosen) + 1
        base = self.logits[y][chosen].sum(axis=0) if chosen else np.zeros_like(self.top)
        is_own = self.label == y
        rest = np.maximum(self.total - self.parts[y], 1e-30)
        scores = (base + self.logits[y]) / count
        values = np.where(is_own, scores, self.truth) - self.top
        values = values - np.log(rest + np.exp(np.minimum(scores - self.top, 60)))
        gains = values @ self.weight - self.value
        gains[self.chosen[y]] = -np.inf
        c = int(np.argmax(gains))
        return float(gains[c]), c

    def move(self, y, slot, candidate):
        if slot is None:
            self.chosen[y].append(candidate)
        else:
            self.chosen[y][slot] = candidate
        self.scores[y] = self.logits[y][self.chosen[y]].mean(axis=0)
        self.refresh()


def search(logits, label, weight):
    """Greedy search with exchanges; every step evaluates all classes."""
    joint = Joint(logits, label, weight)
    classes = range(len(logits))

    def room(y):
        return len(joint.chosen[y]) < HEADS_PER_CLASS and len(joint.chosen[y]) < len(logits[y])

    while True:
        moves = [(*joint.best_of(y, None), y) for y in classes if room(y)]
        best = max(moves, key=lambda move: move[0], default=(-np.inf, 0, 0))
        if best[0] <= LEAST_GAIN:
            break
        joint.move(best[2], None, best[1])
    for _ in range(SWAP_PASSES * len(logits)):
        moves = [(*joint.best_of(y, slot), y, slot) for y in classes for slot in range(len(joint.chosen[y]))]
        best = max(moves, key=lambda move: move[0])
        if best[0] <= LEAST_GAIN:
            break
        joint.move(best[2], best[3], best[1])
    return joint


def temperature(scores, label, weight):
    """Factor of the scores with the greatest likelihood, by golden-section search."""
    shifted = scores - scores.max(axis=0)
    truth = shifted[label, np.arange(len(label))]

    def likelihood(log_t):
        t = np.float32(np.exp(log_t))
        return float((t * truth - np.log(np.exp(t * shifted).sum(axis=0))) @ weight)

    golden = (np.sqrt(5) - 1) / 2
    low, high = -np.log(8), np.log(8)
    while high - low > 0.01:
        left, right = high - golden * (high - low), low + golden * (high - low)
        if likelihood(left) >= likelihood(right):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))


def main(folder):
    def load(name):
        return np.load(f"{folder}/{name}.npy")

    def samples(name):
        return load(name), load(name + "_label"), load(name + "_weight")

    rows, weights, heads, grid = load("rows"), load("weights"), load("screened"), load("grid")
    joint, joint_label, joint_weight = own = samples("joint")
    rest, expected = samples("calibration"), load("chosen")

    total = 0.0

    def timed(name, f, *arguments):
        nonlocal total
        wall, processor = time.perf_counter(), time.process_time()
        out = f(*arguments)
        seconds = min(time.perf_counter() - wall, time.process_time() - processor)
        total += seconds
        print(name, f"{seconds:.6f}", flush=True)
        return out

    screened = timed("screening", screen, rows, weights)
    lists = timed("calibration", shortlist, screened, heads, grid, own, rest)

    def decode():
        return [
            slope[:, None] * log_odds(joint[at], grid) + intercept[:, None] for at, slope, intercept in lists
        ]

    def combine():
        return search(decode(), joint_label, joint_weight)

    found = timed("joint", combine)
    timed("temperature", temperature, found.scores, joint_label, joint_weight)
    print("total", f"{total:.6f}")
    same = 0
    for y, (at, _, _) in enumerate(lists):
        chosen = {int(heads[at[c]]) for c in found.chosen[y]}
        same += chosen == {int(h) for h in expected[y] if h >= 0}
    print("same", same, "of", len(lists))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
