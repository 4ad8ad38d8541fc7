"""A real cluster on this machine, for tests: `hearth up` and what talks to it.

HEARTH_PROGRAM names the program, HEARTH_MEDIA the demo library (made by deploy/demo_library.sh).
"""

import hashlib
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

PROGRAM = os.environ["HEARTH_PROGRAM"]
MEDIA = pathlib.Path(os.environ["HEARTH_MEDIA"])
MEDIA_ENDINGS = {".mp3", ".flac", ".m4a", ".ogg", ".opus", ".mp4", ".jpg", ".png", ".gif", ".webp"}


def wait_for(what, condition, patience=10.0, pause=0.05):
    """The first true value of `condition()`; fails the test after `patience` seconds."""
    end = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {patience} s in vain for {what}")
        time.sleep(pause)


def free_port():
    """A port that nobody uses, out of the way of those that Linux gives to clients."""
    while True:
        port = random.randrange(12000, 19000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def resident_bytes(pid):
    """Memory of its own, files left out."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no RssAnon")


def padded_film(path, megabytes, marker=b""):
    """A film that plays, with a long box behind it that players pass over."""
    film = (MEDIA / "Films" / "Colours in Motion.mp4").read_bytes()
    filler = random.Random(str(path)).randbytes(1 << 20)
    filler = (marker + filler)[: 1 << 20]
    with open(path, "wb") as out:
        out.write(film)
        out.write(struct.pack(">I4s", megabytes * (1 << 20) + 8, b"free"))
        for _ in range(megabytes):
            out.write(filler)
    return path


class Cluster:
    """`hearth up` on folders of its own. `ready` is the content of its ready file."""

    def __init__(self, media, data=None, regions="eu,us,ap", ports_file=None, descriptors=None,
                 options=()):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="hearth-system-"))
        self.data = pathlib.Path(data) if data else self.work / "data"
        self.ready_file = self.work / "ready.json"
        self.log_file = self.work / "log"
        self.media = [pathlib.Path(folder) for folder in media]
        self.regions = regions
        self.descriptors = descriptors  # Of each process, at most; None: as they are here.
        self.options = options  # Of `hearth up`.
        self.host = "127.0.0.1"  # Of the gateway, once it serves.
        self.port = free_port()
        self.environment = {**os.environ, "XDG_RUNTIME_DIR": str(self.work / "run"),
                            "XDG_CONFIG_HOME": str(self.work / "config")}
        if ports_file:
            self.data.mkdir(parents=True)
            (self.data / "ports.toml").write_text(ports_file)
        self.process = None

    def start(self, patience=30):
        command = [PROGRAM, "up", "--data", self.data, "--regions", self.regions,
                   "--http", f"127.0.0.1:{self.port}", "--ready-file", self.ready_file,
                   *self.options]
        for folder in self.media:
            command += ["--media", folder]
        with open(self.log_file, "ab") as log:
            if self.descriptors:
                command = ["prlimit", f"--nofile={self.descriptors}:{self.descriptors}", *command]
            self.process = subprocess.Popen(command, stdout=log, stderr=log,
                                            env=self.environment)
        wait_for("the ready file", self.is_ready_or_over, patience)
        if self.process.poll() is not None:
            raise AssertionError(f"ended with {self.process.returncode}: {self.log()[-3000:]}")
        self.host = urllib.parse.urlsplit(self.ready["gateway"]).hostname
        return self

    def is_ready_or_over(self):
        try:
            return self.process.poll() is not None or self.ready
        except (OSError, ValueError):  # Not yet, or what was there before.
            return False

    def stop(self):
        """Asks it to end; the seconds that it took."""
        begin = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=10)
        return time.monotonic() - begin

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.work, ignore_errors=True)

    def log(self):
        return self.log_file.read_text(errors="replace")

    @property
    def ready(self):
        return json.loads(self.ready_file.read_text())

    @property
    def token(self):
        return self.ready["token"]

    def one(self, role, region=None):
        for process in self.ready["processes"]:
            if process["role"] == role and process["region"] == region:
                return process
        raise AssertionError(f"no {role} in {region}")

    def connection(self, timeout=30):
        return http.client.HTTPConnection(self.host, self.port, timeout=timeout)

    def request(self, path, headers=None, method="GET", timeout=30):
        """Status, header fields and body of one request. `path` may be a URL of the gateway."""
        if path.startswith("http://"):
            path = urllib.parse.urlsplit(path).path
            headers = headers or {}
        elif headers is None:
            headers = {"Authorization": f"Bearer {self.token}"}
        connection = self.connection(timeout)
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            head = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, head, answer.read()
        finally:
            connection.close()

    def api(self, path):
        status, _, body = self.request("/api/v1/" + path)
        if status != 200:
            raise AssertionError(f"{path}: {status} {body[:300]}")
        return json.loads(body)

    def home(self):
        return self.api("homes")["homes"][0]

    def pages(self, path):
        """All items of a listing, page by page."""
        items, cursor = [], ""
        while True:
            page = self.api(f"{path}{'&' if '?' in path else '?'}limit=500{cursor}")
            items += page["items"]
            if not page.get("next"):
                return items
            cursor = "&cursor=" + urllib.parse.quote(page["next"])

    def items(self):
        """Everything in the library, depth first."""
        base = f"homes/{self.home()['id']}/items"
        found, open_containers = [], [""]
        while open_containers:
            parent = open_containers.pop()
            for item in self.pages(base + (f"?parent={parent}" if parent else "")):
                found.append(item)
                if item["kind"] == "container":
                    open_containers.append(item["id"])
        return found

    def media_items(self):
        return [item for item in self.items() if item["kind"] != "container"]

    def scanned(self, total, patience=60):
        """Waits until the home has been through its folders and holds `total` media files."""
        def done():
            scan = self.home()["scan"]
            return scan["state"] == "idle" and len(self.media_items()) >= total
        wait_for(f"{total} items", done, patience, 0.2)
        return self

    def fetch(self, item, headers=None):
        status, _, body = self.request(item["mediaUrl"], headers or {})
        if status not in (200, 206):
            raise AssertionError(f"{item['title']}: {status}")
        return body

    def run(self, *arguments, timeout=60):
        """One command of the program, which finds this cluster as that of its user."""
        return subprocess.run([PROGRAM, *map(str, arguments)], env=self.environment,
                              capture_output=True, timeout=timeout, check=False)

    def metrics(self, process):
        """Sums of the samples of each metric of a process, labels left out."""
        host, port = process["admin"].rsplit(":", 1)
        connection = http.client.HTTPConnection(host, int(port), timeout=10)
        connection.request("GET", "/metrics")
        sums = {}
        for line in connection.getresponse().read().decode().splitlines():
            if line and not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                name = name.split("{")[0]
                sums[name] = sums.get(name, 0) + float(value)
        connection.close()
        return sums


class ClusterTest(unittest.TestCase):
    """Tests that share one cluster with a copy of the demo library."""

    cluster = None
    megabytes = 0  # Of an additional film, "Big.mp4".

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="hearth-media-"))
        shutil.copytree(MEDIA, cls.folder, dirs_exist_ok=True)
        if cls.megabytes:
            padded_film(cls.folder / "Big.mp4", cls.megabytes)
        cls.cluster = Cluster([cls.folder]).start().scanned(len(media_files(cls.folder)))

    @classmethod
    def tearDownClass(cls):
        cls.cluster.close()
        shutil.rmtree(cls.folder, ignore_errors=True)

    def big(self):
        return max(self.cluster.media_items(), key=lambda item: item["size"])


def media_files(folder):
    """The files that a home lists: covers of folders belong to their albums."""
    return sorted(path for path in pathlib.Path(folder).rglob("*")
                  if path.suffix.lower() in MEDIA_ENDINGS and path.is_file())


def in_background(work):
    """Runs `work` in a thread; the function that is returned waits for it and gives its result."""
    outcome = {}

    def run():
        try:
            outcome["value"] = work()
        except BaseException as error:  # To be raised where the result is asked for.
            outcome["error"] = error

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def join(timeout=120):
        thread.join(timeout)
        if thread.is_alive():
            raise AssertionError("still running")
        if "error" in outcome:
            raise outcome["error"]
        return outcome["value"]

    return join
