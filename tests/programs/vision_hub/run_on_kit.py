# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""Unpacks a kit of image experts with cached scores to plain folders, runs examples/vision_hub on them, and compares its
accuracy with that of benchmarks/accuracy on the cached scores of the same images.

usage: run_on_kit.py --kit DIR --vision-hub PROGRAM --accuracy PROGRAM --work DIR [--task NAME] [--experts N] [--per-node R]
                     [--images N] [--tolerance X]

Prints "skipped: <reason>" if the kit or a program is missing. Empties the folder --work.
"""

import argparse
import csv
import json
import os
import shutil
import struct
import subprocess
import sys
import zlib


def skip(reason):
    print("skipped: " + reason)
    sys.exit(0)


try:
    import numpy as np
except ImportError:
    skip("this Python has no NumPy (install python3-numpy)")


def write_png(path, image):
    """Writes an RGB image [height, width, 3] as PNG, without filters or compression: equal shapes, equal sizes."""
    height, width, _ = image.shape

    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(b"\0" + image[y].tobytes() for y in range(height))
    with open(path, "wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n")
        out.write(chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)))
        out.write(chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b""))


def read_tsv(path):
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def write_tsv(path, rows):
    with open(path, "w", encoding="utf-8") as out:
        for row in [list(rows[0])] + [list(row.values()) for row in rows]:
            out.write("\t".join(row) + "\n")


def run(command):
    print("+", " ".join(command), flush=True)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    print(done.stdout, flush=True)
    if done.returncode != 0:
        sys.exit(f"{command[0]} exited with {done.returncode}")
    return done.stdout


def check_contents_count(plain, command, count):
    """Replaces an expert, then a sample, by another one of the same date and size; checks that labels of the earlier one
    are not used."""
    hub = os.path.join(plain, "hub")
    first, second = sorted(name for name in os.listdir(hub) if name.endswith(".onnx"))[:2]
    dates = os.stat(os.path.join(hub, first))
    old = {}
    for ending in (".onnx", ".labels.txt"):
        path = os.path.join(hub, first[: -len(".onnx")] + ending)
        with open(path, "rb") as stream:
            old[path] = stream.read()
        os.remove(path)
        shutil.copyfile(os.path.join(hub, second[: -len(".onnx")] + ending), path)
        os.utime(path, ns=(dates.st_atime_ns, dates.st_mtime_ns - 10**12))
    if f"({count - 1} labels were there)" not in run(command):
        sys.exit("an expert that was replaced by an older file kept its label")
    # One that cannot be loaded is left out, with its label.
    with open(os.path.join(hub, first), "wb") as out:
        out.write(b"no network")
    if f"Labelled {count - 1} experts" not in run(command):
        sys.exit("an expert that was replaced by a broken file kept its label")
    for path, content in old.items():
        os.remove(path)
        with open(path, "wb") as out:
            out.write(content)
    run(command)

    representation = os.path.join(plain, "representation")
    node = sorted(os.listdir(representation))[0]
    path, other = (os.path.join(representation, each, sorted(os.listdir(os.path.join(representation, each)))[0])
                   for each in sorted(os.listdir(representation))[:2])
    dates = os.stat(path)
    with open(path, "rb") as stream:
        image = stream.read()
    shutil.copyfile(other, path)
    os.utime(path, ns=(dates.st_atime_ns, dates.st_mtime_ns))
    if os.stat(path).st_size != dates.st_size:
        sys.exit("expected images of one size")
    if "(0 labels were there)" not in run(command):
        sys.exit("an image that was replaced by another one of its size and date kept its labels")
    with open(path, "wb") as out:
        out.write(image)
    run(command)

    # Samples that are missing for a moment cost no label.
    os.rename(os.path.join(representation, node), os.path.join(plain, "away"))
    if subprocess.run(command, stdout=subprocess.DEVNULL).returncode == 0:
        sys.exit("expected an error for a missing node")
    os.rename(os.path.join(plain, "away"), os.path.join(representation, node))
    if f"({count} labels were there)" not in run(command):
        sys.exit("labels of a node that was missing for a moment were dropped")


def check_shape(plain, command, picture):
    """Checks that a photo keeps its shape: experts that cut out the middle see the same of a wide one as of its middle alone."""
    wide = os.path.join(plain, "wide")
    hub = os.path.join(plain, "hub")
    os.makedirs(os.path.join(wide, "hub"))
    os.makedirs(os.path.join(wide, "images"))
    for name in sorted(os.listdir(hub)):
        shutil.copyfile(os.path.join(hub, name), os.path.join(wide, "hub", name))
        if name.endswith(".onnx"):
            with open(os.path.join(wide, "hub", name[: -len(".onnx")] + ".mll.json"), "w", encoding="utf-8") as out:
                json.dump({"input": {"resize": "crop"}}, out)
    middle = picture.repeat(19, axis=0).repeat(19, axis=1)
    side = len(middle)
    photo = np.random.default_rng(1).integers(0, 256, (side, 4 * side, 3)).astype(np.uint8)
    photo[:, 3 * side // 2 : 5 * side // 2] = middle
    write_png(os.path.join(wide, "images", "middle.png"), middle)
    write_png(os.path.join(wide, "images", "photo.png"), photo)
    changed = {"--hub": os.path.join(wide, "hub"), "--out": os.path.join(wide, "out"), "--images": os.path.join(wide, "images")}
    run([changed.get(command[max(i - 1, 0)], each) for i, each in enumerate(command)])
    with open(os.path.join(wide, "out", "predictions.csv"), encoding="utf-8", newline="") as stream:
        answers = [(row["answer"], float(row["probability"])) for row in csv.DictReader(stream)]
    if len(answers) != 2 or answers[0][0] != answers[1][0] or abs(answers[0][1] - answers[1][1]) > 1e-3:
        sys.exit(f"expected the same answers to a wide photo and to its middle, found {answers}")


def main():
    arguments = argparse.ArgumentParser()
    for name in ("--kit", "--vision-hub", "--accuracy", "--work"):
        arguments.add_argument(name, required=True)
    arguments.add_argument("--task", default="cifar10")
    arguments.add_argument("--experts", type=int, default=10**9)
    arguments.add_argument("--per-node", type=int, default=10**9)
    arguments.add_argument("--images", type=int, default=10**9)
    arguments.add_argument("--tolerance", type=float, default=0.002)
    given = arguments.parse_args()
    kit = os.environ.get("MLL_VISION_KIT", given.kit)
    if not os.path.exists(os.path.join(kit, "hub", "models.tsv")):
        skip("no vision kit (set MLL_VISION_KIT to its folder)")
    for program in (given.vision_hub, given.accuracy):
        if not os.path.exists(program):
            skip(program + " was not built")
    shutil.rmtree(given.work, ignore_errors=True)
    small = os.path.join(given.work, "kit")  # a kit of the slice alone
    plain = os.path.join(given.work, "plain")  # the same as folders
    for folder in ("hub", "pretest", "tasks/" + given.task):
        os.makedirs(os.path.join(small, folder))
    os.makedirs(os.path.join(plain, "hub"))

    models = read_tsv(os.path.join(kit, "hub/models.tsv"))
    # Every n-th, so that all kinds of experts occur.
    models = models[:: max(1, -(-len(models) // given.experts))]
    chosen = {model["model_id"] for model in models}
    heads = [head for head in read_tsv(os.path.join(kit, "hub/heads.tsv")) if head["model_id"] in chosen]
    columns = [int(head["head_id"]) for head in heads]
    for model in models:
        stem = os.path.join(plain, "hub", model["model_id"])
        os.symlink(os.path.abspath(os.path.join(kit, "hub", model["onnx"])), stem + ".onnx")
        with open(stem + ".labels.txt", "w", encoding="utf-8") as out:
            out.writelines(head["name"] + "\n" for head in heads if head["model_id"] == model["model_id"])
    for i, head in enumerate(heads):
        head["head_id"] = str(i)
    write_tsv(os.path.join(small, "hub/models.tsv"), models)
    write_tsv(os.path.join(small, "hub/heads.tsv"), heads)

    nodes = read_tsv(os.path.join(kit, "pretest/nodes.tsv"))
    node_of_sample = np.load(os.path.join(kit, "pretest/node_of_sample.npy"))
    images = np.load(os.path.join(kit, "pretest/images.npy"))
    seen = {}
    kept = []
    for image, sample in zip(images, np.load(os.path.join(kit, "pretest/image_sample.npy"))):
        wnid = nodes[node_of_sample[sample]]["wnid"]
        seen[wnid] = seen.get(wnid, 0) + 1
        if seen[wnid] > given.per_node:
            continue
        kept.append(int(sample))
        folder = os.path.join(plain, "representation", wnid)
        os.makedirs(folder, exist_ok=True)
        write_png(os.path.join(folder, f"{sample:06}.png"), image)
    kept.sort()
    scores = np.load(os.path.join(kit, "pretest/scores.npy"))
    np.save(os.path.join(small, "pretest/scores.npy"), np.ascontiguousarray(scores[np.ix_(kept, columns)]))
    np.save(os.path.join(small, "pretest/node_of_sample.npy"), node_of_sample[kept])
    write_tsv(os.path.join(small, "pretest/nodes.tsv"), nodes)

    source = os.path.join(kit, "tasks", given.task)
    target = os.path.join(small, "tasks", given.task)
    classes = read_tsv(os.path.join(source, "classes.tsv"))
    truth = np.load(os.path.join(source, "truth.npy"))
    images = np.load(os.path.join(source, "images.npy"))
    # Every n-th, so that all classes occur.
    rows = list(range(0, len(images), max(1, -(-len(images) // given.images))))
    scores = np.load(os.path.join(source, "scores.npy"))
    np.save(os.path.join(target, "scores.npy"), np.ascontiguousarray(scores[np.ix_(rows, columns)]))
    np.save(os.path.join(target, "truth.npy"), truth[rows])
    write_tsv(os.path.join(target, "classes.tsv"), classes)
    for row in rows:
        folder = os.path.join(plain, "images", classes[truth[row]]["name"])
        os.makedirs(folder, exist_ok=True)
        write_png(os.path.join(folder, f"{row:06}.png"), images[row])
    captions = os.path.join(plain, "captions.tsv")
    with open(captions, "w", encoding="utf-8") as out:
        out.writelines(f"{each['name']}\t{each['caption']}\n" for each in classes)

    # The folder of the experts may be read-only.
    out = os.path.join(plain, "out")
    command = [given.vision_hub, "--hub", os.path.join(plain, "hub"), "--out", out, "--captions", captions,
               "--representation", os.path.join(plain, "representation"), "--images", os.path.join(plain, "images"),
               "--classes", ",".join(each["name"] for each in classes)]
    first = run(command)
    again = run(command)
    accuracies = [line.split()[-1] for text in (first, again) for line in text.splitlines() if line.startswith("Accuracy: ")]
    if len(accuracies) != 2 or accuracies[0] != accuracies[1]:
        sys.exit(f"expected the same accuracy of two runs, found {accuracies}")
    if f"({len(models)} labels were there)" not in again:
        sys.exit("the second run did not use the labels of the first")
    check_contents_count(plain, command, len(models))
    check_shape(plain, command, images[rows[0]])
    report = os.path.join(given.work, "accuracy.json")
    run([given.accuracy, "--kit", small, "--tasks", given.task, "--methods", "chco-all", "--general", "off",
         "--json", report])
    with open(report, encoding="utf-8") as stream:
        cached = json.load(stream)["results"][0]["accuracy"]
    print(f"accuracy from image files {accuracies[0]}, from cached scores {cached:.4f}")
    if abs(float(accuracies[0]) - cached) > given.tolerance:
        sys.exit(f"they differ by more than {given.tolerance}")


main()
