"""A person makes an account, pairs a home and a second device by code, renames and revokes."""

import os
import pathlib
import shutil
import stat
import tempfile
import unittest

from cluster import Cluster, MEDIA, wait_for
from people import AUTH, CONFLICT, NOT_FOUND, OK, TRY_AGAIN, USAGE, Person, Waiting


class AccountsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="hearth-accounts-"))
        cls.cluster = Cluster([MEDIA]).start()
        cls.ann = Person(cls.cluster, cls.work, "ann")
        made = cls.ann.create("ann", "desk")
        assert made["device"]["kind"] == "manager", made

    @classmethod
    def tearDownClass(cls):
        cls.cluster.close()
        shutil.rmtree(cls.work, ignore_errors=True)

    def waiting(self, person, *command):
        log = self.work / f"log-{person.data.name}"
        waiting = Waiting(person.command(*command), person.environment, log)
        self.addCleanup(waiting.end)
        return waiting

    def test_keys_are_the_owners_alone(self):
        mode = stat.S_IMODE(os.stat(self.ann.data / "identity").st_mode)
        self.assertEqual(mode, 0o600)

    def test_account_is_shown(self):
        shown = self.ann.json("account", "show")
        self.assertEqual(shown["name"], "ann")
        self.assertIn("desk", self.ann.devices())

    def test_making_it_again_is_harmless_and_its_name_is_taken(self):
        self.assertEqual(self.ann.run("account", "create", "ann", "--name", "desk").returncode, OK)
        other = Person(self.cluster, self.work, "other")
        taken = other.run("account", "create", "Ann", "--recovery-key-file", other.key_file())
        self.assertEqual(taken.returncode, CONFLICT)
        self.assertIn(b"taken", taken.stderr)
        self.assertFalse(other.key_file().exists(), "a key that opens nothing")

    def test_who_has_no_keys_or_no_account_is_told(self):
        nobody = Person(self.cluster, self.work, "nobody")
        self.assertEqual(nobody.run("device", "ls").returncode, NOT_FOUND)
        self.assertEqual(nobody.run("account", "create", "").returncode, USAGE)
        self.assertEqual(nobody.run("device", "ls").returncode, AUTH)

    def test_the_recovery_key_is_handed_out_once(self):
        mode = stat.S_IMODE(os.stat(self.ann.key_file()).st_mode)
        self.assertEqual(mode, 0o600)
        self.assertRegex(self.ann.key_file().read_text(), r"^([A-Z2-9]{4}-){13}[A-Z2-9]{4}\n$")
        again = self.ann.run("account", "create", "ann", "--recovery-key-file", self.work / "no")
        self.assertEqual(again.returncode, OK)
        self.assertFalse((self.work / "no").exists())
        unseen = Person(self.cluster, self.work, "unseen")
        self.assertEqual(unseen.run("account", "create", "unseen").returncode, USAGE)

    def test_who_lost_every_manager_recovers(self):
        lost = Person(self.cluster, self.work, "lost")
        lost.create("bob", "stolen phone")
        saved = Person(self.cluster, self.work, "saved")
        wrong = saved.run("account", "recover", "--recovery-key-file", self.work / "none")
        self.assertEqual(wrong.returncode, NOT_FOUND)
        mistyped = self.work / "mistyped"
        mistyped.write_text("AAAA" + lost.key_file().read_text()[4:])
        self.assertEqual(saved.run("account", "recover", "--recovery-key-file",
                                   mistyped).returncode, USAGE)
        recovered = saved.json("account", "recover", "--name", "new desk",
                               "--recovery-key-file", lost.key_file())
        self.assertEqual(recovered["name"], "bob")
        self.assertEqual([each["name"] for each in recovered["managersBefore"]], ["stolen phone"])
        # The thief manages nothing any more.
        thief = lost.run("device", "revoke", "new desk")
        self.assertEqual(thief.returncode, AUTH, thief.stderr)
        self.assertEqual(lost.run("device", "ls").returncode, OK)
        again = saved.json("account", "recover", "--revoke-managers",
                           "--recovery-key-file", lost.key_file())
        self.assertTrue(again["revoked"])
        self.assertEqual(set(saved.devices()), {"new desk"})
        self.assertEqual(lost.run("device", "ls").returncode, AUTH)
        happened = [(event["what"], event["by"] == "recovery key")
                    for event in saved.json("account", "audit")]
        self.assertEqual(happened, [("created", False), ("enrolled", True), ("revoked", False)])

    def test_another_history_than_before_is_not_believed(self):
        person = Person(self.cluster, self.work, "pinned")
        person.create("pinned", "pc")
        self.assertEqual(person.run("device", "ls").returncode, OK)
        pin = person.data / "chain"
        account, length, head = pin.read_text().split()
        pin.write_text(f"{account} {length} {'0' * len(head)}\n")
        told = person.run("device", "ls")
        self.assertNotEqual(told.returncode, OK)
        self.assertIn(b"another history", told.stderr)
        pin.write_text(f"{account} {int(length) + 1} {head}\n")
        self.assertNotEqual(person.run("device", "ls").returncode, OK)
        pin.unlink()
        self.assertEqual(person.run("device", "ls").returncode, OK)

    def test_wrong_codes(self):
        person = Person(self.cluster, self.work, "guesser")
        person.create("guesser", "pc")
        self.assertEqual(person.run("pair", "ABC", "--yes").returncode, USAGE)
        self.assertEqual(person.run("pair").returncode, USAGE)
        for _ in range(5):
            self.assertEqual(person.run("pair", "AAA-AAA", "--yes").returncode, NOT_FOUND)
        slowed = person.run("pair", "AAA-AAA", "--yes")
        self.assertEqual(slowed.returncode, TRY_AGAIN)
        self.assertIn(b"ten minutes", slowed.stderr)

    def test_a_home_and_a_second_device_come_and_go(self):
        # A home, with one command.
        home = Person(self.cluster, self.work, "attic")
        served = self.waiting(home, "home", "--pair", "--name", "Attic", "--media", MEDIA,
                              "--admin", "127.0.0.1:0")
        refused = self.ann.run("pair", served.code)  # nobody at a terminal, and no --yes
        self.assertEqual(refused.returncode, USAGE)
        self.assertIn(served.words.encode(), refused.stderr)
        self.assertIn(b"127.0.0.1", refused.stderr)
        admitted = self.ann.json("pair", served.code, "--yes")
        self.assertEqual((admitted["name"], admitted["kind"]), ("Attic", "home"))
        self.assertEqual(admitted["words"], served.words)
        self.assertEqual(self.ann.run("pair", served.code, "--yes").returncode, NOT_FOUND)

        # A second client, which may look and not manage.
        phone = Person(self.cluster, self.work, "phone")
        waiting = self.waiting(phone, "pair", "--new", "--name", "phone")
        self.ann.json("pair", waiting.code.lower(), "--yes")
        waiting.process.wait(timeout=20)
        self.assertIn("now in account ann", waiting.log.read_text())
        self.assertIn(self.ann.json("account", "show")["words"], waiting.log.read_text())
        self.assertEqual(set(phone.devices()), {"desk", "Attic", "phone"})
        self.assertTrue(phone.devices()["phone"]["self"])
        self.assertEqual(phone.run("device", "revoke", "desk").returncode, AUTH)

        # Another name, by id.
        renamed = self.ann.json("device", "rename", phone.devices()["phone"]["id"], "Ann's phone")
        self.assertEqual(renamed["name"], "Ann's phone")
        self.assertEqual(self.ann.run("device", "rename", "nothing", "x").returncode, NOT_FOUND)

        # Revoked, and the home says that it knows.
        wait_for("the home", lambda: "node.ready" in served.log.read_text(), 30)
        revoked = self.ann.json("device", "revoke", "Ann's phone")
        self.assertEqual([home["state"] for home in revoked["homes"]], ["confirmed"])
        self.assertTrue(revoked["confirmed"])
        self.assertEqual(phone.run("device", "ls").returncode, AUTH)
        self.assertEqual(self.ann.run("device", "revoke", "desk").returncode, AUTH)

        # A home that is away has not confirmed.
        tablet = Person(self.cluster, self.work, "tablet")
        waiting = self.waiting(tablet, "pair", "--new", "--name", "tablet")
        served.end()
        self.ann.json("pair", waiting.code, "--yes")
        told = self.ann.run("device", "revoke", "tablet")
        self.assertEqual(told.returncode, OK, told.stderr)
        self.assertIn(b"offline: hears of it within 5 s", told.stdout)

        happened = [(event["what"], event["name"]) for event in self.ann.json("account", "audit")]
        self.assertEqual(happened, [
            ("created", "desk"), ("enrolled", "Attic"), ("enrolled", "phone"),
            ("renamed", "Ann's phone"), ("revoked", None), ("enrolled", "tablet"),
            ("revoked", None)])

    def test_without_directories_it_says_so(self):
        lost = Person(self.cluster, self.work, "ann")
        lost.places[3] = self.cluster.data / "nowhere.toml"
        self.assertEqual(lost.run("account", "show").returncode, NOT_FOUND)


if __name__ == "__main__":
    unittest.main()
