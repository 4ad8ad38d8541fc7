"""Persons and their devices: commands of the program, and processes that wait to be paired."""

import json
import re
import subprocess

from cluster import PROGRAM, wait_for

OK, USAGE, NOT_FOUND, CONFLICT, AUTH, UNREACHABLE, TRY_AGAIN = 0, 2, 3, 4, 5, 6, 75


class Person:
    """The commands of one device, which has a data folder of its own."""

    def __init__(self, cluster, work, name):
        self.data = work / name
        self.places = ["--data", self.data, "--cluster", cluster.data / "cluster.toml",
                       "--node-list", cluster.data / "node_list"]
        self.environment = cluster.environment

    def command(self, *arguments):
        return [PROGRAM, *map(str, arguments), *map(str, self.places)]

    def run(self, *arguments):
        return subprocess.run(self.command(*arguments), env=self.environment, timeout=60,
                              capture_output=True, stdin=subprocess.DEVNULL, check=False)

    def json(self, *arguments):
        done = self.run(*arguments, "--json")
        if done.returncode != OK:
            raise AssertionError(f"{arguments}: {done.returncode} {done.stderr.decode()}")
        return json.loads(done.stdout)

    def create(self, account, name):
        return self.json("account", "create", account, "--name", name,
                         "--recovery-key-file", self.key_file())

    def key_file(self):
        return self.data.with_suffix(".recovery-key")

    def devices(self):
        return {device["name"]: device for device in self.json("device", "ls")}


class Waiting:
    """A process that shows a code and waits for a manager."""

    def __init__(self, command, environment, log):
        self.log = log
        with open(log, "wb") as out:
            self.process = subprocess.Popen([*map(str, command)], env=environment, stdout=out,
                                            stderr=out, stdin=subprocess.DEVNULL)
        shown = wait_for("a code", self.shown, 30)
        self.code, self.words = shown.group(1), shown.group(2)

    def shown(self):
        return re.search(r"code +(\S+)\nwords +(.+)\n", self.log.read_text(errors="replace"))

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=20)
