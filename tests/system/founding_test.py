"""A cluster founded by hand: root keys, nodes.toml, signed lists; processes that follow them."""

import http.client
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import tempfile
import unittest

from cluster import MEDIA, PROGRAM, alive, free_port, wait_for

OK, USAGE, CONFLICT, AUTH, DEGRADED = 0, 2, 4, 5, 7
ESTABLISHED = "01"


class Node:
    """A process on a machine of its own: data folder, and copies of the cluster's two files."""

    def __init__(self, site, role, name, region=None):
        self.site, self.role, self.name, self.region = site, role, name, region
        self.place = site.work / name
        self.data = self.place / "data"
        self.log_file = self.place / "log"
        self.control, self.streams = free_port(), free_port()
        self.process = None
        self.place.mkdir()

    def block(self):
        """Its keys, which are made here, as `nodes.toml` wants them."""
        self.site.run("node", "init", self.role, "--data", self.data)
        wish = ["--region", self.region, "--control-address", f"127.0.0.1:{self.control}"]
        if self.role == "super-peer":
            wish += ["--data-address", f"127.0.0.1:{self.streams}"]
        return self.site.run("node", "show", "--data", self.data, *wish).stdout

    def id(self):
        shown = self.site.run("node", "status", "--data", self.data, "--json")
        return json.loads(shown.stdout)["id"]

    def take_files(self):
        """As an operator does it: beside, and then renamed."""
        for file in ("cluster.toml", "node_list"):
            shutil.copy(self.site.root / file, self.place / f"{file}.new")
            os.rename(self.place / f"{file}.new", self.place / file)

    def command(self, *more):
        command = [PROGRAM, self.role, "--data", self.data, "--admin", "127.0.0.1:0",
                   "--cluster", self.place / "cluster.toml",
                   "--node-list", self.place / "node_list", *more]
        if self.role in ("directory", "super-peer"):
            command += ["--listen", f"127.0.0.1:{self.control}", "--region", self.region]
        if self.role == "super-peer":
            command += ["--data-listen", f"127.0.0.1:{self.streams}"]
        return [*map(str, command)]

    def start(self, *more):
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(self.command(*more), env=self.site.environment,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return self

    def refused(self, *more):
        """Starts it, and waits for it to end. Exit code, and the line that says why."""
        ended = subprocess.run(self.command(*more), env=self.site.environment, timeout=30,
                               capture_output=True, check=False, text=True)
        lines = [line for line in ended.stderr.splitlines() if line.startswith("hearth: ")]
        return ended.returncode, "\n".join(lines)

    def log(self):
        return self.log_file.read_text(errors="replace")

    def ready(self):
        wait_for(f"{self.name}: {self.log()[-500:]}", lambda: "node.ready" in self.log(), 30)
        return self

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=20)

    def is_connected_to(self, other):
        """Whether the process holds a control connection to the super-peer `other`."""
        sockets = set()
        for fd in pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir():
            try:
                sockets.add(os.readlink(fd))
            except OSError:
                continue  # closed meanwhile
        for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            port = int(fields[2].split(":")[1], 16)
            if fields[3] == ESTABLISHED and port == other.control and \
                    f"socket:[{fields[9]}]" in sockets:
                return True
        return False

    def metric(self, name):
        """The sum over the labels of `name`."""
        host, port = (self.data / "admin").read_text().rsplit(":", 1)
        connection = http.client.HTTPConnection(host, int(port), timeout=10)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
                   if re.match(name + r"[{ ]", line))

    def rejected(self):
        """Connections that its link has turned away."""
        return self.metric("hearth_link_rejected_total")


class Site:
    """All machines of a cluster, and its operator's folder `root`."""

    def __init__(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="hearth-founding-"))
        self.root = self.work / "root"
        self.environment = {**os.environ, "XDG_RUNTIME_DIR": str(self.work / "run"),
                            "XDG_CONFIG_HOME": str(self.work / "config")}
        self.nodes = []

    def run(self, *arguments, code=OK):
        ended = subprocess.run([PROGRAM, *map(str, arguments)], env=self.environment, timeout=60,
                               capture_output=True, stdin=subprocess.DEVNULL, check=False,
                               text=True)
        if ended.returncode != code:
            raise AssertionError(f"{arguments}: {ended.returncode} {ended.stdout}{ended.stderr}")
        return ended

    def node(self, role, name, region=None):
        self.nodes.append(Node(self, role, name, region))
        return self.nodes[-1]

    def sign(self, blocks, root="root-1.key", code=OK):
        (self.root / "nodes.toml").write_text("\n".join(blocks))
        return self.run("cluster", "sign", self.root / "nodes.toml", "--root", self.root / root,
                        "--cluster", self.root / "cluster.toml", "--out", self.root / "node_list",
                        code=code)

    def listed(self):
        shown = self.run("cluster", "nodes", self.root / "node_list", "--json")
        return json.loads(shown.stdout)

    def close(self):
        for node in self.nodes:
            node.stop()
        shutil.rmtree(self.work, ignore_errors=True)


