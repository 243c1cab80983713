# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""Labels a hub in shards as a user does, and compares with the labels of one machine, byte for byte.

usage: shards.py PART --tool PROGRAM --work DIR [--page docs/scale.md]

PART: commands; kill; or loop, parallel, slurm, which run the scripts of the page. Prints "skipped: <reason>" if something is
missing. Empties the folder --work.
"""

import argparse
import contextlib
import getpass
import os
import random
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time

import use
from use import check, read_bytes, skip, write_npy, write_text


def make_hub(tool, experts=6):
    """A hub without labels, and the export of its labels by one machine."""
    use.make_vectors(tool.folder)
    rng = random.Random(4)
    for m in range(experts):
        write_npy(os.path.join(tool.folder, "experts", f"more{m}.npy"), [[rng.gauss(0, 1) for _ in range(7)] for _ in range(3)])
        write_text(os.path.join(tool.folder, "experts", f"more{m}.labels.txt"), "".join(f"head {h}\n" for h in range(3)))
    files = sorted(name for name in os.listdir(os.path.join(tool.folder, "experts")) if name.endswith(".npy"))
    use.init(tool)
    tool("add", "hub.mll", *[os.path.join("experts", name) for name in files], "-q")
    tool("label", blank(tool, "alone.mll"), "-q")
    return exported(tool, "alone.mll")


def exported(tool, store):
    """The files of an export, by name. Besides the labels: what they were made from."""
    tool("export", store, "export", "-q")
    folder = os.path.join(tool.folder, "export")
    out = {os.path.relpath(os.path.join(place, name), folder): read_bytes(os.path.join(place, name))
           for place, _, names in os.walk(folder) for name in names}
    shutil.rmtree(folder)
    check(len(out) > 3, "the export has files")
    return out


def blank(tool, name):
    """A copy of the base without labels."""
    shutil.copy(os.path.join(tool.folder, "hub.mll"), os.path.join(tool.folder, name))
    return name


def shard(tool, i, n, into, **how):
    return tool.json("label", "hub.mll", "--shard", f"{i}/{n}", "--into", into, **how)


def commands(tool):
    expected = make_hub(tool)
    path = os.path.join(tool.folder, "hub.mll")
    # Before the samples are registered there is nothing to share.
    check("--register" in tool("label", "hub.mll", "--shard", "1/3", "--into", "s.mll", code=2).stderr, "the remedy is named")
    tool("missing", "hub.mll", "--shards", "3", code=2)
    told = tool.json("label", "hub.mll", "--register")
    check(told["nodes"] == 6 and told["models"] == 9 and len(told["samples"]["added"]) == 6, "samples are registered")
    check(tool.json("list", "hub.mll")["models"][0]["state"] == "unlabelled", "nothing is labelled")

    os.chmod(path, 0o444)
    base = read_bytes(path)
    listing = sorted(os.listdir(tool.folder))
    made = []
    for n in (1, 3, 7):
        labels = 0
        for i in range(1, n + 1):
            made.append(f"{i}of{n}.mll")
            done = shard(tool, i, n, made[-1])
            check(done["problems"] == [] and (done["shard"], done["shards"]) == (i, n), "the share is labelled")
            labels += done["labels"]
        check(labels == 9 * 6, "each label is made once")
    check(shard(tool, 2, 3, "2of3.mll")["labels"] == 0, "nothing is made again")
    check(read_bytes(path) == base, "the base is only read")
    check(sorted(os.listdir(tool.folder)) == sorted(listing + made), "nothing but the shards is left")
    os.chmod(path, 0o644)
    listed = tool.json("list", "1of1.mll")
    check([m["state"] for m in listed["models"]] == ["labelled"] * 9, "a shard is a store")
    tool("select", "1of1.mll", "x", "--classes", "cat,truck")

    for k, order in enumerate([[1, 2, 3], [3, 1, 2]]):
        store = blank(tool, f"merged{k}.mll")
        told = tool.json("merge", store, *[f"{i}of3.mll" for i in order])
        check(told["added"] == 54 and told["complete"] == told["models"] == 9 and len(told["completed"]) == 9, "all is merged")
        check(exported(tool, store) == expected, "the labels of one machine")
    # Some are missing; then some overlap, and come again.
    store = blank(tool, "some.mll")
    tool("merge", store, "1of3.mll", "3of3.mll")
    check(tool("missing", store, "--shards", "3", code=1).stdout == "2\n", "the number of the missing shard is printed")
    told = tool.json("missing", store, "--shards", "3", code=1)
    work = tool.json("verify", "2of3.mll")["chunks"]
    check(told == {"shards": 3, "labels": work, "missing": [{"shard": 2, "labels": work, "runs": 20 * work}], "failures": []},
          "and its work")
    again = tool.json("merge", store, "3of3.mll", *[f"{i}of7.mll" for i in range(1, 7)])["shards"]
    check(again[0]["added"] == 0 and again[0]["present"] > 0, "it was there")
    left = tool.json("missing", store, "--shards", "7", code=1)["missing"]
    check([each["shard"] for each in left] == [7], "another number of shards")
    tool("merge", store, "7of7.mll")
    check(tool("missing", store, "--shards", "7").stdout == "", "nothing is missing")
    check(exported(tool, store) == expected, "the labels of one machine")
    # What the base has is not made again.
    check(tool.json("label", store, "--shard", "1/2", "--into", "none.mll")["labels"] == 0, "the store has all labels")

    # Wrong arguments.
    for text in ("0/3", "4/3", "3", "1/3x"):
        check("--shard: expected I/N" in tool("label", "hub.mll", "--shard", text, "--into", "x.mll", code=2).stderr, text)
    tool("label", "hub.mll", "--shard", "1/3", code=2)
    tool("label", "hub.mll", "--into", "x.mll", code=2)
    for option in (["--general", "none"], ["--register"]):
        check(option[0] in tool("label", "hub.mll", "--shard", "1/3", "--into", "x.mll", *option, code=2).stderr, option[0])
    tool("missing", "hub.mll", "--shards", "0", code=2)
    tool("merge", "hub.mll", "nowhere.mll", code=3)
    check("other files than the store" in tool("merge", "hub.mll", "./hub.mll", code=2).stderr, "the store itself")
    for other in ("hub.mll", "alone.mll"):
        before = read_bytes(os.path.join(tool.folder, other))
        done = tool("label", "hub.mll", "--shard", "1/3", "--into", other, code=2)
        check("not a shard" in done.stderr and read_bytes(os.path.join(tool.folder, other)) == before, "other stores stay")
    check(not os.path.exists(os.path.join(tool.folder, "x.mll")), "errors leave no file")

    # A changed expert is left out by name until it is registered; changed samples are refused.
    weights = os.path.join(tool.folder, "experts", "road.npy")
    sound = read_bytes(weights)
    write_npy(weights, [[0.5 * (j == k) for j in range(6)] + [0.0] for k in (5, 4)])
    done = tool("label", "hub.mll", "--shard", "1/1", "--into", "changed.mll", "--json", code=1)
    check("road.npy" in done.stderr and "--register" in done.stderr, "the changed expert is named")
    told = tool.json("verify", "changed.mll", code=1)
    check(told["chunks"] == 8 * 6 and told["changed"] == ["road"], "the others are labelled")
    told = tool.json("merge", blank(tool, "without.mll"), "changed.mll")
    check(told["complete"] == 8, "and merged")
    tool("label", "without.mll", "--register")
    told = tool.json("merge", "without.mll", "1of1.mll", code=1)
    check(told["shards"][0]["foreign"] == 6 and told["shards"][0]["present"] == 48, "labels of the former expert are left out")
    with open(weights, "wb") as out:
        out.write(sound)
    place = os.path.join(tool.folder, "samples", "n3.npy")
    kept = read_bytes(place)
    write_npy(place, [[1.0] * 6] * 20)
    check("'n3'" in tool("label", "hub.mll", "--shard", "1/3", "--into", "x.mll", code=2).stderr, "changed samples are named")
    os.remove(place)
    check("'n3'" in tool("label", "hub.mll", "--shard", "1/3", "--into", "x.mll", code=2).stderr, "missing samples are named")
    with open(place, "wb") as out:
        out.write(kept)

    # Another label of the same content: an import that was told not to compare contents.
    write_npy(weights, [[0.5 * (j == k) for j in range(6)] + [0.0] for k in (5, 4)])
    tool("label", blank(tool, "other.mll"), "-q")
    tool("export", "other.mll", "lies")
    os.remove(os.path.join(tool.folder, "lies", "origin.tsv"))
    with open(weights, "wb") as out:
        out.write(sound)
    tool("import", blank(tool, "liar.mll"), "lies", "--unchecked")
    done = tool("merge", blank(tool, "conflict.mll"), "1of1.mll", "liar.mll", code=1)
    check("1of1.mll" in done.stderr and "liar.mll: " in done.stderr and "'road'" in done.stderr, "both files are named")
    check(exported(tool, "conflict.mll") == expected, "what was merged before stays")
    # Damage is located.
    damage(os.path.join(tool.folder, "2of3.mll"))
    done = tool("merge", blank(tool, "damaged.mll"), "1of3.mll", "2of3.mll", code=1)
    check("2of3.mll: " in done.stderr and "repair" in done.stderr, "the damaged shard is named")
    tool("repair", "2of3.mll")
    shard(tool, 2, 3, "2of3.mll")
    tool("merge", "damaged.mll", "1of3.mll", "2of3.mll", "3of3.mll")
    check(exported(tool, "damaged.mll") == expected, "repaired and labelled again, it is whole")


def damage(path):
    """Flips a bit in each of the responses."""
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        rows = db.execute("SELECT id, data FROM responses").fetchall()
        check(rows, "there are responses")
        for key, data in rows:
            db.execute("UPDATE responses SET data = ? WHERE id = ?", (bytes([data[0] ^ 1]) + data[1:], key))


def kill(tool, rounds=4):
    """Kills jobs and merges at random moments; the end is that of an undisturbed run."""
    expected = make_hub(tool, experts=60)
    tool("label", "hub.mll", "--register", "-q")
    rng = random.Random(8)

    def killed(*arguments):
        start = time.monotonic()
        tool(*arguments, "-q")
        return time.monotonic() - start

    def run(duration, *arguments):
        process = subprocess.Popen([tool.program, *arguments, "-q"], cwd=tool.folder, stdout=subprocess.DEVNULL)
        time.sleep(duration * rng.random())
        process.kill()
        return process.wait() == 0

    whole = killed("label", "hub.mll", "--shard", "1/2", "--into", "first.mll")
    ended = 0
    for k in range(rounds):
        for i in (1, 2):
            ended += run(whole, "label", "hub.mll", "--shard", f"{i}/2", "--into", f"s{k}-{i}.mll")
            tool("label", "hub.mll", "--shard", f"{i}/2", "--into", f"s{k}-{i}.mll", "-q")
    whole = killed("merge", blank(tool, "first merged.mll"), "s0-1.mll", "s0-2.mll")
    for k in range(rounds):
        store = blank(tool, f"merged{k}.mll")
        ended += run(whole, "merge", store, f"s{k}-1.mll", f"s{k}-2.mll")
        tool("merge", store, f"s{k}-1.mll", f"s{k}-2.mll", "-q")
        check(exported(tool, store) == expected, "the labels of one machine")
    check(ended < 3 * rounds, "some were killed before their end")
    print(f"{3 * rounds} kills, {3 * rounds - ended} of them before the end")


# The scripts of docs/scale.md.

def blocks(page, kind):
    found = re.findall(r"<!-- " + kind + r": ([^>]+) -->\n```sh\n(.*?)```\n", read_bytes(page).decode(), re.S)
    check(found, f"{page} has blocks of {kind}")
    return dict(found)


def prepare(tool, page):
    """A hub, the script files of the page, and hub_tool on the path. Returns the expected export and an environment."""
    expected = make_hub(tool)
    for name, text in blocks(page, "file").items():
        write_text(os.path.join(tool.folder, name), text)
    os.makedirs(os.path.join(tool.folder, "bin"))
    os.symlink(tool.program, os.path.join(tool.folder, "bin", "hub_tool"))
    return expected, {**os.environ, "PATH": os.path.join(tool.folder, "bin") + ":" + os.environ["PATH"]}


def script(tool, text, environment):
    done = subprocess.run(["sh", "-eu", "-c", text], cwd=tool.folder, env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True)
    print(done.stdout, flush=True)
    check(done.returncode == 0, "the script of the page succeeds")
    return done.stdout


def loop(tool, page):
    expected, environment = prepare(tool, page)
    script(tool, blocks(page, "run")["loop"], environment)
    check(exported(tool, "hub.mll") == expected, "the labels of one machine")


def parallel(tool, page):
    if shutil.which("parallel") is None:
        skip("GNU parallel was not found (Debian: install parallel)")
    expected, environment = prepare(tool, page)
    # A job that dies the first time it runs.
    write_text(os.path.join(tool.folder, "bin", "dying"), f"""#!/bin/sh
