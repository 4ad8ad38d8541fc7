"""How `hearth up` starts, tells that it did, and ends."""

import http.server
import json
import os
import pathlib
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import threading
import unittest

from cluster import MEDIA, PROGRAM, Cluster, alive, free_port, wait_for


def up(*arguments, timeout=30):
    return subprocess.run([PROGRAM, "up", *arguments], capture_output=True,
                          timeout=timeout, check=False, text=True)


class ReadyFileTest(unittest.TestCase):
    def setUp(self):
        self.cluster = Cluster([MEDIA])

    def tearDown(self):
        self.cluster.close()

    def test_it_says_who_serves_where(self):
        self.cluster.ready_file.write_text("of a life before")
        self.cluster.start()
        ready = self.cluster.ready
        self.assertEqual(stat.S_IMODE(self.cluster.ready_file.stat().st_mode), 0o600)
        self.assertEqual(sorted(ready), ["gateway", "processes", "status", "token", "version"])
        self.assertEqual(ready["status"], "ready")
        self.assertEqual(ready["gateway"], f"http://127.0.0.1:{self.cluster.port}")
        processes = ready["processes"]
        self.assertEqual(sorted((p["role"], p["region"] or "") for p in processes),
                         [("directory", "ap"), ("directory", "eu"), ("directory", "us"),
                          ("gateway", ""), ("home", ""),
                          ("super-peer", "ap"), ("super-peer", "eu"), ("super-peer", "us")])
        folders = {pathlib.Path(p["data"]) for p in processes}
        self.assertEqual(len(folders), len(processes))
        for process in processes:
            self.assertEqual(sorted(process), ["admin", "data", "listen", "pid", "region", "role"])
            self.assertTrue(pathlib.Path(process["data"]).is_absolute())
            self.assertTrue(alive(process["pid"]))
            for address in [*process["listen"], process["admin"]]:
                host, port = address.rsplit(":", 1)
                socket.create_connection((host, int(port)), timeout=5).close()
        self.assertTrue(self.cluster.home()["online"])
        self.assertIn(f"{ready['gateway']}/login?token={ready['token']}", self.cluster.log())

    def test_it_is_written_again_after_a_restart_and_goes_with_a_clean_end(self):
        self.cluster.start()
        old = self.cluster.one("super-peer", "us")["pid"]
        os.kill(old, signal.SIGKILL)
        wait_for("a new pid", lambda: self.cluster.one("super-peer", "us")["pid"] != old)
        pids = [process["pid"] for process in self.cluster.ready["processes"]]
        self.assertLess(self.cluster.stop(), 5)
        self.assertEqual(self.cluster.process.returncode, 0)
        self.assertFalse(self.cluster.ready_file.exists())
        self.assertFalse([pid for pid in pids if alive(pid)])

    def test_commands_find_it_until_it_ends(self):
        self.cluster.start()
        folder = self.cluster.work / "run" / "hearth"
        doors = list(folder.glob("*.sock"))
        self.assertEqual(len(doors), 4, doors)  # The gateway's, and three directories'.
        self.assertEqual({stat.S_IMODE(door.stat().st_mode) for door in doors}, {0o600})
        self.assertEqual(stat.S_IMODE(folder.stat().st_mode), 0o700)
        for way in [], ["--to", self.cluster.ready["gateway"]], \
                ["--ready-file", self.cluster.ready_file]:
            done = self.cluster.run("homes", "--json", *way)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(json.loads(done.stdout)["homes"][0]["id"], self.cluster.home()["id"])
        old = self.cluster.one("gateway")["pid"]
        os.kill(old, signal.SIGKILL)
        wait_for("a new pid", lambda: self.cluster.one("gateway")["pid"] != old)
        self.assertEqual(self.cluster.run("homes").returncode, 0)
        self.cluster.stop()
        self.assertEqual(list(folder.iterdir()), [])
        done = self.cluster.run("homes")
        self.assertEqual(done.returncode, 6)
        self.assertRegex(done.stderr, rb"^hearth: no gateway [^\n]*--to[^\n]*\n$")

    def test_no_child_outlives_it(self):
        self.cluster.start()
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.cluster.process.pid)],
                                  capture_output=True, text=True, check=False).stdout.split()
        pids = {process["pid"] for process in self.cluster.ready["processes"]}
        pids |= {int(pid) for pid in children}
        self.cluster.process.kill()
        wait_for("the children to go", lambda: not [pid for pid in pids if alive(pid)], 5)

    def test_token_and_ports_stay(self):
        self.cluster.start()
        before = self.cluster.ready
        self.cluster.stop()
        after = self.cluster.start().ready
        self.assertEqual(after["token"], before["token"])
        self.assertEqual([p["listen"] for p in after["processes"]],
                         [p["listen"] for p in before["processes"]])