class FoundingTest(unittest.TestCase):
    """One cluster: three directories, two super-peers, a household with a home and a gateway."""

    def setUp(self):
        self.site = Site()
        self.addCleanup(self.site.close)
        self.site.run("cluster", "init", "hand-made", "--out", self.site.root)
        self.directories = [self.site.node("directory", f"directory-{region}", region)
                            for region in ("eu", "us", "ap")]
        self.kept = self.site.node("super-peer", "super-peer-eu", "eu")
        self.stolen = self.site.node("super-peer", "super-peer-us", "us")
        self.service = [*self.directories, self.kept, self.stolen]
        self.blocks = {node: node.block() for node in self.service}
        self.first = self.site.sign(self.blocks.values())
        for node in self.service:
            node.take_files()
            node.start()
        for node in self.service:
            node.ready()
        self.person = self.site.node("client", "person")
        self.home = self.site.node("home", "attic")
        self.gateway = self.site.node("gateway", "desk")
        self.http = free_port()

    # ---- a household ----

    def as_person(self, *arguments):
        return self.site.run(*arguments, "--data", self.person.data,
                             "--cluster", self.person.place / "cluster.toml",
                             "--node-list", self.person.place / "node_list")

    def admit(self, node, *more):
        node.take_files()
        node.start("--pair", *more)
        code = wait_for("a code", lambda: re.search(r"code +(\S+)\n", node.log()), 30).group(1)
        self.as_person("pair", code, "--yes")
        node.ready()

    def make_household(self):
        self.person.take_files()
        self.as_person("account", "create", "ann",
                       "--recovery-key-file", self.site.work / "recovery")
        self.admit(self.home, "--media", MEDIA, "--name", "Attic")
        self.admit(self.gateway, "--http", f"127.0.0.1:{self.http}")

    def api(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.http, timeout=30)
        token = (self.gateway.data / "token").read_text().strip()
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body

    def plays(self):
        """Whether the smallest piece of the library comes whole through a super-peer."""
        status, body = self.api("/api/v1/homes")
        homes = json.loads(body)["homes"] if status == 200 else []
        if not homes or not homes[0]["online"]:
            return False
        status, body = self.api(f"/api/v1/homes/{homes[0]['id']}/search?q=tones")
        items = [item for item in json.loads(body).get("items", []) if item.get("mediaUrl")]
        if not items:
            return False
        item = min(items, key=lambda each: each["size"])
        status, body = self.api("/" + item["mediaUrl"].split("/", 3)[3])
        return status == 200 and len(body) == item["size"]

    # ---- the tests ----

    def test_lists_are_followed_and_the_struck_are_out(self):
        self.check_founded()
        self.make_household()
        for super_peer in (self.kept, self.stolen):
            wait_for("the home at both", lambda: self.home.is_connected_to(super_peer), 30)
        wait_for("the home to play", self.plays, 30, 0.3)
        running = [node for node in self.site.nodes if node.process and node is not self.stolen]
        pids = [node.process.pid for node in running]

        # A newer list strikes one super-peer, which keeps the old one: its keys were stolen.
        blocks = [block for node, block in self.blocks.items() if node is not self.stolen]
        struck = self.site.sign(blocks, "root-2.key")
        self.assertIn(f"struck super-peer us {self.stolen.id()[:8]}", struck.stdout)
        self.assertIn("region us has no super-peer", struck.stderr)
        for node in [*running, self.person]:
            node.take_files()
        wait_for("the home to leave", lambda: not self.home.is_connected_to(self.stolen))
        self.assertTrue(alive(self.stolen.process.pid))
        before = [node.rejected() for node in self.directories]
        wait_for("the struck one to be turned away", lambda: any(
            node.rejected() > count for node, count in zip(self.directories, before)), 30)
        wait_for("the home to play through the other", self.plays, 30, 0.3)
        self.assertTrue(self.home.is_connected_to(self.kept))
        self.assertFalse(self.home.is_connected_to(self.stolen))
        self.check_struck()

        # Another one comes in its place, and is used without a restart of anybody.
        fresh = self.site.node("super-peer", "super-peer-us-2", "us")
        self.site.sign([*blocks, fresh.block()])
        self.assertEqual(self.site.listed()["serial"], 3)
        for node in [*running, fresh]:
            node.take_files()
        fresh.start().ready()
        wait_for("the home at the new one", lambda: self.home.is_connected_to(fresh), 60)
        for node in running:
            wait_for(f"{node.name} to follow", lambda: node.metric("hearth_node_list_serial") == 3)
        self.assertEqual([node.process.pid for node in running if alive(node.process.pid)], pids)
        self.check_no_way_back()

    def check_founded(self):
        self.assertIn("the founders", self.first.stdout)
        for file in ("root-1.key", "root-2.key"):
            self.assertEqual(stat.S_IMODE((self.site.root / file).stat().st_mode), 0o600)
        again = self.site.run("cluster", "init", "hand-made", "--out", self.site.root,
                              code=CONFLICT)
        self.assertIn("already there", again.stderr)
        self.wait_until_healthy()
        listed = self.site.listed()
        self.assertEqual((listed["cluster"], listed["serial"]), ("hand-made", 1))
        self.assertEqual([node["id"] for node in listed["nodes"]],
                         [node.id() for node in self.service])
        self.site.run("cluster", "sign", self.site.root / "nodes.toml", "--days", "3",
                      "--root", self.site.root / "root-1.key", "--out", self.site.work / "short",
                      "--cluster", self.copy_without_founders())
        self.site.run("cluster", "nodes", self.site.work / "short",
                      "--cluster", self.site.root / "cluster.toml", code=DEGRADED)

    def wait_until_healthy(self):
        wait_for("a healthy cluster", lambda: subprocess.run(
            [PROGRAM, "cluster", "check", "--data", self.directories[0].data],
            env=self.site.environment, capture_output=True, check=False).returncode == OK, 30)

    def copy_without_founders(self):
        text = (self.site.root / "cluster.toml").read_text()
        path = self.site.work / "unfounded.toml"
        path.write_text(re.sub(r"founders = .*", "founders = []", text))
        return path

    def check_struck(self):
        """The stolen node, once it sees the newer list; then it does not start any more."""
        old_list = (self.stolen.place / "node_list").read_bytes()
        self.stolen.take_files()
        self.assertEqual(self.stolen.process.wait(timeout=20), AUTH)
        self.assertIn("it was struck", self.stolen.log())
        code, why = self.stolen.refused()
        self.assertEqual(code, AUTH)
        self.assertIn("does not list this node", why)
        (self.stolen.place / "node_list").write_bytes(old_list)
        code, why = self.stolen.refused()
        self.assertEqual(code, USAGE)
        self.assertIn("has followed 2 already", why)

    def check_no_way_back(self):
        """Files of another time or another cluster, and folders of another role."""
        directory = self.directories[2]
        directory.stop()
        other = self.site.work / "other"
        self.site.run("cluster", "init", "other", "--out", other)
        shutil.copy(other / "cluster.toml", directory.place / "cluster.toml")
        code, why = directory.refused()
        self.assertEqual(code, AUTH)
        self.assertIn("no root key of the cluster other has signed it", why)
        self.site.run("cluster", "sign", self.site.root / "nodes.toml", "--root",
                      other / "root-1.key", "--cluster", other / "cluster.toml",
                      "--out", other / "node_list")
        for file in ("cluster.toml", "node_list"):
            shutil.copy(other / file, directory.place / file)
        code, why = directory.refused()
        self.assertEqual(code, CONFLICT)
        self.assertIn("belongs to another cluster", why)
        directory.take_files()
        shutil.copy(self.copy_without_founders(), directory.place / "cluster.toml")
        code, why = directory.refused()
        self.assertEqual(code, USAGE)
        self.assertIn("names no founders", why)
        self.site.sign([self.blocks[node] for node in self.directories[:2]] + [
            self.blocks[directory].replace('"directory"', '"super-peer"') +
            f'data = ["127.0.0.1:{directory.streams}"]\n'])
        directory.take_files()
        code, why = directory.refused()
        self.assertEqual(code, AUTH)
        self.assertIn(f"this node, {directory.id()}, as a super-peer, not as a directory", why)
        directory.role = "super-peer"
        code, why = directory.refused()
        self.assertEqual(code, CONFLICT)
        self.assertIn("holds the data of a directory, not of a super-peer", why)

    def test_a_struck_directory_is_replaced(self):
        self.wait_until_healthy()
        lost = self.directories.pop()
        fresh = self.site.node("directory", "directory-ap-2", "ap")
        self.site.sign([block for node, block in self.blocks.items() if node is not lost] +
                       [fresh.block()])
        for node in [*self.service, fresh]:
            node.take_files()
        self.assertEqual(lost.process.wait(timeout=20), AUTH)
        fresh.start().ready()
        self.site.run("cluster", "member", "replace", lost.id(), fresh.id(),
                      "--data", self.directories[0].data)
        self.wait_until_healthy()

    def test_a_wrong_file_is_not_signed(self):
        listed = (self.site.root / "node_list").read_bytes()
        blocks = list(self.blocks.values())
        twice = self.site.sign([*blocks, blocks[0].replace('"eu"', '"EU"')], code=USAGE)
        problems = twice.stderr.splitlines()
        self.assertRegex(problems[0], r"nodes.toml:\d+: region 'EU' is not 1 to 16 of a-z")
        self.assertRegex(problems[-1], r"^hearth: .* problems: nothing was signed$")
        (self.site.root / "stranger.key").write_bytes(
            (self.directories[0].data / "identity").read_bytes())
        (self.site.root / "stranger.key").chmod(0o600)
        self.assertIn("is no root key", self.site.sign(blocks, "stranger.key", AUTH).stderr)
        self.assertEqual((self.site.root / "node_list").read_bytes(), listed)


if __name__ == "__main__":
    unittest.main(verbosity=2)