case "$*" in *"--shard 3/4"*) [ -e died ] || {{ touch died; kill -9 $$; }} ;; esac
exec {tool.program} "$@"
""")
    os.chmod(os.path.join(tool.folder, "bin", "dying"), 0o755)
    os.replace(os.path.join(tool.folder, "bin", "dying"), os.path.join(tool.folder, "bin", "hub_tool"))
    script(tool, blocks(page, "run")["parallel"], environment)
    check(os.path.exists(os.path.join(tool.folder, "died")), "a job died")
    check(exported(tool, "hub.mll") == expected, "the labels of one machine")


class Slurm:
    """A cluster of one machine: munged, slurmctld and slurmd, in a folder of their own, without systemd."""

    def __init__(self, folder):
        programs = ("munged", "mungekey", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol")
        where = os.environ["PATH"] + ":/usr/sbin:/sbin"
        missing = [name for name in programs if shutil.which(name, path=where) is None]
        if missing:
            skip(f"{missing[0]} was not found (Debian: install slurm-wlm munge)")
        if os.getuid() != 0:
            skip("slurmd needs root")
        self.folder = folder
        self.running = []
        for name in ("state", "spool", "munge"):
            os.makedirs(os.path.join(folder, name), mode=0o700)
        self.environment = {**os.environ, "PATH": where, "SLURM_CONF": os.path.join(folder, "slurm.conf")}

    def free_port(self):
        with socket.socket() as some:
            some.bind(("127.0.0.1", 0))
            return some.getsockname()[1]

    def start(self, name, *command):
        log = open(os.path.join(self.folder, name + ".log"), "wb")
        self.running.append((name, subprocess.Popen(command, env=self.environment, stdout=log, stderr=subprocess.STDOUT)))

    def __enter__(self):
        at = lambda name: os.path.join(self.folder, name)
        host = socket.gethostname().split(".")[0]
        subprocess.run(["mungekey", "--create", "--keyfile=" + at("munge/key")], env=self.environment, check=True)
        write_text(at("slurm.conf"), f"""ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={self.free_port()}