class RefusalTest(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="hearth-system-"))

    def tearDown(self):
        shutil.rmtree(self.work, ignore_errors=True)

    def expect(self, done, code, *words):
        self.assertEqual(done.returncode, code, done.stderr)
        lines = [line for line in done.stderr.splitlines() if line.startswith("hearth: ")]
        self.assertEqual(len(lines), 1, done.stderr)
        for word in words:
            self.assertIn(str(word), lines[0])

    def test_no_such_media(self):
        missing = self.work / "missing"
        self.expect(up("--media", missing, "--data", self.work / "data"), 2, missing)
        self.expect(up("--data", self.work / "data"), 2, "--media")
        self.expect(up("--media", MEDIA, "--regions", "EU"), 2, "EU")
        self.expect(up("--media", MEDIA, "--wrong"), 2, "--wrong", "--help")
        self.assertEqual(up("--wrong").stderr.count("\n"), 1)

    def test_a_port_in_use(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            self.expect(up("--media", MEDIA, "--data", self.work / "data", "--http", address), 4,
                        address)

    def test_what_cannot_be_bound_or_written(self):
        for address in ("203.0.113.1:24601", "no-such-host.invalid:24601"):
            self.expect(up("--media", MEDIA, "--data", self.work / "data", "--http", address), 2,
                        address)
        for ready_file in (self.work / "missing" / "x", self.work):
            self.expect(up("--media", MEDIA, "--data", self.work / "data", "--ready-file",
                           ready_file), 2, ready_file)
        self.assertFalse((self.work / "data" / "home").exists())

    def test_a_data_folder_in_use_of_another_role_or_of_a_newer_version(self):
        cluster = Cluster([MEDIA], data=self.work / "data").start()
        try:
            self.expect(up("--media", MEDIA, "--data", cluster.data, "--http",
                           f"127.0.0.1:{free_port()}"), 4, cluster.data)
            self.assertTrue(cluster.home()["online"])
        finally:
            cluster.close()
        home = self.work / "data" / "home"
        wait_for("the home to go", lambda: up("--media", MEDIA, "--data", home).returncode == 4)
        self.expect(up("--media", MEDIA, "--data", home), 4, home)
        (home / "role").write_text('role = "home"\nformat = 99\n')
        self.expect(up("--media", MEDIA, "--data", self.work / "data", "--http",
                       f"127.0.0.1:{free_port()}"), 1, home, "newer version")

    def test_a_data_folder_that_cannot_be_written(self):
        (self.work / "file").write_text("not a folder")
        self.expect(up("--media", MEDIA, "--data", self.work / "file" / "data"), 1,
                    self.work / "file")
        self.expect(up("--media", MEDIA, "--data", "/proc/hearth"), 1, "/proc/hearth")

    def test_no_space(self):
        small = self.work / "small"
        small.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", small],
                                 capture_output=True, check=False)
        if mounted.returncode != 0:
            self.skipTest("may not mount")
        try:
            self.expect(up("--media", MEDIA, "--data", small / "data"), 1, small)
            subprocess.run(["mount", "-o", "remount,ro", small], check=True)
            self.expect(up("--media", MEDIA, "--data", small / "other"), 1, small)
        finally:
            subprocess.run(["umount", small], check=True)


    def test_what_is_running_keeps_its_ready_file(self):
        cluster = Cluster([MEDIA], data=self.work / "data", regions="eu").start()
        try:
            self.expect(up("--media", MEDIA, "--data", cluster.data, "--http",
                           f"127.0.0.1:{free_port()}", "--ready-file", cluster.ready_file), 4)
            self.expect(up("--media", MEDIA, "--data", self.work / "other", "--http",
                           f"127.0.0.1:{cluster.port}", "--ready-file", cluster.ready_file), 4)
            self.assertEqual(cluster.ready["status"], "ready")
        finally:
            cluster.close()

    def test_what_cannot_be_named_or_reached(self):
        self.expect(up("--media", MEDIA, "--data", b"/tmp/hearth-\xff"), 2, "UTF-8")
        for host in ("0.0.0.0", "[::]", "0"):
            self.expect(up("--media", MEDIA, "--data", self.work, "--http", f"{host}:0"), 2, host)


