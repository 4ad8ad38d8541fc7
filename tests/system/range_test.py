"""Byte ranges, RFC 9110 section 14, on real bytes from a home."""

import unittest

from cluster import ClusterTest


class RangeTest(ClusterTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.item = next(i for i in cls.cluster.media_items() if i["kind"] == "audio")
        cls.bytes = cls.cluster.fetch(cls.item)

    def get(self, headers, method="GET"):
        return self.cluster.request(self.item["mediaUrl"], headers, method)

    def expect_part(self, value, first, last):
        status, head, body = self.get({"Range": value})
        size = len(self.bytes)
        self.assertEqual(status, 206, value)
        self.assertEqual(head["content-range"], f"bytes {first}-{last}/{size}", value)
        self.assertEqual(head["content-length"], str(last - first + 1), value)
        self.assertEqual(body, self.bytes[first:last + 1], value)

    def test_parts_that_are_there(self):
        size = len(self.bytes)
        for value, first, last in (("bytes=0-99", 0, 99),
                                   ("bytes=100-", 100, size - 1),
                                   ("bytes=-50", size - 50, size - 1),
                                   ("bytes=0-0", 0, 0),
                                   (f"bytes={size - 1}-", size - 1, size - 1),
                                   (f"bytes={size - 100}-999999999", size - 100, size - 1),
                                   (f"bytes=-{size + 1}", 0, size - 1),
                                   ("bytes=0-99999999999999999999", 0, size - 1)):
            self.expect_part(value, first, last)

    def test_parts_past_the_end(self):
        size = len(self.bytes)
        for value in (f"bytes={size}-", f"bytes={size}-{size + 5}", "bytes=99999999999999999999-",
                      "bytes=-0"):
            status, head, _ = self.get({"Range": value})
            self.assertEqual(status, 416, value)
            self.assertEqual(head["content-range"], f"bytes */{size}", value)

    def test_what_is_no_range_or_several_gives_the_whole(self):
        for value in ("bytes=5-2", "bytes=0-1,5-6", "bytes=", "bytes=a-b", "items=0-5", "0-5",
                      "bytes=--5", "bytes=1-2-3"):
            status, head, body = self.get({"Range": value})
            self.assertEqual(status, 200, value)
            self.assertNotIn("content-range", head)
            self.assertEqual(body, self.bytes, value)

    def test_head_ignores_range(self):
        status, head, body = self.get({"Range": "bytes=0-9"}, "HEAD")
        self.assertEqual((status, body), (200, b""))
        self.assertEqual(head["content-length"], str(len(self.bytes)))
        self.assertEqual(head["accept-ranges"], "bytes")

    def test_if_range_asks_for_the_same_file(self):
        etag = self.get({}, "HEAD")[1]["etag"]
        self.assertFalse(etag.startswith("W/"))
        self.assertEqual(self.get({"Range": "bytes=0-9", "If-Range": etag})[0], 206)
        self.assertEqual(self.get({"Range": "bytes=0-9", "If-Range": '"other"'})[0], 200)
        self.assertEqual(self.get({"If-None-Match": etag})[0], 304)
        self.assertEqual(self.get({"If-Match": '"other"'})[0], 412)

    def test_another_host_is_not_served(self):
        connection = self.cluster.connection()
        connection.putrequest("GET", "/healthz", skip_host=True)
        connection.putheader("Host", "evil.example")
        connection.endheaders()
        self.assertEqual(connection.getresponse().status, 421)
        connection.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
