# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""Runs programs over ranks on two machines: network namespaces, joined by a link that is slow, loses frames and is cut.

usage: network.py --program RANKS --launcher MPIRUN --work DIR

Open MPI starts its daemons through a script that enters the namespace of a host. The link is this program: it
carries Ethernet frames between two TAP devices. Prints "skipped: <reason>" where namespaces cannot be made.
Empties the folder --work.
"""

import argparse
import contextlib
import fcntl
import heapq
import os
import random
import select
import shutil
import signal
import struct
import subprocess
import sys
import threading
import time

from run import check

PATIENCE = 200  # seconds: a job that takes longer hangs
HOSTS = {"10.77.31.1": "a", "10.77.31.2": "b"}


def skip(reason):
    print("skipped: " + reason)
    sys.exit(0)


def ip(*arguments):
    done = subprocess.run(["ip", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise OSError(f"ip {' '.join(arguments)}: {done.stdout.strip()}")


class Link:
    """Two namespaces, each with one end of a cable."""

    TUNSETIFF = 0x400454CA
    TAP_WITHOUT_HEADER = 0x0002 | 0x1000

    def __init__(self):
        self.delay = 0.0  # seconds, of each direction
        self.loss = 0.0   # share of the frames
        self.is_cut = False
        self.carried = self.lost = 0
        self.ends = []
        self.spaces = {name: f"mll-{os.getpid()}-{name}" for name in HOSTS.values()}
        self.rng = random.Random(1)
        self.stopped = threading.Event()
        self.carrier = None

    def __enter__(self):
        try:
            self.open()
        except OSError as problem:
            self.close()
            skip(f"network namespaces cannot be made here ({problem})")
        return self

    def __exit__(self, *_):
        self.close()

    def open(self):
        for address, name in HOSTS.items():
            space = self.spaces[name]
            ip("netns", "add", space)
            end = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
            self.ends.append(end)
            device = f"mll{os.getpid()}{name}"
            fcntl.ioctl(end, self.TUNSETIFF, struct.pack("16sH22x", device.encode(), self.TAP_WITHOUT_HEADER))
            ip("link", "set", device, "netns", space)
            # How often TCP sends a segment again before it gives up a connection: after 15 minutes by default, which
            # is when the launcher would notice a dead machine.
            subprocess.run(["ip", "netns", "exec", space, "sh", "-c", "echo 5 > /proc/sys/net/ipv4/tcp_retries2"],
                           check=True)
            ip("-n", space, "link", "set", "lo", "up")
            ip("-n", space, "address", "add", address + "/24", "dev", device)
            ip("-n", space, "link", "set", device, "up")
        self.carrier = threading.Thread(target=self.carry, daemon=True)
        self.carrier.start()

    def close(self):
        self.stopped.set()
        if self.carrier:
            self.carrier.join()
        for end in self.ends:
            os.close(end)
        for space in self.spaces.values():
            subprocess.run(["ip", "netns", "delete", space], stderr=subprocess.DEVNULL, check=False)

    def carry(self):
        due = []  # (time, number, end, frame)
        number = 0
        while not self.stopped.is_set():
            now = time.monotonic()
            while due and due[0][0] <= now:
                _, _, end, frame = heapq.heappop(due)
                with contextlib.suppress(OSError):
                    os.write(end, frame)
            wait = min(0.05, due[0][0] - now) if due else 0.05
            for end in select.select(self.ends, [], [], max(0.0, wait))[0]:
                with contextlib.suppress(BlockingIOError):
                    while True:
                        frame = os.read(end, 65536)
                        if self.is_cut or self.rng.random() < self.loss:
                            self.lost += 1
                            continue
                        self.carried += 1
                        number += 1
                        other = self.ends[1 - self.ends.index(end)]
                        heapq.heappush(due, (time.monotonic() + self.delay, number, other, frame))


class Job:
    """A job of four ranks, two on each host."""

    def __init__(self, given, link, command):
        agent = os.path.join(given.work, "agent.sh")
        with open(agent, "w") as out:
            out.write("#!/bin/sh\n# agent.sh HOST COMMAND...: runs a command on a host, as ssh does.\nhost=$1\nshift\n")
            out.write("case $host in\n")
            for address, name in HOSTS.items():
                out.write(f"  {address}) space={link.spaces[name]} ;;\n")
            out.write("esac\n")
            out.write("exec ip netns exec \"$space\" unshare --uts sh -c \"hostname $host; $*\"\n")
        os.chmod(agent, 0o755)
        first = next(iter(HOSTS))
        settings = {"plm": "rsh", "plm_rsh_agent": agent, "btl": "self,tcp", "btl_tcp_if_include": "10.77.31.0/24",
                    "oob_tcp_if_include": "10.77.31.0/24", "hwloc_base_binding_policy": "none",
                    "rmaps_base_oversubscribe": "1", "orte_tmpdir_base": given.work,
                    "oob_tcp_keepalive_time": "5", "oob_tcp_keepalive_intvl": "2", "oob_tcp_keepalive_probes": "3"}
        environment = dict(os.environ, OMP_NUM_THREADS="1", OMP_WAIT_POLICY="passive", OMPI_ALLOW_RUN_AS_ROOT="1",
                           OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
        environment.update({"OMPI_MCA_" + name: value for name, value in settings.items()})
        hosts = ",".join(f"{address}:2" for address in HOSTS)
        self.command = " ".join(command)
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", link.spaces[HOSTS[first]], "unshare", "--uts", "sh", "-c",
             f"hostname {first}; exec \"$@\"", "sh", given.launcher, "--host", hosts, "-n", "4", *command],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
            start_new_session=True)

    def wait(self):
        """Exit code, output and errors."""
        try:
            out, err = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            sys.exit(f"failed: {self.command} hangs")
        print(f"+ {self.command} -> {self.process.returncode} in {time.monotonic() - self.began:.1f} s")
        print(out + err, flush=True)
        return self.process.returncode, out, err


def processes_in(link):
    """Processes of both namespaces."""
    out = []
    for space in link.spaces.values():
        found = subprocess.run(["ip", "netns", "pids", space], stdout=subprocess.PIPE, text=True, check=True)
        out += found.stdout.split()
    return out


def is_empty_within(link, seconds):
    begin = time.monotonic()
    while processes_in(link):
        if time.monotonic() - begin > seconds:
            return False
        time.sleep(0.1)
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--launcher", required=True)
    parser.add_argument("--work", required=True)
    given = parser.parse_args()
    for program in ("ip", "unshare", "hostname"):
        if not shutil.which(program):
            skip(program + " was not found (Debian: install iproute2, util-linux, hostname)")
    if os.geteuid() != 0:
        skip("only root makes network namespaces")
    if not os.path.exists("/dev/net/tun"):
        skip("/dev/net/tun was not found")
    shutil.rmtree(given.work, ignore_errors=True)
    os.makedirs(given.work)
    with Link() as link:
        link.delay, link.loss = 0.005, 0.01
        code, out, _ = Job(given, link, [given.program, "selection", "small"]).wait()
        check(code == 0 and "".join(out.split()) == "good" * 4, "over a slow link that loses frames the selection has the same bits")
        check(link.carried > 100 and link.lost > 0, "the ranks talk over the link")

        # A cut that heals: the messages are sent again.
        job = Job(given, link, [given.program, "selection", "small"])
        frames = link.carried
        while job.process.poll() is None and link.carried < frames + 150:
            time.sleep(0.01)
        link.is_cut = True
        time.sleep(2)
        check(job.process.poll() is None, "the job waits for the link")
        link.is_cut = False
        code, out, _ = job.wait()
        check(code == 0 and "".join(out.split()) == "good" * 4, "after a cut of two seconds the selection has the same bits")

        # A cut for good: ranks whose patience is five seconds.
        job = Job(given, link, [given.program, "endless"])
        check(job.process.stdout.readline() == "exchanging\n", "the ranks exchange pieces")
        time.sleep(0.5)
        link.is_cut = True
        cut = time.monotonic()
        code, out, err = job.wait()
        took = time.monotonic() - cut
        check(code != 0 and "good" not in out, "a job whose network is cut ends with an error")
        check("expected all ranks within 5000 ms, found that one is missing" in err, "and says why")
        check(took < 60, f"within a minute, not after {took:.0f} s")
        print(f"{link.carried} frames carried, {link.lost} lost; the job ends {took:.1f} s after the cut")
        check(is_empty_within(link, 60), "no process is left behind on either side")


if __name__ == "__main__":
    main()
