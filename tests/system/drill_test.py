"""Drills on a cluster that runs: the page docs/drills/live.md, and what happens to the careless."""

import json
import pathlib
import shlex
import signal
import socket
import subprocess
import unittest

from cluster import MEDIA, PROGRAM, Cluster, media_files, wait_for

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "drills" / "live.md"


def drill_of_the_page(number=0):
    return PAGE.read_text().split("```toml\n")[number + 1].split("```")[0]


def commands_of_the_page(program="hearth"):
    lines = [line.split(" #")[0] for line in PAGE.read_text().splitlines()]
    return [line.strip() for line in lines if line.startswith(f"    {program} drill run ")]


class LiveTest(unittest.TestCase):
    """On a cluster of its own, started with `options`, beside the drills of the page."""

    options = None

    @classmethod
    def setUpClass(cls):
        cls.cluster = Cluster([MEDIA], regions="eu,us", options=cls.options).start()
        cls.cluster.scanned(len(media_files(MEDIA)))
        for number, name in enumerate(["stumble.toml", "inter-region.toml"]):
            (cls.cluster.work / name).write_text(drill_of_the_page(number))

    @classmethod
    def tearDownClass(cls):
        cls.cluster.close()

    def hearth(self, command):
        """A command line as the page writes it, in the cluster's folder."""
        words = [str(self.cluster.data) if word == "~/rehearsal" else word
                 for word in shlex.split(command)]
        return subprocess.Popen([PROGRAM, *words[1:]], cwd=self.cluster.work,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def run_to_end(self, command):
        process = self.hearth(command)
        out, err = process.communicate(timeout=55)
        return process.returncode, out, err

    def states(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as orders:
            orders.settimeout(10)
            orders.connect(str(self.cluster.data / "drills.sock"))
            orders.send(b'{"order":"status"}')
            status = json.loads(orders.recv(65536))
        return {process["name"]: process["state"] for process in status["processes"]}

    def all_serve(self):
        return set(self.states().values()) == {"serving"}


class DrillTest(LiveTest):
    options = ["--drills"]

    def test_a_drill_holds_and_is_measured_beside_its_prediction(self):
        with_json = next(line for line in commands_of_the_page() if "--json" in line)
        code, out, err = self.run_to_end(with_json + " --seeds 2")
        self.assertEqual(code, 0, out[:2000] + err)
        report = json.loads(out)
        self.assertEqual(report["verdict"], "held")
        self.assertEqual(report["seeds"]["count"], 2)
        run, = report["live"]
        self.assertEqual(run["verdict"], "held")
        self.assertEqual(run["notMeasured"], ["rpo_events", "presence_staleness"])
        rto, lost = (next(one for one in report["objectives"] if one["name"] == name)
                     for name in ("rto", "rpo_events"))
        self.assertEqual(rto["measured"]["max"], run["rtoMs"])
        self.assertGreater(rto["predicted"]["p50"], 0)
        self.assertEqual(lost["measured"]["runs"], 0)
        probes = {probe["probe"]: probe for probe in run["probes"]}
        self.assertGreater(probes["browse.success_ratio"]["before"], 0.9)
        self.assertIn("stream.success_ratio", probes)
        self.assertGreater(run["counters"]["pages"], 20)
        self.assertGreater(run["counters"]["bytes played"], 100_000)
        self.assertIn("home is down by order of a drill", self.cluster.log())
        self.assertTrue(self.all_serve())

    def test_a_page_of_it_is_written(self):
        with_report = next(line for line in commands_of_the_page() if "--report" in line)
        code, out, err = self.run_to_end(with_report + " --seeds 1 --yes")
        self.assertEqual(code, 0, out + err)
        self.assertIn("1 of 1 live runs", out)
        self.assertIn("live: not measured", out)
        self.assertIn("Live run 1", (self.cluster.work / "out" / "report.html").read_text())

    def test_a_fault_heals_when_its_driver_is_killed(self):
        text = drill_of_the_page().replace('for   = "4s"', 'for   = "300s"')
        text += '\n[live]\napproval = "none"\nfault_ttl = "3s"\n'
        (self.cluster.work / "careless.toml").write_text(text)
        driver = self.hearth("hearth drill run careless.toml --on ~/rehearsal --seeds 1")
        try:
            wait_for("the fault", lambda: self.states()["home"] == "down", 50)
        finally:
            driver.send_signal(signal.SIGKILL)
            driver.communicate()
        wait_for("the healing", self.all_serve, 20)

    def test_ctrl_c_heals_at_once_and_reports(self):
        text = drill_of_the_page().replace('for   = "4s"', 'for   = "300s"')
        (self.cluster.work / "long.toml").write_text(text)
        driver = self.hearth("hearth drill run long.toml --on ~/rehearsal --seeds 1 --yes --json")
        wait_for("the fault", lambda: self.states()["home"] == "down", 50)
        driver.send_signal(signal.SIGINT)
        out, err = driver.communicate(timeout=20)
        self.assertEqual(driver.returncode, 130, err)
        self.assertEqual(json.loads(out)["live"][0]["aborted"], "interrupted")
        wait_for("the healing", self.all_serve, 20)

    def test_a_drill_that_cannot_be_run_here_is_refused_in_a_line(self):
        for command, line in [
                ("hearth drill run stumble.toml --on ~/rehearsal --seeds 1",
                 "stumble wants approval before it is run live"),
                ("hearth drill run stumble.toml --on /nowhere --yes", "/nowhere"),
                ("hearth drill run inter-region.toml --on ~/rehearsal --yes",
                 "link.partition needs a network"),
                ("hearth drill run region-loss-hard --on ~/rehearsal --yes",
                 "region-loss-hard cannot run on")]:
            code, out, err = self.run_to_end(command)
            self.assertEqual((code, out), (2, ""), command)
            self.assertIn(line, err)
            self.assertEqual(err.count("\n"), 1, err)


class CarefulTest(unittest.TestCase):
    def test_a_cluster_takes_no_orders_unless_it_was_told_to(self):
        cluster = Cluster([MEDIA], regions="eu").start()
        try:
            self.assertFalse((cluster.data / "drills.sock").exists())
            (cluster.work / "stumble.toml").write_text(drill_of_the_page())
            ran = cluster.run("drill", "run", cluster.work / "stumble.toml", "--on", cluster.data,
                              "--yes")
            self.assertEqual(ran.returncode, 2)
            self.assertIn(b"hearth up --drills", ran.stderr)
        finally:
            cluster.close()


if __name__ == "__main__":
    unittest.main()
