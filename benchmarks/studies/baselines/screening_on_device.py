# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""Screening with an array library for GPUs, on the inputs of selection_cuda --export.

Usage: screening_on_device.py FOLDER [--library torch|cupy] [--device cuda|cpu]

Class means of all heads by a matrix product, their reuse scores, the best per class. Prints the median time and
mll's, and the difference of the scores of the heads kept (ties are not compared: the libraries do not order them).
"""
import argparse
import sys
import time

try:
    import numpy as np
except ImportError:
    print("SKIP: no NumPy for", sys.executable)
    sys.exit(0)

REPEAT = 9


def best_by_torch(rows, weights, keep, device):
    import torch

    if device == "cuda" and not torch.cuda.is_available():
        return None
    torch.backends.cuda.matmul.allow_tf32 = False  # 10 bits of mantissa change the ranking
    rows = torch.from_numpy(rows.astype(np.float32) / 65535).to(device)
    weights = torch.from_numpy(weights).to(device)
    wait = torch.cuda.synchronize if device == "cuda" else lambda: None

    def run():
        means = weights @ rows
        top, which = means.topk(2, dim=0)
        total = means.sum(dim=0)
        classes = torch.arange(means.shape[0], device=device)[:, None]
        rival = torch.where(classes == which[0], top[1], top[0])
        scores = means - (rival + (total - means) / (means.shape[0] - 1)) / 2
        return scores.topk(keep, dim=1)

    return "PyTorch " + torch.__version__, run, wait, lambda out: (out.values.cpu().numpy(), out.indices.cpu().numpy())


def best_by_cupy(rows, weights, keep, device):
    import cupy as cp

    if device != "cuda" or cp.cuda.runtime.getDeviceCount() == 0:
        return None
    rows = cp.asarray(rows.astype(np.float32) / 65535)
    weights = cp.asarray(weights)

    def run():
        means = weights @ rows
        top = cp.partition(means, -2, axis=0)[-2:]
        rival = cp.where(means == top[1], top[0], top[1])
        scores = means - (rival + (means.sum(axis=0) - means) / (means.shape[0] - 1)) / 2
        some = cp.argpartition(-scores, keep - 1, axis=1)[:, :keep]
        order = cp.argsort(-cp.take_along_axis(scores, some, axis=1), axis=1)
        best = cp.take_along_axis(some, order, axis=1)
        return cp.take_along_axis(scores, best, axis=1), best

    return "CuPy " + cp.__version__, run, cp.cuda.Device().synchronize, lambda out: tuple(map(cp.asnumpy, out))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--library", choices=["torch", "cupy"])
    parser.add_argument("--device", choices=["cuda", "cpu"], default="cuda")
    given = parser.parse_args()
    load = lambda name: np.load(f"{given.folder}/screening_{name}.npy")
    rows, weights, scores, seconds = load("rows"), load("weights"), load("scores"), float(load("seconds")[0, 0])
    libraries = {"torch": best_by_torch, "cupy": best_by_cupy}
    compared = 0
    for library in [given.library] if given.library else libraries:
        try:
            found = libraries[library](rows, weights, scores.shape[1], given.device)
        except Exception as error:  # not installed, or no driver (CuPy has its own error type)
            print(f"SKIP: {library}: {error}")
            continue
        if found is None:
            print(f"SKIP: {library} sees no device")
            continue
        name, run, wait, to_host = found
        best = run()
        wait()
        times = []
        for _ in range(REPEAT):
            begin = time.perf_counter()
            best = run()
            wait()
            times.append(time.perf_counter() - begin)
        peer = sorted(times)[REPEAT // 2]
        apart = np.abs(to_host(best)[0] - scores).max()
        print(f"screening in {name}: {peer:.6f} s, {peer / seconds:.1f} times mll's {seconds:.6f} s; "
              f"scores of the heads kept differ by at most {apart:.1e}")
        if not apart < 1e-4:
            sys.exit("screening_on_device.py: " + name + " keeps other heads")
        compared += 1
    if compared == 0:
        print("SKIP: neither PyTorch nor CuPy could run; install one for", sys.executable)


if __name__ == "__main__":
    main()
