"""Directories come and go while a client makes accounts: none that was acknowledged is lost."""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import unittest

from cluster import MEDIA, Cluster, wait_for

WRITER = os.environ["HEARTH_ACCOUNT_WRITER"]


class MembershipTest(unittest.TestCase):

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hearth-members-"))
        self.data = self.folder / "up"
        first = Cluster([MEDIA], data=self.data).start()
        first.stop()  # The accounts have begun in three regions.
        first.close()
        self.cluster = Cluster([MEDIA], data=self.data, regions="eu,us,ap,sa",
                               options=["--drills"]).start()

    def tearDown(self):
        self.cluster.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def order(self, order):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as orders:
            orders.connect(str(self.data / "drills.sock"))
            orders.send(json.dumps(order).encode())
            self.assertEqual(json.loads(orders.recv(65536)), {"ok": True})

    def status(self):
        ended = self.cluster.run("cluster", "status", "--json")
        self.assertEqual(ended.returncode, 0, ended.stderr)
        return json.loads(ended.stdout)

    def directory(self, region):
        return next(each for each in self.status()["directories"] if each["region"] == region)

    def expect(self, code, *arguments):
        ended = self.cluster.run("cluster", *arguments)
        self.assertEqual(ended.returncode, code, (arguments, ended.stdout, ended.stderr))
        return (ended.stdout + ended.stderr).decode()

    def begin_writing(self, prefix):
        return subprocess.Popen([WRITER, self.data, "write", prefix], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE)

    def acknowledged(self, writer):
        out, _ = writer.communicate(timeout=60)
        return out

    def test_a_lost_disk_is_replaced_while_accounts_are_made(self):
        self.assertEqual(self.directory("sa")["role"], "none", "it has not founded anything")
        wait_for("a healthy group", lambda: self.cluster.run("cluster", "check").returncode == 0)
        writer = self.begin_writing("busy")
        self.order({"order": "wipe", "process": "directory-ap", "for_ms": 500})
        wait_for("the loss to be told",
                 lambda: "must not vote under its old id" in self.cluster.log(), 20)
        self.assertIn("hearth cluster member replace", self.cluster.log())
        self.assertIn("does not answer", self.expect(7, "check"))
        self.assertIn("needed", self.expect(75, "member", "remove", "us"))
        self.assertIn("would remove ap", self.expect(0, "member", "replace", "ap", "sa",
                                                     "--dry-run"))
        self.assertFalse(self.directory("sa")["member"], "a rehearsal changes nothing")

        self.expect(0, "member", "replace", "ap", "sa")
        self.assertIn("healthy", self.expect(0, "check"))
        self.assertTrue(self.directory("sa")["votes"])
        self.assertFalse(self.directory("ap")["member"])
        self.expect(0, "member", "replace", "ap", "sa")  # Given again, it is done.
        self.expect(4, "member", "add", "sa")
        self.expect(3, "member", "remove", "ap")
        self.expect(3, "member", "add", "nowhere")

        names = self.acknowledged(writer)
        self.assertGreater(len(names.splitlines()), 5)
        # The new one counts: without another founder, it and the last one are a majority.
        self.order({"order": "kill", "process": "directory-us", "for_ms": 60_000})
        checked = subprocess.run([WRITER, self.data, "check"], input=names, capture_output=True,
                                 timeout=120, check=False)
        self.assertEqual(checked.returncode, 0, checked.stdout)

    def test_nobody_answers_where_no_directory_runs(self):
        self.cluster.stop()
        self.assertIn("no directory of yours runs here", self.expect(6, "check"))
        gone = self.expect(6, "status", "--data", self.data / "directory-eu")
        self.assertIn("no directory answers", gone)


if __name__ == "__main__":
    unittest.main(verbosity=2)
