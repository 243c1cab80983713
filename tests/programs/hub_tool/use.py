# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""Runs examples/hub_tool as a user does, and checks its output, its files and its exit codes.

usage: use.py PART --tool PROGRAM --work DIR [--kit DIR] [--opencv 0|1] [--zip 0|1] [--packs 0|1]
              [--onnxruntime 0|1]
                   [--experts N] [--per-node R] [--pictures N]

Prints "skipped: <reason>" if something is missing. Empties the folder --work.
"""

import argparse
import json
import os
import pty
import random
import re
import resource
import shlex
import shutil
import struct
import subprocess
import sys
import time
import zlib


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
    for command in ("init", "set", "add", "list", "label", "verify", "repair", "select", "learn-shift", "explain", "classify", "pack", "info",
                    "export-onnx", "export", "import", "remove", "merge", "missing"):
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
    few = tool.json("select", "hub.mll", "few", "--classes", "cat,truck,bird", "--experts", "2")
    check(few["profile"] == {"models": 3, "new": 3}, "the profile of the hub is made once")
    few = tool("select", "hub.mll", "few", "--classes", "cat,truck", "--experts", "2").stdout
    check("profile of the hub" not in few, "and kept")
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
    tool("select", "hub.mll", "few", "--classes", "cat,truck,bird", "--experts", "2")

    # Changed samples and models.
    write_npy(os.path.join(folder, "samples", "n1.npy"), [[float(j == 1) for j in range(6)]] * 7)
    done = tool.json("label", "hub.mll")
    check(done["samples"]["replaced"] == ["n1"] and done["complete"] == 3, "changed samples are labelled again")
    os.remove(os.path.join(folder, "samples", "n3.npy"))
    tool("label", "hub.mll", code=2)
    done = tool.json("label", "hub.mll", "--drop-missing")
    check(done["samples"]["removed"] == ["n3"] and done["labelled"] == [], "removing a node labels nothing")
    write_npy(os.path.join(folder, "experts", "road.npy"), [[0.5 * (j == k) for j in range(6)] + [0.0] for k in (4, 5)])
    tool("add", "hub.mll", "experts/road.npy")
    states = {m["name"]: m["state"] for m in tool.json("list", "hub.mll")["models"]}
    check(states == {"pets": "labelled", "zoo": "labelled", "road": "stale"}, "a changed model is stale")
    check(tool.json("label", "hub.mll")["labelled"] == ["road"], "a stale model is labelled again")
    check(tool.json("explain", "hub.mll", "pets")["stale"], "a selection that uses it is stale")
    few = tool("select", "hub.mll", "few", "--classes", "cat,truck", "--experts", "2").stdout
    check("profile of the hub: 3 of 3 models are new, 3 earlier ones dropped" in few,
          "on other samples the profile is made anew")
    os.remove(os.path.join(folder, "experts", "zoo.npy"))
    check(tool.json("label", "hub.mll", code=1)["problems"][0]["model"] == "zoo", "a model without its file is reported")

    tool("remove", "hub.mll", "zoo", "nobody", code=2)
    check(len(tool.json("list", "hub.mll")["models"]) == 3, "nothing is removed if one name is unknown")
    tool("remove", "hub.mll", "zoo", "-q")
    check([m["name"] for m in tool.json("list", "hub.mll")["models"]] == ["pets", "road"], "a model is removed")
    few = tool.json("select", "hub.mll", "few", "--classes", "cat,truck", "--experts", "2")
    check(few["profile"] == {"models": 2, "new": 0}, "its part drops out of the profile")
    check(tool("verify", "hub.mll", "--quiet").stdout == "", "--quiet prints no result")


def on_terminal(tool, *arguments, interrupt=None):
    """Runs the tool on a terminal; types Ctrl-C once `interrupt()` holds. Returns its exit code and output."""
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
        if interrupt and b"labelling [" in seen and interrupt():
            os.write(terminal, b"\x03")
            interrupt = None
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    os.close(terminal)
    print("+ on a terminal: hub_tool", " ".join(arguments), "->", code, seen[-300:])
    return code, seen.decode()


def shift(tool, folder):
    """learn-shift: kept, continued after a kill, used by select and classify."""
    make_vectors(folder)  # of which other files follow
    rng = random.Random(5)
    words = WORDS + ["lamp", "chair", "table", "shoe", "coat", "hat"]
    with open(os.path.join(folder, "edges.tsv"), "w") as out:
        out.writelines(f"n{k}\t{'animal' if k < 4 else 'thing'}\n" for k in range(12))
        out.write("animal\tthing\n")
    with open(os.path.join(folder, "words.tsv"), "w") as out:
        out.writelines(f"n{k}\t{word}\tsomething called {word}\n" for k, word in enumerate(words))
        out.write("animal\tanimal\nthing\tthing\n")
    for k in range(12):
        write_npy(os.path.join(folder, "samples", f"n{k}.npy"),
                  [[rng.gauss(3.0 * (j == k), 1) for j in range(12)] for _ in range(24)])
    experts = []
    for e in range(9):
        known = [(e + 3 * i) % 12 for i in range(4)]
        experts.append(f"experts/e{e}.npy")
        write_npy(os.path.join(folder, experts[-1]), [[1.5 * (j == k) for j in range(12)] + [0.0] for k in known])
        with open(os.path.join(folder, "experts", f"e{e}.labels.txt"), "w") as out:
            out.writelines(f"{words[k]}\n" for k in known)
    init(tool)
    tool("add", "hub.mll", *experts[:8])
    tool("learn-shift", "hub.mll", code=2)  # nothing is labelled
    tool("label", "hub.mll")
    choose = ["select", "hub.mll", "task", "--classes", "cat,dog,lamp,hat,truck", "--experts", "5"]
    before = tool.json(*choose)
    truth = (0, 1, 6, 11, 5)
    write_npy(os.path.join(folder, "batch.npy"),
              [[rng.gauss(3.0 * (j == k), 1) for j in range(12)] for k in truth for _ in range(40)])
    before_fit = tool.json("classify", "hub.mll", "task", "batch.npy")["expected_accuracy"]

    # Killed in the middle, it goes on.
    running = subprocess.Popen([tool.program, "learn-shift", "hub.mll"], cwd=folder, stdout=subprocess.PIPE, text=True)
    running.stdout.readline()  # the first distortion is labelled
    running.kill()
    running.wait()
    sides = sorted(os.listdir(os.path.join(folder, "hub.mll.shift")))
    check(len(sides) >= 1, "labels of distorted samples are kept")
    done = tool.json("learn-shift", "hub.mll")
    check(done["problems"] == [] and done["batches"] >= 20, "it learns from many batches")
    check(len(done["distortions"]) >= 2 and len(done["coefficients"]) == 9, "what was learnt is printed")
    again = tool.json("learn-shift", "hub.mll")
    check(again == done, "the same samples give the same fit")

    after = tool.json(*choose)
    check(after["heads"] == before["heads"], "the same heads are chosen")
    check(after["expected_accuracy"]["elsewhere"] != before["expected_accuracy"]["elsewhere"],
          "what is expected elsewhere follows from the fit")
    check("is up to date" in tool(*choose).stdout, "nothing is selected anew with the same fit")

    # The same batch before, by the default, and after, by the fit of the hub.
    after_fit = tool.json("classify", "hub.mll", "task", "batch.npy")["expected_accuracy"]
    check(before_fit["fit"] != after_fit["fit"] == done["fit"], "classify estimates by the fit of the hub")
    check(before_fit["value"] != after_fit["value"] and after_fit["samples"] == 200, "which says something else")
    answers = tool.json("classify", "hub.mll", "task", "batch.npy")["answers"]
    right = sum(each["class"] == words[truth[i // 40]] for i, each in enumerate(answers)) / 200
    check(after_fit["low"] <= right <= after_fit["high"], f"the interval holds {right}")
    check("expected accuracy on samples like these" in tool("classify", "hub.mll", "task", "batch.npy").stdout,
          "classify says so")

    tool("add", "hub.mll", experts[8])
    tool("label", "hub.mll")
    said = tool(*choose).stdout
    check("labels have changed since learn-shift" in said, "an old fit is used, and said to be old")
    check("profile of the hub: 1 of 9 models are new" in said, "the kept profile gets the new model's part")


def terminal(tool, folder):
    count = 60
    # However busy the machine is: the work grows until an interrupt finds it half done.
    for samples in (2000, 8000, 32000, 128000):
        shutil.rmtree(folder)
        os.makedirs(folder)
        make_vectors(folder)
        rng = random.Random(3)
        for k, _ in enumerate(WORDS):
            some = [[rng.gauss(3.0 * (j == k), 1) for j in range(6)] for _ in range(200)]
            write_npy(os.path.join(folder, "samples", f"n{k}.npy"), some * (samples // 200))
        for m in range(count):
            write_npy(os.path.join(folder, "experts", f"many{m}.npy"),
                      [[rng.gauss(0, 1) for _ in range(7)] for _ in range(4)])
            with open(os.path.join(folder, "experts", f"many{m}.labels.txt"), "w") as out:
                out.writelines(f"head {h}\n" for h in range(4))
        init(tool)
        tool("add", "hub.mll", *[f"experts/many{m}.npy" for m in range(count)], "-q")

        def states():
            done = subprocess.run([tool.program, "list", "hub.mll", "--json"], stdout=subprocess.PIPE, cwd=folder, check=True)
            return {m["name"]: m["state"] for m in json.loads(done.stdout)["models"]}

        code, text = on_terminal(tool, "label", "hub.mll", "--batch", "1",
                                 interrupt=lambda: "labelled" in states().values())
        if code == 130:
            break
        check(code == 0, "labelling ends before the interrupt, or by it")
    check(code == 130, "Ctrl-C exits with 130")
    check("labelling [" in text and "finished work is saved" in text, "progress is shown, and what was saved")
    steps = [int(step) for step in re.findall(r"\r[^\r]*\] (\d+)/", text)]
    check(steps == sorted(steps) and any(step % samples for step in steps), "progress moves within a node")
    before = states()
    check({"labelled", "unlabelled"} <= set(before.values()), "some models were labelled, not all")
    check(tool.json("verify", "hub.mll")["clean"], "an interrupted store is undamaged")
    code, text = on_terminal(tool, "label", "hub.mll")
    check(code == 0 and "#] " in text, "the progress bar is complete")
    check(f"{count} of {count} are labelled" in text, "all models are labelled")
    check(f"labelled {sum(state != 'labelled' for state in before.values())} models" in text, "no model is labelled twice")
    code, text = on_terminal(tool, "label", "hub.mll", "-q")
    check(code == 0 and "\r" not in text.replace("\r\n", ""), "--quiet shows no progress bar")


def make_hub(tool, folder, seed=1):
    make_vectors(folder, seed)
    init(tool)
    tool("add", "hub.mll", "experts/pets.npy", "experts/zoo.npy", "experts/road.npy")
    tool("label", "hub.mll")


def read_bytes(path):
    with open(path, "rb") as stream:
        return stream.read()


def write_text(path, text):
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def states(tool, store="hub.mll"):
    return {m["name"]: m["state"] for m in tool.json("list", store)["models"]}


def output(tool, folder):
    """Output that cannot be written is an error, whatever the output is."""
    make_hub(tool, folder)
    runs = (["list", "hub.mll"], ["list", "hub.mll", "--json"], ["verify", "hub.mll"], ["--help"], ["label", "--help"],
            ["--version"], ["select", "hub.mll", "x", "--classes", "cat,truck"], ["export", "hub.mll", "out"])
    for arguments in runs:
        with open("/dev/full", "w") as full:
            done = subprocess.run([tool.program, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, cwd=folder)
        check(done.returncode == 3 and "cannot write" in done.stderr, f"{arguments} to a full disk: {done}")
        done = subprocess.run(["sh", "-c", '"$@" >&-', "sh", tool.program, *arguments], stderr=subprocess.PIPE, text=True,
                              cwd=folder)
        check(done.returncode == 3 and "cannot write" in done.stderr, f"{arguments} to a closed stream: {done}")
        done = subprocess.run([tool.program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder)
        check(done.returncode == 0 and done.stdout != b"", f"{arguments} to a pipe")
    # No file took the number of the closed stream.
    subprocess.run(["sh", "-c", '"$@" <&- >&- 2>&-', "sh", tool.program, "export", "hub.mll", "closed"], cwd=folder)
    for name in sorted(os.listdir(os.path.join(folder, "out"))):
        check(read_bytes(os.path.join(folder, "out", name)) == read_bytes(os.path.join(folder, "closed", name)), name)
    check(tool.json("verify", "hub.mll")["clean"], "no output went into the store")


def threads(tool, folder):
    """Idle threads of OpenMP sleep, unless the user asks for something else."""
    def spins(**asked):
        clean = {key: value for key, value in os.environ.items() if key not in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")}
        done = subprocess.run([tool.program, "--version"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=True,
                              env={**clean, "OMP_DISPLAY_ENV": "verbose", **asked})
        return re.findall(r"GOMP_SPINCOUNT = '(\w+)'", done.stderr)[-1:]

    if not spins():
        skip("the OpenMP runtime of this build is not libgomp")
    check(spins() == ["0"], "threads do not spin")
    check(spins(OMP_WAIT_POLICY="active") not in (["0"], []), "they do if the user says so")
    check(spins(GOMP_SPINCOUNT="7") == ["7"], "as long as the user says")


def errors(tool, folder):
    """Errors name what is wrong, and are JSON under --json."""
    make_hub(tool, folder)
    wrong = (["paint"], ["paint", "hub.mll"], [], ["list"], ["list", "hub.mll", "more"], ["list", "none.mll"],
             ["label", "hub.mll", "--batch", "0"], ["label", "hub.mll", "--batch", "-3"],
             ["label", "hub.mll", "--batch", "1e3"], ["set", "hub.mll", "--size", "-3"],
             ["set", "hub.mll", "--size", "18446744073709551617"], ["set", "hub.mll", "--size", "big"],
             ["set", "hub.mll", "--scale", "inf"], ["set", "hub.mll", "--deviation", "1,0,1"], ["set", "hub.mll"],
             ["set", "hub.mll", "--representation", "nowhere"], ["select", "hub.mll", "x", "--classes", "cat,dog", "--heads", "0"],
             ["select", "hub.mll", "x", "--classes", "cat,dog", "--experts", "0"], ["explain", "hub.mll", "nothing"],
             ["export", "hub.mll", ""], ["export", "hub.mll", "."], ["export", "hub.mll", "experts"], ["export", "hub.mll", "waits"],
             ["import", "hub.mll", ""], ["import", "hub.mll", "nowhere"], ["remove", "hub.mll", "nobody"],
             ["list", ""], ["add", "", "experts/pets.npy"], ["-x"], ["list", "hub.mll/"],
             ["set", "hub.mll", "--deviation", "-1,1,1"], ["set", "hub.mll", "--mean", "nan,0,0"], ["set", "hub.mll", "--mean", "1,2"],
             ["set", "hub.mll", "--representation", "loop"], ["set", "hub.mll", "--graph", "loop"], ["set", "hub.mll", "--graph", "pipe"],
             ["label", "hub.mll", "--batch", "+5"], ["select", "hub.mll", " ", "--classes", "cat,dog"],
             ["select", "hub.mll", "x" * 1001, "--classes", "cat,dog"], ["select", "hub.mll", "x", "--classes", "cat,,dog"],
             *(["select", "hub.mll", "x", "--classes", "cat,dog", "--threshold", number] for number in ("nan", "-0.1", "1.5", "inf", "")),
             ["classify", "hub.mll", "x", "samples/n0.npy", "--threshold", "nan"], ["classify", "pipe", "x"], ["classify", "loop", "x"],
             ["select", "hub.mll", "x", "--classes", "cat,dog", "--captions", "pipe"],
             ["select", "hub.mll", "x", "--classes", "cat,dog", "--captions", "nothing.tsv"],
             *(["init", store, "--samples", "vectors", "--representation", place, "--graph", "edges.tsv"] for store, place in
               (("", "samples"), ("none/x.mll", "samples"), ("loop", "samples"), ("pipe", "samples"), ("nothing.tsv/x.mll", "samples"),
                ("x.mll", "loop"), ("x.mll", "pipe"), ("x.mll", ""))))
    os.symlink("loop", os.path.join(folder, "loop"))
    os.mkfifo(os.path.join(folder, "pipe"))
    os.makedirs(os.path.join(folder, "waits"))
    os.mkfifo(os.path.join(folder, "waits", "manifest.tsv"))
    write_text(os.path.join(folder, "nothing.tsv"), "")
    for arguments in wrong:
        done = subprocess.run([tool.program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder,
                              timeout=100)
        check(done.returncode in (2, 3) and done.stdout == "" and 0 < len(done.stderr) < 400, f"{arguments}: {done}")
        check("filesystem error" not in done.stderr and done.stderr.count("classes:") <= 1, f"{arguments}: {done}")
        again = subprocess.run([tool.program, "--json", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               cwd=folder)
        check(again.returncode == done.returncode and again.stdout == "", f"{arguments} under --json: {again}")
        told = json.loads(again.stderr)
        check(told["exit_code"] == done.returncode and told["error"] in done.stderr, f"{arguments} under --json: {told}")
    check("'paint'" in tool("paint", code=2).stderr, "an unknown command is named")
    check("'-x'" in tool("-x", code=2).stderr, "an unknown option is named")
    check(tool("select", "hub.mll", "x", "--classes", "cat,,dog", code=2).stderr.startswith("hub_tool: --classes: expected a name"),
          "an argument is named once")
    check("'none' is not a folder" in tool("init", "none/x.mll", "--samples", "vectors", "--representation", "samples", "--graph",
                                           "edges.tsv", code=3).stderr, "a missing folder is named")
    check("'-3'" in tool("set", "hub.mll", "--size", "-3", code=2).stderr, "a wrong number is shown")
    check(sorted(os.listdir(folder)) == ["edges.tsv", "experts", "hub.mll", "loop", "nothing.tsv", "pipe", "samples", "waits",
                                           "words.tsv"],
          "errors leave nothing behind")
    check(tool.json("remove", "hub.mll", "pets", "pets")["removed"] == ["pets"], "a name given twice is removed once")
    done = subprocess.run([tool.program, "--json", "add", "hub.mll", "none.npy", "edges.tsv"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, cwd=folder)
    check(done.returncode == 1 and len(json.loads(done.stdout)["refused"]) == 2, "what is refused is in the result")
    check(all("warning" in json.loads(line) for line in done.stderr.splitlines()), "warnings are JSON")


def names(tool, folder):
    """Names of files in any bytes; two files of one name; messages that name their file."""
    make_vectors(folder)
    init(tool)
    experts = os.path.join(folder, "experts")
    for name in (b"caf\xe9", b"\xff\xfe", "caf\u00e9".encode(), b"two\nlines"):
        for ending in (b".npy", b".labels.txt"):
            shutil.copy(os.path.join(experts, "pets" + ending.decode()), os.path.join(experts.encode(), name + ending))
    done = subprocess.run([tool.program.encode(), b"--json", b"add", b"hub.mll", b"experts/caf\xe9.npy", b"experts/\xff\xfe.npy",
                           "experts/caf\u00e9.npy".encode(), b"experts/two\nlines.npy"], stdout=subprocess.PIPE, cwd=folder)
    told = json.loads(done.stdout.decode())
    check(done.returncode == 1 and told["added"] == ["caf\u00e9", "two\nlines"], f"names in UTF-8 are added: {told}")
    check([each["file"] for each in told["refused"]] == ["experts/caf\\xE9.npy", "experts/\\xFF\\xFE.npy"], "other names are shown")
    check(len(tool("list", "hub.mll").stdout.splitlines()) == 3, "a model takes one line")
    done = subprocess.run([tool.program.encode(), b"--json", b"select", b"hub.mll", b"p\xe9ts", b"--classes", b"cat,dog"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder)
    check(done.returncode == 2 and "p\\xE9ts" in json.loads(done.stderr)["error"], f"a wrong name of a selection is shown: {done}")

    # Every message about an expert begins with its file.
    write_text(os.path.join(folder, "experts", "short.labels.txt"), "one\n")
    shutil.copy(os.path.join(experts, "pets.npy"), os.path.join(experts, "short.npy"))
    write_npy(os.path.join(experts, "nan.npy"), [[float("nan")] * 7] * 2)
    write_text(os.path.join(experts, "nan.labels.txt"), "one\ntwo\n")
    write_text(os.path.join(experts, "text.npy"), "text")
    os.makedirs(os.path.join(experts, "folder.npy"))
    shutil.copy(os.path.join(experts, "pets.npy"), os.path.join(experts, "nameless.npy"))
    bad = [f"experts/{name}.npy" for name in ("short", "nan", "text", "folder", "nameless", "none")]
    told = tool.json("add", "hub.mll", *bad, "experts/zoo.npy", code=1)
    check(told["added"] == ["zoo"], "a good expert is added beside bad ones")
    for file, each in zip(bad, told["refused"]):
        check(each["file"] == file and each["why"].startswith(("experts/" + os.path.basename(file)[:-4], os.path.join(folder, file))),
              f"{each} names its file")

    # Two experts of one name.
    for place in ("a", "b"):
        os.makedirs(os.path.join(folder, place))
        for ending in (".npy", ".labels.txt"):
            shutil.copy(os.path.join(experts, ("pets" if place == "a" else "road") + ending), os.path.join(folder, place, "model" + ending))
    told = tool.json("add", "hub.mll", "a/model.npy", "b/model.npy", "./a/../a/model.npy", code=1)
    check(told["added"] == ["model"] and [each["file"] for each in told["refused"]] == ["b/model.npy"], "the second is refused")
    check("a/model.npy" in told["refused"][0]["why"], "the first is named")
    check("a/model.npy" in tool.json("add", "hub.mll", "b/model.npy", code=1)["refused"][0]["why"], "also in a later call")
    heads = {m["name"]: m["heads"] for m in tool.json("list", "hub.mll")["models"]}
    check(heads["model"] == ["pets says cat", "pets says dog"], "the first is kept")
    for ending in (".npy", ".labels.txt"):
        os.rename(os.path.join(folder, "a", "model" + ending), os.path.join(folder, "a", "elsewhere" + ending))
    check(tool.json("add", "hub.mll", "b/model.npy")["added"] == ["model"], "it is replaced once the first is gone")


def moved(tool, folder):
    """A hub whose folder was moved, in parts or as a whole."""
    place = os.path.join(folder, "here")
    os.makedirs(place)
    inside = Tool(tool.program, place)
    make_hub(inside, place)
    os.rename(place, os.path.join(folder, "there"))
    place = os.path.join(folder, "there")
    inside = Tool(tool.program, place)
    check(inside.json("label", "hub.mll")["labelled"] == [], "nothing is labelled again")
    inside("select", "hub.mll", "x", "--classes", "cat,truck")
    inside("export", "hub.mll", "labels")
    tool("label", "there/hub.mll")
    check(all(m["file"].startswith(place) for m in inside.json("list", "hub.mll")["models"]), "experts are where they are")

    os.rename(os.path.join(place, "samples"), os.path.join(folder, "pictures"))
    check("--representation" in inside("label", "hub.mll", code=2).stderr, "a missing folder says what to do")
    check(set(states(inside).values()) == {"labelled"}, "and costs no label")
    inside("set", "hub.mll", "--representation", "../pictures")
    check(inside.json("label", "hub.mll")["labelled"] == [], "nothing is labelled again")
    os.rename(os.path.join(place, "edges.tsv"), os.path.join(folder, "graph.tsv"))
    inside("select", "hub.mll", "x", "--classes", "cat,bird", code=2)
    inside("set", "hub.mll", "--graph", "../graph.tsv")
    inside("select", "hub.mll", "x", "--classes", "cat,truck")
    os.rename(os.path.join(place, "experts"), os.path.join(folder, "experts"))
    check(len(inside.json("label", "hub.mll", code=1)["problems"]) == 3, "missing experts are reported")
    inside("add", "hub.mll", *[f"../experts/{name}.npy" for name in ("pets", "zoo", "road")])
    check(inside.json("label", "hub.mll")["labelled"] == [], "nothing is labelled again")

    check(inside.json("set", "hub.mll", "--size", "32", "--mean", "0.1,0.2,0.3")["stale"] == 3, "other images need other labels")
    check(set(states(inside).values()) == {"stale"}, "at once, not only when labelled")
    inside("select", "hub.mll", "x", "--classes", "cat,bird", code=2)
    inside("set", "hub.mll", "--size", "0", "--mean", "0.5,0.5,0.5")
    check(set(states(inside).values()) == {"labelled"}, "the old preparation restores the labels")
    check(inside.json("verify", "hub.mll")["clean"], "the store is undamaged")


def exchange(tool, folder):
    """Labels of other models, samples or graphs are not imported."""
    make_hub(tool, folder)
    tool("export", "hub.mll", "labels")

    # Other weights under the same name, with the same heads.
    kept = {name: read_bytes(os.path.join(folder, "experts", name)) for name in os.listdir(os.path.join(folder, "experts"))}
    write_npy(os.path.join(folder, "experts", "zoo.npy"), [[-1.0 * (j == k) for j in range(6)] + [0.0] for k in (2, 3, 0)])
    init(tool, "other.mll")
    tool("add", "other.mll", "experts/pets.npy", "experts/zoo.npy")
    told = tool.json("import", "other.mll", "labels", code=1)
    check(told["imported"] == ["pets"] and [each["model"] for each in told["refused"]] == ["zoo", "road"], f"others are refused: {told}")
    check("add it" in told["refused"][1]["why"], "a model that is not there can be added")
    check(states(tool, "other.mll") == {"pets": "labelled", "zoo": "unlabelled"}, "nothing came in")
    tool("label", "other.mll")
    tool("export", "other.mll", "right")
    before = read_bytes(os.path.join(folder, "right", "1.responses.npy"))
    tool("import", "other.mll", "labels", code=1)
    tool("export", "other.mll", "right")
    check(read_bytes(os.path.join(folder, "right", "1.responses.npy")) == before, "correct labels are not replaced")
    for name, content in kept.items():
        with open(os.path.join(folder, "experts", name), "wb") as out:
            out.write(content)

    # Other samples, as many as before.
    samples = read_bytes(os.path.join(folder, "samples", "n4.npy"))
    write_npy(os.path.join(folder, "samples", "n4.npy"), [[0.5] * 6] * 20)
    init(tool, "samples.mll")
    tool("add", "samples.mll", "experts/pets.npy")
    check("'n4'" in tool("import", "samples.mll", "labels", code=2).stderr, "the node is named")
    check(states(tool, "samples.mll") == {"pets": "unlabelled"}, "nothing came in")
    write_npy(os.path.join(folder, "samples", "n4.npy"), [[0.5] * 6] * 19)
    tool("label", "samples.mll")
    check("'n4'" in tool("import", "samples.mll", "labels", code=2).stderr, "likewise if their number differs")
    with open(os.path.join(folder, "samples", "n4.npy"), "wb") as out:
        out.write(samples)

    # Another graph over the same nodes.
    edges = read_bytes(os.path.join(folder, "edges.tsv"))
    with open(os.path.join(folder, "edges.tsv"), "ab") as out:
        out.write(b"thing\teverything\n")
    check("graph" in tool("select", "hub.mll", "x", "--classes", "cat,truck", code=2).stderr, "labels know their graph")
    tool("export", "hub.mll", "wrong", code=2)
    init(tool, "graph.mll")
    tool("add", "graph.mll", "experts/pets.npy")
    check("graph" in tool("import", "graph.mll", "labels", code=2).stderr, "the graph is named")
    with open(os.path.join(folder, "edges.tsv"), "wb") as out:
        out.write(edges)
    tool("select", "hub.mll", "x", "--classes", "cat,truck")

    # Any file of an export that has changed, as a folder and as one file.
    for name in sorted(os.listdir(os.path.join(folder, "labels"))):
        path = os.path.join(folder, "labels", name)
        sound = read_bytes(path)
        at = sound.index(b"pets") if b"pets" in sound else len(sound) - 2
        with open(path, "wb") as out:
            out.write(sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1:])
        done = tool("import", "hub.mll", "labels", "--unchecked", code=1 if name == "origin.tsv" else 3)
        check(("'pets'" if name == "origin.tsv" else os.path.join("labels", name)) in done.stderr, f"{name} is named")
        with open(path, "wb") as out:
            out.write(sound)
    check(not tool.json("explain", "hub.mll", "x")["stale"], "nothing of it came in")
    tool("import", "hub.mll", "labels")

    # Without content hashes.
    os.remove(os.path.join(folder, "labels", "origin.tsv"))
    check("--unchecked" in tool("import", "hub.mll", "labels", code=2).stderr, "the flag is named")
    check(len(tool.json("import", "hub.mll", "labels", "--unchecked")["imported"]) == 3, "the flag imports them")
    check(not tool.json("explain", "hub.mll", "x")["stale"], "the same labels leave a selection as it was")
    path = os.path.join(folder, "labels", "0.responses.npy")
    changed = bytearray(read_bytes(path))
    changed[-1] ^= 1
    with open(path, "wb") as out:
        out.write(changed)
    tool("import", "hub.mll", "labels", "--unchecked")
    check(tool.json("explain", "hub.mll", "x")["stale"], "others make it stale")
    check(tool.json("verify", "hub.mll")["clean"], "the store is undamaged")
    # An export never removes what is not its own.
    os.makedirs(os.path.join(folder, "labels.partial"))
    write_text(os.path.join(folder, "labels.partial", "thesis"), "text")
    tool("export", "hub.mll", "labels")
    check(os.path.exists(os.path.join(folder, "labels.partial", "thesis")), "a folder of a similar name is left alone")
    check(not [name for name in os.listdir(folder) if name.startswith("labels.") and name != "labels.partial"], "nothing is left behind")


def graphs(tool, folder):
    """Verbs whose pointers have a cycle, of three synsets and of one."""
    words = {"00000010": ("walk", "00000020"), "00000020": ("go", "00000030"), "00000030": ("move", "00000010"),
             "00000040": ("run", "00000020"), "00000050": ("be", "00000050")}
    place = os.path.join(folder, "dict")
    os.makedirs(place)
    write_text(os.path.join(place, "data.verb"), "".join(
        f"{offset} 41 v 01 {word} 0 001 @ {above} v 0000 01 + 08 00 | to {word}  \n" for offset, (word, above) in words.items()))
    write_text(os.path.join(place, "index.verb"), "".join(
        f"{word} v 1 1 @ 1 0 {offset}  \n" for offset, (word, _) in sorted(words.items(), key=lambda each: each[1])))
    rng = random.Random(4)
    os.makedirs(os.path.join(folder, "samples"))
    os.makedirs(os.path.join(folder, "experts"))
    for k, offset in enumerate(words):
        write_npy(os.path.join(folder, "samples", f"v{offset}.npy"),
                  [[rng.gauss(3.0 * (j == k), 1) for j in range(5)] for _ in range(20)])
    write_npy(os.path.join(folder, "experts", "all.npy"), [[2.0 * (j == k) for j in range(5)] + [0.0] for k in range(5)])
    write_text(os.path.join(folder, "experts", "all.labels.txt"), "".join(f"{word}\n" for word, _ in words.values()))

    verbs = ["init", "hub.mll", "--samples", "vectors", "--representation", "samples", "--graph", "dict", "--part-of-speech", "verb"]
    said = tool(*verbs, code=3).stderr
    check("data.verb:" in said and "--drop-cycles" in said and "v000000" in said, "the cycle, its file and the option are named")
    check(not os.path.exists(os.path.join(folder, "hub.mll")), "no store is left")
    check("data.noun" in tool(*verbs[:-2], code=3).stderr, "nouns are the default")
    tool(*verbs[:-1], "letter", code=2)
    told = tool.json(*verbs, "--drop-cycles")
    check(told["dropped"] == ["v00000030 -> v00000010", "v00000050 -> v00000050"] and told["graph_nodes"] == 5, "what is dropped is listed")
    tool("add", "hub.mll", "experts/all.npy")
    check(tool.json("label", "hub.mll")["nodes"] == 5, "the graph is read as it was before")
    heads = tool.json("select", "hub.mll", "x", "--classes", "walk,run,be", "--heads", "1")["heads"]
    check([each["head"] for each in heads] == ["walk", "run", "be"], "and used")
    check("--drop-cycles" in tool("set", "hub.mll", "--keep-cycles", code=3).stderr, "the cycle is refused again")
    tool("select", "hub.mll", "y", "--classes", "walk,run")
    # Without the cycles the option changes nothing.
    write_text(os.path.join(place, "data.verb"), read_bytes(os.path.join(place, "data.verb")).decode()
               .replace("0 001 @ 00000010 v 0000", "0 000").replace("0 001 @ 00000050 v 0000", "0 000"))
    tool("set", "hub.mll", "--keep-cycles")
    check(tool.json("select", "hub.mll", "x", "--classes", "walk,move,be", "--heads", "2")["nodes"] == 5, "the same graph")
    make_vectors(os.path.join(folder, "file"))
    for option in (["--drop-cycles"], ["--part-of-speech", "verb"]):
        done = tool("init", "x.mll", "--samples", "vectors", "--representation", "file/samples", "--graph", "file/edges.tsv", *option, code=2)
        check(option[0] in done.stderr, "an option of WordNet is refused for another graph")


def samples(tool, folder):
    """Samples that are missing for a moment cost no label."""
    make_hub(tool, folder)
    place = os.path.join(folder, "samples")
    away = os.path.join(folder, "away")

    def keeps(what):
        text = tool("label", "hub.mll", code=2).stderr
        check(set(states(tool).values()) == {"labelled"} and tool.json("list", "hub.mll")["nodes"] == 6, what)
        return text

    os.rename(place, away)
    keeps("a missing folder")
    os.makedirs(place)
    check("--drop-missing" in keeps("an empty folder"), "the flag is named")
    tool("label", "hub.mll", "--drop-missing", code=2)
    check(tool.json("list", "hub.mll")["nodes"] == 6, "not even the flag drops everything")
    for name in sorted(os.listdir(away))[:-1]:
        shutil.copy(os.path.join(away, name), place)
    check("'n5'" in keeps("a missing node"), "the node is named")
    os.symlink("/nowhere/n5.npy", os.path.join(place, "n5.npy"))
    keeps("a node that cannot be opened")
    os.remove(os.path.join(place, "n5.npy"))
    write_text(os.path.join(place, "n5.npy"), "")
    keeps("a node whose file is cut off")
    shutil.rmtree(place)
    os.rename(away, place)
    check(tool.json("label", "hub.mll")["labelled"] == [], "nothing is labelled again")
    os.remove(os.path.join(place, "n5.npy"))
    done = tool.json("label", "hub.mll", "--drop-missing")
    check(done["samples"]["removed"] == ["n5"] and done["nodes"] == 5, "the flag drops what is missing")
    # Samples of another length do not stop the rest, whichever comes first.
    for name in ("animal", "vehicle"):
        write_npy(os.path.join(place, name + ".npy"), [[1.0] * 5] * 3)
        done = tool("label", "hub.mll", "--json")
        check(f"{name}.npy: expected samples of length 6" in done.stderr, "they are left out by name")
        check(json.loads(done.stdout)["complete"] == 3, "the others are labelled")
        os.remove(os.path.join(place, name + ".npy"))
    # A new file that is not an array does not stop the rest.
    write_text(os.path.join(place, "n5.npy"), "no array")
    check("n5.npy" in tool("label", "hub.mll").stderr, "it is named")


def changed(tool, folder):
    """The label of a file that has changed is not used, even if the file cannot be loaded."""
    make_hub(tool, folder)
    path = os.path.join(folder, "experts", "road.npy")
    sidecar = os.path.join(folder, "experts", "road.labels.txt")
    for file in (path, sidecar):
        sound = read_bytes(file)
        write_text(file, "\n")
        problems = tool.json("label", "hub.mll", code=1)["problems"]
        check([each["model"] for each in problems] == ["road"], "it is reported")
        check(states(tool) == {"pets": "labelled", "zoo": "labelled", "road": "stale"}, "its label is stale")
        chosen = tool.json("select", "hub.mll", "x", "--classes", "cat,truck,bird")
        check("road" not in chosen["models"], "it is not chosen")
        with open(file, "wb") as out:
            out.write(sound)
        check(tool.json("label", "hub.mll")["labelled"] == [] and states(tool)["road"] == "labelled", "it is restored without labelling")
        # Temporarily missing: nothing is known to have changed.
        os.rename(file, file + ".away")
        tool("label", "hub.mll", code=1)
        check(states(tool)["road"] == "labelled", "a missing file costs no label")
        os.rename(file + ".away", file)
    # What changes between label and select is not used either: for an earlier selection and for a new one.
    asked = ("--classes", "cat,truck,bird")
    check("road" in tool.json("select", "hub.mll", "x", *asked)["models"], "a sound file is chosen")
    for file, other in ((path, b"no array"), (sidecar, b"road\nstreet\n")):
        sound = read_bytes(file)
        for name in ("x", "new"):
            with open(file, "wb") as out:
                out.write(other)
            done = tool("select", "hub.mll", name, *asked, "--json", code=1)
            check("left out: " + path + ": it has changed" in done.stderr, "the changed file is named")
            check(json.loads(done.stdout)["models"] == ["pets", "zoo"], "its label is not used")
            check(states(tool)["road"] == "stale", "and stale")
            with open(file, "wb") as out:
                out.write(sound)
            check(tool.json("label", "hub.mll")["labelled"] == [], "a restored file has its label")
            tool("select", "hub.mll", "x", *asked)
        tool("remove", "hub.mll", "pets", "zoo")
        with open(file, "wb") as out:
            out.write(other)
        tool("select", "hub.mll", "x", *asked, code=2)  # no label is left
        with open(file, "wb") as out:
            out.write(sound)
        tool("add", "hub.mll", "experts/pets.npy", "experts/zoo.npy")
        tool("label", "hub.mll")
        os.rename(file, file + ".away")
        done = tool("select", "hub.mll", "new", *asked)
        check(os.path.basename(file) in done.stderr, "a file that cannot be compared is named")
        os.rename(file + ".away", file)
    # list compares sizes and dates, and verify contents.
    listed = lambda: {m["name"]: (m["state"], m["files"]) for m in tool.json("list", "hub.mll")["models"]}
    check(set(listed().values()) == {("labelled", "same")}, "nothing has changed since it was labelled")
    check(tool.json("verify", "hub.mll")["changed"] == [], "no content either")
    for file in (path, sidecar):
        sound = read_bytes(file)
        with open(file, "ab") as out:
            out.write(b"more\n")
        check(listed()["road"] == ("labelled", "changed") and listed()["zoo"][1] == "same", "list says which files have changed")
        check("\tchanged: " in tool("list", "hub.mll").stdout, "also to people")
        check(tool.json("verify", "hub.mll", code=1)["changed"] == ["road"], "verify says which contents have changed")
        with open(file, "wb") as out:
            out.write(sound)
        os.utime(file, ns=(1, 1))
        check(listed()["road"] == ("labelled", "changed"), "a date is enough for list")
        check(tool.json("verify", "hub.mll")["changed"] == [], "and not for verify")
        check(tool.json("label", "hub.mll")["labelled"] == [] and listed()["road"][1] == "same", "label reads the files again")
    os.rename(path, path + ".away")
    check(listed()["road"] == ("labelled", "missing"), "a missing file is listed")
    found = tool("verify", "hub.mll", "--json")
    check(json.loads(found.stdout)["missing"] == ["road"] and "road" in found.stderr, "and named by verify")
    os.rename(path + ".away", path)
    # Contents count, not dates and sizes.
    sound = os.stat(path)
    write_npy(path, [[0.5 * (j == k) for j in range(6)] + [0.0] for k in (5, 4)])
    os.utime(path, ns=(sound.st_atime_ns, sound.st_mtime_ns))
    check(os.stat(path).st_size == sound.st_size, "it has the size of the first one")
    check(listed()["road"] == ("labelled", "same"), "list sees sizes and dates only")
    check(tool.json("verify", "hub.mll", code=1)["changed"] == ["road"], "verify compares contents")
    check(tool.json("label", "hub.mll")["labelled"] == ["road"], "another file of the same date and size is noticed")


def write_typed_npy(path, rows, kind, fortran=False, version=1):
    """Writes a matrix as `kind` (a byte order and a type of `struct` with NumPy's name of it), without NumPy."""
    order, code, name = kind
    header = "{'descr': '%s', 'fortran_order': %s, 'shape': (%d, %d)}\n" % (name, fortran, len(rows), len(rows[0]))
    length = struct.pack("<H" if version == 1 else "<I", len(header))
    values = [row[c] for c in range(len(rows[0])) for row in rows] if fortran else [value for row in rows for value in row]
    with open(path, "wb") as out:
        out.write(b"\x93NUMPY" + bytes([version, 0]) + length + header.encode())
        out.write(struct.pack(f"{order}{len(values)}{code}", *values))


def types(tool, folder):
    """Arrays of any real type, byte order and order of values are read; others are refused by name."""
    make_vectors(folder)
    rng = random.Random(4)
    # Whole numbers, which every type holds.
    tables = {f"samples/n{k}.npy": [[max(-9, min(9, round(rng.gauss(3.0 * (j == k), 1)))) for j in range(6)] for _ in range(20)]
              for k in range(6)}
    for name, known in (("pets", [0, 1]), ("zoo", [2, 3, 0]), ("road", [4, 5])):
        tables[f"experts/{name}.npy"] = [[1 * (j == k) for j in range(6)] + [0] for k in known]
    answers = []
    for kind in (("<", "f", "<f4"), ("<", "d", "<f8"), (">", "f", ">f4"), (">", "d", ">f8"), ("<", "e", "<f2"), ("<", "b", "|i1"),
                 (">", "h", ">i2"), ("<", "q", "<i8")):
        for fortran in (False, True):
            for path, rows in tables.items():
                write_typed_npy(os.path.join(folder, path), rows, kind, fortran, version=3 if fortran else 1)
            store = f"{len(answers)}.mll"
            init(tool, store)
            tool("add", store, "experts/pets.npy", "experts/zoo.npy", "experts/road.npy")
            check(len(tool.json("label", store)["labelled"]) == 3, f"arrays of {kind[2]} are labelled")
            chosen = tool.json("select", store, "task", "--classes", "cat,truck,bird")["heads"]
            answers.append((chosen, tool("classify", store, "task", "samples/n0.npy", "samples/n5.npy").stdout))
    check(all(each == answers[0] for each in answers), "and all of them as float32")
    # What float32 does not hold, and what is no real number, is named.
    write_typed_npy(os.path.join(folder, "large.npy"), [[0.0] * 6, [0.0] * 5 + [1e300]], ("<", "d", "<f8"))
    write_typed_npy(os.path.join(folder, "complex.npy"), [[0.0] * 12], ("<", "f", "<f4"))
    text = read_bytes(os.path.join(folder, "complex.npy")).replace(b"<f4", b"<c8").replace(b"(1, 12)", b"(1, 6) ")
    with open(os.path.join(folder, "complex.npy"), "wb") as out:
        out.write(text)
    for file, why in (("large.npy", "expected numbers within the range of float32, found 1e+300 in row 1, column 5"),
                      ("complex.npy", "expected real numbers of at most 64 bits, such as '<f4', '<f8' or '|u1', found '<c8'")):
        shutil.copy(os.path.join(folder, file), os.path.join(folder, "experts"))
        write_text(os.path.join(folder, "experts", file.replace(".npy", ".labels.txt")), "a\nb\n")
        check(f"left out: experts/{file}: {why}" in tool("add", store, "experts/" + file, code=1).stderr, "an expert is refused by name")
        done = tool("classify", store, "task", "samples/n0.npy", file, code=1)
        check(f"skipped: {file}: {why}" in done.stderr, "samples to classify are skipped by name")
        shutil.copy(os.path.join(folder, file), os.path.join(folder, "samples", "animal.npy"))
        check(f"animal.npy: {why}" in tool("label", store).stderr, "samples of a node are skipped by name")
        os.remove(os.path.join(folder, "samples", "animal.npy"))


def limits(tool, folder):
    """Files that may not grow are an error, not the end by a signal."""
    make_hub(tool, folder)
    rng = random.Random(5)
    for m in range(20):
        write_npy(os.path.join(folder, "experts", f"more{m}.npy"), [[rng.gauss(0, 1) for _ in range(7)] for _ in range(40)])
        write_text(os.path.join(folder, "experts", f"more{m}.labels.txt"), "".join(f"head {h}\n" for h in range(40)))
    tool("add", "hub.mll", *[f"experts/more{m}.npy" for m in range(20)])

    def limited(*arguments, size):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

        return subprocess.run([tool.program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder,
                              preexec_fn=limit)

    for arguments in (["label", "hub.mll"], ["export", "hub.mll", "out"]):
        done = limited(*arguments, size=200 if arguments[0] == "export" else 70000)
        check(done.returncode == 3 and done.stderr.startswith("hub_tool: "), f"{arguments}: {done}")
    check(not os.path.exists(os.path.join(folder, "out")), "no half export")
    check(tool.json("verify", "hub.mll")["clean"], "the store is undamaged")
    check(tool.json("label", "hub.mll")["complete"] == 23, "labelling continues")


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
    done = tool.json("import", "second.mll", "labels")  # which registers the samples
    check(done["imported"] == ["pets", "road"] and not done["refused"], "a store without labels imports them")
    check(tool.json("label", "second.mll")["labelled"] == [], "nothing is left to label")
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


def rename_heads(folder, expert, names):
    write_text(os.path.join(folder, "experts", expert + ".labels.txt"), "".join(name + "\n" for name in names))


def ask(tool, folder):
    """What a hub knows: heads by concept, heads that are alike, cards and pages."""
    make_vectors(folder)
    rename_heads(folder, "pets", ["class_0", "dog"])
    rename_heads(folder, "road", ["fish", "a|<b>_truck*"])  # the first is one of cars
    init(tool)
    tool("find", "hub.mll", "cat", code=2)  # nothing is labelled
    tool("add", "hub.mll", "experts/pets.npy", "experts/zoo.npy", "experts/road.npy")
    tool("label", "hub.mll")

    for k, word in enumerate(["cat", "dog", "bird", "fish", "car", "truck"]):
        found = tool.json("find", "hub.mll", word, "--no-names", "--top", "3")
        check(found["node"] == f"n{k}" and found["samples"] == 20 and found["sufficient"], word)
        heads = [(each["model"], each["head"]) for each in found["heads"]]
        check(len(heads) == 3, "three heads")
        right = {"cat": {("pets", "class_0"), ("zoo", "zoo says cat")}, "dog": {("pets", "dog")},
                 "bird": {("zoo", "zoo says bird")}, "fish": {("zoo", "zoo says fish")}, "car": {("road", "fish")},
                 "truck": {("road", "a|<b>_truck*")}}[word]
        check(set(heads[:len(right)]) == right, f"{word} is found: {heads}")
        values = [each["probability"] for each in found["heads"]]
        check(values == sorted(values, reverse=True) and 0 <= values[-1] and values[0] <= 1, "probabilities fall")
    text = tool("find", "hub.mll", "dog").stdout
    check("something called dog" in text and "20 samples" in text and "dog of pets" in text, "find in words")
    check("insufficient evidence" in tool("find", "hub.mll", "thing", "--top", "1").stdout, "a root has no rivals")
    missing = tool("find", "hub.mll", "birt", code=2)
    check("expected a word of the graph" in tool("find", "hub.mll", "qwzx", code=2).stderr, "an unknown word is an error")
    check("did you mean" in missing.stderr, "suggestions")
    alike = tool.json("find", "hub.mll", "--like", "pets:class_0", "--top", "2")["heads"]
    check([alike[0]["model"], alike[0]["head"]] == ["zoo", "zoo says cat"] and alike[0]["correlation"] > alike[1]["correlation"] + 0.2, "twins")
    check(tool.json("find", "hub.mll", "--like", "pets:0", "--top", "2")["heads"] == alike, "heads by number")
    for wrong in (["--like", "pets"], ["--like", "pets:9"], ["--like", "nobody:0"], [], ["dog", "--like", "pets:0"]):
        tool("find", "hub.mll", *wrong, code=2)

    card = tool("card", "hub.mll", "road").stdout
    check(card.startswith("---\nlibrary_name: mll\n") and "\n---\n\n# road\n" in card, "front matter")
    check("| fish | car (" in card and "**contradicted**" in card, "the head with a wrong name")
    check("a\\|\\<b\\>\\_truck\\*" in card, "names are escaped in Markdown")
    done = tool.json("card", "hub.mll", "road", "--out", "card.md")
    check(done["lies"] == ["fish"], "the lies")
    check(read_bytes(os.path.join(folder, "card.md")).decode() == card, "the file is what is printed")
    check(tool.json("card", "hub.mll", "zoo")["lies"] == [], "no lies")
    tool("card", "hub.mll", "nobody", code=2)

    tool("report", "hub.mll", code=2)  # --out is missing
    tool("report", "hub.mll", "--out", "no/such/folder.html", code=3)
    done = tool.json("report", "hub.mll", "--out", "hub.html")
    page = read_bytes(os.path.join(folder, "hub.html"))
    check(done["bytes"] == len(page) < 100_000, "the size of the page")
    check(b"<script" not in page and b"http:" not in page and b"https:" not in page, "nothing is loaded")
    check(b"a|&lt;b&gt;_truck*" in page, "names are escaped in HTML")
    tool("report", "hub.mll", "nobody", "--out", "task.html", code=2)
    check(not os.path.exists(os.path.join(folder, "task.html")), "no page of what is not there")
    tool("select", "hub.mll", "pets", "--classes", "cat,dog,bird")
    tool("report", "hub.mll", "pets", "--out", "task.html")
    page = read_bytes(os.path.join(folder, "task.html"))
    check(b"<h3>bird</h3>" in page and b"something called bird" in page, "the page of a selection")
    check(not [name for name in os.listdir(folder) if "partial" in name], "no partial files")


def match(tool, folder):
    """Class names alone: senses that are chosen together."""
    wordnet = "/usr/share/wordnet"
    if not os.path.isdir(wordnet):
        skip("WordNet was not found (Debian: install wordnet-base)")

    def nodes(*lines, code=0):
        write_text(os.path.join(folder, "names.txt"), "".join(line + "\n" for line in lines))
        done = tool.json("match", "names.txt", code=code)
        check([each["name"] for each in done["classes"]] == [line.split("\t")[0] for line in lines], "every name, in order")
        return done["classes"]

    birds = nodes("crane", "heron", "flamingo")
    machines = nodes("crane", "bulldozer", "forklift")
    check("bird" in birds[0]["senses"][0]["gloss"] and "lifts" in machines[0]["senses"][0]["gloss"], "crane, in two companies")
    check(birds[0]["node"] == birds[0]["senses"][0]["node"] != machines[0]["node"], "the node is that of the first sense")
    check(abs(sum(each["probability"] for each in birds[0]["senses"]) - 1) < 1e-6, "probabilities")
    told = nodes("crane\tlifts and moves heavy objects", "sofa")
    check(told[0]["node"] == machines[0]["node"], "a sentence decides")
    same = nodes("motorcar", "automobile", "truck")
    check(same[0]["same_node_as"] == ["automobile"] and same[1]["same_node_as"] == ["motorcar"] and same[2]["same_node_as"] == [],
          "two names of one node")
    plural = nodes("geese", "racing bicycle")
    check("base form" in plural[0]["senses"][0]["matched"] and "head noun" in plural[1]["senses"][0]["matched"], "kinds")
    unknown = nodes("zebar", "flamingo", code=1)
    check(unknown[0]["node"] is None and "zebra" in unknown[0]["suggestions"], "a typing error is not guessed")
    text = tool("match", "names.txt", code=1).stdout
    check("zebar: not in the graph (did you mean 'zebra'" in text and "flamingo: n" in text, "the same in words")
    for content in ("", "crane\n", "crane\nCrane\n", "crane\n\theron\n"):
        write_text(os.path.join(folder, "wrong.txt"), content)
        done = subprocess.run([tool.program, "match", "wrong.txt"], capture_output=True, text=True, cwd=folder)
        check(done.returncode in (2, 3) and done.stdout == "" and done.stderr != "", f"refused: {content!r}")
    tool("match", "nowhere.txt", code=3)
    tool("match", code=2)


def recipes(tool, folder):
    """The commands of docs/recipes.md, as they stand."""
    page = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "docs", "recipes.md")
    with open(page, encoding="utf-8") as lines:
        commands = [shlex.split(line)[1:] for line in lines if line.startswith("    hub_tool ")]
    check(len(commands) > 10, "the page has commands")
    make_vectors(folder)
    write_text(os.path.join(folder, "names.txt"), "cat\ndog\ntruck\n")
    said = {}
    for command in commands:
        said[command[0], command[-1]] = tool(*command).stdout
    check("dog of pets" in said["find", "dog"] or "pets says dog" in said["find", "dog"], "the head that knows dogs")
    check("n5 (truck)" in said["match", "words.tsv"], "the node of a name")
    check(os.path.exists(os.path.join(folder, "pets.html")) and os.path.exists(os.path.join(folder, "answers.csv")), "files")
    fast = tool.json("explain", "hub.mll", "fast")
    check(len(fast["models"]) == 1, "one expert")


def pixels(file):
    """Size of a PNG of 8 bits, and its colours."""
    data = read_bytes(file)
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    check(depth == 8 and kind in (2, 6), "a PNG with colours")
    at, packed = 8, b""
    while at < len(data):
        length = struct.unpack(">I", data[at:at + 4])[0]
        if data[at + 4:at + 8] == b"IDAT":
            packed += data[at + 8:at + 8 + length]
        at += length + 12
    raw = zlib.decompress(packed)
    size = 3 if kind == 2 else 4
    rows, before = [], bytes(width * size)
    for y in range(height):
        kind_of_row, row = raw[y * (width * size + 1)], bytearray(raw[y * (width * size + 1) + 1:(y + 1) * (width * size + 1)])
        for i in range(len(row)):
            left = row[i - size] if i >= size else 0
            up, corner = before[i], before[i - size] if i >= size else 0
            if kind_of_row == 1:
                row[i] = (row[i] + left) & 255
            elif kind_of_row == 2:
                row[i] = (row[i] + up) & 255
            elif kind_of_row == 3:
                row[i] = (row[i] + (left + up) // 2) & 255
            elif kind_of_row == 4:
                guess = left + up - corner
                row[i] = (row[i] + min((left, up, corner), key=lambda c: abs(guess - c))) & 255
        rows.append(bytes(row))
        before = row
    return width, height, {row[i:i + 3] for row in rows for i in range(0, len(row), size)}


def screenshot(tool, folder):
    """Pages in a browser without a screen, light and dark."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        skip("chromium was not found (Debian: install chromium)")
    make_hub(tool, folder)
    tool("report", "hub.mll", "--out", "hub.html")
    tool("select", "hub.mll", "task", "--classes", "cat,truck,bird", "--heads", "1")
    tool("report", "hub.mll", "task", "--out", "task.html")
    for k, word in ((0, "cat"), (5, "truck"), (2, "bird")):
        os.makedirs(os.path.join(folder, "batch", word))
        shutil.copyfile(os.path.join(folder, "samples", f"n{k}.npy"), os.path.join(folder, "batch", word, "some.npy"))
    tool("classify", "hub.mll", "task", "--images", "batch", "--report", "batch.html", "-q")
    for page in ("hub", "task", "batch"):
        backgrounds = {}
        for theme, dark in (("light", "1"), ("dark", "0")):
            file = os.path.join(folder, f"{page}.{theme}.png")
            done = subprocess.run([browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                                   "--user-data-dir=" + os.path.join(folder, "profile"), "--window-size=900,600",
                                   "--blink-settings=preferredColorScheme=" + dark, "--screenshot=" + file,
                                   "file://" + os.path.abspath(os.path.join(folder, page + ".html"))],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600)
            if not os.path.exists(file):
                skip("chromium takes no screenshots here: " + done.stdout.decode(errors="replace")[-300:])
            width, height, colours = pixels(file)
            check((width, height) == (900, 600) and len(colours) > 30, f"{file} shows something")
            backgrounds[theme] = max(colours, key=sum) if theme == "light" else min(colours, key=sum)
        check(sum(backgrounds["light"]) > 700 and sum(backgrounds["dark"]) < 100, page + ": light and dark")


def write_onnx(path, weights, softmax):
    """A network [n, 3, 2, 2] -> flatten -> weights, perhaps with softmax."""
    def number(value):
        out = b""
        while value > 127:
            out += bytes([value & 127 | 128])
            value >>= 7
        return out + bytes([value])

    def field(at, content):
        if isinstance(content, int):
            return number(at << 3) + number(content)
        content = content.encode() if isinstance(content, str) else content
        return number(at << 3 | 2) + number(len(content)) + content

    def value(name, sizes):
        shape = b"".join(field(1, field(1, size) if size else field(2, "n")) for size in sizes)
        return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))

    def node(inputs, output, operator, attributes=b""):
        return field(1, b"".join(field(1, each) for each in inputs) + field(2, output) + field(4, operator) + attributes)

    heads = len(weights)
    last = "shares" if softmax else "sums"
    graph = node(["image"], "flat", "Flatten")
    graph += node(["flat", "weights", "bias"], "sums", "Gemm", field(5, field(1, "transB") + field(3, 1) + field(20, 2)))
    graph += node(["sums"], "shares", "Softmax") if softmax else b""
    graph += field(2, "tiny")
    graph += field(5, field(1, heads) + field(1, 12) + field(2, 1) + field(8, "weights") +
                   field(9, b"".join(struct.pack("<12f", *row) for row in weights)))
    graph += field(5, field(1, heads) + field(2, 1) + field(8, "bias") + field(9, struct.pack(f"<{heads}f", *[0] * heads)))
    graph += field(11, value("image", [0, 3, 2, 2])) + field(12, value(last, [0, heads]))
    with open(path, "wb") as out:
        out.write(field(1, 6) + field(7, graph) + field(8, field(1, "") + field(2, 11)))


def write_picture(path, colour, side=4):
    with open(path, "wb") as out:
        out.write(b"P6\n%d %d\n255\n" % (side, side) + bytes(colour) * side * side)


def described(tool, folder, opencv):
    """Experts with a description of their own: flat, in a model folder, within a hub."""
    if opencv != "1":
        skip("this build has no OpenCV")
    colours = {"n0": (200, 30, 10), "n1": (20, 220, 40), "n2": (0, 60, 240)}
    write_text(os.path.join(folder, "edges.tsv"), "".join(f"{node}\tthing\n" for node in colours))
    write_text(os.path.join(folder, "words.tsv"),
               "n0\tcherry\tred\nn1\tlime\tgreen\nn2\tplum\tblue\nthing\tthing\tall\n")
    for node, colour in colours.items():
        os.makedirs(os.path.join(folder, "samples", node))
        for shift in range(4):
            write_picture(os.path.join(folder, "samples", node, f"{shift}.ppm"), [min(255, c + shift) for c in colour])
    one_of = [[(1.0 if channel == head else 0.0) for channel in range(3) for _ in range(4)] for head in range(3)]
    for name in ("fruit", "sweets"):
        os.makedirs(os.path.join(folder, "experts", name))
        write_onnx(os.path.join(folder, "experts", name, "model.onnx"), one_of, softmax=False)
    write_onnx(os.path.join(folder, "experts", "plain.onnx"), one_of, softmax=True)
    write_text(os.path.join(folder, "experts", "plain.labels.txt"), "red\ngreen\nblue\n")

    def describe(**changes):
        content = {"labels": ["cherry, Prunus avium", "lime", "plum"], "output": {"activation": "softmax"},
                   "input": {"scale": 0.01, "mean": [0.5, 0.6, 0.7], "deviation": [1, 2, 4], "order": "rgb", "resize": "crop"}}
        content.update(changes)
        write_text(os.path.join(folder, "experts", "fruit", "mll.json"), json.dumps(content))

    describe()
    write_text(os.path.join(folder, "experts", "sweets", "config.json"),
               json.dumps({"id2label": {"0": "drop", "1": "gum", "2": "mint"}}))
    write_text(os.path.join(folder, "experts", "sweets", "preprocessor_config.json"), json.dumps({
        "image_processor_type": "ViTImageProcessor", "size": {"height": 2, "width": 2}, "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.25, 0.5], "resample": 2}))

    def shares(sums):
        powers = [2.718281828459045 ** each for each in sums]
        return [each / sum(powers) for each in powers]

    def close(answer, names, wanted):
        found = dict(zip(answer["heads"], answer["scores"]))
        check(set(found) == set(names), f"heads {names}")
        check(all(abs(found[name] - value) < 1e-4 for name, value in zip(names, wanted)), f"{found} are {wanted}")
        check(answer["scores"] == sorted(answer["scores"], reverse=True), "the best answer is first")

    told = tool.json("try", "experts/fruit", "samples/n0/0.ppm", "samples/n2/0.ppm")
    check(told["file"] == "experts/fruit/model.onnx" and told["activation"] == "softmax", "the expert is described")
    check(told["preparation"].startswith("crop area, scale 0.01, mean 0.5,0.6,0.7, deviation 1,2,4"), "its preparation too")
    check(told["sources"]["labels"] == "experts/fruit/mll.json: labels", "and where it was read")
    check([each["sample"] for each in told["answers"]] == ["samples/n0/0.ppm", "samples/n2/0.ppm"], "one answer per sample")
    for answer, colour in zip(told["answers"], (colours["n0"], colours["n2"])):
        close(answer, ["cherry, Prunus avium", "lime", "plum"],
              shares([4 * (c * 0.01 - m) / d for c, m, d in zip(colour, (0.5, 0.6, 0.7), (1, 2, 4))]))
    told = tool.json("try", "experts/sweets", "samples/n1/0.ppm", "--logits")
    close(told["answers"][0], ["drop", "gum", "mint"],
          shares([4 * (c / 255 - 0.5) / d for c, d in zip(colours["n1"], (0.5, 0.25, 0.5))]))
    text = tool("try", "experts/fruit", "samples/n0/0.ppm", "--top", "1").stdout
    check("cherry, Prunus avium" in text and "lime" not in text, "the best answer is shown")
    told = tool.json("try", "experts/fruit", "edges.tsv", "samples/n0/0.ppm", code=1)
    check(len(told["answers"]) == 1, "a file that is not an image leaves the others alone")
    tool("try", "experts/none", "samples/n0/0.ppm", code=3)
    tool("try", "experts/fruit", code=2)

    tool("init", "hub.mll", "--representation", "samples", "--graph", "edges.tsv", "--words", "words.tsv")
    lines = tool("add", "hub.mll", "experts/fruit", "experts/plain.onnx").stdout.splitlines()
    check(len(lines) == 2 and lines[0].startswith("added fruit (3 heads): ") and "[experts/fruit/mll.json: labels]" in lines[0],
          "one line per expert says how it is run")
    listed = tool.json("list", "hub.mll")["models"]
    check([each["name"] for each in listed] == ["fruit", "plain"] and listed[0]["description"]["activation"] == "softmax",
          "the hub keeps it")
    check(sorted(tool.json("label", "hub.mll")["labelled"]) == ["fruit", "plain"], "both are labelled")
    heads = tool.json("select", "hub.mll", "x", "--classes", "cherry,plum")["heads"]
    check(all(each["head"] in ("cherry, Prunus avium", "plum", "red", "blue") for each in heads), "and used")
    check(tool.json("label", "hub.mll")["labelled"] == [], "labels are kept")
    describe(licence="CC0")
    check(tool.json("label", "hub.mll")["labelled"] == ["fruit"], "a changed description labels its expert again")
    describe(label=["x"])
    refused = tool.json("label", "hub.mll", code=1)["problems"]
    check(len(refused) == 1 and "only known keys" in refused[0]["why"] and "'label'" in refused[0]["why"], "unknown keys are named")
    check("stale" in tool("list", "hub.mll").stdout, "and the label is not used")
    describe(labels=["one"])
    refused = tool.json("add", "hub.mll", "experts/fruit", code=1)["refused"]
    check("mll.json: labels: expected 3 names" in refused[0]["why"], "the file that is wrong is named")
    describe()
    check(tool.json("add", "hub.mll", "experts/fruit/model.onnx")["added"] == ["fruit"], "the file is the folder's expert")


def tasks(tool, folder, packs, opencv):
    """From an empty folder to a classifier in one file, which answers without its store."""
    make_hub(tool, folder)
    select = ["select", "hub.mll", "pets", "--classes", "cat,truck,bird", "--heads", "1", "--threshold", "0.4"]
    first = tool.json(*select)
    before = read_bytes(os.path.join(folder, "hub.mll"))
    check(tool.json(*select) == first and "is up to date" in tool(*select).stdout, "the second select says the same")
    check(read_bytes(os.path.join(folder, "hub.mll")) == before, "and does nothing")
    check("is up to date" not in tool("select", "hub.mll", "pets", "--classes", "cat,truck", "--heads", "1").stdout,
          "another task is selected")
    tool(*select)

    # Samples in folders that are named after the classes.
    rng = random.Random(7)
    for k, word in ((0, "cat"), (5, "truck"), (2, "bird")):
        os.makedirs(os.path.join(folder, "task", word))
        write_npy(os.path.join(folder, "task", word, "some.npy"),
                  [[rng.gauss(3.0 * (j == k), 1) for j in range(6)] for _ in range(150)])
    answers = tool.json("classify", "hub.mll", "pets", "--images", "task")
    check(len(answers["answers"]) == 450 and answers["classes"] == ["cat", "truck", "bird"], "every row is answered")
    check(answers["answers"][0]["sample"] == "bird/some.npy:0" and answers["accuracy"] > 0.6, "and mostly right")
    check(abs(answers["threshold"] - 0.4) < 1e-6 and answers["experts_run"] == len(first["models"]) and answers["skipped"] == 0, "threshold, cost")
    for each in answers["answers"]:
        best = max(each["probabilities"])
        check(each["probability"] == best and abs(sum(each["probabilities"]) - 1) < 1e-5, "probabilities")
        expected = answers["classes"][each["probabilities"].index(best)] if best >= 0.4 else None
        check(each["class"] == expected, "the most probable class, from the threshold on")
    sure = tool.json("classify", "hub.mll", "pets", "task/cat/some.npy", "--threshold", "1")
    check(len(sure["answers"]) == 150 and sure["threshold"] == 1, "a file of samples")
    check(all((each["class"] is None) == (each["probability"] < 1) for each in sure["answers"]), "--threshold decides")
    done = tool("classify", "hub.mll", "pets", "--images", "task", "--out", "answers.csv")
    check("classified 450 samples" in done.stdout and "accuracy" in done.stdout, "a summary is printed")
    rows = read_bytes(os.path.join(folder, "answers.csv")).decode().splitlines()
    check(rows[0] == "sample,answer,probability,confidence,belongs" and len(rows) == 451, "one row per sample")
    tool("classify", "hub.mll", "pets", "--images", "task", "--out", "answers2.csv", "--report", "batch.html")
    check(read_bytes(os.path.join(folder, "answers2.csv")) == read_bytes(os.path.join(folder, "answers.csv")), "the same answers")
    page = read_bytes(os.path.join(folder, "batch.html")).decode()
    check(f"<dt>accuracy of answers</dt><dd>" in page and "<h3>truck</h3>" in page and page.endswith("</html>\n"), "a page too")
    check("<dt>samples</dt><dd>450</dd>" in page and "some.npy:" in page and "<img" not in page, "of vectors, without pictures")
    tool("classify", "hub.mll", "pets", "--images", "task", "--report", "nowhere/x.html", code=3)
    lines = tool("classify", "hub.mll", "pets", "task/cat/some.npy").stdout.splitlines()
    check(lines[0].startswith("task/cat/some.npy:0\t") and len(lines) == 151, "one line per sample")

    # What cannot be read is skipped; a wrong argument answers nothing.
    write_text(os.path.join(folder, "text.npy"), "text")
    write_npy(os.path.join(folder, "nan.npy"), [[float("nan")] * 6, [1.0] * 6])
    some = tool.json("classify", "hub.mll", "pets", "text.npy", "nan.npy", code=1)
    check([each["sample"] for each in some["answers"]] == ["nan.npy:1"] and some["skipped"] == 2, "the rest is answered")
    # So do samples of another length, and files without samples.
    write_npy(os.path.join(folder, "longer.npy"), [[0.0] * 9])
    with open(os.path.join(folder, "none.npy"), "wb") as out:
        header = "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 6), }".ljust(117) + "\n"
        out.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
    for files in (["longer.npy", "none.npy", "task/cat/some.npy"], ["task/cat/some.npy", "none.npy", "longer.npy"]):
        done = tool("classify", "hub.mll", "pets", *files, "--json", code=1)
        told = json.loads(done.stdout)
        check(len(told["answers"]) == 150 and told["skipped"] == 2, "the samples beside them are answered")
        warned = "".join(json.loads(line)["warning"] for line in done.stderr.splitlines())
        check("longer.npy:0: " in warned and "none.npy: expected at least one sample" in warned, "they are named")
    tool("classify", "hub.mll", "pets", "longer.npy", code=2)
    for name in ("", "  ", "\n"):
        tool("pack", "hub.mll", "pets", name, code=2)
        tool("report", "hub.mll", "--out", name, code=2)
        tool("export", "hub.mll", name, code=2)
    tool("classify", "hub.mll", "nothing", "nan.npy", code=2)
    tool("classify", "hub.mll", "pets", code=2)
    tool("classify", "hub.mll", code=2)
    tool("classify", "hub.mll", "pets", "--images", "nowhere", code=2)
    tool("classify", "hub.mll", "pets", "nan.npy", "--threshold", "2", code=2)
    tool("classify", "hub.mll", "pets", "nan.npy", "--belongs", "2", code=2)
    tool("classify", "hub.mll", "pets", "nan.npy", "--out", "nowhere/x.csv", code=3)

    # The profile is made once, until labels change.
    few = ["select", "hub.mll", "few", "--classes", "cat,truck,bird", "--experts", "2"]
    tool(*few)

    # Samples of other nodes do not belong to the task.
    write_npy(os.path.join(folder, "deer.npy"), [[rng.gauss(3.0 * (j == 3), 1) for j in range(6)] for _ in range(150)])
    inside = tool.json("classify", "hub.mll", "few", "--images", "task")["answers"]
    outside = tool.json("classify", "hub.mll", "few", "deer.npy")["answers"]
    if inside[0]["belongs"] is None:
        check(False, "the profile tells what belongs to the task")
    mean = [sum(each["belongs"] for each in some) / len(some) for some in (inside, outside)]
    check(mean[0] > mean[1] + 0.1, f"samples of the task belong to it: {mean}")
    strict = tool.json("classify", "hub.mll", "few", "deer.npy", "--belongs", "0.5")
    check(strict["belongs"] == 0.5 and all((each["class"] is None) == (each["belongs"] < 0.5) for each in strict["answers"]),
          "--belongs decides")
    check(any(each["class"] is None for each in strict["answers"]), "and rejects some")
    check(all(each["belongs"] is None for each in answers["answers"]), "without a profile nothing tells")
    check("profile" in tool("classify", "hub.mll", "pets", "nan.npy", "--belongs", "0.5", code=2).stderr, "which is said")

    tool("select", "hub.mll", "few", "--classes", "cat,truck,dog", "--experts", "2")
    check(tool.json("verify", "hub.mll")["clean"], "selections and profile are sound")

    killed(tool, folder, "batch.html", "classify", "hub.mll", "pets", "--images", "task", "--report", "batch.html")
    killed(tool, folder, "batch.csv", "classify", "hub.mll", "pets", "--images", "task", "--out", "batch.csv")
    if packs:
        pack(tool, folder, answers)
        killed(tool, folder, "killed.mlltask", "pack", "hub.mll", "pets", "killed.mlltask")
    if opencv == "1":
        killed(tool, folder, "killed.onnx", "export-onnx", "hub.mll", "pets", "killed.onnx")
    killed(tool, folder, "hub.html", "report", "hub.mll", "--out", "hub.html")
    killed(tool, folder, "pets.html", "report", "hub.mll", "pets", "--out", "pets.html")

    # The file of an expert must be the one that was labelled.
    write_npy(os.path.join(folder, "experts", "road.npy"), [[0.5 * (j == k) for j in range(6)] + [0.0] for k in (4, 5)])
    check("road.npy" in tool("classify", "hub.mll", "pets", "nan.npy", code=2).stderr, "a changed expert is named")
    tool("label", "hub.mll")
    check("select again" in tool("classify", "hub.mll", "pets", "nan.npy", code=2).stderr, "a stale selection says what to do")
    check("is up to date" not in tool(*select).stdout, "changed labels select again")
    tool("classify", "hub.mll", "pets", "nan.npy", code=1)


def pack(tool, folder, answers):
    """A task in one file: moved, damaged, killed."""
    write_text(os.path.join(folder, "experts", "LICENSE"), "as you like")
    tool("pack", "hub.mll", "nothing", "x.mlltask", code=2)
    told = tool.json("pack", "hub.mll", "pets", "pets.mlltask")
    check(told["experts"] == answers["experts_run"], "the chosen experts are packed")
    elsewhere = os.path.join(folder, "elsewhere")
    os.makedirs(elsewhere)
    os.rename(os.path.join(folder, "pets.mlltask"), os.path.join(elsewhere, "moved.mlltask"))
    os.rename(os.path.join(folder, "task"), os.path.join(elsewhere, "task"))
    hidden = [name for name in os.listdir(folder) if name != "elsewhere"]
    os.makedirs(os.path.join(folder, "hidden"))
    for name in hidden:  # no store, no graph, no samples, no experts
        os.rename(os.path.join(folder, name), os.path.join(folder, "hidden", name))
    there = Tool(tool.program, elsewhere)
    check(there.json("classify", "moved.mlltask", "--images", "task") == answers, "a pack answers as its store")
    told = there.json("info", "moved.mlltask")
    check(told["name"] == "pets" and told["classes"] == ["cat", "truck", "bird"], "info tells the task")
    check([each["licences"] for each in told["experts"]] == [["%s.LICENSE" % each["name"]] for each in told["experts"]],
          "licences go with the experts")
    check("as it was packed" in there("info", "moved.mlltask").stdout and "truck" in told["explanation"], "info explains")
    sound = read_bytes(os.path.join(elsewhere, "moved.mlltask"))
    at = sound.index(b"\x93NUMPY") + 140
    with open(os.path.join(elsewhere, "moved.mlltask"), "wb") as out:
        out.write(sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1:])
    for command in (["classify", "moved.mlltask", "task/cat/some.npy"], ["info", "moved.mlltask"]):
        check("moved.mlltask/experts/" in there(*command, code=3).stderr, "a changed member is named")
    with open(os.path.join(elsewhere, "moved.mlltask"), "wb") as out:
        out.write(sound[:len(sound) // 2])
    there("info", "moved.mlltask", code=3)
    there("classify", "none.mlltask", "task/cat/some.npy", code=3)
    for name in hidden:
        os.rename(os.path.join(folder, "hidden", name), os.path.join(folder, name))


def killed(tool, folder, file, *command):
    """Kills a command at random moments: there is no file under its name, or a whole one."""
    path = os.path.join(folder, file)
    start = time.monotonic()
    tool(*command, "-q")
    duration = time.monotonic() - start
    whole = read_bytes(path)
    rng = random.Random(file)
    whole_ones = 0
    for i in range(16):
        os.remove(path)
        process = subprocess.Popen([tool.program, *command, "-q"], cwd=folder, stdout=subprocess.DEVNULL)
        time.sleep(1.1 * duration * (i + rng.random()) / 16)
        process.kill()
        process.wait()
        if os.path.exists(path):
            check(read_bytes(path) == whole, f"{file} is whole after a kill")
            whole_ones += 1
        else:
            write_text(path, "an earlier file")
    print(f"{file}: whole after {whole_ones} of 16 kills, else absent")
    # An earlier file stays until the new one is whole.
    for i in range(8):
        write_text(path, "an earlier file")
        process = subprocess.Popen([tool.program, *command, "-q"], cwd=folder, stdout=subprocess.DEVNULL)
        time.sleep(1.1 * duration * (i + rng.random()) / 8)
        process.kill()
        process.wait()
        check(read_bytes(path) in (whole, b"an earlier file"), f"an earlier {file} stays or is replaced")


def write_ppm(path, pixels):
    """Writes rows of (red, green, blue)."""
    with open(path, "wb") as out:
        out.write(b"P6\n%d %d\n255\n" % (len(pixels[0]), len(pixels)) + bytes(v for row in pixels for pixel in row for v in pixel))


def answers_in_onnx_runtime(path, values):
    """Checks a graph and runs it. Returns probabilities and answers."""
    import onnx
    import onnxruntime
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    names = {each.key: each.value for each in model.metadata_props}
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    check([each.name for each in session.get_inputs()] == ["input"], "one input")
    return names, *session.run(["probabilities", "answer"], {"input": values})


def agree(told, probabilities, answers, bound, what):
    """Whether a graph answers as hub_tool does."""
    check(len(told["answers"]) == len(answers), what + ": as many answers")
    worst = 0
    for mine, row, answer in zip(told["answers"], probabilities, answers):
        worst = max(worst, max(abs(a - b) for a, b in zip(mine["probabilities"], row)))
        if abs(mine["probability"] - told["threshold"]) > bound:
            expected = -1 if mine["class"] is None else told["classes"].index(mine["class"])
            top = sorted(mine["probabilities"])[-2:]
            check(int(answer) == expected or top[1] - top[0] < 2 * bound, what + ": the answer is the same")
    print(f"{what}: the largest difference of a probability is {worst:.2g}")
    check(worst <= bound, f"{what}: probabilities agree within {bound}")


def onnx_graphs(tool, folder, opencv):
    """A solved task as one ONNX graph gives the same answers in ONNX Runtime."""
    try:
        import numpy
        import onnx
        import onnxruntime
    except ImportError as missing:
        skip(str(missing))
    if opencv != "1":
        skip("hub_tool was built without OpenCV")
    place = os.path.join(folder, "vectors")
    os.makedirs(place)
    vectors_tool = Tool(tool.program, place)
    make_hub(vectors_tool, place)
    rng = numpy.random.default_rng(5)
    samples = rng.normal(1, 2, (300, 6)).astype(numpy.float32)
    write_npy(os.path.join(place, "some.npy"), samples.tolist())
    for name, budget in (("heads", ["--heads", "2"]), ("experts", ["--experts", "3"])):
        vectors_tool("select", "hub.mll", name, "--classes", "cat,truck,bird", *budget, "--threshold", "0.5")
        vectors_tool("export-onnx", "hub.mll", name, name + ".onnx")
        told = vectors_tool.json("classify", "hub.mll", name, "some.npy")
        names, probabilities, answers = answers_in_onnx_runtime(os.path.join(place, name + ".onnx"), samples)
        check([names[f"class {y}"] for y in range(3)] == ["cat", "truck", "bird"] and "expected accuracy" in names,
              "classes and estimate are metadata")
        agree(told, probabilities, answers, 1e-4, "vectors, " + name)

    # Images, and networks that ask for different versions of the operators.
    place = os.path.join(folder, "images")
    os.makedirs(os.path.join(place, "experts"))
    images_tool = Tool(tool.program, place)
    write_text(os.path.join(place, "edges.tsv"), "n0\tthing\nn1\tthing\nn2\tthing\n")
    write_text(os.path.join(place, "words.tsv"), "n0\tred\t\nn1\tgreen\t\nn2\tblue\t\nthing\tthing\t\n")

    def picture(k, height, width):
        return numpy.clip(rng.normal(90, 50, (height, width, 3)) + 3 * (numpy.arange(3) == k), 0, 255).astype(numpy.uint8)

    for k in range(3):
        os.makedirs(os.path.join(place, "samples", f"n{k}"))
        for i in range(12):
            write_ppm(os.path.join(place, "samples", f"n{k}", f"{i:03}.ppm"), picture(k, 24, 30).tolist())
    helper = onnx.helper
    for name, opset, side in (("old", 11, 8), ("middle", 13, 8), ("new", 17, 8)):
        def tensor(key, array):
            return onnx.numpy_helper.from_array(array.astype(numpy.float32), key)
        weights = numpy.zeros((3, 4))
        weights[:, :3] = 1.5 * numpy.eye(3) + rng.normal(0, 0.2, (3, 3))
        filters = rng.normal(0, 0.02, (4, 3, 3, 3))
        for k in range(3):
            filters[k, k, 1, 1] += 1
        nodes = [helper.make_node("Conv", ["image", "filters"], ["found"], kernel_shape=[3, 3], pads=[1, 1, 1, 1], name="image"),
                 helper.make_node("Relu", ["found"], ["positive"]),
                 helper.make_node("GlobalAveragePool", ["positive"], ["pooled"]),
                 helper.make_node("Flatten", ["pooled"], ["flat"]),
                 helper.make_node("Gemm", ["flat", "weights", "bias"], ["logits"], transB=1)]
        graph = helper.make_graph(
            nodes, name, [helper.make_tensor_value_info("image", 1, ["n", 3, side, side])],
            [helper.make_tensor_value_info("logits", 1, ["n", 3])],
            [tensor("filters", filters), tensor("weights", weights), tensor("bias", rng.normal(0, 0.1, 3))])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=7)
        onnx.save(model, os.path.join(place, "experts", name + ".onnx"))
        write_text(os.path.join(place, "experts", name + ".labels.txt"), "red\ngreen\nblue\n")
    images_tool("init", "hub.mll", "--representation", "samples", "--graph", "edges.tsv", "--words", "words.tsv", "--logits",
                "--mean", "0.4,0.5,0.6", "--deviation", "0.2,0.3,0.25")
    images_tool("add", "hub.mll", *[f"experts/{name}.onnx" for name in ("old", "middle", "new")])
    images_tool("label", "hub.mll")
    images_tool("select", "hub.mll", "colours", "--classes", "red,green,blue", "--experts", "3")
    images_tool("export-onnx", "hub.mll", "colours", "colours.onnx")
    images_tool("classify", "hub.mll", "colours", "--images", "samples", "--report", "batch.html")
    page = read_bytes(os.path.join(place, "batch.html"))
    check(8 <= page.count(b'src="data:image/jpeg;base64,') <= 24 and b"://" not in page, "samples are shown")
    # These networks tell means apart that differ by a level: OpenCV's rounding down, where it enlarges, is seen.
    for height, width, bound in ((8, 8, 1e-4), (24, 30, 2e-3), (64, 48, 2e-3), (5, 6, 1e-4), (5, 20, 1e-4)):
        some = f"task{height}x{width}"
        os.makedirs(os.path.join(place, some))
        pictures = [picture(i % 3, height, width) for i in range(20)]
        for i, each in enumerate(pictures):
            write_ppm(os.path.join(place, some, f"{i:03}.ppm"), each.tolist())
        told = images_tool.json("classify", "hub.mll", "colours", "--images", some)
        _, probabilities, answers = answers_in_onnx_runtime(os.path.join(place, "colours.onnx"), numpy.stack(pictures))
        agree(told, probabilities, answers, bound, f"images of {height} x {width}")


def proto_number(value):
    out = b""
    value &= (1 << 64) - 1
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def proto(at, content):
    """A field of a protocol buffer."""
    if isinstance(content, int):
        return proto_number(at << 3) + proto_number(content)
    content = content.encode() if isinstance(content, str) else content
    return proto_number(at << 3 | 2) + proto_number(len(content)) + content


def onnx_value(name, sizes, kind):
    shape = b"".join(proto(1, proto(1, size) if size else proto(2, "n")) for size in sizes)
    return proto(1, name) + proto(2, proto(1, proto(1, kind) + proto(2, shape)))


def onnx_node(inputs, output, operator, attributes=(), domain=""):
    return proto(1, b"".join(proto(1, each) for each in inputs) + proto(2, output) + proto(4, operator) +
                 b"".join(proto(5, each) for each in attributes) + (proto(7, domain) if domain else b""))


def onnx_floats(name, sizes, values, outside=None):
    """A constant, perhaps in a file beside the model."""
    data = struct.pack(f"<{len(values)}f", *values)
    if outside is not None:
        with open(outside, "wb") as out:
            out.write(data)
        where = proto(13, proto(1, "location") + proto(2, os.path.basename(outside))) + proto(14, 1)
    else:
        where = proto(9, data)
    return proto(5, b"".join(proto(1, size) for size in sizes) + proto(2, 1) + proto(8, name) + where)


def write_model(path, before, first, inputs, weights, bias, output="scores", softmax=True, outside=None):
    """`before`, then weights * `first` + bias, perhaps with softmax."""
    width = len(weights[0])
    last = "sums" if softmax else output
    graph = before + onnx_node([first, "weights", "bias"], last, "Gemm", [proto(1, "transB") + proto(3, 1) + proto(20, 2)])
    graph += onnx_node([last], output, "Softmax") if softmax else b""
    graph += proto(2, "small")
    graph += onnx_floats("weights", [len(weights), width], [x for row in weights for x in row], outside)
    graph += onnx_floats("bias", [len(bias)], bias)
    graph += b"".join(proto(11, each) for each in inputs) + proto(12, onnx_value(output, [0, len(weights)], 1))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        out.write(proto(1, 8) + proto(7, graph) + proto(8, proto(1, "") + proto(2, 13)) +
                  proto(8, proto(1, "ai.onnx.ml") + proto(2, 3)))


CAST = onnx_node(["input_ids"], "numbers", "Cast", [proto(1, "to") + proto(3, 1) + proto(20, 2)])


def make_graph(folder, words):
    write_text(os.path.join(folder, "edges.tsv"), "".join(f"n{k}\tthing\n" for k, _ in enumerate(words)))
    write_text(os.path.join(folder, "words.tsv"),
               "".join(f"n{k}\t{word}\tsomething called {word}\n" for k, word in enumerate(words)) + "thing\tthing\n")


def new_hub(tool, kind):
    tool("init", "hub.mll", "--samples", kind, "--representation", "samples", "--graph", "edges.tsv", "--words", "words.tsv")


def solve(tool, truth, packs, *files):
    """Labels, selects, and classifies; the answers must be `truth`."""
    check(tool.json("label", "hub.mll")["labelled"] != [], "the experts are labelled")
    chosen = tool.json("select", "hub.mll", "task", "--classes", "cat,dog")
    check(len(chosen["heads"]) >= 2, "each class has a head")
    told = tool.json("classify", "hub.mll", "task", *files)
    check([each["class"] for each in told["answers"]] == truth, f"the answers are {truth}")
    if not packs:
        return
    tool("pack", "hub.mll", "task", "task.mlltask")
    again = tool.json("classify", "task.mlltask", *files)
    check(again["answers"] == told["answers"], "a pack answers the same")


def kinds(tool, folder, onnxruntime, packs=True):
    """ONNX experts on vectors and on texts: strings, and token ids with a tokenizer of their own."""
    if onnxruntime != "1":
        skip("this build has no ONNX Runtime")
    place = os.path.join(folder, "vectors")
    os.makedirs(os.path.join(place, "samples"))
    here = Tool(tool.program, place)
    make_graph(place, ["cat", "dog"])
    for k in range(2):
        write_npy(os.path.join(place, "samples", f"n{k}.npy"), [[1.0 - 2 * k, 0.1 * i, 1.0] for i in range(6)])
    rows = [[1.0, 0.5, 1.0], [-1.0, 0.5, 1.0]]
    write_npy(os.path.join(place, "rows.npy"), rows)
    weights = [[2.0, 0.0, 0.0], [-2.0, 0.0, 0.0]]
    outside = os.path.join(place, "experts", "pets.onnx.data")
    os.makedirs(os.path.join(place, "experts"))
    write_model(os.path.join(place, "experts", "pets.onnx"), b"", "rows", [onnx_value("rows", [0, 3], 1)], weights, [0.0, 0.0],
                outside=outside)
    write_text(os.path.join(place, "experts", "pets.labels.txt"), "cat\ndog\n")
    write_npy(os.path.join(place, "experts", "line.npy"), [[1.0, 0.0, 0.0, 0.0], [-1.0, 0.0, 0.0, 0.0]])
    write_text(os.path.join(place, "experts", "line.labels.txt"), "cat\ndog\n")
    told = here.json("try", "experts/pets.onnx", "rows.npy")
    check(told["input"] == "vector" and [each["heads"][0] for each in told["answers"]] == ["cat", "dog"], "an expert on vectors")
    share = 1 / (1 + 2.718281828459045 ** -4)
    check(all(abs(each["scores"][0] - share) < 1e-5 for each in told["answers"]), "its scores are those of the graph")
    new_hub(here, "vectors")
    added = here.json("add", "hub.mll", "experts/pets.onnx", "experts/line.npy", "rows.npy", code=1)
    check(added["added"] == ["pets", "line"] and len(added["refused"]) == 1, "both kinds of experts are added")
    solve(here, ["cat", "dog"], packs, "rows.npy")
    # Weights beside the model are part of it.
    with open(outside, "r+b") as data:
        data.write(struct.pack("<f", 3.0))
    check(here.json("label", "hub.mll")["labelled"] == ["pets"], "changed weights beside the file label their expert again")
    os.remove(outside)
    check("pets.onnx.data" in here.json("label", "hub.mll", code=1)["problems"][0]["why"], "missing weights are named")

    place = os.path.join(folder, "texts")
    os.makedirs(os.path.join(place, "samples"))
    here = Tool(tool.program, place)
    make_graph(place, ["cat", "dog"])
    write_text(os.path.join(place, "samples", "n0.txt"), "cat\n\nCat cat\ncat  cat\n")
    write_text(os.path.join(place, "samples", "n1.txt"), "dog\nDog dog\ndog  dog\n")
    write_text(os.path.join(place, "samples", "n9.txt"), "bird\n")
    write_text(os.path.join(place, "texts.txt"), "cat\ndog\n")
    # Strings: a table of whole texts.
    table = [proto(1, "keys_strings") + proto(9, "cat") + proto(9, "dog") + proto(20, 8),
             proto(1, "values_floats") + proto_number(7 << 3 | 5) + struct.pack("<f", 1.0) + proto_number(7 << 3 | 5) +
             struct.pack("<f", -1.0) + proto(20, 6),
             proto(1, "default_float") + proto_number(2 << 3 | 5) + struct.pack("<f", 0.0) + proto(20, 1)]
    write_model(os.path.join(place, "experts", "strings.onnx"),
                onnx_node(["text"], "number", "LabelEncoder", table, "ai.onnx.ml"), "number",
                [onnx_value("text", [0, 1], 8)], [[2.0], [-2.0]], [0.0, 0.0])
    write_text(os.path.join(place, "experts", "strings.labels.txt"), "cat\ndog\n")
    # Token ids of words, [CLS] and [SEP] around them: cat is 4 and dog is 5.
    model = os.path.join(place, "experts", "bert", "model.onnx")
    write_model(model, CAST, "numbers", [onnx_value("input_ids", [0, 4], 7)], [[0, -4.0, 0, 0], [0, 4.0, 0, 0]], [18.0, -18.0],
                output="logits", softmax=False)
    write_text(os.path.join(os.path.dirname(model), "vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\ncat\ndog\n")
    write_text(os.path.join(os.path.dirname(model), "config.json"), json.dumps({"id2label": {"0": "cat", "1": "dog"}}))
    told = here.json("try", "experts/strings.onnx", "cat", "dog")
    check(told["input"] == "text" and [each["heads"][0] for each in told["answers"]] == ["cat", "dog"], "an expert on strings")
    check([each["sample"] for each in told["answers"]] == ["cat", "dog"], "texts are samples")
    told = here.json("try", "experts/bert", "texts.txt")
    check(told["input"] == "tokens" and told["activation"] == "softmax", "an expert on token ids")
    check(told["sources"]["tokenizer"] == "experts/bert/vocab.txt", "with its own tokenizer")
    check([each["heads"][0] for each in told["answers"]] == ["cat", "dog"], "lines are samples")
    check("dog" in here("try", "experts/bert", "dog", "--samples", "texts").stdout, "the kind may be told")
    new_hub(here, "texts")
    check(here.json("add", "hub.mll", "experts/strings.onnx", "experts/bert")["added"] == ["strings", "bert"], "both are added")
    solve(here, ["cat", "dog"], packs, "texts.txt")
    write_text(os.path.join(os.path.dirname(model), "vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\ncat\ndog\ncow\n")
    check(here.json("label", "hub.mll")["labelled"] == ["bert"], "a changed tokenizer labels its expert again")
    os.remove(os.path.join(os.path.dirname(model), "vocab.txt"))
    check("tokenizer" in here.json("label", "hub.mll", code=1)["problems"][0]["why"], "a missing tokenizer is named")


def general(tool, folder, onnxruntime, opencv, packs):
    """A small general model, in the layout of Hugging Face, beside experts."""
    if onnxruntime != "1" or opencv != "1":
        skip("this build has no OpenCV or no ONNX Runtime")
    make_graph(folder, ["cherry", "lime", "plum"])
    colours = [(250, 20, 10), (20, 250, 40), (0, 30, 240)]
    for k, colour in enumerate(colours):
        os.makedirs(os.path.join(folder, "samples", f"n{k}"))
        for shift in range(4):
            write_picture(os.path.join(folder, "samples", f"n{k}", f"{shift}.ppm"), [max(0, c - shift) for c in colour])
    for k, name in enumerate(("cherry", "lime", "plum")):
        os.makedirs(os.path.join(folder, "photos", name))
        write_picture(os.path.join(folder, "photos", name, "x.ppm"), colours[k])
    one_of = [[(1.0 if channel == head else 0.0) for channel in range(3) for _ in range(4)] for head in range(2)]
    os.makedirs(os.path.join(folder, "experts"))
    write_onnx(os.path.join(folder, "experts", "fruit.onnx"), one_of, softmax=True)
    write_text(os.path.join(folder, "experts", "fruit.labels.txt"), "cherry\nlime\n")
    clip = os.path.join(folder, "clip")
    # Images: the share of each colour. Texts: the number of the first piece.
    mean = [[0.25 * (channel == d) for channel in range(3) for _ in range(4)] for d in range(3)]
    flatten = onnx_node(["pixel_values"], "flat", "Flatten")
    write_model(os.path.join(clip, "vision_model.onnx"), flatten, "flat", [onnx_value("pixel_values", [0, 3, 2, 2], 1)], mean,
                [0.0] * 3, output="image_embeds", softmax=False)
    vocabulary = {}
    for ending in ("", "</w>"):
        for letter in "abcdefghijklmnopqrstuvwxyz:.":
            vocabulary[letter + ending] = len(vocabulary)
    for token in ("<|startoftext|>", "<|endoftext|>"):
        vocabulary[token] = len(vocabulary)
    write_text(os.path.join(clip, "vocab.json"), json.dumps(vocabulary))
    write_text(os.path.join(clip, "merges.txt"), "#version: 0.2\n")
    # The nearer the number of the first letter is to that of c, l or p, the larger the value.
    graph = CAST + onnx_node(["numbers", "pick"], "first", "MatMul") + b"".join(
        onnx_node(["first", f"letter{d}"], f"distance{d}", "Sub") + onnx_node([f"distance{d}"], f"far{d}", "Abs") +
        onnx_node([f"far{d}"], f"less{d}", "Neg") + onnx_node([f"less{d}"], f"near{d}", "Exp") for d in range(3))
    graph += onnx_node(["near0", "near1", "near2"], "text_embeds", "Concat", [proto(1, "axis") + proto(3, 1) + proto(20, 2)])
    graph += proto(2, "small") + onnx_floats("pick", [8, 1], [0.0, 1.0] + [0.0] * 6)
    graph += b"".join(onnx_floats(f"letter{d}", [1], [float(vocabulary[letter])]) for d, letter in enumerate("clp"))
    graph += proto(11, onnx_value("input_ids", [0, 8], 7)) + proto(12, onnx_value("text_embeds", [0, 3], 1))
    with open(os.path.join(clip, "text_model.onnx"), "wb") as out:
        out.write(proto(1, 8) + proto(7, graph) + proto(8, proto(1, "") + proto(2, 13)))
    write_text(os.path.join(clip, "mll.json"), json.dumps({"prompts": ["{}"], "scale": 50}))

    tool("init", "hub.mll", "--representation", "samples", "--graph", "edges.tsv", "--words", "words.tsv")
    tool("add", "hub.mll", "experts/fruit.onnx")
    tool("label", "hub.mll", "--general", "nowhere", code=3)
    tool("label", "hub.mll")
    alone = tool.json("select", "hub.mll", "x", "--classes", "cherry,lime,plum")
    check(alone["models"] == ["fruit"], "without it there are experts only")
    text = tool("label", "hub.mll", "--general", "clip").stdout
    check("general model: embedded the samples of 3 nodes" in text, "the general model is labelled")
    check("general model" not in tool("label", "hub.mll").stdout, "and kept")
    chosen = tool.json("select", "hub.mll", "x", "--classes", "cherry,lime,plum")
    check("general model" in chosen["models"], "a class that no expert knows is the general model's")
    told = tool.json("classify", "hub.mll", "x", "--images", "photos")
    check([each["class"] for each in told["answers"]] == ["cherry", "lime", "plum"] and told["accuracy"] == 1, "and is found")
    with_experts = tool.json("select", "hub.mll", "y", "--classes", "cherry,lime,plum", "--experts", "1")
    check(with_experts["profile"]["new"] == 1, "a profile with it is made")
    with_experts = tool.json("select", "hub.mll", "z", "--classes", "cherry,lime,plum", "--experts", "1")
    check(with_experts["profile"]["new"] == 0, "and kept")
    tool("classify", "hub.mll", "y", "--images", "photos")
    if packs == "1":
        tool("pack", "hub.mll", "x", "x.mlltask")
        members = tool.json("info", "x.mlltask")["experts"]
        check("general model" in [each["name"] for each in members], "a pack holds the image encoder")
        for away in ("clip", "hub.mll", "samples"):
            os.rename(os.path.join(folder, away), os.path.join(folder, away + ".away"))
        check(tool.json("classify", "x.mlltask", "--images", "photos") == told, "which answers as the store does")
        for away in ("clip", "hub.mll", "samples"):
            os.rename(os.path.join(folder, away + ".away"), os.path.join(folder, away))
        tool("export-onnx", "hub.mll", "x", "x.onnx")
        try:
            import numpy
            import onnx  # noqa: F401: as `answers_in_onnx_runtime`
            import onnxruntime  # noqa: F401
        except ImportError as missing:
            print(f"the graph was not run: {missing} (pip install numpy onnx onnxruntime)")
        else:
            pictures = numpy.array([[[colour] * 4] * 4 for colour in colours], dtype=numpy.uint8)
            _, probabilities, answers = answers_in_onnx_runtime(os.path.join(folder, "x.onnx"), pictures)
            agree(told, probabilities, answers, 1e-4, "the graph with the general model")
    write_text(os.path.join(clip, "mll.json"), json.dumps({"prompts": ["{} fruit"], "scale": 50}))
    tool("classify", "hub.mll", "x", "--images", "photos", code=2)
    tool("select", "hub.mll", "x", "--classes", "cherry,plum", code=2)
    check("samples of 3 nodes" in tool("label", "hub.mll").stdout, "a changed general model is labelled again")
    tool("select", "hub.mll", "x", "--classes", "cherry,plum")
    # Networks that would take all memory, or return no numbers: refused by name, and the experts are labelled.
    def conv(padding):
        pads = proto(1, "pads") + b"".join(proto(8, padding) for _ in range(4)) + proto(20, 7)
        return (onnx_node(["pixel_values", "filters"], "wide", "Conv", [pads]) + onnx_node(["wide"], "mean", "GlobalAveragePool") +
                onnx_node(["mean"], "flat", "Flatten") + onnx_floats("filters", [3, 3, 1, 1], [1.0] * 9))

    def texts(many, value):
        grown = onnx_node(["many"], "ones", "ConstantOfShape") + onnx_node(["ones"], "sum", "ReduceSum")
        out = CAST + grown + onnx_node(["numbers", "pick"], "three", "MatMul") + onnx_node(["three", "sum"], "added", "Add")
        out += onnx_node(["added", "factor"], "text_embeds", "Mul") + proto(2, "small")
        out += proto(5, proto(1, 1) + proto(2, 7) + proto(8, "many") + proto(9, struct.pack("<q", many)))
        out += onnx_floats("pick", [8, 3], [1.0] * 24) + onnx_floats("factor", [1], [value])
        out += proto(11, onnx_value("input_ids", [0, 8], 7)) + proto(12, onnx_value("text_embeds", [0, 3], 1))
        return proto(1, 8) + proto(7, out) + proto(8, proto(1, "") + proto(2, 13))

    for side, change in (
            ("vision_model.onnx", lambda at: write_model(at, conv(1 << 14), "flat", [onnx_value("pixel_values", [0, 3, 2, 2], 1)],
                                                         [[1.0] * 3] * 3, [0.0] * 3, output="image_embeds", softmax=False)),
            ("vision_model.onnx", lambda at: write_model(at, flatten, "flat", [onnx_value("pixel_values", [0, 3, 2, 2], 1)],
                                                         mean, [float("nan")] * 3, output="image_embeds", softmax=False)),
            ("text_model.onnx", lambda at: open(at, "wb").write(texts(10**9, 1.0))),
            ("text_model.onnx", lambda at: open(at, "wb").write(texts(1, float("nan"))))):
        hostile = os.path.join(folder, "hostile")
        shutil.rmtree(hostile, ignore_errors=True)
        shutil.copytree(clip, hostile)
        change(os.path.join(hostile, side))
        refused = tool("label", "hub.mll", "--general", "hostile", code=3).stderr
        check(os.path.join("hostile", side) in refused, "a general model that cannot be run safely is refused by name")
        check("general model" in tool.json("select", "hub.mll", "x", "--classes", "cherry,plum")["models"], "and not kept")
        # One that changes is left out by name.
        file = os.path.join(clip, side)
        sound = read_bytes(file)
        change(file)
        tool("remove", "hub.mll", "fruit")
        tool("add", "hub.mll", "experts/fruit.onnx")
        done = tool("label", "hub.mll", "--json", code=1)
        check("left out: " in done.stderr and side in done.stderr, "it is left out by name")
        check(json.loads(done.stdout)["labelled"] == ["fruit"], "the experts are labelled")
        tool("select", "hub.mll", "y", "--classes", "cherry,lime", code=2)  # a label that is there no more
        with open(file, "wb") as out:
            out.write(sound)
        check("general model" not in tool("label", "hub.mll").stdout, "a restored one has its embeddings")
    tool("label", "hub.mll", "--general", "none")
    check(tool.json("select", "hub.mll", "x", "--classes", "cherry,lime,plum")["models"] == ["fruit"], "and forgotten")


def rows_of(path):
    """The rows of a table as dictionaries."""
    with open(path, encoding="utf-8") as stream:
        lines = [line.rstrip("\n").split("\t") for line in stream]
    return [dict(zip(lines[0], line)) for line in lines[1:]]


def whole(tool, given):
    """From an empty folder to one graph: a store, a pack without the store, and the graph in ONNX Runtime answer alike."""
    if given.opencv != "1" or given.packs != "1":
        skip("hub_tool was built without OpenCV or libzip")
    kit = os.environ.get("MLL_VISION_KIT", given.kit)
    if not os.path.exists(os.path.join(kit, "hub", "models.tsv")):
        skip("no vision kit (set MLL_VISION_KIT to its folder)")
    try:
        import numpy
        import onnx
        import onnxruntime
    except ImportError as missing:
        skip(str(missing))
    folder = os.path.join(given.work, "made")

    def picture(path, pixels):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(b"P6\n%d %d\n255\n" % (pixels.shape[1], pixels.shape[0]) + pixels.tobytes())

    def run(program_folder, *arguments):
        start = time.monotonic()
        done = subprocess.run([tool.program, *arguments], stdout=subprocess.PIPE, text=True, cwd=program_folder)
        print("+ hub_tool", " ".join(arguments)[:150], f"-> {done.returncode}, {time.monotonic() - start:.2f} s", flush=True)
        check(done.returncode == 0, f"hub_tool {arguments[0]} succeeds")
        return done.stdout

    # Pictures of nodes, and experts.
    nodes = rows_of(os.path.join(kit, "pretest/nodes.tsv"))
    node_of_sample = numpy.load(os.path.join(kit, "pretest/node_of_sample.npy"))
    pictures = numpy.load(os.path.join(kit, "pretest/images.npy"), mmap_mode="r")
    seen = {}
    spare = []  # rows that are not among the samples of the nodes
    for row, sample in enumerate(numpy.load(os.path.join(kit, "pretest/image_sample.npy"))):
        node = nodes[node_of_sample[sample]]["wnid"]
        seen[node] = seen.get(node, 0) + 1
        if seen[node] <= given.per_node:
            picture(os.path.join(folder, "images", node, f"{sample:06}.ppm"), pictures[row])
        else:
            spare.append(row)
    # The tasks of the kit come without pictures: what counts here is that all ways answer the same.
    shown = pictures[spare[::max(1, -(-len(spare) // given.pictures))]]
    order = [f"{i:06}.ppm" for i in range(len(shown))]
    heads = rows_of(os.path.join(kit, "hub/heads.tsv"))
    models = rows_of(os.path.join(kit, "hub/models.tsv"))
    models = models[::max(1, -(-len(models) // given.experts))]
    os.makedirs(os.path.join(folder, "experts"))
    for model in models:
        shutil.copyfile(os.path.join(kit, "hub", model["onnx"]), os.path.join(folder, "experts", model["model_id"] + ".onnx"))
        write_text(os.path.join(folder, "experts", model["model_id"] + ".labels.txt"),
                   "".join(head["name"] + "\n" for head in heads if head["model_id"] == model["model_id"]))

    run(folder, "init", "hub.mll", "--representation", "images")
    run(folder, "add", "hub.mll", *[f"experts/{model['model_id']}.onnx" for model in models])
    run(folder, "label", "hub.mll")
    run(folder, "report", "hub.mll", "--out", "hub.html")
    elsewhere = os.path.join(given.work, "elsewhere")
    results = []
    for name in sorted(os.listdir(os.path.join(kit, "tasks"))):
        source = os.path.join(kit, "tasks", name)
        classes = rows_of(os.path.join(source, "classes.tsv"))
        for file, pixels in zip(order, shown):
            picture(os.path.join(elsewhere, name, file), pixels)
        write_text(os.path.join(folder, name + ".tsv"), "".join(f"{each['name']}\t{each['caption']}\n" for each in classes))
        run(folder, "select", "hub.mll", name, "--classes", ",".join(each["name"] for each in classes), "--captions", name + ".tsv",
            "--experts", "20", "--threshold", "0.3")
        run(folder, "report", "hub.mll", name, "--out", name + ".html")
        photos = os.path.join(elsewhere, name)
        told = json.loads(run(folder, "classify", "hub.mll", name, "--images", photos, "--json", "--report", name + ".batch.html"))
        run(folder, "pack", "hub.mll", name, os.path.join(elsewhere, name + ".mlltask"))
        run(folder, "export-onnx", "hub.mll", name, os.path.join(elsewhere, name + ".onnx"))
        hidden = folder + ".hidden"  # no store, no samples, no experts
        os.rename(folder, hidden)
        packed = json.loads(run(elsewhere, "classify", name + ".mlltask", "--images", name, "--json"))
        check(packed == told, name + ": the pack answers as the store, to the bit")
        by_name = {each["sample"]: each for each in told["answers"]}
        check(set(by_name) == set(order), name + ": every picture has an answer")
        _, probabilities, answers = answers_in_onnx_runtime(os.path.join(elsewhere, name + ".onnx"), numpy.stack(list(shown)))
        os.rename(hidden, folder)
        agree({**told, "answers": [by_name[each] for each in order]}, probabilities, answers, 1e-4, name)
        results.append((name, len(order), told["experts_run"]))
        for page in (name + ".html", name + ".batch.html"):
            check(os.path.getsize(os.path.join(folder, page)) < 1_000_000, page + " is small")
    for each in results:
        print("%s: %d pictures, %d experts run" % each)


def main():
    plain = {part.__name__: part for part in (output, threads, errors, names, moved, exchange, graphs, samples, changed, types, limits, ask, shift, match,
                                             recipes, screenshot)}
    arguments = argparse.ArgumentParser()
    arguments.add_argument(
        "part", choices=["vectors", "terminal", "numpy", "images", "described", "tasks", "onnx", "whole", "kinds", "general",
                         *plain])
    for name in ("--tool", "--work"):
        arguments.add_argument(name, required=True)
    arguments.add_argument("--kit", default="")
    arguments.add_argument("--opencv", default="0")
    arguments.add_argument("--zip", default="0")
    arguments.add_argument("--packs", default="0")
    arguments.add_argument("--onnxruntime", default="0")
    for name, default in (("--experts", 12), ("--per-node", 6), ("--pictures", 60)):  # of whole
        arguments.add_argument(name, type=int, default=default)
    given = arguments.parse_args()
    shutil.rmtree(given.work, ignore_errors=True)
    os.makedirs(given.work)
    tool = Tool(given.tool, given.work)
    if given.part in plain:
        plain[given.part](tool, given.work)
    elif given.part == "vectors":
        vectors(tool, given.work)
    elif given.part == "described":
        described(tool, given.work, given.opencv)
    elif given.part == "terminal":
        terminal(tool, given.work)
    elif given.part == "tasks":
        tasks(tool, given.work, given.packs == "1", given.opencv)
    elif given.part == "whole":
        whole(tool, given)
    elif given.part == "onnx":
        onnx_graphs(tool, given.work, given.opencv)
    elif given.part == "kinds":
        kinds(tool, given.work, given.onnxruntime, given.packs == "1")
    elif given.part == "general":
        general(tool, given.work, given.onnxruntime, given.opencv, given.packs)
    elif given.part == "numpy":
        numpy(tool, given.work, given.zip == "1")
    else:
        images(tool, given.work, given.kit, given.opencv)


if __name__ == "__main__":
    main()
