// What is a request and what is refused, before anybody looks at its meaning. Smuggling cases are
// of RFC 9112 section 11.2 and of what has fooled other servers.

#include "nodes/http/request_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hearth::http {
namespace {

constexpr std::size_t head_max = 16U << 10U;
constexpr std::size_t body_max = 64U << 10U;

ReadOutcome read(const std::string& bytes) {
  RequestReader reader{head_max, body_max};
  reader.feed(bytes);
  return reader.next();
}

/// Status of the refusal; 0: wants more; 200: a request.
unsigned status_of(const ReadOutcome& outcome) {
  if (const auto* refusal = std::get_if<Refusal>(&outcome)) {
    return refusal->status;
  }
  return std::holds_alternative<Request>(outcome) ? 200 : 0;
}

unsigned status_with(const std::string& lines, const std::string& body = "") {
  return status_of(read("POST /x HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n" + body));
}

TEST(RequestReader, ReadsARequestThatComesByteByByte) {
  RequestReader reader{head_max, body_max};
  const std::string bytes =
      "POST /a%20b?c=d HTTP/1.1\r\nHost: h:1\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 3\r\n\r\nxyz";
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) {
    reader.feed(bytes.substr(i, 1));
    ASSERT_EQ(status_of(reader.next()), 0U) << i;
  }
  reader.feed(bytes.substr(bytes.size() - 1));
  const auto outcome = reader.next();
  ASSERT_EQ(status_of(outcome), 200U);
  const auto& request = std::get<Request>(outcome);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.path, "/a%20b");
  EXPECT_EQ(request.query, "c=d");
  EXPECT_EQ(request.host, "h:1");
  EXPECT_EQ(request.fields.find("x-a"), "1, 2");
  EXPECT_EQ(request.body, "xyz");
  EXPECT_TRUE(request.keep_alive);
  EXPECT_TRUE(reader.idle());
}

TEST(RequestReader, ReadsPipelinedRequestsOneAfterTheOther) {
  RequestReader reader{head_max, body_max};
  reader.feed(
      "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nxyGET /2 HTTP/1.1\r\nHost: "
      "a\r\n\r\n");
  EXPECT_EQ(std::get<Request>(reader.next()).path, "/1");
  EXPECT_EQ(std::get<Request>(reader.next()).path, "/2");
  EXPECT_EQ(status_of(reader.next()), 0U);
}

TEST(RequestReader, ForgivesOneEmptyLineBeforeTheRequestHoweverItComes) {
  const std::string request = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t cut = 0; cut <= 4; ++cut) {
    for (const auto& [empty, status] : {std::pair{"\r\n", 200U}, std::pair{"\r\n\r\n", 400U}}) {
      RequestReader reader{head_max, body_max};
      const auto bytes = empty + request;
      reader.feed(bytes.substr(0, cut));
      auto outcome = reader.next();
      if (status_of(outcome) == 0) {
        reader.feed(bytes.substr(cut));
        outcome = reader.next();
      }
      EXPECT_EQ(status_of(outcome), status) << cut;
    }
  }
}