class PortTest(unittest.TestCase):
    def test_any_port_is_chosen_once(self):
        cluster = Cluster([MEDIA], regions="eu")
        cluster.port = 0
        try:
            gateway = cluster.start().ready["gateway"]
            cluster.port = int(gateway.rsplit(":", 1)[1])
            self.assertTrue(cluster.home()["online"])
            cluster.stop()
            cluster.port = 0
            self.assertEqual(cluster.start().ready["gateway"], gateway)
        finally:
            cluster.close()


class BrokenOutputTest(unittest.TestCase):
    def test_lost_output_is_a_failure(self):
        with open("/dev/full", "wb") as full:
            for command in (["version"], ["--help"], ["config", "show", "home"]):
                done = subprocess.run([PROGRAM, *command], stdout=full, stderr=subprocess.PIPE,
                                      timeout=20, check=False, text=True)
                self.assertEqual(done.returncode, 1, command)
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                self.assertTrue(done.stderr.startswith("hearth: "))

    def test_a_cluster_outlives_its_terminal(self):
        cluster = Cluster([MEDIA], regions="eu")
        cluster.log_file = pathlib.Path("/dev/full")
        try:
            cluster.start()
            old = cluster.one("super-peer", "eu")["pid"]
            os.kill(old, signal.SIGKILL)
            wait_for("a new pid", lambda: cluster.one("super-peer", "eu")["pid"] != old)
            self.assertLess(cluster.stop(), 5)
        finally:
            cluster.close()


class StrangeServer(http.server.BaseHTTPRequestHandler):
    body = b""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    do_POST = do_GET

    def log_message(self, *_):
        pass


class StrangeServerTest(unittest.TestCase):
    def test_no_answer_breaks_a_command(self):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), StrangeServer)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        to = f"http://127.0.0.1:{server.server_address[1]}"
        commands = (["homes"], ["library", "ls"], ["library", "search", "x"],
                    ["library", "show", "x"], ["get", "x", "-o", "-"], ["library", "rescan"])
        try:
            for StrangeServer.body in (
                    b"null", b"7", b"[]", b'"x"', b"{}", b'{"homes":7}', b'{"homes":[7,null,"x"]}',
                    b'{"homes":[{"id":7,"name":[],"online":"yes","scan":3}],"items":{"a":1}}',
                    b'{"homes":[{"id":"x","online":true}],"items":[1,"x",{"id":{},"kind":2}],'
                    b'"next":7,"run":0,"added":"x","problems":[3,{"path":1}],"mediaUrl":{}}'):
                for command in commands:
                    done = subprocess.run([PROGRAM, *command, "--to", to], capture_output=True,
                                          timeout=20, check=False)
                    self.assertLess(done.returncode, 128, (command, StrangeServer.body))
                    self.assertGreaterEqual(done.returncode, 0, (command, StrangeServer.body))
        finally:
            server.shutdown()
            server.server_close()


