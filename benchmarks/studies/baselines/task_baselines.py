# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""Baselines of other software on tasks of the accuracy benchmark.

Usage: task_baselines.py FOLDER RESULTS.json OUT.json

FOLDER is what `accuracy --export FOLDER --json RESULTS.json` wrote: tasks as arrays, with the representation samples that
mll matched to their classes. Writes results in the format of RESULTS.json, whose first row gives what they have in common:

  sklearn_lda               LinearDiscriminantAnalysis(shrinkage="auto") over the responses of all heads
  sklearn_lda+general       the same with the embedding of the general model among the features
  sklearn_lda_general       the same over the embedding alone
  sklearn_logistic+general  LogisticRegression over the responses and the embedding, with the ridge of ridge_stacking
  autogluon_selection       AutoGluon's EnsembleSelection over a pool of one discriminant per expert, one over the embedding
                            and the zero-shot answers of the general model, by their out-of-fold log-loss
  autogluon_selection+all   the same with sklearn_lda, sklearn_lda+general and sklearn_logistic+general in the pool, too

Prints `skipped: REASON` and leaves out what Python lacks. AutoGluon (`pip install autogluon.core`) is not among the packages that
`bootstrap.sh` installs.
"""

import json
import pathlib
import sys
import time

FLOOR = 0.003  # added to probabilities before the logarithm, as in mll
FOLDS = 5
RIDGE = 0.02
ROUNDS = 50  # of ensemble selection

try:
    import numpy as np
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold
except ImportError as missing:
    sys.exit(print(f"skipped: {missing} (pip install numpy scikit-learn)"))
try:
    from autogluon.core.metrics import log_loss
    from autogluon.core.models.greedy_ensemble.ensemble_selection import EnsembleSelection
except ImportError as missing:
    EnsembleSelection = None
    print(f"skipped: autogluon_selection: {missing} (pip install autogluon.core)")


class Task:
    """A task: samples as features, by the classes that have representation samples."""

    def __init__(self, folder):
        self.about = json.loads((folder / "task.json").read_text())
        load = lambda name: np.load(folder / f"{name}.npy")
        self.model = load("heads").ravel()
        width = np.log(np.bincount(self.model))[self.model]
        target = load("train_target").ravel()
        self.classes, self.target = np.unique(target, return_inverse=True)  # those with samples
        self.truth = load("test_target").ravel()
        self.train = np.log(load("train_scores") + FLOOR) + width
        self.test = np.log(load("test_scores") + FLOOR) + width
        self.has_general = (folder / "train_general.npy").exists()
        if self.has_general:
            self.train_general, self.test_general = load("train_general"), load("test_general")
            self.texts = load("class_text")[self.classes]
            spread = np.std(self.train) / np.std(self.train_general)
            self.train_all = np.hstack([self.train, spread * self.train_general])
            self.test_all = np.hstack([self.test, spread * self.test_general])

    def folds(self):
        counts = np.bincount(self.target)
        if counts.min() < 2:
            return None
        return StratifiedKFold(min(FOLDS, counts.min()), shuffle=True, random_state=0)


def discriminant(train, target, test):
    """Returns class probabilities [rows of test, classes]."""
    count = target.max() + 1
    solver = "lsqr" if train.shape[1] < 200 else "eigen"  # the same answers; the second is faster on many features
    fitted = LinearDiscriminantAnalysis(solver=solver, shrinkage="auto", priors=np.full(count, 1 / count))
    return fitted.fit(train, target).predict_proba(test)


def logistic(train, target, test):
    mean, spread = train.mean(0), train.std(0) + 1e-6
    fitted = LogisticRegression(C=1 / (RIDGE * len(target)), class_weight="balanced", max_iter=300)
    return fitted.fit((train - mean) / spread, target).predict_proba((test - mean) / spread)


def zero_shot(task, embeddings):
    cosines = 16 * embeddings @ task.texts.T
    cosines = np.exp(cosines - cosines.max(1, keepdims=True))
    return cosines / cosines.sum(1, keepdims=True)


def member(task, heads, answer, train, test):
    """A member of a pool: its heads, its out-of-fold probabilities, and what answers the samples of the task."""
    held_out = np.zeros((len(task.target), len(task.classes)))
    for rows, others in task.folds().split(train, task.target):
        held_out[others] = answer(train[rows], task.target[rows], train[others])
    return heads, held_out, lambda: answer(train, task.target, test)


def pool_of_experts(task):
    heads = [np.flatnonzero(task.model == m) for m in np.unique(task.model)]
    pool = [member(task, each, discriminant, task.train[:, each], task.test[:, each]) for each in heads]
    if task.has_general:
        none = np.zeros(0, int)
        pool.append(member(task, none, discriminant, task.train_general, task.test_general))
        pool.append((none, zero_shot(task, task.train_general), lambda: zero_shot(task, task.test_general)))
    return pool


def pool_of_all_heads(task):
    every = np.arange(len(task.model))
    pool = [member(task, every, discriminant, task.train, task.test)]
    if task.has_general:
        pool += [member(task, every, answer, task.train_all, task.test_all) for answer in (discriminant, logistic)]
    return pool


def selection(task, pool):
    """AutoGluon's ensemble selection; also the numbers of experts and of heads that it uses."""
    fitted = EnsembleSelection(ensemble_size=ROUNDS, problem_type="multiclass", metric=log_loss)
    fitted.fit([np.clip(held_out, 1e-6, 1) for _, held_out, _ in pool], task.target)
    used = np.flatnonzero(fitted.weights_)
    heads = np.unique(np.concatenate([pool[at][0] for at in used]))
    out = sum(fitted.weights_[at] * pool[at][2]() for at in used)
    return out, len(np.unique(task.model[heads])), len(heads)


