"""Drills on a cluster whose processes have a network between them. Needs root."""

import json
import os
import socket
import subprocess
import unittest

from cluster import MEDIA, Cluster, alive, wait_for
from drill_test import LiveTest, commands_of_the_page, drill_of_the_page


def interfaces():
    return {name for _, name in socket.if_nameindex()}


def why_no_network():
    if os.geteuid() != 0:
        return "network namespaces need root"
    if subprocess.run(["unshare", "--net", "true"], capture_output=True, check=False).returncode:
        return "no network namespace can be made here"
    return None if os.path.exists("/dev/net/tun") else "there is no /dev/net/tun"


@unittest.skipIf(why_no_network(), why_no_network())
class NetworkTest(LiveTest):
    options = ["--drills", "--netns"]

    @classmethod
    def setUpClass(cls):
        cls.interfaces_before = interfaces()
        super().setUpClass()

    def test_links_are_cut_and_slowed_while_processes_live_on(self):
        pids = {process["pid"] for process in self.cluster.ready["processes"]}
        command = commands_of_the_page("sudo hearth")[0].removeprefix("sudo ")
        code, out, err = self.run_to_end(command + " --seeds 1 --json")
        self.assertEqual(code, 0, out[:2000] + err)
        report = json.loads(out)
        run, = report["live"]
        self.assertEqual(run["verdict"], "held")
        self.assertEqual([fault["label"].split()[0] for fault in run["timeline"]["faults"]],
                         ["link.partition", "link.latency"])
        self.assertEqual({process["pid"] for process in self.cluster.ready["processes"]}, pids)

    def test_a_delay_is_felt_by_whoever_asks_for_a_page(self):
        text = drill_of_the_page(1)
        text = text.replace('fault = "link.partition"', 'fault = "link.loss"\nratio = 0.01')
        text = text.replace('add   = "100ms"', 'add   = "600ms"')
        text = text.replace('[objectives]', """[[steady_state]]
probe = "browse.p99"
at_most = "60s"

[objectives]""")
        (self.cluster.work / "slow.toml").write_text(text)
        code, out, err = self.run_to_end(
            "hearth drill run slow.toml --on ~/rehearsal --seeds 1 --yes --json")
        self.assertEqual(code, 0, out[:2000] + err)
        probes = {probe["probe"]: probe for probe in json.loads(out)["live"][0]["probes"]}
        pages = probes["browse.p99"]
        self.assertGreater(pages["after"], pages["before"] + 200, "from the first fault on")

    def test_nothing_is_left_when_it_is_killed(self):
        cluster = Cluster([MEDIA], regions="eu", options=self.options).start()
        try:
            self.assertGreater(len(interfaces()), len(self.interfaces_before) + 1)
            pids = [process["pid"] for process in cluster.ready["processes"]]
            cluster.process.kill()
            cluster.process.wait()
            wait_for("all to be gone", lambda: not any(alive(pid) for pid in pids))
            wait_for("the interface to be gone",
                     lambda: len(interfaces()) == len(self.interfaces_before) + 1)
            cluster.start()
        finally:
            cluster.close()


if __name__ == "__main__":
    unittest.main()
