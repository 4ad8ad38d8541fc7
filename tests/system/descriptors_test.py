"""More strangers at the data port than a super-peer may have descriptors."""

import pathlib
import resource
import selectors
import shutil
import socket
import tempfile
import threading
import time
import unittest

from cluster import MEDIA, Cluster, media_files, padded_film, wait_for

STRANGERS = 1500
DEADLINE_S = 2.0


def stranger_at(address):
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=5)


class Crowd:
    """Connections that say nothing; one that is closed comes again."""

    def __init__(self, address, count):
        self.address = address
        self.silent = selectors.DefaultSelector()
        self.leaving = threading.Event()
        for _ in range(count):
            self.come()
        self.thread = threading.Thread(target=self.stay)
        self.thread.start()

    def come(self):
        self.silent.register(stranger_at(self.address), selectors.EVENT_READ)

    def stay(self):
        while not self.leaving.wait(0.05):
            for key, _ in self.silent.select(0):
                self.silent.unregister(key.fileobj)
                key.fileobj.close()
                self.come()

    def leave(self):
        self.leaving.set()
        self.thread.join()
        for key in list(self.silent.get_map().values()):
            key.fileobj.close()


class DescriptorsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="hearth-media-"))
        shutil.copytree(MEDIA, cls.folder, dirs_exist_ok=True)
        padded_film(cls.folder / "Big.mp4", 8)
        cls.cluster = Cluster([cls.folder], regions="eu", descriptors=1024).start()
        cls.cluster.scanned(len(media_files(cls.folder)))

    @classmethod
    def tearDownClass(cls):
        cls.cluster.close()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def test_silent_data_connections_lock_nobody_out(self):
        super_peer = self.cluster.one("super-peer", "eu")
        control, data = super_peer["listen"]
        film = max(self.cluster.media_items(), key=lambda item: item["size"])
        crowd = Crowd(data, STRANGERS)
        try:
            for _ in range(5):
                begin = time.monotonic()
                self.assertEqual(len(self.cluster.fetch(film)), film["size"])
                self.assertLess(time.monotonic() - begin, DEADLINE_S)
                with stranger_at(control) as silent:  # Held, not reset at once.
                    silent.settimeout(0.3)
                    with self.assertRaises(TimeoutError):
                        silent.recv(1)
        finally:
            crowd.leave()
        wait_for("the strangers to be gone", lambda: self.cluster.metrics(super_peer)[
            "hearth_data_connections_unproven"] == 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
