# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""Compares mll::top_k with FAISS's IndexFlatIP: same rows, same queries, same number of threads.

Searches of both alternate, so that other load affects both; ratios are ratios of medians. Where neighbours differ,
their products must be equal up to rounding.

usage: top_k_faiss.py --program build/release/benchmarks/embed_top_k [--threads N] [--dims 128,384,768]
       [--queries 1,10,19,20,100,1000] [--k 1,5,100] [--rows 82115] [--rounds 5] [--json FILE]
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

# FAISS has its own threads; its BLAS must not add more.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

try:
    import faiss
    import numpy
except ImportError as missing:
    print(f"skipped: {missing} (pip install faiss-cpu numpy)")
    sys.exit(0)


def numbers(text):
    return [int(part) for part in text.split(",")]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--dims", type=numbers, default=[128, 384, 768])
    parser.add_argument("--queries", type=numbers, default=[1, 10, 19, 20, 100, 1000])
    parser.add_argument("--k", type=numbers, default=[1, 5, 100])
    parser.add_argument("--rows", type=int, default=82115)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json")
    return parser.parse_args()


def unit_rows(generator, count, dim):
    rows = generator.standard_normal((count, dim), dtype=numpy.float32)
    return rows / numpy.linalg.norm(rows, axis=1, keepdims=True)


class Ours:
    """The program in serving mode."""

    def __init__(self, program, folder, rows, queries, threads):
        self.found = os.path.join(folder, "found")
        for name, values in (("rows", rows), ("queries", queries)):
            values.tofile(os.path.join(folder, name))
        self.process = subprocess.Popen(
            [program, "--serve", os.path.join(folder, "rows"), os.path.join(folder, "queries"),
             str(rows.shape[1]), str(threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.rate, self.bandwidth = (float(part) for part in self.process.stdout.readline().split())

    def search(self, queries, k, storage="float", keep=False):
        self.process.stdin.write(f"{queries} {k} {storage} {self.found if keep else '-'}\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def neighbours(self, queries, k):
        self.search(queries, k, keep=True)
        self.search(1, 1)  # once this is answered, the previous result is written
        values = numpy.fromfile(self.found, dtype=numpy.uint32).reshape(2, queries, k)
        return values[0].astype(numpy.int64), values[1].view(numpy.float32)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def compare(ours, theirs, rows, queries):
    """Counts different neighbours with different products."""
    our_rows, _ = ours
    their_rows = theirs
    wrong = 0
    for q, k in zip(*numpy.nonzero(our_rows != their_rows)):
        exact = rows[[our_rows[q, k], their_rows[q, k]]].astype(numpy.float64) @ queries[q].astype(numpy.float64)
        wrong += abs(exact[0] - exact[1]) > 1e-6
    return int(wrong)


def main():
    options = parse_arguments()
    faiss.omp_set_num_threads(options.threads)
    generator = numpy.random.default_rng(7)
    cells = []
    print(f"faiss {faiss.__version__} ({faiss.get_compile_options().strip()}), {options.rows} rows, "
          f"{options.threads} threads; ms, medians of {2 * options.rounds}")
    print("  dim queries    k   faiss     mll  ratio    half  ratio  multiply-adds  bandwidth  wrong")
    for dim in options.dims:
        rows = unit_rows(generator, options.rows, dim)
        queries = unit_rows(generator, max(options.queries), dim)
        index = faiss.IndexFlatIP(dim)
        index.add(rows)
        with tempfile.TemporaryDirectory() as folder:
            ours = Ours(options.program, folder, rows, queries, options.threads)
            for count in options.queries:
                for k in options.k:
                    some = queries[:count]
                    wrong = compare(ours.neighbours(count, k), index.search(some, k)[1], rows, some)
                    times = {"faiss": [], "mll": [], "half": []}
                    def faiss_search():
                        begin = time.perf_counter()
                        index.search(some, k)
                        return time.perf_counter() - begin

                    searches = {"faiss": faiss_search, "mll": lambda: ours.search(count, k),
                                "half": lambda: ours.search(count, k, "half")}
                    for _ in range(options.rounds):
                        for name, search in searches.items():
                            search()  # the caches hold the data of the previous search
                            times[name] += [search(), search()]
                            time.sleep(0.005)  # idle threads spin for a while
                    cell = {name: statistics.median(values) for name, values in times.items()}
                    cell.update(
                        dim=dim, queries=count, k=k, wrong=wrong,
                        ratio=cell["faiss"] / cell["mll"], ratio_half=cell["faiss"] / cell["half"],
                        of_multiply_adds=options.rows * dim * count / cell["mll"] / ours.rate,
                        of_bandwidth=4 * options.rows * dim / cell["mll"] / ours.bandwidth)
                    cells.append(cell)
                    print(f"{dim:5d} {count:7d} {k:4d} {1e3 * cell['faiss']:7.2f} {1e3 * cell['mll']:7.2f} "
                          f"{cell['ratio']:6.2f} {1e3 * cell['half']:7.2f} {cell['ratio_half']:6.2f} "
                          f"{100 * cell['of_multiply_adds']:13.0f}% {100 * cell['of_bandwidth']:9.0f}% "
                          f"{wrong:6d}", flush=True)
            ours.close()
    ratios = [cell["ratio"] for cell in cells]
    summary = {"threads": options.threads, "rows": options.rows, "faiss_version": faiss.__version__,
               "least_ratio": min(ratios), "median_ratio": statistics.median(ratios),
               "wrong": sum(cell["wrong"] for cell in cells), "cells": cells}
    print(f"ratio: least {summary['least_ratio']:.2f}, median {summary['median_ratio']:.2f}; "
          f"neighbours that are wrong: {summary['wrong']}")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as out:
            json.dump(summary, out, indent=1)
    return 1 if summary["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
