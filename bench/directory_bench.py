"""Replicated directories beside etcd: three members each, on this machine and one disk.

    directory.commit.N       durable replicated commands a second, N in flight. Ours: the rename of
                             a device, a signed event of 256 bytes, in the chain of one of 128
                             accounts in 16 groups; whoever leads the group verifies the signature,
                             and the answer comes when a majority has the event on disk. Clients are
                             linked to all three directories, which pass commands on. etcd: a Put
                             of 256 bytes to one key by gRPC, to the leader; nothing is verified.
    directory.commit_cpu.N   microseconds of processors that the servers spend on one of these
    directory.half_load_p99  milliseconds, P99, at half of the rate that the side had at 256
    directory.failover_s     the longest time that a client goes without a command while a leader is
                             killed with SIGKILL; clients are linked to the other two
    directory.resolve        answers to `list_homes` for each second of the directories' processors;
                             no peer

A row is `metric  ours  peer  ratio  rounds`: medians, rounds in turn. Both sides have as many
connections. Ours signs events before the clock starts.
"""

import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from directory_bench_etcd import Etcd

BUILD = pathlib.Path(os.environ["HEARTH_BUILD"]).resolve()
BENCH = BUILD / "bench" / "directory_bench"
CONNECTIONS = {1: 1, 64: 4, 256: 8, 1024: 16}  # By commands in flight.
ACCOUNTS = 128
LISTERS = 64
FAILOVER_SECONDS = 8
SETTLING_SECONDS = 5


class Directories:
    """Ours. Has the methods of `Etcd`."""

    def __init__(self, folder):
        prepared = subprocess.run([BENCH, "prepare", folder], check=True, capture_output=True,
                                  text=True).stdout
        self.arguments = [line.split("\t") for line in prepared.splitlines()]
        self.log = open(folder / "log", "ab")
        self.environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder)}
        self.processes = [self.start(number) for number in range(len(self.arguments))]
        self.kills = 0
        self.load = subprocess.Popen([BENCH, "load", folder, str(ACCOUNTS)], text=True,
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if self.load.stdout.readline() != "ready\n":
            sys.exit("directory_bench: the directories make no accounts")

    def start(self, number):
        return subprocess.Popen([BUILD / "hearth", *self.arguments[number]], stdout=self.log,
                                stderr=self.log, env=self.environment)

    def order(self, *words):
        self.load.stdin.write(" ".join(map(str, words)) + "\n")
        self.load.stdin.flush()
        answer = self.load.stdout.readline()
        if not answer:
            sys.exit("directory_bench: the load has ended")
        return [float(word) for word in answer.split()]

    def commit(self, in_flight, links, seconds, per_second=0):
        """Commands a second, and the P99 of their latency in ms."""
        rate, p99, refused = self.order("commit", in_flight, links, seconds, per_second)
        if refused:
            print(f"directory_bench: {refused:.0f} refusals, tried again", file=sys.stderr)
        return rate, p99

    def resolve(self, seconds):
        before = cpu_seconds(self.processes)
        listed, = self.order("list", 256, LISTERS, seconds)
        return listed / (cpu_seconds(self.processes) - before)

    def failover(self, seconds):
        """Kills each in turn: every one leads a third of the groups."""
        victim = self.kills % len(self.processes)
        self.kills += 1
        others = [number for number in range(len(self.processes)) if number != victim]
        killer = threading.Timer(seconds / 4, self.processes[victim].kill)
        killer.start()
        gap, = self.order("trickle", seconds, *others)
        self.processes[victim].wait()
        self.processes[victim] = self.start(victim)
        return gap

    def close(self):
        self.load.kill()
        for process in [self.load, *self.processes]:
            process.send_signal(signal.SIGTERM)
            process.wait()


def cpu_seconds(processes):
    """User and system time of processes that run."""
    ticks = 0
    for process in processes:
        fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def row(metric, ours, peers=(), digits=0):
    ours = list(ours)
    our = statistics.median(ours)
    if not peers:
        print(f"{metric}  {our:.{digits}f}  -  -  {len(ours)}", flush=True)
        return
    peer = statistics.median(peers)
    print(f"{metric}  {our:.{digits}f}  {peer:.{digits}f}  {our / peer:.2f}  {len(ours)}",
          flush=True)


def compare_commits(sides, in_flight, rounds, seconds):
    """The rates of each side."""
    links = CONNECTIONS[in_flight]
    rates, costs = [[], []], [[], []]
    for number in range(rounds):
        for side in (0, 1) if number % 2 == 0 else (1, 0):
            before = cpu_seconds(sides[side].processes)
            rate, _ = sides[side].commit(in_flight, links, seconds)
            spent = cpu_seconds(sides[side].processes) - before
            rates[side].append(rate)
            costs[side].append(spent / (rate * seconds) * 1e6)
    row(f"directory.commit.{in_flight}", *rates)
    row(f"directory.commit_cpu.{in_flight}", *costs)
    return rates


def compare_half_load(sides, rates, rounds, seconds):
    latencies = [[], []]
    for _ in range(rounds):
        for side in (0, 1):
            half = statistics.median(rates[side]) / 2
            latencies[side].append(sides[side].commit(256, CONNECTIONS[256], seconds, half)[1])
    row("directory.half_load_p99", *latencies, digits=1)


def compare_failovers(sides, kills):
    gaps = [[], []]
    for _ in range(kills):
        for side in (0, 1):
            gaps[side].append(sides[side].failover(FAILOVER_SECONDS))
            time.sleep(SETTLING_SECONDS)
    row("directory.failover_s", *gaps, digits=3)


def main(rounds=5, seconds=4, kills=7):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="directory_bench_", dir=BUILD))
    for side in ("ours", "etcd"):
        (folder / side).mkdir()
    sides = []
    try:
        sides.append(Directories(folder / "ours"))
        sides.append(Etcd(folder / "etcd"))
        print("metric  ours  peer  ratio  n")
        for in_flight in CONNECTIONS:
            rates = compare_commits(sides, in_flight, rounds, seconds)
            if in_flight == 256:
                compare_half_load(sides, rates, rounds, seconds)
        row("directory.resolve", [sides[0].resolve(seconds) for _ in range(rounds)])
        compare_failovers(sides, kills)
    finally:
        for side in sides:
            side.close()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
