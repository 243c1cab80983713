# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""Runs programs over the ranks of an MPI job, and checks what they print and how they end.

usage: run.py operations|selection|dealt|late --program RANKS --launcher MPIRUN
       run.py hub|classify --tool HUB_TOOL --launcher MPIRUN --work DIR
       run.py kill --tool HUB_TOOL --launcher MPIRUN --work DIR [--kills N]

Empties the folder --work.
"""

import argparse
import importlib.util
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

PATIENCE = 120  # seconds: a job that takes longer hangs
BOUND = 60  # seconds: within this time after a rank is killed, all others have ended


def check(holds, what):
    if not holds:
        sys.exit("failed: " + what)


def of_hub_tool():
    """The helpers of the tests of hub_tool."""
    file = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "hub_tool", "use.py")
    spec = importlib.util.spec_from_file_location("hub_tool_use", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Launcher:
    def __init__(self, program):
        self.program = program
        version = subprocess.run([program, "--version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.is_open_mpi = "Open MPI" in version.stdout or "OpenRTE" in version.stdout
        self.environment = dict(os.environ, OMP_NUM_THREADS="1", OMP_WAIT_POLICY="passive",
                                # A container has one user, and needs no network.
                                OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1",
                                OMPI_MCA_rmaps_base_oversubscribe="1", OMPI_MCA_btl="self,vader",
                                OMPI_MCA_btl_vader_single_copy_mechanism="none", OMPI_MCA_hwloc_base_binding_policy="none")

    def start(self, ranks, command, **options):
        oversubscribe = ["--oversubscribe"] if self.is_open_mpi else []
        return subprocess.Popen([self.program, *oversubscribe, "-n", str(ranks), *command], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment,
                                start_new_session=True, **options)

    def finish(self, job, what):
        try:
            out, err = job.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(job.pid, signal.SIGKILL)
            sys.exit(f"failed: {what} hangs")
        return job.returncode, out, err

    def run(self, ranks, command, code=0, **options):
        begin = time.monotonic()
        found, out, err = self.finish(self.start(ranks, command, **options), " ".join(command))
        print(f"+ {ranks} ranks: {' '.join(command)} -> {found} in {time.monotonic() - begin:.1f} s")
        print(out + err, flush=True)
        check((found == 0) == (code == 0), f"the job ends with {'0' if code == 0 else 'an error'}")
        return out, err


def operations(launcher, given):
    for ranks in (1, 3, 4):
        out, _ = launcher.run(ranks, [given.program, "operations"])
        check("".join(out.split()) == "good" * ranks, "all ranks are good")


def selection(launcher, given):
    out, _ = launcher.run(4, [given.program, "selection", given.size])
    check("".join(out.split()) == "good" * 4, "all ranks select what one rank selects")


def dealt(launcher, given):
    """As selection; the rows of the joint search are dealt to ranks."""
    out, _ = launcher.run(4, [given.program, "dealt", given.size])
    check("".join(out.split()) == "good" * 4, "all ranks select what one rank selects")


def late(launcher, given):
    begin = time.monotonic()
    _, err = launcher.run(2, [given.program, "late"], code=1)
    check("expected all ranks within 300 ms, found that one is missing" in err, "the late rank is missed")
    check(time.monotonic() - begin < 50, "the job does not wait for it")


def make_store(given):
    """A store of 12 labelled experts on vectors."""
    use = of_hub_tool()
    shutil.rmtree(given.work, ignore_errors=True)
    os.makedirs(given.work)
    use.make_vectors(given.work)
    rng = random.Random(3)
    experts = []
    for m in range(12):
        known = rng.sample(range(6), rng.randint(1, 4))
        name = os.path.join("experts", f"expert{m}")
        use.write_npy(os.path.join(given.work, name + ".npy"),
                      [[rng.uniform(0.2, 1) * (j == k) + rng.gauss(0, 0.1) for j in range(6)] + [0.0] for k in known])
        with open(os.path.join(given.work, name + ".labels.txt"), "w") as out:
            out.writelines(f"{use.WORDS[k]} {m}\n" for k in known)
        experts.append(name + ".npy")
    tool = use.Tool(given.tool, given.work)
    use.init(tool)
    tool("add", "hub.mll", *experts)
    tool("label", "hub.mll")
    return tool


CLASSES = ["--classes", "cat,dog,bird,truck", "--heads", "2"]


def without_name(document):
    return {key: value for key, value in document.items() if key != "name"}


def hub(launcher, given):
    tool = make_store(given)
    expected = without_name(tool.json("select", "hub.mll", "alone", *CLASSES))
    for ranks in (4, 16):  # more than there are experts
        command = [given.tool, "select", "hub.mll", f"on{ranks}", *CLASSES]
        out, _ = launcher.run(ranks, [*command, "--json"], cwd=given.work)
        check(without_name(json.loads(out)) == expected, f"{ranks} ranks select what one selects, and one of them prints it")
    out, _ = launcher.run(2, command, cwd=given.work)
    check("is up to date" in out, "the selection was saved")
    _, err = launcher.run(2, [given.tool, "select", "hub.mll", "e", "--classes", "cat,dog", "--experts", "2"], code=2, cwd=given.work)
    check("expected --heads under mpirun" in err, "budgets of experts are refused")
    _, err = launcher.run(2, [given.tool, "list", "hub.mll"], code=2, cwd=given.work)
    check("list: expected one rank, found 2" in err, "commands of one rank are refused")
    _, err = launcher.run(2, [given.tool, "select", "hub.mll", "u", "--classes", "cat,unicorn"], code=2, cwd=given.work)
    check("unicorn" in err, "an error of all ranks is told")
    tool("verify", "hub.mll")


def classify(launcher, given):
    """hub_tool classify: the answers of one process, whatever the number of ranks."""
    tool = make_store(given)
    use = of_hub_tool()
    tool("select", "hub.mll", "task", "--classes", "cat,dog,bird,truck", "--heads", "4")
    rng = random.Random(5)
    os.makedirs(os.path.join(given.work, "seen"))
    for name in ("cat", "dog", "truck"):
        use.write_npy(os.path.join(given.work, "seen", name + ".npy"),
                      [[rng.gauss(2.0 * (use.WORDS.index(name) == j), 1) for j in range(6)] for _ in range(700)])
    use.write_npy(os.path.join(given.work, "seen", "wrong.npy"), [[1.0] * 5, [2.0] * 5])  # no expert takes them
    with open(os.path.join(given.work, "seen", "damaged.npy"), "w") as out:
        out.write("not an array")
    command = ["classify", "hub.mll", "task", "--images", "seen"]
    expected = tool.json(*command, code=1)
    check(len(expected["answers"]) == 2100 and expected["skipped"] == 3, "one process answers what it can")
    check(expected["experts_run"] > 2, "several experts are chosen")
    for ranks in (2, 4, 16):  # more than there are experts
        # The launcher takes exit code 1, some samples were skipped, for a failure of its job.
        out, err = launcher.run(ranks, [given.tool, *command, "--json"], code=1, cwd=given.work)
        check(json.loads(out) == expected, f"{ranks} ranks answer what one process answers")
        check("wrong.npy:1" in err, "and skip what it skips")
    whole = ["classify", "hub.mll", "task", "seen/cat.npy", "seen/truck.npy", "--out"]
    tool(*whole, "one.csv")
    launcher.run(3, [given.tool, *whole, "three.csv"], cwd=given.work)
    with open(os.path.join(given.work, "one.csv")) as one, open(os.path.join(given.work, "three.csv")) as three:
        check(one.read() == three.read(), "the tables are the same, byte for byte")
    _, err = launcher.run(3, [given.tool, "classify", "hub.mll", "nothing", "seen/cat.npy"], code=2, cwd=given.work)
    check("nothing" in err, "an error of all ranks is told")
    _, err = launcher.run(3, [given.tool, "classify", "hub.mll", "task", "--images", "nowhere"], code=2, cwd=given.work)
    check("nowhere" in err, "an error of the first rank ends the job")


def rank_of(pid):
    """The number that the launcher gave a process."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            for word in file.read().split(b"\0"):
                name, _, value = word.partition(b"=")
                if name in (b"OMPI_COMM_WORLD_RANK", b"PMI_RANK"):
                    return int(value)
    except OSError:
        pass
    return None


