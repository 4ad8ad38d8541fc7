"""Two of three directories are lost for good: the third one goes on, and others come to it."""

import json
import shutil
import subprocess
import unittest

from cluster import PROGRAM, wait_for
from founding_test import CONFLICT, OK, USAGE, Site

UNREACHABLE, TRY_AGAIN = 6, 75
CLUSTER = "quorum-loss"


class QuorumLossTest(unittest.TestCase):

    def setUp(self):
        self.site = Site()
        self.addCleanup(self.site.close)
        self.site.run("cluster", "init", CLUSTER, "--out", self.site.root)
        self.directories = [self.site.node("directory", f"directory-{region}", region)
                            for region in ("eu", "us", "ap")]
        self.left = self.directories[2]
        self.people = {}  # By the names of their accounts, acknowledged or not.
        blocks = [node.block() for node in self.directories]
        self.left_block = blocks[2]
        self.site.sign(blocks)
        for node in self.directories:
            node.take_files()
            node.start()
        for node in self.directories:
            node.ready()

    # ---- what people and operators do ----

    def as_person(self, name, *arguments):
        """With the files that there are now. Each person has a device, and an account."""
        if name not in self.people:
            self.people[name] = self.site.node("client", name)
        person = self.people[name]
        person.take_files()
        command = [PROGRAM, *arguments, "--data", person.data,
                   "--cluster", person.place / "cluster.toml",
                   "--node-list", person.place / "node_list"]
        return subprocess.run([*map(str, command)], env=self.site.environment, timeout=60,
                              capture_output=True, stdin=subprocess.DEVNULL, check=False, text=True)

    def create(self, name, *codes):
        ended = self.as_person(name, "account", "create", name,
                               "--recovery-key-file", self.site.work / f"{name}.recovery")
        self.assertIn(ended.returncode, codes or [OK], ended.stderr)

    def check_accounts(self, *names):
        for name in names:
            self.assertIn(name, self.as_person(name, "account", "show").stdout)

    def recover(self, *more, code=OK, data=None):
        place = self.left.place
        return self.site.run("cluster", "recover", "--data", data or self.left.data,
                             "--cluster", place / "cluster.toml",
                             "--node-list", place / "node_list", *more, code=code)

    def status(self, node):
        return json.loads(self.site.run("cluster", "status", "--json", "--data", node.data).stdout)

    def wait_until_healthy(self, node):
        wait_for("a healthy cluster", lambda: subprocess.run(
            [PROGRAM, "cluster", "check", "--data", node.data], env=self.site.environment,
            capture_output=True, check=False).returncode == OK, 30)

    def is_caught_up(self):
        directories = self.status(self.left)["directories"]
        return all(each["lag"] == 0 for each in directories)

    def leads_alone(self):
        groups = self.status(self.left)["groups"]
        return all(group["leader"] == self.left.id() and group["voters"] == 1 for group in groups)

    def terms(self):
        return [directory["term"] for group in self.status(self.left)["groups"]
                for directory in group["directories"] if directory["id"] == self.left.id()]

    def start_again(self):
        self.left.log_file.unlink()
        self.left.start().ready()

    def lose(self, *nodes):
        """At once, with their disks. The folder of the first one as it was, as of a machine that
        turns up again."""
        for node in nodes:
            node.process.kill()
        for node in nodes:
            node.process.wait()
        kept = self.site.work / "turned-up"
        shutil.copytree(nodes[0].data, kept, ignore=shutil.ignore_patterns("*.sock"))
        for node in nodes:
            shutil.rmtree(node.data)
        return kept

    # ---- the test ----

    def test_the_one_that_is_left_goes_on(self):
        self.wait_until_healthy(self.left)
        for name in ("ann", "bob"):
            self.create(name)
        wait_for("all to have everything", self.is_caught_up, 30)
        turned_up = self.lose(*self.directories[:2])
        self.create("cid", UNREACHABLE, TRY_AGAIN)  # `no_quorum` of one, nothing of the others
        self.check_guards(turned_up)

        fresh = [self.site.node("directory", f"directory-{region}-2", region)
                 for region in ("eu", "us")]
        self.site.sign([self.left_block, *(node.block() for node in fresh)])
        old_list = (self.left.place / "node_list").read_bytes()
        self.left.take_files()
        self.check_recovery()
        self.start_again()
        wait_for("it to lead alone", self.leads_alone, 30)
        self.check_accounts("ann", "bob")
        self.create("dan")
        self.check_turned_up(turned_up, old_list)

        for node in fresh:
            node.take_files()
            node.start().ready()
            self.site.run("cluster", "member", "add", node.id(), "--data", self.left.data)
        self.wait_until_healthy(self.left)
        self.create("eve")
        self.left.process.kill()
        self.left.process.wait()
        wait_for("the new ones to lead",
                 lambda: all(group["leader"] in [node.id() for node in fresh]
                             for group in self.status(fresh[0])["groups"]), 30)
        self.create("fay")
        self.check_accounts("ann", "bob", "dan", "eve", "fay")

    def check_guards(self, turned_up):
        """What it does not do: on a running directory, unasked, or with the lost still listed."""
        self.assertIn("stop the directory first", self.recover(code=CONFLICT).stderr)
        self.left.stop()
        told = self.recover("--dry-run", "--beside", turned_up).stdout
        self.assertIn("first sign a node list without eu", told)
        self.assertIn("nothing was changed", told)
        planned = json.loads(self.recover("--dry-run", "--json", "--beside", turned_up).stdout)
        self.assertEqual((planned["done"], planned["further"]), (False, []))
        self.assertEqual(len(planned["groups"]), 16)
        self.assertEqual(len(planned["lostButListed"]), 2)
        refused = self.recover("--yes-lose", CLUSTER, code=USAGE).stderr
        self.assertIn("the node list still names eu", refused)
        self.assertFalse((self.left.data / "recovered").exists())

    def check_recovery(self):
        self.assertIn("--yes-lose NAME", self.recover(code=USAGE).stderr)
        self.recover("--yes-lose", "another", code=USAGE)
        self.assertFalse((self.left.data / "recovered").exists())
        told = self.recover("--yes-lose", CLUSTER).stdout
        self.assertRegex(told, r"changes acknowledged after index \d+ by a majority without this "
                               r"directory are lost")
        evidence = json.loads((self.left.data / "recovered").read_text())
        self.assertTrue(all(len(group["members"]) == 3 for group in evidence["groups"]))
        again = self.recover("--yes-lose", CLUSTER, "--json").stdout
        self.assertTrue(json.loads(again)["done"])
        self.assertIn("nothing to do", self.recover().stdout)
        self.assertEqual(len((self.left.data / "recovered").read_text().splitlines()), 1)

    def check_turned_up(self, folder, old_list):
        """One of the lost comes back with what it had. It is turned away, and changes nothing."""
        lost = self.directories[0]
        shutil.move(folder, lost.data)
        (lost.place / "node_list").write_bytes(old_list)
        terms = self.terms()
        before = self.left.rejected()
        lost.start()
        wait_for("it to be turned away", lambda: self.left.rejected() > before + 1, 30)
        self.assertTrue(self.leads_alone())
        self.assertEqual(self.terms(), terms)
        lost.stop()
        self.left.stop()
        (self.left.place / "node_list").write_bytes(old_list)
        self.assertIn("has followed 2 already", self.left.refused()[1])
        self.left.take_files()
        self.start_again()
        wait_for("it to lead alone", self.leads_alone, 30)


if __name__ == "__main__":
    unittest.main(verbosity=2)
