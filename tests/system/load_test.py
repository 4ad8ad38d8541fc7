"""Many readers, slow readers, and readers that go."""

import os
import random
import socket
import struct
import unittest
import urllib.parse

from cluster import ClusterTest, in_background, resident_bytes, wait_for

MEBIBYTE = 1 << 20


class LoadTest(ClusterTest):
    megabytes = 64

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.item = max(cls.cluster.media_items(), key=lambda item: item["size"])
        cls.bytes = (cls.folder / "Big.mp4").read_bytes()

    def streaming_processes(self):
        return [process for process in self.cluster.ready["processes"]
                if process["role"] in ("home", "gateway", "super-peer")]

    def raw_get(self):
        """A socket on which the film comes, with a small receive buffer."""
        reader = socket.socket()
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
        reader.settimeout(30)
        reader.connect(("127.0.0.1", self.cluster.port))
        path = urllib.parse.urlsplit(self.item["mediaUrl"]).path
        host = f"127.0.0.1:{self.cluster.port}"
        reader.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        self.assertTrue(reader.recv(4096).startswith(b"HTTP/1.1 200 "))
        return reader

    def test_64_readers_at_once(self):
        chance = random.Random(64)

        def read(first, last):
            body = self.cluster.fetch(self.item, {"Range": f"bytes={first}-{last}"})
            self.assertEqual(body, self.bytes[first:last + 1])

        readers = []
        for _ in range(64):
            first = chance.randrange(len(self.bytes) - 2 * MEBIBYTE)
            last = first + chance.randrange(MEBIBYTE, 2 * MEBIBYTE)
            readers.append(in_background(lambda first=first, last=last: read(first, last)))
        for join in readers:
            join()

    def test_slow_readers_cost_a_bounded_amount_of_memory(self):
        count = 24
        before = {p["pid"]: resident_bytes(p["pid"]) for p in self.streaming_processes()}
        readers = [self.raw_get() for _ in range(count)]
        try:
            # Quiet means that everybody has filled what may be filled.
            sizes = []

            def is_quiet():
                sizes.append(sum(resident_bytes(pid) for pid in before))
                return len(sizes) > 20 and max(sizes[-20:]) - min(sizes[-20:]) < MEBIBYTE
            wait_for("memory to settle", is_quiet, 30, 0.1)
            for process in self.streaming_processes():
                grown = resident_bytes(process["pid"]) - before[process["pid"]]
                self.assertLess(grown, count * 6 * MEBIBYTE + 32 * MEBIBYTE, process["role"])
            self.assertEqual(self.cluster.fetch(self.item, {"Range": "bytes=0-99"}),
                             self.bytes[:100])
        finally:
            for reader in readers:
                reader.close()

    def test_readers_that_go_leave_no_descriptors(self):
        def descriptors():
            return {process["pid"]: len(os.listdir(f"/proc/{process['pid']}/fd"))
                    for process in self.streaming_processes()}

        self.cluster.fetch(self.item, {"Range": "bytes=0-99"})
        before = descriptors()
        for _ in range(4):
            readers = [self.raw_get() for _ in range(16)]
            for reader in readers:
                reader.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                reader.close()

        def is_clean():
            now = descriptors()
            return all(now.get(pid, 0) <= count + 4 for pid, count in before.items())
        wait_for(f"descriptors to go back to {before}", is_clean, 20, 0.2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