def names_rank(err, rank):
    """Whether the launcher says which rank was lost, or at least that one was killed (MPICH)."""
    return f"process rank {rank} with PID" in err and "signal 9" in err or "KILLED BY SIGNAL: 9" in err


def ranks_of(tool, store):
    """Processes that run hub_tool on a store."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            continue
        if words[0] == tool.encode() and store.encode() in words:
            found.append(int(entry))
    return found


def kill(launcher, given):
    tool = make_store(given)
    store = os.path.join(given.work, "hub.mll")  # a name that no other process has
    expected = without_name(tool.json("select", store, "alone", *CLASSES))
    command = [given.tool, "select", store]
    begin = time.monotonic()
    launcher.run(4, [*command, "whole", *CLASSES])
    duration = time.monotonic() - begin
    rng = random.Random(given.seed)
    killed = survived = 0
    named = 0
    slowest = 0.0
    for attempt in range(given.kills):
        name = f"attempt{attempt}"
        job = launcher.start(4, [*command, name, *CLASSES, "--json"])
        time.sleep(rng.uniform(0, duration))
        victims = ranks_of(given.tool, store)
        lost = None
        if victims:
            victim = rng.choice(victims)
            lost = rank_of(victim)
            try:
                os.kill(victim, signal.SIGKILL)
                killed += 1
            except ProcessLookupError:
                lost = None
        begin = time.monotonic()
        code, out, err = launcher.finish(job, "a job that lost a rank")
        took = time.monotonic() - begin
        slowest = max(slowest, took)
        check(took < BOUND, f"all ranks end within {BOUND} s")
        if code != 0 and lost is not None:
            print(err, flush=True)
            check(err.strip() != "", "a job that lost a rank says so")
            named += 1 if names_rank(err + out, lost) else 0
        if code == 0:  # the kill came too late, or before there was a rank
            survived += 1
            check(without_name(json.loads(out)) == expected, "a job that ends well answers rightly")
        check(not ranks_of(given.tool, store), "no rank is left behind")
        known = [each["name"] for each in tool.json("list", store)["selections"]]
        if name in known:  # saved as a whole, or not at all
            saved = tool.json("explain", store, name)
            saved.pop("stale")
            check(without_name(saved) == expected, "what a killed job has saved is right")
    print(f"{given.kills} jobs: {killed} lost a rank, which {named} name; {survived} ended well; "
          f"at most {slowest:.1f} s to the end")
    check(killed >= given.kills // 2, "ranks were killed")
    check(named >= (killed - survived) // 2, "jobs name the rank that they have lost")
    again, _ = launcher.run(4, [*command, "again", *CLASSES, "--json"])
    check(without_name(json.loads(again)) == expected, "after all this the selection is the same")
    tool("verify", store)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=["operations", "selection", "dealt", "late", "hub", "classify", "kill"])
    parser.add_argument("--program")
    parser.add_argument("--tool")
    parser.add_argument("--launcher", required=True)
    parser.add_argument("--work")
    parser.add_argument("--size", default="small")
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    globals()[given.part](Launcher(given.launcher), given)


if __name__ == "__main__":
    main()
