"""The library through the gateway is the library on the disk."""

import ctypes
import json
import os
import pathlib
import shutil
import struct
import unittest

from cluster import Cluster, ClusterTest, media_files, sha256, wait_for

IN_OPEN = 0x20
IN_ISDIR = 0x40000000


class Opened:
    """Which files are opened below a folder, by inotify."""

    def __init__(self, folder):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.fd = self.libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        for path in [folder, *(p for p in pathlib.Path(folder).rglob("*") if p.is_dir())]:
            self.libc.inotify_add_watch(self.fd, os.fsencode(path), IN_OPEN)

    def names(self):
        found = []
        while True:
            try:
                events = os.read(self.fd, 1 << 16)
            except BlockingIOError:
                return found
            while events:
                _, mask, _, length = struct.unpack_from("iIII", events)
                name = events[16:16 + length].rstrip(b"\0")
                events = events[16 + length:]
                if name and not mask & IN_ISDIR:
                    found.append(name)


class LibraryTest(ClusterTest):
    def test_every_file_comes_through_unchanged(self):
        on_disk = sorted(sha256(path.read_bytes()) for path in media_files(self.folder))
        items = self.cluster.media_items()
        fetched = sorted(sha256(self.cluster.fetch(item)) for item in items)
        self.assertEqual(fetched, on_disk)
        self.assertEqual(len({item["id"] for item in items}), len(items))

    def test_sizes_and_kinds_are_told(self):
        sizes = sorted(path.stat().st_size for path in media_files(self.folder))
        items = self.cluster.media_items()
        self.assertEqual(sorted(item["size"] for item in items), sizes)
        self.assertEqual({item["kind"] for item in items}, {"audio", "video", "image"})

    def test_covers_end_in_their_type(self):
        types = {}
        for item in self.cluster.media_items():
            if "artUrl" in item:
                status, head, _ = self.cluster.request(item["artUrl"])
                self.assertEqual(status, 200, item)
                types[item["artUrl"].rsplit(".", 1)[1]] = head["content-type"]
        self.assertEqual(types, {"jpg": "image/jpeg", "png": "image/png"})

    def test_pages_of_any_size_hold_everything_once(self):
        base = f"homes/{self.cluster.home()['id']}/search?q=a"
        whole = [item["id"] for item in self.cluster.pages(base)]
        cursor, ids = "", []
        while True:
            page = self.cluster.api(f"{base}&limit=1{cursor}")
            ids += [item["id"] for item in page["items"]]
            if not page.get("next"):
                break
            cursor = "&cursor=" + page["next"]
        self.assertEqual(ids, whole)
        self.assertGreater(len(ids), 1)

    def test_search_folds_case_and_takes_words_in_any_order(self):
        base = f"homes/{self.cluster.home()['id']}/search"
        for words in ("sunrise+dew", "DEW+sunrise", "first+dew+tones"):
            titles = [item["title"] for item in self.cluster.api(f"{base}?q={words}")["items"]]
            self.assertEqual(titles, ["Sunrise & Dew"], words)
        decomposed = "fru%CC%88hling"  # "frühling" with the dots as a letter of their own.
        self.assertEqual(len(self.cluster.api(f"{base}?q={decomposed}")["items"]), 1)

    def test_bad_questions_are_refused(self):
        home = self.cluster.home()["id"]
        for path, status in ((f"homes/{home}/items?limit=0", 400),
                             (f"homes/{home}/items?limit=501", 400),
                             (f"homes/{home}/items?limit=x", 400),
                             (f"homes/{home}/items?cursor=xyz", 400),
                             (f"homes/{home}/items/{'0' * 32}", 404),
                             (f"homes/{'0' * 64}/items", 404)):
            found, head, body = self.cluster.request("/api/v1/" + path)
            self.assertEqual(found, status, path)
            self.assertEqual(head["content-type"], "application/problem+json")
            self.assertEqual(json.loads(body)["status"], status)

    def test_command_line_and_api_agree(self):
        listed = self.cluster.run("library", "ls", "--recursive", "--json")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        page = json.loads(listed.stdout)

        def stable(item):  # Capabilities in URLs say when they end.
            return {key: value for key, value in item.items() if not key.endswith("Url")}

        by_id = {item["id"]: stable(item) for item in self.cluster.items()}
        self.assertEqual({item["id"]: stable(item) for item in page["items"]}, by_id)

    def test_get_writes_the_whole_file_or_a_part(self):
        item = self.big()
        whole = self.cluster.fetch(item)
        target = self.cluster.work / "got"
        done = self.cluster.run("get", item["id"], "-o", target)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(target.read_bytes(), whole)
        self.assertFalse(pathlib.Path(f"{target}.part").exists())
        done = self.cluster.run("get", item["id"], "-o", target, "--range", "10-19")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(target.read_bytes(), whole[10:20])
        past = f"{len(whole)}-{len(whole) + 1}"
        self.assertEqual(self.cluster.run("get", item["id"], "--range", past).returncode, 1)
        self.assertEqual(self.cluster.run("get", "0" * 32).returncode, 3)