TEST(RequestReader, TakesWhatPeopleTypeAboveAscii) {
  const auto outcome = read("GET /?q=v\xc3\xa5r HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_EQ(status_of(outcome), 200U);
  EXPECT_EQ(std::get<Request>(outcome).query, "q=v\xc3\xa5r");
}

TEST(RequestReader, ReadsChunkedBodies) {
  const auto outcome = read(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n");
  ASSERT_EQ(status_of(outcome), 200U);
  EXPECT_EQ(std::get<Request>(outcome).body, "abc0123456789");
}

TEST(RequestReader, TrailersDoNotBecomeFields) {
  const auto outcome = read(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "0\r\nAuthorization: Bearer x\r\n\r\n");
  ASSERT_EQ(status_of(outcome), 200U);
  EXPECT_EQ(std::get<Request>(outcome).fields.count("authorization"), 0U);
}

TEST(RequestReader, RefusesTwoWaysToTellTheBodysLength) {
  EXPECT_EQ(status_with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400U);
  EXPECT_EQ(status_with("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"), 400U);
  EXPECT_EQ(status_with("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"), 400U);
  EXPECT_EQ(status_with("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"), 400U);
  EXPECT_EQ(status_with("Content-Length: 3, 3\r\n", "abc"), 400U);
}

TEST(RequestReader, RefusesLengthsThatAreNoNumbers) {
  for (const auto* length :
       {"+3", "-3", "0x3", "3 3", "", "3a", "3.0", "\"3\"", "99999999999999999999999999"}) {
    EXPECT_NE(status_with(std::string{"Content-Length: "} + length + "\r\n", "abc"), 200U)
        << length;
    EXPECT_NE(status_with(std::string{"Content-Length: "} + length + "\r\n", "abc"), 0U) << length;
  }
}

TEST(RequestReader, RefusesTransferCodingsButChunked) {
  for (const auto* coding : {"identity", "xchunked", "chunked, identity", "gzip",
                             "chunked, chunked", "chunked;q=1", "\"chunked\"", "chun\tked", ""}) {
    EXPECT_EQ(status_with(std::string{"Transfer-Encoding: "} + coding + "\r\n", "0\r\n\r\n"), 400U)
        << coding;
  }
  EXPECT_EQ(status_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400U);
  EXPECT_EQ(status_with("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"), 400U);
  EXPECT_EQ(status_with("Transfer-Encoding: gzip, chunked\r\n"), 501U);
  EXPECT_EQ(status_of(read("POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")),
            400U);
}

TEST(RequestReader, RefusesBrokenChunks) {
  for (const auto* body :
       {"g\r\nabc\r\n0\r\n\r\n", "3\nabc\r\n0\r\n\r\n", "3\r\nabcd\r\n0\r\n\r\n",
        "3\r\nabc\n0\r\n\r\n", "0x3\r\nabc\r\n0\r\n\r\n", "-3\r\nabc\r\n0\r\n\r\n",
        "+3\r\nabc\r\n0\r\n\r\n", "\r\nabc\r\n0\r\n\r\n", " 3\r\nabc\r\n0\r\n\r\n",
        "10000000000000003\r\nabc\r\n0\r\n\r\n", "ffffffffffffffffff\r\nabc\r\n0\r\n\r\n",
        "3\r\nabc\r\n0\r\nfolded\r\n\r\n", "3\rX\nabc\r\n0\r\n\r\n"}) {
    EXPECT_EQ(status_with("Transfer-Encoding: chunked\r\n", body), 400U) << body;
  }
}

TEST(RequestReader, RefusesLinesThatServersReadDifferently) {
  for (const auto* head : {"GET / HTTP/1.1\nHost: a\n\n",
                           "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n",
                           "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n  folded\r\n\r\n",
                           "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
                           "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
                           "GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
                           "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n",
                           "GET / HTTP/1.1\r\nHost: a\r\nX\x01: b\r\n\r\n",
                           "GET / HTTP/1.1\r\nHost: a\r\nX: a\x01\r\n\r\n",
                           "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",
                           "GET / HTTP/1.1\r\nHost: a\r\nContent-Length\t: 3\r\n\r\nabc",
                           "GET / HTTP/1.1\r\nHost: a\r\nContent_Length\r\n\r\n",
                           "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
                           "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
                           "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n",
                           "GET /\r\nHost: a\r\n\r\n",
                           " GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                           "GET / http/1.1\r\nHost: a\r\n\r\n",
                           "GET / HTTP/1.1x\r\nHost: a\r\n\r\n",
                           "G ET / HTTP/1.1\r\nHost: a\r\n\r\n",
                           "G@T / HTTP/1.1\r\nHost: a\r\n\r\n",
                           "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
                           "GET x HTTP/1.1\r\nHost: a\r\n\r\n",
                           "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n",
                           "GET * HTTP/1.1\r\nHost: a\r\n\r\n",
                           "\r\n\r\n\r\n"}) {
    EXPECT_EQ(status_of(read(head)), 400U) << head;
  }
  EXPECT_EQ(status_of(read(std::string{"GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 35})), 400U);
}

TEST(RequestReader, SpeaksVersionsOneOneAndOneZeroOnly) {
  EXPECT_EQ(status_of(read("GET / HTTP/1.0\r\n\r\n")), 200U);
  EXPECT_EQ(status_of(read("GET / HTTP/2.0\r\nHost: a\r\n\r\n")), 505U);
  EXPECT_EQ(status_of(read("GET / HTTP/1.2\r\nHost: a\r\n\r\n")), 505U);
  EXPECT_EQ(status_of(read("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")), 505U);
}

TEST(RequestReader, WantsExactlyOneHost) {
  EXPECT_EQ(status_of(read("GET / HTTP/1.1\r\n\r\n")), 400U);
  EXPECT_EQ(status_of(read("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n")), 400U);
  EXPECT_EQ(status_of(read("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n")), 400U);
}

TEST(RequestReader, AnAbsoluteTargetNamesItsHost) {
  const auto outcome = read("GET http://A:1/p?q HTTP/1.1\r\nHost: a:1\r\n\r\n");
  ASSERT_EQ(status_of(outcome), 200U);
  EXPECT_EQ(std::get<Request>(outcome).host, "A:1");
  EXPECT_EQ(std::get<Request>(outcome).path, "/p");
  EXPECT_EQ(std::get<Request>(outcome).query, "q");
  EXPECT_EQ(std::get<Request>(read("GET http://a HTTP/1.1\r\nHost: a\r\n\r\n")).path, "/");
  EXPECT_EQ(status_of(read("GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n")), 400U);
  EXPECT_EQ(status_of(read("GET https://a/ HTTP/1.1\r\nHost: a\r\n\r\n")), 400U);
  EXPECT_EQ(status_of(read("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n")), 501U);
}

TEST(RequestReader, BoundsTheHead) {
  const std::string begin = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  const auto with_head_of = [&begin](std::size_t bytes) {
    return begin + std::string(bytes - begin.size() - 4, 'x') + "\r\n\r\n";
  };
  EXPECT_EQ(status_of(read(with_head_of(head_max))), 200U);
  EXPECT_EQ(status_of(read(with_head_of(head_max + 1))), 431U);
  EXPECT_EQ(status_of(read(std::string(head_max + 1, 'x'))), 431U);
  EXPECT_EQ(status_of(read("GET /" + std::string(head_max, 'x') + " HTTP/1.1\r\n")), 431U);
}

TEST(RequestReader, BoundsTheBody) {
  EXPECT_EQ(status_with("Content-Length: 65536\r\n", std::string(65536, 'x')), 200U);
  EXPECT_EQ(status_with("Content-Length: 65537\r\n"), 413U);
  EXPECT_EQ(status_with("Transfer-Encoding: chunked\r\n", "10001\r\n" + std::string(65537, 'x')),
            413U);
  EXPECT_EQ(status_with("Transfer-Encoding: chunked\r\n", "3;" + std::string(head_max, 'x')), 400U);
}

TEST(RequestReader, TellsOfAnExpectedContinueOnce) {
  RequestReader reader{head_max, body_max};
  reader.feed("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\n");
  EXPECT_EQ(status_of(reader.next()), 0U);
  EXPECT_TRUE(reader.in_body());
  EXPECT_TRUE(reader.take_expects_continue());
  EXPECT_FALSE(reader.take_expects_continue());
  EXPECT_EQ(status_with("Expect: 200-ok\r\n"), 417U);
}

TEST(RequestReader, ClosesWhenTheClientDoes) {
  const auto keeps = [](const std::string& version, const std::string& lines) {
    return std::get<Request>(read("GET / HTTP/" + version + "\r\nHost: a\r\n" + lines + "\r\n"))
        .keep_alive;
  };
  EXPECT_TRUE(keeps("1.1", ""));
  EXPECT_FALSE(keeps("1.1", "Connection: close\r\n"));
  EXPECT_FALSE(keeps("1.0", ""));
  EXPECT_TRUE(keeps("1.0", "Connection: keep-alive\r\n"));
}

}  // namespace
}  // namespace hearth::http
