"""Runs programs over the ranks of an MPI job, and checks what they print and how they end.

usage: run.py operations|selection|late --program RANKS --launcher MPIRUN
"""

import argparse
import os
import signal
import subprocess
import sys
import time

PATIENCE = 120  # seconds: a job that takes longer hangs


def check(holds, what):
    if not holds:
        sys.exit("failed: " + what)


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
        check(out.split() == ["good"] * ranks, "all ranks are good")


def selection(launcher, given):
    out, _ = launcher.run(4, [given.program, "selection", given.size])
    check(out.split() == ["good"] * 4, "all ranks select what one rank selects")


def late(launcher, given):
    begin = time.monotonic()
    _, err = launcher.run(2, [given.program, "late"], code=1)
    check("expected all ranks within 300 ms, found that one is missing" in err, "the late rank is missed")
    check(time.monotonic() - begin < 50, "the job does not wait for it")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("part", choices=["operations", "selection", "late"])
    parser.add_argument("--program")
    parser.add_argument("--launcher", required=True)
    parser.add_argument("--size", default="small")
    given = parser.parse_args()
    globals()[given.part](Launcher(given.launcher), given)


if __name__ == "__main__":
    main()
