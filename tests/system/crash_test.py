"""Each process is killed in turn, under a running download and under browsing."""

import http.client
import os
import signal
import unittest

from cluster import ClusterTest, alive, in_background, sha256, wait_for

PATIENCE = 10  # Seconds until everything works again.


class Download:
    """Reads a film slowly enough to be in its middle when something dies."""

    def __init__(self, cluster, item, offset=0):
        self.received = bytearray()
        self.connection = cluster.connection(timeout=PATIENCE)
        path = item["mediaUrl"].split("/", 3)[3]
        self.connection.request("GET", "/" + path, headers={"Range": f"bytes={offset}-"})
        self.answer = self.connection.getresponse()
        self.length = int(self.answer.getheader("content-length"))

    def read(self, count):
        while count > 0:
            chunk = self.answer.read(min(count, 1 << 16))
            if not chunk:
                return
            self.received += chunk
            count -= len(chunk)

    def finish(self):
        """The bytes that came, and whether they are all that was said to come."""
        try:
            self.read(self.length)
        except (OSError, http.client.HTTPException):
            pass
        finally:
            self.connection.close()
        return bytes(self.received), len(self.received) == self.length


class CrashTest(ClusterTest):
    megabytes = 96

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.item = max(cls.cluster.media_items(), key=lambda item: item["size"])
        cls.bytes = (cls.folder / "Big.mp4").read_bytes()
        cls.ids = sorted(item["id"] for item in cls.cluster.items())

    def browse(self, victim_gone):
        """Asks for the library until after the death; errors are fine, lies are not."""
        while not victim_gone():
            try:
                ids = {item["id"] for item in self.cluster.items()}
            except (OSError, AssertionError, http.client.HTTPException, ValueError):
                continue
            self.assertLessEqual(ids, set(self.ids))

    def works_again(self, pid):
        def works():
            try:
                ready = self.cluster.ready
                if pid in [process["pid"] for process in ready["processes"]]:
                    return False
                small = min(self.cluster.media_items(), key=lambda item: item["size"])
                return (self.cluster.home()["online"] and self.cluster.fetch(small)
                        and sorted(item["id"] for item in self.cluster.items()) == self.ids)
            except (OSError, AssertionError, http.client.HTTPException, ValueError):
                return False
        wait_for("everything to work again", works, PATIENCE)

    def kill(self, role, region):
        pid = self.cluster.one(role, region)["pid"]
        download = Download(self.cluster, self.item)
        download.read(4 << 20)
        browsing = in_background(lambda: self.browse(lambda: not alive(pid)))
        os.kill(pid, signal.SIGKILL)
        received, complete = download.finish()
        browsing()
        self.assertEqual(sha256(received), sha256(self.bytes[:len(received)]))
        self.works_again(pid)
        if not complete:
            rest, _ = Download(self.cluster, self.item, len(received)).finish()
            self.assertEqual(sha256(received + rest), sha256(self.bytes))
        return complete

    def test_directories(self):
        for region in ("eu", "us", "ap"):
            with self.subTest(region):
                self.assertTrue(self.kill("directory", region), "a stream needs no directory")

    def test_super_peers(self):
        for region in ("eu", "us", "ap"):
            with self.subTest(region):
                self.assertTrue(self.kill("super-peer", region), "the other one carries on")

    def test_home(self):
        self.kill("home", None)

    def test_gateway(self):
        self.kill("gateway", None)


if __name__ == "__main__":
    unittest.main(verbosity=2)