SlurmdPort={self.free_port()}
SlurmUser={getpass.getuser()}
AuthType=auth/munge
AuthInfo=socket={at("munge/socket")},cred_expire=5
StateSaveLocation={at("state")}
SlurmdSpoolDir={at("spool")}
SlurmctldPidFile={at("slurmctld.pid")}
SlurmdPidFile={at("slurmd.pid")}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
ReturnToService=2
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0
MinJobAge=600
NodeName={host} NodeAddr=127.0.0.1 CPUs={os.cpu_count()} State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
""")
        self.start("munged", "munged", "--foreground", "--force", "--key-file=" + at("munge/key"),
                   "--socket=" + at("munge/socket"), "--pid-file=" + at("munge/pid"), "--log-file=" + at("munge/log"),
                   "--seed-file=" + at("munge/seed"))
        self.wait_for(lambda: os.path.exists(at("munge/socket")), "munged")
        self.start("slurmctld", "slurmctld", "-D", "-i", "-f", at("slurm.conf"))
        self.start("slurmd", "slurmd", "-D", "-f", at("slurm.conf"), "-N", host)
        self.wait_for(lambda: " idle" in self.ask("sinfo", "-h", "-o", "%n %t"), "the node")
        return self

    def __exit__(self, *_):
        for _, process in reversed(self.running):
            process.terminate()
        for _, process in reversed(self.running):
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def ask(self, *command):
        return subprocess.run(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout

    def wait_for(self, holds, what, seconds=600):
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                for name, _ in self.running:
                    print(name, read_bytes(os.path.join(self.folder, name + ".log")).decode()[-2000:])
                sys.exit(f"failed: waiting for {what}")
            time.sleep(0.1)

    def wait_for_jobs(self):
        def ended():
            left = [line.split(maxsplit=1) for line in self.ask("squeue", "-h", "-o", "%A %r").splitlines()]
            for job, reason in left:
                if reason == "BeginTime":  # Slurm lets a job wait that is started again; the test does not
                    self.ask("scontrol", "update", "JobId=" + job, "StartTime=now")
            return not left

        self.wait_for(ended, "the jobs")


def slurm(tool, page):
    with Slurm(os.path.join(tool.folder, "slurm")) as cluster:
        expected, environment = prepare(tool, page)
        environment = {**cluster.environment, "PATH": environment["PATH"] + ":/usr/sbin:/sbin"}
        program = os.path.join(tool.folder, "bin", "hub_tool")
        os.remove(program)
        # Task 2 fails, and task 3 loses its node: Slurm starts it again.
        write_text(program, f"""#!/bin/sh
