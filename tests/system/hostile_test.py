"""Strangers at every port: closed, counted, in flat memory, and nobody else notices."""

import os
import random
import socket
import struct
import unittest

from cluster import ClusterTest, alive, in_background, resident_bytes, wait_for

MEBIBYTE = 1 << 20


def greetings():
    """What a stranger may say first."""
    chance = random.Random(7)
    magic = b"HRTH" + struct.pack("<HBBBB", 1, 2, 3, 2, 1)
    return [
        b"",
        b"\0" * 100,
        chance.randbytes(48),
        chance.randbytes(10000),
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        magic + b"\0" * (80 - len(magic)) + chance.randbytes(96),
        magic + b"\xff" * 70 + b"\xff" * 4096,
        b"HDAT" + struct.pack("<HBB", 1, 4, 0) + chance.randbytes(16 + 48),
        b"HDAT" + b"\xff" * 200,
        struct.pack("<I", 0xFFFFFFFF) + b"x" * 1000,
    ]


def speak(address, words):
    """Says `words` and waits for the other side to hang up. What the kernel refuses is fine too."""
    host, port = address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=20) as stranger:
        try:
            stranger.sendall(words)
            if not words:
                stranger.shutdown(socket.SHUT_WR)
            while stranger.recv(65536):
                pass
        except ConnectionError:
            pass


class HostileTest(ClusterTest):
    def processes(self):
        return self.cluster.ready["processes"]

    def rejected(self, process):
        return self.cluster.metrics(process).get("hearth_link_rejected_total", 0)

    def check_unharmed(self, before):
        self.assertEqual([p["pid"] for p in self.processes()], [p["pid"] for p in before])
        self.assertTrue(all(alive(p["pid"]) for p in before))
        item = min(self.cluster.media_items(), key=lambda i: i["size"])
        self.assertEqual(len(self.cluster.fetch(item)), item["size"])

    def test_nonsense_is_hung_up_on_and_counted(self):
        before = self.processes()
        was = {process["pid"]: self.rejected(process) for process in before}
        # At once: half of them wait for a deadline.
        strangers = [
            (process, address, words, in_background(lambda a=address, w=words: speak(a, w)))
            for process in before for address in [*process["listen"], process["admin"]]
            for words in greetings()]
        for process, address, words, join in strangers:
            with self.subTest(role=process["role"], address=address, words=words[:8]):
                join()
        for process in before:
            if process["role"] in ("directory", "super-peer"):
                # An end without a word is nobody's fault.
                expected = (len(greetings()) - 1) * len(process["listen"])
                wait_for(f"{expected} more rejections at {process['role']}",
                         lambda p=process, e=expected: self.rejected(p) >= was[p["pid"]] + e, 10)
        self.check_unharmed(before)

    def test_hundreds_of_silent_connections_disturb_nobody(self):
        before = self.processes()
        strangers = []
        for process in before:
            memory = resident_bytes(process["pid"])
            for address in [*process["listen"], process["admin"]]:
                host, port = address.rsplit(":", 1)
                for _ in range(200):
                    strangers.append(socket.create_connection((host, int(port)), timeout=5))
            self.check_unharmed(before)
            self.assertLess(resident_bytes(process["pid"]) - memory, 48 * MEBIBYTE)
            for stranger in strangers:
                stranger.close()
            strangers.clear()

    def test_a_stream_goes_on_under_a_hail_of_nonsense(self):
        super_peers = [p for p in self.processes() if p["role"] == "super-peer"]
        chance = random.Random(8)
        size = self.big()["size"]
        for _ in range(5):
            for process in super_peers:
                for address in process["listen"]:
                    speak(address, chance.randbytes(300))
            self.assertEqual(len(self.cluster.fetch(self.big())), size)

    def test_requests_that_smuggle_or_never_end_are_refused(self):
        for words, status in (
                (b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 5000 + b"\r\n", b"431"),
                (b"POST /api/v1/homes HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
                 b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"400"),
                (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                 b"400"),
                (b"GET / HTTP/1.1\nHost : a\n\n", b"400"),
                (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"421")):
            with socket.create_connection(("127.0.0.1", self.cluster.port), timeout=15) as client:
                client.sendall(words)
                self.assertIn(status, client.recv(200).split(b"\r\n")[0], words[:60])

    def test_a_wrong_token_opens_nothing(self):
        for headers in ({}, {"Authorization": "Bearer " + "0" * 64}, {"Cookie": "hearth=1"},
                        {"Authorization": "Basic " + self.cluster.token}):
            status, head, _ = self.cluster.request("/api/v1/homes", headers)
            self.assertEqual(status, 401, headers)
            self.assertEqual(head["content-type"], "application/problem+json")
        item = self.big()
        forged = item["mediaUrl"].replace("/media/", "/media/" + os.urandom(2).hex())
        self.assertIn(self.cluster.request(forged)[0], (401, 403, 404))


if __name__ == "__main__":
    unittest.main(verbosity=2)
