"""A person shares a folder of a home with another, who sees and gets what is in it, and no more."""

import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

from cluster import Cluster, MEDIA, PROGRAM, media_files, wait_for
from people import AUTH, NOT_FOUND, OK, USAGE, Person, Waiting


class SharesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="hearth-shares-"))
        cls.media = cls.work / "media"
        shutil.copytree(MEDIA, cls.media)
        cls.cluster = Cluster([MEDIA]).start()
        cls.ann = Person(cls.cluster, cls.work, "ann")
        cls.ann.create("ann", "desk")
        cls.bob = Person(cls.cluster, cls.work, "bob")
        cls.bob.create("bob", "laptop")
        cls.processes = []
        home = Person(cls.cluster, cls.work, "attic")
        attic = cls.waiting(home, "home", "--pair", "--name", "Attic", "--media", cls.media,
                            "--admin", "127.0.0.1:0")
        cls.ann.json("pair", attic.code, "--yes")
        gateway = Person(cls.cluster, cls.work, "gateway")
        # A runtime folder of its own: the gateway of `hearth up` is another household's.
        gateway.environment = {**cls.cluster.environment, "XDG_RUNTIME_DIR": str(cls.work / "run"),
                               "XDG_CONFIG_HOME": str(cls.work / "config")}
        tv = cls.waiting(gateway, "gateway", "--pair",
                         "--admin", "127.0.0.1:0", "--http", "127.0.0.1:0")
        cls.bob.json("pair", tv.code, "--yes")
        cls.environment = gateway.environment
        for process in (attic, tv):
            wait_for("a node that is paired", lambda: "node.ready" in process.log.read_text(), 30)

    @classmethod
    def waiting(cls, person, *command):
        waiting = Waiting(person.command(*command), person.environment,
                          cls.work / f"log-{person.data.name}")
        cls.processes.append(waiting)
        return waiting

    @classmethod
    def tearDownClass(cls):
        for process in cls.processes:
            process.end()
        cls.cluster.close()
        shutil.rmtree(cls.work, ignore_errors=True)

    def bobs(self, *arguments):
        """A command of Bob's, who has the gateway."""
        return subprocess.run([PROGRAM, *map(str, arguments)], env=self.environment, timeout=60,
                              capture_output=True, stdin=subprocess.DEVNULL, check=False)

    def shared_homes(self):
        done = self.bobs("homes", "--json")
        homes = json.loads(done.stdout)["homes"] if done.returncode == OK else []
        return [home for home in homes if "owner" in home]

    def listing(self, *arguments):
        done = self.bobs("library", *arguments, "--home", "Attic@ann", "--json")
        self.assertEqual(done.returncode, OK, done.stderr)
        return json.loads(done.stdout)["items"]

    def test_a_folder_is_shared_used_and_taken_back(self):
        words = self.bob.json("account", "show")["words"]
        wait_for("the scan", lambda: self.ann.run("share", "create", "Attic:Films", "--to", "bob",
                                                  "--yes").returncode == OK, 30, 1)
        shares = self.ann.json("share", "ls")
        self.assertEqual(len(shares["given"]), 1, "asked again, it is the same share")
        share = shares["given"][0]
        self.assertEqual((share["to"], share["words"], share["folder"], share["homeName"]),
                         ("bob", words, "Films", "Attic"))
        self.assertIsNone(share["expires"])

        # Bob sees the home, the folder, and what is in it.
        wait_for("the shared home",
                 lambda: [home["online"] for home in self.shared_homes()] == [True], 60, 0.5)
        home = self.shared_homes()[0]
        self.assertEqual((home["name"], home["owner"]["name"]), ("Attic", "ann"))
        self.assertEqual([item["title"] for item in self.listing("ls")], ["Films"])
        found = [item for item in self.listing("ls", "-r") if item["kind"] != "container"]
        films = media_files(self.media / "Films")
        self.assertEqual(len(found), len(films))
        received = self.bob.json("share", "ls")["received"]
        self.assertEqual([(each["from"], each["number"]) for each in received],
                         [("ann", share["number"])])

        # Byte for byte.
        out = self.work / "film"
        for item in found:
            out.unlink(missing_ok=True)
            got = self.bobs("get", item["id"], "--home", "Attic@ann", "-o", out)
            self.assertEqual(got.returncode, OK, got.stderr)
            self.assertIn(hashlib.sha256(out.read_bytes()).hexdigest(),
                          {hashlib.sha256(film.read_bytes()).hexdigest() for film in films})

        # Nothing else is there: not by searching, not by id.
        others = [path for path in media_files(self.media) if path not in films]
        self.assertTrue(others)
        for path in others[:5]:
            word = re.split(r"[^A-Za-z0-9]+", path.stem)[-1] or path.stem
            titles = {item["title"] for item in self.listing("search", word)}
            self.assertLessEqual(titles, {item["title"] for item in found} | {"Films"}, word)
        for hidden in self.ids_outside():
            self.assertEqual(self.bobs("library", "show", hidden, "--home",
                                       "Attic@ann").returncode, NOT_FOUND)
            self.assertEqual(self.bobs("get", hidden, "--home", "Attic@ann", "-o",
                                       self.work / "none").returncode, NOT_FOUND)
        self.assertEqual(self.bobs("library", "rescan", "--home", "Attic@ann").returncode, AUTH)

        # Taken back: the home has confirmed, and Bob gets nothing any more.
        revoked = self.ann.json("share", "revoke", share["number"])
        self.assertEqual([each["state"] for each in revoked["homes"]], ["confirmed"])
        out.unlink()
        got = self.bobs("get", found[0]["id"], "--home", home["id"], "-o", out)
        self.assertNotEqual(got.returncode, OK)
        self.assertFalse(out.exists())
        wait_for("the home to go", lambda: not self.shared_homes(), 30, 0.5)
        self.assertEqual(self.ann.run("share", "revoke", share["number"]).returncode, NOT_FOUND)
        self.assertEqual([event["what"] for event in self.ann.json("account", "audit")][-2:],
                         ["shared", "unshared"])

    def ids_outside(self):
        """Of items that are in the home and not in the folder: drawn from where they are."""
        ids = []
        for path in ("Music", media_files(self.media / "Music")[0].relative_to(self.media)):
            place = str(path).encode()
            folder = str(self.media).encode()
            text = b"hearth item 1" + len(folder).to_bytes(4, "little") + folder + place
            ids.append(hashlib.blake2b(text, digest_size=16).hexdigest())
        return ids

    def test_what_cannot_be_shared_is_told(self):
        self.assertEqual(self.ann.run("share", "create", "Cellar", "--to", "bob",
                                      "--yes").returncode, NOT_FOUND)
        self.assertEqual(self.ann.run("share", "create", "Attic", "--to", "nobody here",
                                      "--yes").returncode, NOT_FOUND)
        self.assertEqual(self.ann.run("share", "create", "Attic:No such folder", "--to", "bob",
                                      "--yes").returncode, NOT_FOUND)
        self.assertEqual(self.ann.run("share", "create", "Attic", "--to", "bob", "--yes",
                                      "--expires", "soon").returncode, USAGE)
        asked = self.ann.run("share", "create", "Attic", "--to", "bob")
        self.assertEqual(asked.returncode, USAGE, "nobody at a terminal, and no --yes")
        self.assertIn(self.bob.json("account", "show")["words"].encode(), asked.stderr)
        self.assertEqual(self.ann.json("share", "ls")["given"], [])


if __name__ == "__main__":
    unittest.main()
