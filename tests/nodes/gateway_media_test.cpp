// Bytes through the gateway: ranges, conditions, breaks on the way, readers that are slow or go.

#include "actors/client/stream_receiver_machine.hpp"
#include "tests/nodes/gateway_fixture.hpp"

#include <atomic>
#include <future>
#include <string>

namespace hearth::gateway {
namespace {

using home::ItemKind;
using test::Answer;
using test::expect_problem;
using test::fake_file;
using test::StreamFault;

constexpr std::size_t large_size = 12'000'000;

std::string text_of(const Bytes& bytes) {
  return {bytes.begin(), bytes.end()};
}

std::string tag_of(const test::FakeItem& entry) {
  return "\"" + to_text(entry.item.version) + "\"";
}

class GatewayMedia : public test::GatewayFixture {
 protected:
  void SetUp() override {
    GatewayFixture::SetUp();
    auto song = fake_file(1, ItemKind::audio, "Song", 721'481);
    song.item.mime = "audio/flac";
    song.item.extension = "flac";
    song.item.art_extension = "png";
    song.art = Bytes(30'000, 0x5A);
    song.art.front() = 1;
    song.art_mime = "image/png";
    home_.items.push_back(song);
    auto film = fake_file(2, ItemKind::video, "Film", large_size);
    film.item.mime = "video/mp4";
    film.item.extension = "mp4";
    home_.items.push_back(film);
    auto gone = fake_file(3, ItemKind::video, "Gone", 10);
    home_.items.push_back(gone);
    home_.items.push_back(fake_file(4, ItemKind::image, "Script", 10));
    home_.items.back().item.mime = "image/svg+xml";
  }
  /// Serves, and asks for the URLs.
  void begin() {
    serve();
    song_ = path_of(home_.items[0]);
    film_ = path_of(home_.items[1]);
    art_ = path_of(home_.items[0], "artUrl");
  }
  [[nodiscard]] Answer range(const std::string& value, const std::string& more = "") const {
    return get(song_, "Range: " + value + "\r\n" + more);
  }
  void expect_part(const std::string& value, std::size_t first, std::size_t length) {
    const auto answer = range(value);
    EXPECT_EQ(answer.status, 206U) << value;
    EXPECT_EQ(answer.field("content-range"), "bytes " + std::to_string(first) + "-" +
                                                 std::to_string(first + length - 1) + "/721481");
    EXPECT_EQ(answer.field("content-length"), std::to_string(length));
    EXPECT_TRUE(answer.body == text_of(song_bytes()).substr(first, length)) << value;
  }
  [[nodiscard]] const Bytes& song_bytes() const { return home_.items[0].content; }

  std::string song_;
  std::string film_;
  std::string art_;
};

TEST_F(GatewayMedia, GivesTheWholeFileToAnybodyWithTheUrl) {
  begin();
  const auto answer = get(song_, "");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.field("content-type"), "audio/flac");
  EXPECT_EQ(answer.field("accept-ranges"), "bytes");
  EXPECT_EQ(answer.field("etag"), "\"" + to_text(home_.items[0].item.version) + "\"");
  EXPECT_TRUE(answer.body == text_of(song_bytes()));
  EXPECT_TRUE(song_.ends_with(".flac"));
}

TEST_F(GatewayMedia, RangesAreAsRfc9110Says) {
  begin();
  expect_part("bytes=0-99", 0, 100);
  expect_part("bytes=100-", 100, 721'381);
  expect_part("bytes=-50", 721'431, 50);
  expect_part("bytes=721000-999999999", 721'000, 481);
  expect_part("bytes=0-0", 0, 1);
  expect_part("bytes=-9999999", 0, 721'481);
  for (const auto* whole : {"bytes=5-2", "bytes=0-1,5-6", "bytes=x", "items=0-1"}) {
    const auto answer = range(whole);
    EXPECT_EQ(answer.status, 200U) << whole;
    EXPECT_EQ(answer.body.size(), 721'481U);
  }
  const auto past = range("bytes=721481-");
  expect_problem(past, 416, "range_not_satisfiable");
  EXPECT_EQ(past.field("content-range"), "bytes */721481");
}

TEST_F(GatewayMedia, HeadTellsTheSameAndIgnoresRanges) {
  begin();
  auto client = connect();
  const auto head = client.ask("HEAD", song_, "Range: bytes=0-99\r\n");
  EXPECT_EQ(head.status, 200U);
  EXPECT_EQ(head.field("content-length"), "721481");
  EXPECT_EQ(head.field("etag"), "\"" + to_text(home_.items[0].item.version) + "\"");
  EXPECT_EQ(client.ask("HEAD", song_, "Range: bytes=9999999-\r\n").status, 200U);
  EXPECT_EQ(home_.media_sent(), 0U);
}

TEST_F(GatewayMedia, ConditionsLookAtTheVersion) {
  begin();
  const auto etag = get(song_, "").field("etag");
  EXPECT_EQ(range("bytes=0-9", "If-Range: " + etag + "\r\n").status, 206U);
  EXPECT_EQ(range("bytes=0-9", "If-Range: \"other\"\r\n").status, 200U);
  EXPECT_EQ(range("bytes=0-9", "If-Range: W/" + etag + "\r\n").status, 200U);
  EXPECT_EQ(range("bytes=0-9", "If-Range: Sun, 06 Nov 1994 08:49:37 GMT\r\n").status, 200U);
  const auto same = get(song_, "If-None-Match: \"a\", W/" + etag + "\r\n");
  EXPECT_EQ(same.status, 304U);
  EXPECT_EQ(same.field("etag"), etag);
  EXPECT_EQ(get(song_, "If-None-Match: \"a\"\r\n").status, 200U);
  EXPECT_EQ(get(song_, "If-Match: " + etag + "\r\n").status, 200U);
  expect_problem(get(song_, "If-Match: \"a\"\r\n"), 412, "precondition_failed");
}

TEST_F(GatewayMedia, AUrlOpensItsItemOnly) {
  begin();
  auto other = song_;
  other.replace(other.rfind('/') + 1, 32, to_text(home_.items[1].item.id));
  expect_problem(get(other, ""), 403, "capability_invalid");
  auto forged = song_;
  forged[20] = forged[20] == '0' ? '1' : '0';
  expect_problem(get(forged, ""), 403, "capability_invalid");
  auto as_art = song_;
  as_art.replace(0, 6, "/art");
  expect_problem(get(as_art, ""), 403, "capability_invalid");
  expect_problem(get("/media/x/y/z", with_token), 403, "capability_invalid");
  EXPECT_EQ(connect().ask("POST", song_, "").status, 405U);
}

TEST_F(GatewayMedia, TellsWhyThereAreNoBytes) {
  const auto gone = home_.items[2];
  begin();
  const auto path = path_of(gone);
  home_.items[2].gone = true;
  expect_problem(get(path, ""), 410, "item_gone");
  home_.items.erase(home_.items.begin() + 2);
  expect_problem(get(path, ""), 404, "item_unknown");
  home_.online = false;
  const auto offline = get(song_, "");
  expect_problem(offline, 503, "home_offline");
  EXPECT_FALSE(offline.field("retry-after").empty());
}

TEST_F(GatewayMedia, AFileGoneSinceTheScanIs410) {
  home_.fault = [](std::uint64_t) {
    StreamFault fault;
    fault.header = ErrorCode::item_gone;
    return fault;
  };
  begin();
  for (const auto& lines : {std::string{}, "If-None-Match: " + tag_of(home_.items[0]) + "\r\n",
                            std::string{"Range: bytes=99999999-\r\n"}}) {
    expect_problem(get(song_, lines), 410, "item_gone");
    EXPECT_EQ(connect().ask("HEAD", song_, lines).status, 410U);
  }
  EXPECT_EQ(home_.media_sent(), 0U);
}

TEST_F(GatewayMedia, AFileGoneSinceTheScanHasItsHomeLookAgain) {
  std::promise<void> rescanned;
  home_.on_rescan = [&] { rescanned.set_value(); };
  home_.fault = [](std::uint64_t) {
    StreamFault fault;
    fault.header = ErrorCode::item_gone;
    return fault;
  };
  begin();
  expect_problem(get(song_, ""), 410, "item_gone");
  EXPECT_EQ(rescanned.get_future().wait_for(std::chrono::seconds{10}), std::future_status::ready);
}

TEST_F(GatewayMedia, AFileChangedSinceTheScanIsServedAnew) {
  std::atomic<bool> is_known{false};
  home_.on_rescan = [&] {
    home_.items[0].item.version.bytes.fill(77);
    is_known = true;
  };
  home_.fault = [&](std::uint64_t) {
    StreamFault fault;
    fault.header = is_known ? ErrorCode::none : ErrorCode::item_changed;
    return fault;
  };
  begin();
  const auto old_tag = tag_of(home_.items[0]);
  const auto answer = get(song_, "If-None-Match: " + old_tag + "\r\n");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_NE(answer.field("etag"), old_tag);
  EXPECT_TRUE(answer.body == text_of(song_bytes()));
  EXPECT_EQ(home_.scan.run, 1U);
}

TEST_F(GatewayMedia, HeadOfAFileChangedSinceTheScanTellsTheNewVersion) {
  std::atomic<bool> is_known{false};
  home_.on_rescan = [&] {
    home_.items[0].item.version.bytes.fill(77);
    is_known = true;
  };
  home_.fault = [&](std::uint64_t) {
    StreamFault fault;
    fault.header = is_known ? ErrorCode::none : ErrorCode::item_changed;
    return fault;
  };
  begin();
  const auto old_tag = tag_of(home_.items[0]);
  const auto head = connect().ask("HEAD", song_, "");
  EXPECT_EQ(head.status, 200U);
  EXPECT_NE(head.field("etag"), old_tag);
}

TEST_F(GatewayMedia, AFileThatChangesAllTheTimeIsGivenUp) {
  home_.fault = [](std::uint64_t) {
    StreamFault fault;
    fault.header = ErrorCode::item_changed;
    return fault;
  };
  begin();
  expect_problem(get(song_, ""), 409, "item_changed");
  EXPECT_GE(home_.scan.run, 2U);
}

TEST_F(GatewayMedia, TheVersionThatIsThereIsServed) {
  begin();
  const auto before = get(song_, "").field("etag");
  home_.items[0].item.version.bytes.fill(77);
  const auto answer = get(song_, "");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_NE(answer.field("etag"), before);
}

TEST_F(GatewayMedia, MarkupIsNeverServedAsAPageOfOurs) {
  begin();
  EXPECT_EQ(get(path_of(home_.items[3]), "").field("content-type"), "application/octet-stream");
}

TEST_F(GatewayMedia, GivesCoversUnchangedWithRanges) {
  begin();
  const auto whole = get(art_, "");
  EXPECT_EQ(whole.status, 200U);
  EXPECT_EQ(whole.field("content-type"), "image/png");
  EXPECT_TRUE(whole.body == text_of(home_.items[0].art));
  EXPECT_NE(whole.field("etag"), get(song_, "").field("etag"));
  const auto part = get(art_, "Range: bytes=-10\r\n");
  EXPECT_EQ(part.status, 206U);
  EXPECT_EQ(part.field("content-range"), "bytes 29990-29999/30000");
  EXPECT_EQ(part.body.size(), 10U);
  EXPECT_EQ(get(art_, "Range: bytes=30000-\r\n").status, 416U);
  const auto head = connect().ask("HEAD", art_, "");
  EXPECT_EQ(head.field("content-length"), "30000");
}

TEST_F(GatewayMedia, ACoversTagChangesWithItsBytes) {
  begin();
  const auto etag = get(art_, "").field("etag");
  EXPECT_EQ(get(art_, "If-None-Match: " + etag + "\r\n").status, 304U);
  home_.items[0].art.back() ^= 1U;
  const auto other = get(art_, "If-None-Match: " + etag + "\r\n");
  EXPECT_EQ(other.status, 200U);
  EXPECT_NE(other.field("etag"), etag);
}

TEST_F(GatewayMedia, AHugeCoverIsStreamedLikeAFile) {
  home_.items[0].art = home_.items[1].content;
  begin();
  EXPECT_TRUE(get(art_, "").body == text_of(home_.items[1].content));
  const auto part = get(art_, "Range: bytes=5000000-5000009\r\n");
  EXPECT_EQ(part.status, 206U);
  EXPECT_TRUE(part.body == text_of(home_.items[1].content).substr(5'000'000, 10));
  EXPECT_EQ(connect().ask("HEAD", art_, "").field("content-length"), std::to_string(large_size));
}

TEST_F(GatewayMedia, GoesOnAtTheOffsetWhenAConnectionBreaks) {
  home_.fault = [](std::uint64_t number) {
    StreamFault fault;
    if (number <= 5) {
      fault.cut_after = number * 500'000;
    }
    return fault;
  };
  begin();
  const auto answer = get(film_, "");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_TRUE(answer.body == text_of(home_.items[1].content));
  EXPECT_GE(home_.streams_begun(), 6U);
}

TEST_F(GatewayMedia, GoesOnWhenTheRelayFallsSilentOrRefuses) {
  home_.fault = [](std::uint64_t number) {
    StreamFault fault;
    if (number == 1) {
      fault.silent_after = 100'000;
    } else if (number <= 3) {
      fault.status = ErrorCode::home_offline;
    }
    return fault;
  };
  begin();
  EXPECT_TRUE(get(film_, "").body == text_of(home_.items[1].content));
  EXPECT_GE(home_.streams_begun(), 4U);
}

TEST_F(GatewayMedia, NeverMixesVersionsAndNeverLooksComplete) {
  home_.fault = [](std::uint64_t number) {
    StreamFault fault;
    fault.cut_after = 1'000'000;
    fault.header = number == 1 ? ErrorCode::none : ErrorCode::item_changed;
    return fault;
  };
  begin();
  auto client = connect();
  const auto answer = client.ask("GET", film_);
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(answer.field("content-length"), std::to_string(large_size));
  EXPECT_GT(answer.body.size(), 0U);
  EXPECT_LT(answer.body.size(), large_size);
  EXPECT_TRUE(text_of(home_.items[1].content).starts_with(answer.body));
}

TEST_F(GatewayMedia, AReaderThatDoesNotReadCostsOneWindow) {
  begin();
  auto client = connect(16'384);
  client.send("GET " + film_ + " HTTP/1.1\r\nHost: " + host() + "\r\n\r\n");
  ASSERT_TRUE(client.socket().ready(POLLIN));
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(get("/healthz", "").status, 200U);
    EXPECT_EQ(get(song_, "").body.size(), song_bytes().size());
  }
  EXPECT_LE(home_.media_sent() - 20 * song_bytes().size(), client::credit_max + 1'000'000);
  EXPECT_TRUE(client.answer().body == text_of(home_.items[1].content));
}

TEST_F(GatewayMedia, AClientThatGoesTakesItsStreamAlong) {
  begin();
  for (int i = 0; i < 8; ++i) {
    auto client = connect(16'384);
    client.send("GET " + film_ + " HTTP/1.1\r\nHost: " + host() + "\r\n\r\n");
    ASSERT_TRUE(client.socket().ready(POLLIN));
    client.socket().abort();
  }
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (home_.streams_open() != 0 && std::chrono::steady_clock::now() < deadline) {
    EXPECT_EQ(get("/healthz", "").status, 200U);
  }
  EXPECT_EQ(home_.streams_open(), 0U);
}

}  // namespace
}  // namespace hearth::gateway
