"""Processes that log all they can, while people pair, recover and play: no log holds a secret."""

import base64
import json
import pathlib
import re
import shutil
import tempfile
import unittest

from accounts_test import OK, Person, Waiting
from cluster import MEDIA, Cluster, media_files, wait_for

IDENTITY_BEFORE_SEEDS = 12  # Bytes of magic, version and zeros.


def seeds_in(keys):
    """Of a device, a node or the root: all have the same file."""
    content = keys.read_bytes()[IDENTITY_BEFORE_SEEDS:]
    return [content[:32], content[32:64]]


def spellings(secret):
    """As text might show bytes; a half of it is a secret, too."""
    for part in (secret, secret[:16], secret[16:]):
        yield part.hex()
        yield part.hex().upper()
        yield base64.b64encode(part).decode().rstrip("=")[:-1]
        yield base64.urlsafe_b64encode(part).decode().rstrip("=")[:-1]


class SecretsTest(unittest.TestCase):
    def setUp(self):
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="hearth-secrets-"))
        self.folder = self.work / "media"
        shutil.copytree(MEDIA / "Music", self.folder)
        self.cluster = Cluster([self.folder], options=("--log-level", "debug")).start()
        self.people, self.logs, self.codes = [], [], []

    def tearDown(self):
        self.cluster.close()
        shutil.rmtree(self.work, ignore_errors=True)

    def person(self, name):
        self.people.append(Person(self.cluster, self.work, name))
        return self.people[-1]

    def waiting(self, person, *command):
        log = self.work / f"log-{person.data.name}"
        waiting = Waiting(person.command(*command), person.environment, log)
        self.addCleanup(waiting.end)
        self.logs.append(log)
        self.codes.append(waiting.code)
        return waiting

    def live(self):
        """A household comes together, plays, loses its manager and goes on. Its recovery key."""
        ann = self.person("ann")
        ann.create("ann", "desk")
        home = self.waiting(self.person("attic"), "home", "--pair", "--name", "Attic", "--media",
                            self.folder, "--admin", "127.0.0.1:0", "--log-level", "debug")
        ann.json("pair", home.code, "--yes")
        phone = self.waiting(self.person("phone"), "pair", "--new", "--name", "phone")
        self.assertNotEqual(ann.run("pair", "AAA-AAA", "--yes").returncode, OK)
        ann.json("pair", phone.code, "--yes")
        phone.process.wait(timeout=20)
        wait_for("the home", lambda: "node.ready" in home.log.read_text(), 30)
        saved = self.person("saved")
        saved.json("account", "recover", "--revoke-managers", "--name", "new desk",
                   "--recovery-key-file", ann.key_file())
        home.end()
        # `hearth up` has a household, too: its tickets and streams.
        self.cluster.scanned(len(media_files(self.folder)))
        for item in self.cluster.media_items()[:3]:
            self.cluster.fetch(item)
        return ann.key_file().read_text().strip()

    def secrets(self, recovery_key):
        """By what they are."""
        found = {"token": [self.cluster.token],
                 "recovery key": [recovery_key, recovery_key.replace("-", "")]}
        folders = [self.cluster.data, *(person.data for person in self.people)]
        for folder in folders:
            for keys in (*folder.rglob("identity"), *folder.rglob("*.key")):
                found[str(keys)] = [text for seed in seeds_in(keys) for text in spellings(seed)]
        self.assertGreater(len(found), 15, "no keys of the cluster")
        found["titles"] = [word for item in self.cluster.media_items()
                           for word in (item["title"], item["mediaUrl"].rsplit("/", 1)[1])]
        found["files"] = [path.name for path in media_files(self.folder)]
        return found

    def test_no_log_holds_a_secret(self):
        recovery_key = self.live()
        secrets = self.secrets(recovery_key)
        wait_for("the end", lambda: self.cluster.stop() < 10)
        logged = [self.cluster.log(), *(log.read_text() for log in self.logs)]
        lines = [line for text in logged for line in text.splitlines() if '"level"' in line]
        self.assertGreater(len(lines), 10, "nothing was logged")
        # A code is on the screen of who waits with it, which shares its file with the log.
        secrets["codes"] = [text for code in self.codes for text in (code, code.replace("-", ""))]
        for what, texts in secrets.items():
            for text in texts:
                for line in lines:
                    self.assertNotIn(text, line, what)
        for line in lines:
            self.check_addresses(json.loads(line[line.index("{"):]))

    def check_addresses(self, entry):
        if entry["level"] != "debug":
            for name, value in entry.items():
                self.assertIsNone(re.search(r"\d+\.\d+\.\d+\.\d+", str(value)), (name, entry))


if __name__ == "__main__":
    unittest.main(verbosity=2)
