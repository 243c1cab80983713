# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""Runs examples/hub_tool on files that would hang or end it: each is left out by name, and the others are labelled.

usage: use.py --tool PROGRAM --work DIR [--crashing-engine LIBRARY]

Empties the folder --work. Needs the standard library only.
"""

import argparse
import json
import os
import random
import shutil
import struct
import subprocess
import sys
import zlib


def check(holds, what):
    if not holds:
        sys.exit("failed: " + what)


# ONNX files, in the wire format of protocol buffers.

def varint(value):
    value &= (1 << 64) - 1
    out = b""
    while value >= 0x80:
        out += bytes([0x80 | (value & 0x7F)])
        value >>= 7
    return out + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def text(field, value):
    value = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(value)) + value


def value_info(name, shape):
    dims = b"".join(text(1, text(2, "n") if size == 0 else number(1, size)) for size in shape)
    return text(1, name) + text(2, text(1, number(1, 1) + text(2, dims)))


def tensor(name, shape, values, where=None):
    out = b"".join(number(1, size) for size in shape) + number(2, 1) + text(8, name)
    if where is not None:
        return out + text(13, text(1, "location") + text(2, where)) + number(14, 1)
    return out + text(9, struct.pack("<%df" % len(values), *values))


def node(kind, inputs, output, **attributes):
    out = b"".join(text(1, each) for each in inputs) + text(2, output) + text(4, kind)
    for name, value in attributes.items():
        if isinstance(value, int):
            out += text(5, text(1, name) + number(3, value) + number(20, 2))
        else:
            out += text(5, text(1, name) + b"".join(number(8, each) for each in value) + number(20, 7))
    return out


def network(seed, group=1, pads=(1, 1, 1, 1), where=None, filter_shape=(4, 3, 3, 3), last="Softmax", bias=None, kernel=(3, 3),
            strides=(1, 1), dilations=(1, 1), between=None, flatten=None, axis=None):
    """Convolution, mean of each channel, linear layer: 3 heads on images of 8 x 8.

    `between` is an operator on the convolution's output, with its attributes.
    """
    rng = random.Random(seed)
    values = lambda count: [rng.uniform(-2, 2) for _ in range(count)]
    graph = text(1, node("Conv", ["x", "f"], "c", group=group, kernel_shape=list(kernel), pads=list(pads), strides=list(strides),
                         dilations=list(dilations)))
    if between:
        kind, attributes = between
        graph += text(1, node(kind, ["c", "c"] if kind == "Concat" else ["c"], "e", **attributes))
    graph += text(1, node("GlobalAveragePool", ["e" if between else "c"], "p"))
    graph += text(1, node("Flatten", ["p"], "v", **({} if flatten is None else {"axis": flatten})))
    graph += text(1, node("Gemm", ["v", "w", "b"], "s", transB=1))
    if last:
        graph += text(1, node(last, ["s"], "y", **({} if axis is None else {"axis": axis})))
    graph += text(2, "g") + text(5, tensor("f", filter_shape, values(108), where))
    graph += text(5, tensor("w", [3, 4], values(12))) + text(5, tensor("b", [3], values(3) if bias is None else bias))
    graph += text(11, value_info("x", [0, 3, 8, 8])) + text(12, value_info("y" if last else "s", [0, 3]))
    return number(1, 6) + text(7, graph) + text(8, text(1, "") + number(2, 11))


def png(width, height, rows, alpha=False):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    header = struct.pack(">IIBBBBB", width, height, 8, 6 if alpha else 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def absurd_networks():
    """Networks of sound operators whose attributes have values without a meaning."""
    huge = 1 << 40
    pool = {"kernel_shape": [2, 2], "strides": [1, 1]}
    out = {"kernel": dict(kernel=(0, 0)), "kernel-huge": dict(kernel=(huge, huge)), "strides": dict(strides=(0, 0)),
           "strides-negative": dict(strides=(-1, -1)), "dilations": dict(dilations=(0, 0)), "dilations-huge": dict(dilations=(huge, huge)),
           "group-huge": dict(group=huge), "group-negative": dict(group=-1), "pads-negative": dict(pads=(-9,) * 4),
           "pads-huge": dict(pads=(huge,) * 4), "flatten": dict(flatten=9), "flatten-negative": dict(flatten=-9),
           "softmax": dict(axis=9), "softmax-negative": dict(axis=-9), "concat": dict(between=("Concat", {"axis": 9})),
           "concat-negative": dict(between=("Concat", {"axis": -9})),
           "transpose": dict(between=("Transpose", {"perm": [0, 1, 2, 9]})),
           "depth-to-space": dict(between=("DepthToSpace", {"blocksize": 0})), "reduce": dict(between=("ReduceMean", {"axes": [9]}))}
    for kind in ("MaxPool", "AveragePool"):
        for name, changed in (("kernel", {"kernel_shape": [0, 0]}), ("strides", {"strides": [0, 0]}), ("pads", {"pads": [-9] * 4}),
                              ("pads-huge", {"pads": [huge] * 4})):
            out[f"{kind}-{name}"] = dict(between=(kind, {**pool, **changed}))
    return out


class Tool:
    environment = None

    def __init__(self, program, folder):
        self.program = program
        self.folder = folder

    def __call__(self, *arguments, code=0):
        done = subprocess.run([self.program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              cwd=self.folder, env=self.environment, timeout=600)
        print("+ hub_tool", " ".join(arguments), "->", done.returncode)
        print(done.stdout + done.stderr, flush=True)
        check(done.returncode == code, f"hub_tool {arguments} exits with {code}")
        return done


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tool", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--crashing-engine")
    given = parser.parse_args()
    shutil.rmtree(given.work, ignore_errors=True)
    os.makedirs(given.work)
    tool = Tool(given.tool, given.work)
    at = lambda *path: os.path.join(given.work, *path)

    def write(data, *path):
        os.makedirs(os.path.dirname(at(*path)), exist_ok=True)
        with open(at(*path), "wb") as out:
            out.write(data)

    rng = random.Random(1)
    for name, colour in (("n0", (200, 30, 30)), ("n1", (30, 200, 30)), ("n2", (30, 30, 200))):
        for i in range(6):
            pixels = bytes(max(0, min(255, int(rng.gauss(c, 20)))) for _ in range(100) for c in colour)
            write(b"P6\n10 10\n255\n" + pixels, "rep", name, f"{i}.ppm")
    write(b"n0\tthing\nn1\tthing\nn2\tthing\n", "edges.tsv")
    write(b"n0\tapple\nn1\tleaf\nn2\tsky\nthing\tthing\n", "words.tsv")

    # Folders with entries that are not images, or not files.
    os.mkfifo(at("rep", "n0", "pipe.png"))
    os.symlink("loop.png", at("rep", "n0", "loop.png"))
    os.symlink("/dev/zero", at("rep", "n0", "zero.jpg"))
    os.symlink("n9", at("rep", "n9"))
    write(png(15000, 15000, b"\0"), "rep", "n1", "bomb.png")
    write(png(8, 8, 8 * (b"\0" + 8 * b"\xff\0\0\0"), alpha=True), "rep", "n1", "clear.png")
    write(png(8, 8, 8 * (b"\0" + 8 * b"\xff\0\0\xff"), alpha=True), "rep", "n1", "opaque.png")
    left_out = ["rep/n0/pipe.png", "rep/n0/loop.png", "rep/n0/zero.jpg", "rep/n9", "rep/n1/bomb.png"]

    # Models.
    good = []
    bad = {
        "group": (network(2, group=0), "group"),
        "external": (network(3, where="external.onnx.data"), "external.onnx.data"),
        "shape": (network(4, filter_shape=(4, 3, 300, 300)), "1080000 values"),
        "memory": (network(5, pads=(1 << 20,) * 4), ""),
        "empty": (network(6, bias=[]), "'b'"),
        "logits": (network(7, last=""), "expected a probability"),
        "cut": (network(8)[:200], "whole ONNX model"),
        "text": (b"no model at all\n" * 100, ""),
        "nothing": (b"", "without a graph"),
    }
    for i in range(3):
        good.append(f"good{i}.onnx")
        write(network(20 + i), good[-1])
    for name, (data, _) in bad.items():
        write(data, name + ".onnx")
    for each in [*good, *(name + ".onnx" for name in bad)]:
        write(b"apple\nleaf\nsky\n", each.replace(".onnx", ".labels.txt"))
    write(network(9), "endless.onnx")
    os.symlink("/dev/zero", at("endless.labels.txt"))
    os.mkfifo(at("pipe.onnx"))
    os.mkfifo(at("waits.labels.txt"))
    write(network(10), "waits.onnx")

    tool("init", "hub.mll", "--representation", "rep", "--graph", "edges.tsv", "--words", "words.tsv")
    names = [*bad, "endless", "pipe", "waits"]
    done = tool("add", "hub.mll", *(name + ".onnx" for name in names), *good, code=1)
    said = done.stderr
    # ONNX Runtime's classifiers see in the graph that a softmax is missing.
    if "added logits (3 heads): ONNX Runtime" in done.stdout:
        check("the graph ends with Gemm: logits" in done.stdout, "why the softmax is taken")
        names.remove("logits")
        good.append("logits.onnx")
    for name in names:
        lines = [line for line in said.splitlines() if f"left out: {name}.onnx: " in line]
        check(len(lines) == 1, f"{name}.onnx is left out by name, once")
        check(name not in bad or bad[name][1] in lines[0], f"the reason why {name}.onnx is left out")

    def label(code):
        done = tool("label", "hub.mll", "--json", code=code)
        states = {m["name"]: m["state"] for m in json.loads(tool("list", "hub.mll", "--json").stdout)["models"]}
        return done.stderr, states

    said, states = label(0)
    check(states == {each[:-5]: "labelled" for each in good}, "all good models are labelled, and no other")
    for each in left_out:
        check(any(each + ": " in line for line in said.splitlines()), each + " is left out by name")
    check("bomb.png: of 15000 x 15000 pixels" in said, "why a large image is left out")
    check("1 image with transparent pixels is put on white: " + at("rep", "n1", "clear.png") + "\\n" in said.replace("\"}", "\\n"),
          "transparent images are listed, and not those whose alpha channel hides nothing")

    # A model that changes into one that cannot run is detected when it is labelled again.
    write(bad["memory"][0], "good1.onnx")
    write(network(30), "good2.onnx")
    said, states = label(1)
    check("left out: " + at("good1.onnx") + ": " in said, "a changed model is proven again")
    check(states["good0"] == "labelled" and states["good2"] == "labelled", "the others are labelled")
    check(states["good1"] != "labelled", "labels of another file are not kept as its own")
    said, states = label(1)
    check(states["good0"] == "labelled", "again")

    # Weights in another file, where the engine takes them: they belong to the expert.
    write(network(11, where="outside.bin"), "outside.onnx")
    write(b"apple\nleaf\nsky\n", "outside.labels.txt")
    write(struct.pack("<108f", *[0.1] * 108), "outside.bin")
    if subprocess.run([given.tool, "add", "hub.mll", "outside.onnx"], cwd=given.work, stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL).returncode == 0:
        _, states = label(1)
        check(states["outside"] == "labelled", "it is labelled")
        write(struct.pack("<108f", *[-0.3] * 108), "outside.bin")
        done = tool("label", "hub.mll", "--json", code=1)
        check(json.loads(done.stdout)["labelled"] == ["outside"], "other weights are labelled again")

    # Attributes without a meaning: each network is left out by name, or runs, and the others are labelled.
    init = ["--representation", "rep", "--graph", "edges.tsv", "--words", "words.tsv"]
    tool("init", "absurd.mll", *init)
    absurd = absurd_networks()
    for name, attributes in absurd.items():
        write(network(40, **attributes), name + ".onnx")
        write(b"apple\nleaf\nsky\n", name + ".labels.txt")
    done = tool("add", "absurd.mll", "good0.onnx", *(name + ".onnx" for name in absurd), "good2.onnx", code=1)
    lines = done.stderr.splitlines()
    refused = [name for name in absurd if sum(f"left out: {name}.onnx: " in line for line in lines) == 1]
    added = {line.split()[1] for line in done.stdout.splitlines() if line.startswith("added ")}
    check(set(refused) | added == {*absurd, "good0", "good2"} and not set(refused) & added, "each is added, or left out by name")
    check({"kernel", "strides", "dilations", "pads-huge", "concat", "MaxPool-strides"} <= set(refused), "the worst are left out")
    labels = json.loads(tool("label", "absurd.mll", "--json", code=0).stdout)
    check({"good0", "good2"} <= set(labels["labelled"]), "the others are labelled")

    # Networks that crash the engine for certain: when it loads them, and when it runs them.
    if given.crashing_engine:
        tool.environment = {**os.environ, "MLL_ONNXRUNTIME_LIBRARY": given.crashing_engine}
        tool("init", "crash.mll", *init)
        signals = {"loaded": "crashed with signal 11", "run": "crashed with signal 8"}
        for when in signals:
            write(network(50) + text(2, "crash when " + when), when + ".onnx")
            write(b"apple\nleaf\nsky\n", when + ".labels.txt")
        write(network(20), "good1.onnx")
        done = tool("add", "crash.mll", "loaded.onnx", "good0.onnx", "run.onnx", "good1.onnx", "good2.onnx", code=1)
        for when, why in signals.items():
            check(f"left out: {when}.onnx: {why}" in done.stderr, f"a network that crashes the engine when {when} is left out by name")
        done = json.loads(tool("label", "crash.mll", "--json").stdout)
        check(sorted(done["labelled"]) == ["good0", "good1", "good2"], "all others are labelled")
        for when, why in signals.items():  # one that was sound
            write(network(50) + text(2, "crash when " + when), "good1.onnx")
            write(network(60 + len(when)), "good2.onnx")
            done = tool("label", "crash.mll", "--json", code=1)
            check(f"{at('good1.onnx')}: {why}" in done.stderr, "one that changes into such a network is left out by name")
            check(json.loads(done.stdout)["labelled"] == ["good2"], "all others are labelled")
    print("all checks hold")


main()