class ChangesTest(ClusterTest):
    """Files come, go, change and misbehave."""

    def rescan(self):
        done = self.cluster.run("library", "rescan", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def item_of(self, title):
        return next(item for item in self.cluster.media_items() if item["title"] == title)

    def test_a_file_that_went_is_gone_and_not_unknown(self):
        item = self.item_of("Dawn")
        path = self.folder / "Music/The Test Tones/First Light/01 - Dawn.mp3"
        _, head, _ = self.cluster.request(item["mediaUrl"], method="HEAD")
        path.unlink()
        self.assertEqual(self.cluster.request(item["mediaUrl"], method="HEAD")[0], 410)
        for headers in ({"If-None-Match": head["etag"]}, {"Range": "bytes=99999999-"}, {}):
            self.assertEqual(self.cluster.request(item["mediaUrl"], headers)[0], 410, headers)
        shown = f"/api/v1/homes/{self.cluster.home()['id']}/items/{item['id']}"
        wait_for("the home to notice", lambda: self.cluster.request(shown)[0] == 410)

    def test_what_took_the_place_of_a_file_is_never_opened(self):
        item = self.item_of("Sunrise & Dew")
        path = self.folder / "Music/The Test Tones/First Light/02 - Sunrise & Dew.mp3"
        path.unlink()
        os.mkfifo(path)
        self.assertEqual(self.cluster.request(item["mediaUrl"], method="HEAD")[0], 410)

    def test_a_changed_file_has_another_etag_and_the_same_id(self):
        item = self.item_of("Noon <live>")
        _, head, _ = self.cluster.request(item["mediaUrl"], method="HEAD")
        path = self.folder / "Music/The Test Tones/First Light/03 - Noon.mp3"
        shutil.copy(self.folder / "Music/日本の歌.mp3", path)

        def looked_at():
            """409 is the answer while the home does not get round to look at its files."""
            answer = self.cluster.request(item["mediaUrl"], {"If-None-Match": head["etag"]})
            return answer if answer[0] != 409 else None
        status, new_head, body = wait_for("the home to look at its files", looked_at, 60)
        self.assertEqual((status, body), (200, path.read_bytes()))
        self.assertNotEqual(new_head["etag"], head["etag"])
        again = next(i for i in self.cluster.media_items() if i["id"] == item["id"])
        self.assertEqual(again["size"], len(body))

    def test_what_cannot_be_served_is_reported_by_path(self):
        inside = self.folder / "strange"
        inside.mkdir()
        (inside / "empty.mp3").touch()
        (inside / "noise.mp3").write_bytes(os.urandom(5000))
        (inside / "out.mp3").symlink_to("/etc/passwd")
        (inside / "loop").symlink_to(inside)
        os.mkfifo(inside / "pipe.mp3")
        with open(os.fsencode(inside) + b"/\xff\xfe.mp3", "wb") as unreadable:
            unreadable.write(b"x" * 100)
        before = len(self.cluster.media_items())
        problems = {pathlib.Path(p["path"]).name: p["reason"] for p in self.rescan()["problems"]}
        for name in ("empty.mp3", "noise.mp3", "out.mp3", "loop", r"\xff\xfe.mp3"):
            self.assertIn(name.lower(), {key.lower() for key in problems}, problems)
        self.assertEqual(problems["out.mp3"], "symlink")
        self.assertEqual(problems["loop"], "symlink")
        self.assertEqual(len(self.cluster.media_items()), before)
        for path in ("strange", "noise"):
            self.assertNotIn(path, "".join(
                line for line in self.cluster.log().splitlines() if not line.startswith("home")))


class RestartTest(ClusterTest):
    def test_a_restart_opens_no_unchanged_file_and_keeps_ids(self):
        ids = sorted(item["id"] for item in self.cluster.items())
        self.assertLess(self.cluster.stop(), 5)
        opened = Opened(self.folder)
        again = Cluster([self.folder], data=self.cluster.data)
        try:
            again.start().scanned(len(ids) // 2)
            wait_for("the scan", lambda: again.home()["scan"]["state"] == "idle")
            self.assertEqual(sorted(item["id"] for item in again.items()), ids)
            self.assertEqual(opened.names(), [])
            again.fetch(again.media_items()[0])
            self.assertEqual(len(opened.names()), 1, "the watch sees nothing")
        finally:
            again.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