def measure(task, method, probabilities, experts, heads, seconds, like):
    """A row of results; what is not measured is null."""
    top = probabilities.argmax(1)
    hits = task.classes[top] == task.truth
    confidence = probabilities[np.arange(len(top)), top]
    of_class = [hits[task.truth == y].mean() for y in np.unique(task.truth)]
    bins = np.minimum((confidence * 15).astype(int), 14)
    error = sum(abs(confidence[bins == b].sum() - hits[bins == b].sum()) for b in range(15)) / len(hits)
    order = np.argsort(-confidence, kind="stable")
    covered = [float(hits[order[: max(1, len(hits) * step // 20)]].mean()) for step in range(1, 21)]
    row = dict.fromkeys(like)
    row.update({key: like[key] for key in ("hub_size", "seed", "representation_per_node", "heads_per_class", "experts_budget")})
    row.update(task=task.about["task"], tasks_dir=task.about["tasks_dir"], method=method, accuracy=float(hits.mean()),
               macro_accuracy=float(np.mean(of_class)), experts_run=experts, heads_used=heads, calibration_error=float(error),
               accuracy_at_coverage=covered, accuracy_at_coverage_by_confidence=[], seconds_select=seconds,
               accuracy_at_50=covered[9], accuracy_at_70=covered[13], accuracy_at_90=covered[17])
    return row


def run(task, like):
    """Yields the rows of a task."""
    experts, heads = int(task.model.max()) + 1, len(task.model)
    methods = [("sklearn_lda", lambda: discriminant(task.train, task.target, task.test), experts, heads)]
    if task.has_general:
        methods += [
            ("sklearn_lda+general", lambda: discriminant(task.train_all, task.target, task.test_all), experts, heads),
            ("sklearn_lda_general", lambda: discriminant(task.train_general, task.target, task.test_general), 0, 0),
            ("sklearn_logistic+general", lambda: logistic(task.train_all, task.target, task.test_all), experts, heads),
        ]
    for method, answer, of_experts, of_heads in methods:
        begin = time.perf_counter()
        yield measure(task, method, answer(), of_experts, of_heads, time.perf_counter() - begin, like)
    if EnsembleSelection is None:
        return
    if task.folds() is None:
        print(f"skipped: AutoGluon on {task.about['task']}: a class has one sample")
        return
    pool, seconds = [], 0
    for method, members in (("autogluon_selection", pool_of_experts), ("autogluon_selection+all", pool_of_all_heads)):
        begin = time.perf_counter()
        pool += members(task)
        seconds += time.perf_counter() - begin
        begin = time.perf_counter()
        probabilities, experts, heads = selection(task, pool)
        yield measure(task, method, probabilities, experts, heads, seconds + time.perf_counter() - begin, like)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    folder, results, out = map(pathlib.Path, sys.argv[1:])
    first = json.loads(results.read_text())
    rows = []
    places = sorted(folder.glob("**/task.json"))
    if not places:
        sys.exit(f"task_baselines.py: {folder}: expected tasks that `accuracy --export` wrote, found none")
    for place in places:
        for row in run(Task(place.parent), first["results"][0]):
            print(f"{row['task']} {row['method']} {row['accuracy']:.3f} ({row['seconds_select']:.1f} s)", flush=True)
            rows.append(row)
    out.write_text(json.dumps({"provenance": first["provenance"], "results": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