case "$*" in
  *"--shard 2/4"*) [ -e failed ] || {{ touch failed; exit 3; }} ;;
  *"--shard 3/4"*) [ -e lost ] || {{ touch lost; scontrol requeue "${{SLURM_ARRAY_JOB_ID}}_3"; sleep 60; }} ;;
esac
exec {tool.program} "$@"
""")
        os.chmod(program, 0o755)
        scripts = blocks(page, "run")
        script(tool, scripts["slurm"], environment)
        cluster.wait_for_jobs()
        for name in sorted(os.listdir(tool.folder)):
            if name.startswith("slurm-"):
                print(name, read_bytes(os.path.join(tool.folder, name)).decode())
        told = read_bytes(os.path.join(tool.folder, "missing.txt")).decode()
        check(told == "2\n", f"the failed task is missing, and no other: {told}")
        check(os.path.exists(os.path.join(tool.folder, "lost")), "a task was started again")
        script(tool, scripts["slurm again"], environment)
        cluster.wait_for_jobs()
        check(read_bytes(os.path.join(tool.folder, "missing.txt")) == b"", "nothing is missing")
        check(exported(tool, "hub.mll") == expected, "the labels of one machine")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("part", choices=["commands", "kill", "loop", "parallel", "slurm"])
    arguments.add_argument("--tool", required=True)
    arguments.add_argument("--work", required=True)
    arguments.add_argument("--page", default="")
    given = arguments.parse_args()
    shutil.rmtree(given.work, ignore_errors=True)
    os.makedirs(given.work)
    tool = use.Tool(given.tool, given.work)
    if given.part in ("commands", "kill"):
        {"commands": commands, "kill": kill}[given.part](tool)
    else:
        {"loop": loop, "parallel": parallel, "slurm": slurm}[given.part](tool, given.page)


if __name__ == "__main__":
    main()
