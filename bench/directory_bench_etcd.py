"""The peer of directory_bench.py: three members of etcd, asked by h2load with gRPC."""

import http.client
import json
import struct
import subprocess
import sys
import threading
import time

VALUE_BYTES = 256
TRICKLE_PAUSE = 0.02


def put_request():
    """`Put` of etcdserverpb.KV: one message, not compressed; fields 1 and 2 are key and value."""
    key = b"directory-bench1"
    value = b"v" * VALUE_BYTES
    message = (b"\x0a" + bytes([len(key)]) + key +
               b"\x12" + bytes([len(value) & 0x7F | 0x80, len(value) >> 7]) + value)
    return b"\x00" + struct.pack(">I", len(message)) + message


class Etcd:

    def __init__(self, folder):
        self.folder = folder
        self.names = ["n1", "n2", "n3"]
        self.request = folder / "put.bin"
        self.request.write_bytes(put_request())
        self.log = open(folder / "log", "ab")
        self.processes = [self.start(number) for number in range(3)]
        for _ in range(100):
            if self.leader() is not None:
                return
            time.sleep(0.1)
        sys.exit("directory_bench: etcd has no leader")

    def start(self, number):
        name = self.names[number]
        peers = ",".join(f"{each}=http://127.0.0.1:{2380 + 10 * i}"
                         for i, each in enumerate(self.names))
        client = f"http://127.0.0.1:{self.port(number)}"
        peer = f"http://127.0.0.1:{2380 + 10 * number}"
        return subprocess.Popen(
            ["etcd", "--name", name, "--data-dir", self.folder / name,
             "--listen-client-urls", client, "--advertise-client-urls", client,
             "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
             "--initial-cluster", peers, "--initial-cluster-token", "directory-bench",
             "--log-level", "error", "--logger", "zap"], stdout=self.log, stderr=self.log)

    @staticmethod
    def port(number):
        return 2379 + 10 * number

    def call(self, number, path, body, timeout):
        """The answer of member `number`, or nothing."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port(number), timeout=timeout)
        try:
            connection.request("POST", path, json.dumps(body))
            answer = connection.getresponse()
            text = answer.read()
            return json.loads(text) if answer.status == 200 else None
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()

    def leader(self):
        for number in range(3):
            told = self.call(number, "/v3/maintenance/status", {}, 1)
            if told and told.get("leader") == told["header"]["member_id"]:
                return number
        return None

    def revision(self, number):
        """How many changes member `number` has applied."""
        return int(self.call(number, "/v3/maintenance/status", {}, 10)["header"]["revision"])

    def commit(self, in_flight, links, seconds, per_second=0):
        """Commands a second, and the P99 of their latency in ms."""
        log = self.folder / "requests"
        log.unlink(missing_ok=True)
        pace = [f"--rps={per_second / links:.0f}"] if per_second else []
        leader = self.leader()
        before = self.revision(leader)
        begin = time.time()
        subprocess.run(
            ["h2load", "-d", self.request, "-H", "content-type: application/grpc",
             "-H", "te: trailers", "-c", str(links), "-m", str(in_flight // links), "-t", "1",
             "-D", str(seconds), f"--log-file={log}", *pace,
             f"http://127.0.0.1:{self.port(leader)}/etcdserverpb.KV/Put"],
            check=True, stdout=subprocess.DEVNULL)
        answered = [tuple(map(int, line.split("\t"))) for line in log.read_text().splitlines()]
        # What gRPC refuses has status 200, too.
        if len(answered) > self.revision(leader) - before:
            sys.exit("directory_bench: etcd has refused commands")
        return self.measure(answered, begin, seconds)

    @staticmethod
    def measure(answered, begin, seconds):
        """As for ours: what the first fifth of the time brings does not count."""
        warm, end = (begin + seconds / 5) * 1e6, (begin + seconds) * 1e6
        took = sorted(micros for start, _, micros in answered if warm <= start + micros < end)
        if not took:
            sys.exit("directory_bench: etcd has granted nothing")
        return len(took) / (seconds * 4 / 5), took[len(took) * 99 // 100] / 1000

    def failover(self, seconds):
        """Clients of the two others put every 20 ms, whether or not an answer has come."""
        victim = self.leader()
        others = [number for number in range(3) if number != victim]
        body = {"key": "Zm9v", "value": "dmFs" * (VALUE_BYTES // 3)}
        granted, askers = [], []

        def put(number):
            if self.call(number, "/v3/kv/put", body, 10):
                granted.append(time.monotonic())

        begin = time.monotonic()
        threading.Timer(seconds / 4, self.processes[victim].kill).start()
        while time.monotonic() < begin + seconds:
            askers.append(threading.Thread(target=put, args=(others[len(askers) % 2],)))
            askers[-1].start()
            time.sleep(TRICKLE_PAUSE)
        for asker in askers:
            asker.join()
        self.processes[victim].wait()
        self.processes[victim] = self.start(victim)
        times = sorted([begin, *granted])
        return max(later - earlier for earlier, later in zip(times, times[1:]))

    def close(self):
        for process in self.processes:
            process.terminate()
            process.wait()
