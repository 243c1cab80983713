"""Runs examples/hub_tool as a user does, and checks its output, its files and its exit codes.

usage: use.py vectors|terminal|numpy|images --tool PROGRAM --work DIR [--kit DIR] [--opencv 0|1] [--zip 0|1]

Prints "skipped: <reason>" if something is missing. Empties the folder --work.
"""

import argparse
import json
import os
import pty
import random
import re
import shutil
import struct
import subprocess
import sys


def skip(reason):
    print("skipped: " + reason)
    sys.exit(0)


def check(holds, what):
    if not holds:
        sys.exit("failed: " + what)


def write_npy(path, rows):
    """Writes a float32 matrix, without NumPy."""
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (%d, %d), }" % (len(rows), len(rows[0]))
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as out:
        out.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        for row in rows:
            out.write(struct.pack("<%df" % len(row), *row))


class Tool:
    def __init__(self, program, folder):
        self.program = program
        self.folder = folder

    def __call__(self, *arguments, code=0):
        done = subprocess.run([self.program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              cwd=self.folder)
        print("+ hub_tool", " ".join(arguments), "->", done.returncode)
        print(done.stdout + done.stderr, flush=True)
        check(done.returncode == code, f"hub_tool {arguments} exits with {code}")
        if code > 1:
            check(done.stderr.strip() != "", "an error prints to stderr")
            check(done.stdout == "", "an error prints nothing to stdout")
        return done

    def json(self, *arguments, code=0):
        return json.loads(self(*arguments, "--json", code=code).stdout)


WORDS = ["cat", "dog", "bird", "fish", "car", "truck"]


def make_vectors(folder, seed=1):
    """Six words, the samples of each around an axis of its own, and experts for some of the axes."""
    rng = random.Random(seed)
    os.makedirs(os.path.join(folder, "samples"))
    os.makedirs(os.path.join(folder, "experts"))
    with open(os.path.join(folder, "edges.tsv"), "w") as out:
        for k, _ in enumerate(WORDS):
            out.write(f"n{k}\t{'animal' if k < 4 else 'vehicle'}\n")
        out.write("animal\tthing\nvehicle\tthing\n")
    with open(os.path.join(folder, "words.tsv"), "w") as out:
        for k, word in enumerate(WORDS):
            out.write(f"n{k}\t{word}\tsomething called {word}\n")
        for word in ("animal", "vehicle", "thing"):
            out.write(f"{word}\t{word}\n")
    for k in range(6):
        write_npy(os.path.join(folder, "samples", f"n{k}.npy"),
                  [[rng.gauss(3.0 * (j == k), 1) for j in range(6)] for _ in range(20)])
    for name, known in (("pets", [0, 1]), ("zoo", [2, 3, 0]), ("road", [4, 5])):
        write_npy(os.path.join(folder, "experts", name + ".npy"),
                  [[1.0 * (j == k) for j in range(6)] + [0.0] for k in known])
        with open(os.path.join(folder, "experts", name + ".labels.txt"), "w") as out:
            out.writelines(f"{name} says {WORDS[k]}\n" for k in known)


def init(tool, store="hub.mll"):
    return tool("init", store, "--samples", "vectors", "--representation", "samples", "--graph", "edges.tsv", "--words",
                "words.tsv", "--mean", "0.5,0.5,0.5", "--logits")


def vectors(tool, folder):
    make_vectors(folder)
    experts = ["experts/pets.npy", "experts/zoo.npy", "experts/road.npy"]

    # Help, and wrong arguments.
    text = tool("--help").stdout
    for command in ("init", "add", "list", "label", "verify", "repair", "select", "explain", "export", "import", "remove"):
        check(command in text, "help lists " + command)
        check("STORE" in tool(command, "--help").stdout, "help of " + command)
    check("Exit codes" in text, "help explains the exit codes")
    tool("--version")
    tool(code=2)
    tool("paint", code=2)
    tool("init", "hub.mll", code=2)
    tool("init", "hub.mll", "--representation", "nowhere", "--samples", "vectors", "--graph", "edges.tsv", code=2)
    tool("init", "hub.mll", "--representation", "samples", "--samples", "vectors", "--graph", "edges.tsv", "--mean",
         "1,2", code=2)
    tool("list", "hub.mll", code=3)
    with open(os.path.join(folder, "other"), "w") as out:
        out.write("not a store")
    tool("list", "other", code=3)
    check(not os.path.exists(os.path.join(folder, "hub.mll")), "errors leave no store behind")

    init(tool)
    tool("init", "hub.mll", "--samples", "vectors", "--representation", "samples", "--graph", "edges.tsv", code=3)
    added = tool.json("add", "hub.mll", *experts, "experts/none.npy", "edges.tsv", code=1)
    check(added["added"] == ["pets", "zoo", "road"] and len(added["refused"]) == 2, "good files are added, bad ones reported")
    listed = tool.json("list", "hub.mll")
    check([m["state"] for m in listed["models"]] == ["unlabelled"] * 3, "new models are unlabelled")
    tool("select", "hub.mll", "x", "--classes", "cat,dog", code=2)

    done = tool.json("label", "hub.mll")
    check(sorted(done["labelled"]) == ["pets", "road", "zoo"] and done["nodes"] == 6, "all are labelled")
    check(tool.json("label", "hub.mll")["labelled"] == [], "labels are kept")
    listed = tool.json("list", "hub.mll")
    check(all(m["state"] == "labelled" and m["seconds_per_sample"] > 0 for m in listed["models"]), "their latency is stored")
    check("3 models, 6 nodes" in tool("list", "hub.mll").stdout, "list prints the counts")

    chosen = tool.json("select", "hub.mll", "pets", "--classes", "cat, truck,bird", "--heads", "1")
    heads = {each["class"]: each["head"] for each in chosen["heads"]}
    check(heads["truck"] == "road says truck" and heads["bird"] == "zoo says bird", "the right heads are chosen")
    check(heads["cat"] in ("pets says cat", "zoo says cat"), "the right head is chosen")
    check(chosen["nodes_read"] == 3 and chosen["nodes"] == 6, "only the nodes of the task are read")
    check(chosen["expected_accuracy"]["value"] > 0.5, "better than chance")
    tool("select", "hub.mll", "few", "--classes", "cat,truck,bird", "--experts", "2")
    tool("select", "hub.mll", "one", "--classes", "cat", code=2)
    tool("select", "hub.mll", "no", "--classes", "cat,dog", "--heads", "0", code=2)
    tool("select", "hub.mll", "no", "--classes", "cat,dog", "--heads", "1", "--experts", "1", code=2)
    check("truck" in tool("explain", "hub.mll", "pets").stdout, "a selection is explained")
    check(not tool.json("explain", "hub.mll", "pets")["stale"], "a new selection is not stale")
    tool("explain", "hub.mll", "nothing", code=2)
    with open(os.path.join(folder, "captions.tsv"), "w") as out:
        out.write("cat\tsomething called cat\n")
    tool("select", "hub.mll", "said", "--classes", "cat,dog", "--captions", "captions.tsv")
    tool("select", "hub.mll", "said", "--classes", "bird,dog", "--captions", "captions.tsv", code=3)
    with open(os.path.join(folder, "captions.tsv"), "wb") as out:
        out.write(b"\xef\xbb\xbfCat\tsomething called cat\r\n\r\n")
    tool("select", "hub.mll", "said", "--classes", "cat,dog", "--captions", "captions.tsv")

    # Lists of classes with nothing between commas, with quotes, and with two names of one node.
    for classes in ("cat,,dog", "cat,dog,", "cat, ,dog", 'cat,"dog'):
        tool("select", "hub.mll", "no", "--classes", classes, code=2)
    check(tool.json("select", "hub.mll", "said", "--classes", ' "cat" , dog')["classes"] == ["cat", "dog"], "quotes")
    said = tool("select", "hub.mll", "said", "--classes", "cat,dog,not a dog").stdout
    check("the same node as 'dog'" in said, "classes that share a node are said")

    # A flipped bit in a label.
    check(tool.json("verify", "hub.mll")["clean"], "a new store is undamaged")
    path = os.path.join(folder, "hub.mll")
    with open(path, "rb") as stream:
        sound = stream.read()
    tool("export", "hub.mll", "labels")
    with open(os.path.join(folder, "labels", "2.responses.npy"), "rb") as stream:
        node = stream.read()[-40:]  # the third model's responses at the last node
    at = sound.index(node)
    with open(path, "wb") as out:
        out.write(sound[:at + 3] + bytes([sound[at + 3] ^ 16]) + sound[at + 4:])
    found = tool.json("verify", "hub.mll", code=1)
    check([(d["model"], d["node"]) for d in found["damages"]] == [("road", "n5")], "damage is located")
    tool("select", "hub.mll", "x", "--classes", "cat,truck", code=1)
    tool("select", "hub.mll", "x", "--classes", "cat,dog", code=0)
    tool("repair", "hub.mll")
    check(tool.json("verify", "hub.mll")["clean"], "a repaired store is undamaged")
    check(tool.json("label", "hub.mll")["labelled"] == ["road"], "only the damaged model is labelled again")
    check("nothing to repair" in tool("repair", "hub.mll").stdout, "a second repair finds nothing")

    # Changed samples and models.
    write_npy(os.path.join(folder, "samples", "n1.npy"), [[float(j == 1) for j in range(6)]] * 7)
    done = tool.json("label", "hub.mll")
    check(done["samples"]["replaced"] == ["n1"] and done["complete"] == 3, "changed samples are labelled again")
    os.remove(os.path.join(folder, "samples", "n3.npy"))
    done = tool.json("label", "hub.mll")
    check(done["samples"]["removed"] == ["n3"] and done["labelled"] == [], "removing a node labels nothing")
    write_npy(os.path.join(folder, "experts", "road.npy"), [[0.5 * (j == k) for j in range(6)] + [0.0] for k in (4, 5)])
    tool("add", "hub.mll", "experts/road.npy")
    states = {m["name"]: m["state"] for m in tool.json("list", "hub.mll")["models"]}
    check(states == {"pets": "labelled", "zoo": "labelled", "road": "stale"}, "a changed model is stale")
    check(tool.json("label", "hub.mll")["labelled"] == ["road"], "a stale model is labelled again")
    check(tool.json("explain", "hub.mll", "pets")["stale"], "a selection that uses it is stale")
    os.remove(os.path.join(folder, "experts", "zoo.npy"))
    check(tool.json("label", "hub.mll", code=1)["problems"][0]["model"] == "zoo", "a model without its file is reported")

    tool("remove", "hub.mll", "zoo", "nobody", code=2)
    check(len(tool.json("list", "hub.mll")["models"]) == 3, "nothing is removed if one name is unknown")
    tool("remove", "hub.mll", "zoo", "-q")
    check([m["name"] for m in tool.json("list", "hub.mll")["models"]] == ["pets", "road"], "a model is removed")
    check(tool("verify", "hub.mll", "--quiet").stdout == "", "--quiet prints no result")


def on_terminal(tool, *arguments, interrupt=False):
    """Runs the tool on a terminal, optionally with Ctrl-C during its work; returns its exit code and output."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(tool.folder)
        os.execv(tool.program, [tool.program, *arguments])
    seen = b""
    while True:
        try:
            some = os.read(terminal, 4096)
        except OSError:  # on Linux: the other end is closed
            some = b""
        if not some:
            break
        seen += some
        done = re.findall(rb"\r[^\r]*\] (\d+)/", seen)
        if interrupt and done and int(done[-1]) >= 120:  # 16 models at a time with 6 steps each: some are complete
            os.write(terminal, b"\x03")
            interrupt = False
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    os.close(terminal)
    print("+ on a terminal: hub_tool", " ".join(arguments), "->", code, seen[-300:])
    check(not interrupt, "progress was shown before the interrupt")
    return code, seen.decode()


def terminal(tool, folder):
    make_vectors(folder)
    rng = random.Random(3)
    for k, _ in enumerate(WORDS):
        write_npy(os.path.join(folder, "samples", f"n{k}.npy"),
                  [[rng.gauss(3.0 * (j == k), 1) for j in range(6)] for _ in range(6000)])
    count = 300
    for m in range(count):
        write_npy(os.path.join(folder, "experts", f"many{m}.npy"),
                  [[rng.gauss(0, 1) for _ in range(7)] for _ in range(4)])
        with open(os.path.join(folder, "experts", f"many{m}.labels.txt"), "w") as out:
            out.writelines(f"head {h}\n" for h in range(4))
    init(tool)
    tool("add", "hub.mll", *[f"experts/many{m}.npy" for m in range(count)], "-q")

    # Batches of one sample take seconds: long enough to interrupt.
    code, text = on_terminal(tool, "label", "hub.mll", "--batch", "1", interrupt=True)
    check(code == 130, "Ctrl-C exits with 130")
    check("labelling [" in text and "finished work is saved" in text, "progress is shown, and what was saved")
    before = {m["name"]: m["state"] for m in tool.json("list", "hub.mll")["models"]}
    check({"labelled", "unlabelled"} <= set(before.values()), "some models were labelled, not all")
    check(tool.json("verify", "hub.mll")["clean"], "an interrupted store is undamaged")
    code, text = on_terminal(tool, "label", "hub.mll")
    check(code == 0 and "#] " in text, "the progress bar is complete")
    check(f"{count} of {count} are labelled" in text, "all models are labelled")
    check(f"labelled {sum(state != 'labelled' for state in before.values())} models" in text, "no model is labelled twice")
    code, text = on_terminal(tool, "label", "hub.mll", "-q")
    check(code == 0 and "\r" not in text.replace("\r\n", ""), "--quiet shows no progress bar")


def numpy(tool, folder, has_zip):
    try:
        import numpy as np
    except ImportError:
        skip("this Python has no NumPy (install python3-numpy)")
    make_vectors(folder, 2)
    init(tool)
    tool("add", "hub.mll", "experts/pets.npy", "experts/road.npy")
    tool("label", "hub.mll")
    tool("export", "hub.mll", "labels")
    ids = {m["name"]: m["id"] for m in tool.json("list", "hub.mll")["models"]}
    responses = np.load(os.path.join(folder, "labels", f"{ids['road']}.responses.npy"))
    mean = np.load(os.path.join(folder, "labels", f"{ids['road']}.mean.npy"))
    check(responses.shape == (120, 2) and responses.dtype == np.uint8, "responses have one row per sample")
    # The same by the formula, from the files of the expert and the samples.
    weights = np.load(os.path.join(folder, "experts", "road.npy"))
    order = [line.split("\t")[0] for line in open(os.path.join(folder, "labels", "nodes.tsv"))]
    samples = np.concatenate([np.load(os.path.join(folder, "samples", node + ".npy")) for node in order])
    logits = samples @ weights[:, :-1].T + weights[:, -1]
    p = np.exp(logits - logits.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    expected = np.rint((np.clip(np.log(p) - np.log1p(-p), -12, 12) + 12) / (24 / 255))
    check(np.abs(responses.astype(int) - expected).max() <= 1, "responses are the expert's scores")
    check(np.abs(mean - p.reshape(6, 20, 2).mean(axis=1)).max() < 1e-5, "means are those of the scores")

    # Written again by NumPy, imported by another store: the same bits.
    for entry in os.listdir(os.path.join(folder, "labels")):
        if entry.endswith(".npy"):
            path = os.path.join(folder, "labels", entry)
            np.save(path, np.load(path))
    init(tool, "second.mll")
    tool("add", "second.mll", "experts/road.npy", "experts/pets.npy")
    tool("import", "second.mll", "labels", code=2)  # no samples yet
    tool.json("label", "second.mll")
    tool("import", "second.mll", "labels")
    tool("export", "second.mll", "again")
    ids_again = {m["name"]: m["id"] for m in tool.json("list", "second.mll")["models"]}
    for name in ids:
        for what in ("responses", "mean"):
            a = np.load(os.path.join(folder, "labels", f"{ids[name]}.{what}.npy"))
            b = np.load(os.path.join(folder, "again", f"{ids_again[name]}.{what}.npy"))
            check(a.dtype == b.dtype and a.tobytes() == b.tobytes(), f"{what} of {name} are the same after a round trip")

    # The same as one file.
    if not has_zip:
        tool("export", "hub.mll", "labels.npz", code=2)
        tool("import", "hub.mll", "labels.npz", code=2)
        return
    tool("export", "hub.mll", "labels.npz")
    with np.load(os.path.join(folder, "labels.npz")) as archive:
        arrays = {name: archive[name] for name in archive.files}
    tables = {name: text.tobytes().decode() for name, text in arrays.items() if text.shape[0] == 1 and "." not in name}
    for entry in os.listdir(os.path.join(folder, "labels")):
        name, ending = os.path.splitext(entry)
        path = os.path.join(folder, "labels", entry)
        if ending == ".tsv":
            check(tables.pop(name) == open(path, newline="").read(), f"{name} is the same text")
        else:
            array = np.load(path)
            check(arrays[name].dtype == array.dtype and np.array_equal(arrays[name], array), f"{name} is the same array")
        del arrays[name]
    check(not arrays and not tables, "the archive holds nothing else")
    with np.load(os.path.join(folder, "labels.npz")) as archive:
        for save, name in ((np.savez, "plain.npz"), (np.savez_compressed, "small.npz")):
            save(os.path.join(folder, name), **{each: archive[each] for each in archive.files})
            tool("import", "second.mll", name)
            tool("export", "second.mll", "again")
            for model in ids:
                for what in ("responses", "mean"):
                    b = np.load(os.path.join(folder, "again", f"{ids_again[model]}.{what}.npy"))
                    check(np.array_equal(archive[f"{ids[model]}.{what}"], b), f"{what} of {model} are the same from {name}")
    with open(os.path.join(folder, "broken.npz"), "wb") as out:
        out.write(open(os.path.join(folder, "labels.npz"), "rb").read()[:-30])
    tool("import", "second.mll", "broken.npz", code=3)


def images(tool, folder, kit, opencv):
    if opencv != "1":
        skip("this build has no OpenCV")
    kit = os.environ.get("MLL_VISION_KIT", kit)
    if not os.path.exists(os.path.join(kit, "hub", "models.tsv")):
        skip("no vision kit (set MLL_VISION_KIT to its folder)")
    try:
        import numpy as np
    except ImportError:
        skip("this Python has no NumPy (install python3-numpy)")

    def table(path):
        with open(os.path.join(kit, path), encoding="utf-8") as stream:
            lines = [line.rstrip("\n").split("\t") for line in stream]
        return [dict(zip(lines[0], line)) for line in lines[1:]]

    nodes = table("pretest/nodes.tsv")
    node_of_sample = np.load(os.path.join(kit, "pretest/node_of_sample.npy"))
    pictures = np.load(os.path.join(kit, "pretest/images.npy"), mmap_mode="r")
    seen = {}
    for row, sample in enumerate(np.load(os.path.join(kit, "pretest/image_sample.npy"))):
        node = nodes[node_of_sample[sample]]["wnid"]
        if node not in seen and len(seen) == 12 or seen.get(node, 0) == 4:
            continue
        seen[node] = seen.get(node, 0) + 1
        os.makedirs(os.path.join(folder, "samples", node), exist_ok=True)
        height, width, _ = pictures[row].shape
        with open(os.path.join(folder, "samples", node, f"{sample:06}.ppm"), "wb") as out:
            out.write(b"P6\n%d %d\n255\n" % (width, height) + pictures[row].tobytes())
    heads = table("hub/heads.tsv")
    os.makedirs(os.path.join(folder, "experts"))
    models = table("hub/models.tsv")[::40]
    for model in models:
        stem = os.path.join(folder, "experts", model["model_id"])
        os.symlink(os.path.abspath(os.path.join(kit, "hub", model["onnx"])), stem + ".onnx")
        with open(stem + ".labels.txt", "w", encoding="utf-8") as out:
            out.writelines(head["name"] + "\n" for head in heads if head["model_id"] == model["model_id"])
    tool("init", "hub.mll", "--representation", "samples")
    tool("add", "hub.mll", *[f"experts/{model['model_id']}.onnx" for model in models])
    done = tool.json("label", "hub.mll")
    check(done["complete"] == len(models), "networks are labelled")
    check(tool.json("label", "hub.mll")["labelled"] == [], "labels are kept")
    check(tool.json("verify", "hub.mll")["clean"], "the store is undamaged")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("part", choices=["vectors", "terminal", "numpy", "images"])
    for name in ("--tool", "--work"):
        arguments.add_argument(name, required=True)
    arguments.add_argument("--kit", default="")
    arguments.add_argument("--opencv", default="0")
    arguments.add_argument("--zip", default="0")
    given = arguments.parse_args()
    shutil.rmtree(given.work, ignore_errors=True)
    os.makedirs(given.work)
    tool = Tool(given.tool, given.work)
    if given.part == "vectors":
        vectors(tool, given.work)
    elif given.part == "terminal":
        terminal(tool, given.work)
    elif given.part == "numpy":
        numpy(tool, given.work, given.zip == "1")
    else:
        images(tool, given.work, given.kit, given.opencv)


main()
