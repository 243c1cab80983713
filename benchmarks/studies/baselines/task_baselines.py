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

Prints `skipped: REASON` and leaves out what Python lacks. AutoGluon is not among the packages that `bootstrap.sh` installs; its
row has not been run to the end.
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


def logistic(task):
    mean, spread = task.train_all.mean(0), task.train_all.std(0) + 1e-6
    fitted = LogisticRegression(C=1 / (RIDGE * len(task.target)), class_weight="balanced", max_iter=300)
    fitted.fit((task.train_all - mean) / spread, task.target)
    return fitted.predict_proba((task.test_all - mean) / spread)


def zero_shot(task, embeddings):
    cosines = 16 * embeddings @ task.texts.T
    cosines = np.exp(cosines - cosines.max(1, keepdims=True))
    return cosines / cosines.sum(1, keepdims=True)


def selection(task):
    """AutoGluon's ensemble selection; also the number of experts it uses."""
    folds = list(task.folds().split(task.train, task.target))
    pool = [(task.train[:, task.model == m], task.test[:, task.model == m]) for m in np.unique(task.model)]
    experts = len(pool)
    if task.has_general:
        pool.append((task.train_general, task.test_general))
    held_out = []
    for train, _ in pool:
        held_out.append(np.zeros((len(task.target), len(task.classes))))
        for rows, others in folds:
            held_out[-1][others] = discriminant(train[rows], task.target[rows], train[others])
    if task.has_general:
        held_out.append(zero_shot(task, task.train_general))
    fitted = EnsembleSelection(ensemble_size=ROUNDS, problem_type="multiclass", metric=log_loss)
    fitted.fit([np.clip(each, 1e-6, 1) for each in held_out], task.target)
    out = np.zeros((len(task.truth), len(task.classes)))
    for at in np.flatnonzero(fitted.weights_):
        if at < len(pool):
            answers = discriminant(pool[at][0], task.target, pool[at][1])
        else:
            answers = zero_shot(task, task.test_general)
        out += fitted.weights_[at] * answers
    return out, int(np.count_nonzero(fitted.weights_[:experts]))


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
            ("sklearn_logistic+general", lambda: logistic(task), experts, heads),
        ]
    for method, answer, of_experts, of_heads in methods:
        begin = time.perf_counter()
        yield measure(task, method, answer(), of_experts, of_heads, time.perf_counter() - begin, like)
    if EnsembleSelection is None:
        return
    if task.folds() is None:
        print(f"skipped: autogluon_selection on {task.about['task']}: a class has one sample")
        return
    begin = time.perf_counter()
    probabilities, used = selection(task)
    yield measure(task, "autogluon_selection", probabilities, used, 0, time.perf_counter() - begin, like)


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