class CommandTest(unittest.TestCase):
    def run_program(self, *arguments):
        return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, timeout=20,
                              check=False, text=True)

    def test_help_is_everywhere(self):
        for command in ([], ["up"], ["home"], ["super-peer"], ["directory"], ["gateway"],
                        ["version"], ["homes"], ["library", "ls"], ["get"], ["node", "init"],
                        ["node", "show"], ["node", "status"], ["cluster", "init"],
                        ["cluster", "sign"], ["cluster", "nodes"], ["config", "check"],
                        ["config", "show"]):
            done = self.run_program(*command, "--help")
            self.assertEqual(done.returncode, 0, command)
            self.assertIn("--help", done.stdout)
        for command in ["dance"], ["library", "dance"]:
            done = self.run_program(*command)
            self.assertEqual(done.returncode, 2)
            self.assertEqual(done.stderr, "hearth: no such command: dance; see --help\n")
        self.assertEqual(self.run_program().returncode, 2)

    def test_version(self):
        self.assertIn("version", json.loads(self.run_program("version", "--json").stdout))

    def test_node_init_and_status(self):
        with tempfile.TemporaryDirectory() as folder:
            made = self.run_program("node", "init", "home", "--data", f"{folder}/n", "--json")
            self.assertEqual(made.returncode, 0, made.stderr)
            shown = self.run_program("node", "status", "--data", f"{folder}/n", "--json")
            status = json.loads(shown.stdout)
            self.assertEqual(status["id"], json.loads(made.stdout)["id"])
            self.assertFalse(status["running"])
            again = self.run_program("node", "init", "home", "--data", f"{folder}/n")
            self.assertEqual(again.returncode, 4)
            other = self.run_program("home", "--media", MEDIA, "--data", folder + "/missing/x")
            self.assertNotEqual(other.returncode, 0)

    def test_no_path_breaks_a_command(self):
        endless = "/tmp/" + "x" * 300
        for path in ("", endless, endless + "/y", "/tmp/../proc/self/x"):
            for command in (["node", "init", "home", "--data", path],
                            ["node", "status", "--data", path],
                            ["config", "check", "home", "--file", path],
                            ["home", "--media", MEDIA, "--data", path],
                            ["home", "--media", path],
                            ["gateway", "--token-file", path, "--data", path],
                            ["up", "--media", MEDIA, "--data", path or endless],
                            ["up", "--media", path]):
                done = self.run_program(*command)
                self.assertIn(done.returncode, (1, 2, 3, 4), (command, done.stderr))
                self.assertEqual(len(done.stderr.splitlines()), 1, (command, done.stderr))
        self.assertEqual(self.run_program("node", "init", "home", "--data", "").returncode, 2)

    def test_settings_are_checked_before_anything_is_made(self):
        def check(role, text):
            with tempfile.NamedTemporaryFile("wb", suffix=".toml") as file:
                file.write(text)
                file.flush()
                return self.run_program("config", "check", role, "--file", file.name)
        home = b'[home]\nmedia = ["/tmp"]\n'
        self.assertEqual(check("home", home).returncode, 0)
        for role, text, key in (("home", home + b'name = "a\\u0007b"\n', "home.name"),
                                ("home", home + b'name = "a\\u0085b"\n', "home.name"),
                                ("home", home + b'[log]\nlevel = "loud"\n', "log.level"),
                                ("home", home + b'[log]\nformat = "xml"\n', "log.format"),
                                ("home", home + b'[node]\nadmin = "[::]:1"\n', "node.admin"),
                                ("gateway", b'[gateway]\nhttp = "0.0.0.0:1"\n', "gateway.http")):
            done = check(role, text)
            self.assertEqual(done.returncode, 2, (text, done.stderr))
            self.assertIn(key, done.stderr)
        named = subprocess.run([PROGRAM, "home", "--media", "/tmp", "--name", b"a\xff"],
                               capture_output=True, timeout=20, check=False)
        self.assertEqual(named.returncode, 2)

    def test_config_names_the_nearest_key(self):
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write('[gateway]\nhtp = "127.0.0.1:1"\n')
            file.flush()
            done = self.run_program("config", "check", "gateway", "--file", file.name)
            self.assertEqual(done.returncode, 2)
            self.assertIn(f"{file.name}:2", done.stderr)
            self.assertIn("gateway.http", done.stderr)
        shown = self.run_program("config", "show", "super-peer", "--origin", "--json")
        self.assertEqual(json.loads(shown.stdout)["super-peer.listen"]["origin"], "default")


if __name__ == "__main__":
    unittest.main(verbosity=2)
