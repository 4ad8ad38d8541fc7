"""The page in a browser, driven by page_test.mjs."""

import pathlib
import shutil
import subprocess
import unittest

from cluster import ClusterTest


class PageTest(ClusterTest):
    def test_the_page_browses_and_plays(self):
        browser = shutil.which("chromium") or self.skipTest("no chromium")
        node = shutil.which("node") or self.skipTest("no node")
        script = pathlib.Path(__file__).with_name("page_test.mjs")
        done = subprocess.run([node, script, self.cluster.ready_file, browser],
                              capture_output=True, text=True, timeout=170, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
