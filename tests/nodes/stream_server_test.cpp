// Streams of real files over real sockets, to a client that opens what the home seals.

#include "nodes/home/stream_server.hpp"

#include "nodes/home/media_file.hpp"
#include "tests/support/media_samples.hpp"
#include "tests/support/scan_driver.hpp"
#include "tests/support/served_client.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <fstream>
#include <sys/stat.h>
#include <thread>

namespace hearth::home {
namespace {

namespace fs = std::filesystem;
using hearth::testing::copy_sample;
using hearth::testing::media_sample;
using hearth::testing::probe_helper;
using test::ServedClient;

constexpr std::uint64_t plenty = 1ULL << 40U;

Bytes bytes_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void write_bytes(const fs::path& path, const Bytes& bytes) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

Bytes noise(std::size_t size, std::uint64_t seed = 1) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = test::content(seed, i);
  }
  return bytes;
}

StreamRequest request(std::uint64_t credit = plenty, std::uint64_t offset = 0,
                      std::uint64_t end = 0) {
  StreamRequest request;
  request.credit = credit;
  request.offset = offset;
  request.end = end;
  return request;
}

class StreamServerTest : public ::testing::Test {
 protected:
  [[nodiscard]] fs::path at(const std::string& path) const { return folder_.path() / path; }

  /// As the catalogue would say it of the file as it is now.
  [[nodiscard]] StreamSource source(const std::string& path) const {
    struct stat status {};
    EXPECT_EQ(::stat(at(path).c_str(), &status), 0);
    const auto identity = identity_of(status);
    return {folder_.path().string(), path,  identity.size, identity.mtime_ns,
            identity.inode,          false, false};
  }
  ServedClient ask(const StreamSource& from, const StreamRequest& what) {
    return {server_, from, what, from.size, ++number_};
  }
  ErrorCode refusal(const StreamSource& from) {
    auto client = ask(from, request());
    EXPECT_TRUE(client.accept());
    EXPECT_TRUE(client.take_frame());
    EXPECT_TRUE(client.final);
    return static_cast<ErrorCode>(client.header ? client.header->error : 0);
  }

  void wait_until_idle() {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (server_.stats().streams_open > 0 && std::chrono::steady_clock::now() < patience) {
      std::this_thread::yield();
    }
    EXPECT_EQ(server_.stats().streams_open, 0U);
  }

  test::TempFolder folder_;
  StreamServer server_{{probe_helper(), 2, 4, Millis{5000}}};
  std::uint64_t number_ = 0;
};

TEST_F(StreamServerTest, SendsAFileByteForByte) {
  const auto content = noise(3'000'000);
  write_bytes(at("a.mp3"), content);
  auto client = ask(source("a.mp3"), request());
  ASSERT_TRUE(client.accept());
  client.take_all();
  EXPECT_TRUE(client.final);
  EXPECT_EQ(client.media, content);
  EXPECT_EQ(client.header->size, content.size());
}

TEST_F(StreamServerTest, SendsARangePastTwoGigabytes) {
  constexpr std::uint64_t far = 3'000'000'000;
  std::ofstream(at("big.mkv"), std::ios::binary).seekp(far) << "past two gigabytes";
  auto client = ask(source("big.mkv"), request(plenty, far, far + 8));
  ASSERT_TRUE(client.accept());
  client.take_all();
  EXPECT_EQ(client.media, (Bytes{'p', 'a', 's', 't', ' ', 't', 'w', 'o'}));
  EXPECT_TRUE(client.final);
}

TEST_F(StreamServerTest, WaitsForCreditAndGoesOnWithIt) {
  const auto content = noise(500'000);
  write_bytes(at("a.mp3"), content);
  auto client = ask(source("a.mp3"), request(100'000));
  ASSERT_TRUE(client.accept());
  client.take_until(100'000);
  EXPECT_EQ(client.media.size(), 100'000U);
  client.grant(plenty);
  client.take_all();
  EXPECT_EQ(client.media, content);
}

TEST_F(StreamServerTest, AFileThatChangesIsCutAndItsBytesAreNeverMixed) {
  const auto content = noise(500'000);
  write_bytes(at("a.mp3"), content);
  auto client = ask(source("a.mp3"), request(100'000));
  ASSERT_TRUE(client.accept());
  client.take_until(100'000);

  std::fstream(at("a.mp3"), std::ios::in | std::ios::out | std::ios::binary)
      .seekp(200'000)
      .write("changed", 7)
      .flush();
  client.grant(plenty);
  client.take_all();
  EXPECT_FALSE(client.final);
  EXPECT_EQ(client.media, Bytes(content.begin(), content.begin() + 100'000));
}

TEST_F(StreamServerTest, AFileThatShrinksIsCut) {
  write_bytes(at("a.mp3"), noise(500'000));
  auto client = ask(source("a.mp3"), request(100'000));
  ASSERT_TRUE(client.accept());
  client.take_until(100'000);
  fs::resize_file(at("a.mp3"), 1000);
  client.grant(plenty);
  client.take_all();
  EXPECT_FALSE(client.final);
  EXPECT_EQ(client.media.size(), 100'000U);
}

TEST_F(StreamServerTest, AFileRemovedOrReplacedIsFinishedWithItsOldBytes) {
  const auto content = noise(500'000);
  for (const auto* name : {"removed.mp3", "replaced.mp3"}) {
    write_bytes(at(name), content);
    auto client = ask(source(name), request(100'000));
    ASSERT_TRUE(client.accept());
    client.take_until(100'000);
    if (std::string(name) == "removed.mp3") {
      fs::remove(at(name));
    } else {
      write_bytes(at("other"), noise(500'000, 2));
      fs::rename(at("other"), at(name));
    }
    client.grant(plenty);
    client.take_all();
    EXPECT_TRUE(client.final) << name;
    EXPECT_EQ(client.media, content) << name;
  }
}

TEST_F(StreamServerTest, WhatTookAFilesPlaceAfterTheScanIsNotServed) {
  for (const auto* name : {"gone.mp3", "fifo.mp3", "link.mp3", "folder.mp3", "other.mp3"}) {
    write_bytes(at(name), noise(1000));
  }
  const auto gone = source("gone.mp3");
  const auto fifo = source("fifo.mp3");
  const auto link = source("link.mp3");
  const auto folder = source("folder.mp3");
  const auto other = source("other.mp3");
  for (const auto* name : {"gone.mp3", "fifo.mp3", "folder.mp3"}) {
    fs::remove(at(name));
  }
  ASSERT_EQ(::mkfifo(at("fifo.mp3").c_str(), 0644), 0);
  fs::create_directory(at("folder.mp3"));
  fs::rename(at("link.mp3"), at("moved.mp3"));
  fs::create_symlink(at("moved.mp3"), at("link.mp3"));
  write_bytes(at("other.mp3"), noise(2000));

  EXPECT_EQ(refusal(gone), ErrorCode::item_gone);
  EXPECT_EQ(refusal(fifo), ErrorCode::item_gone);
  EXPECT_EQ(refusal(link), ErrorCode::item_gone);
  EXPECT_EQ(refusal(folder), ErrorCode::item_gone);
  EXPECT_EQ(refusal(other), ErrorCode::item_changed);
}

TEST_F(StreamServerTest, NeverLeavesTheMediaFolder) {
  test::TempFolder outside;
  write_bytes(outside.path() / "secret", noise(1000));
  fs::create_directory_symlink(outside.path(), at("out"));
  auto through_link = source("out/secret");
  EXPECT_EQ(refusal(through_link), ErrorCode::item_gone);
  auto upwards = through_link;
  upwards.path = "../" + outside.path().filename().string() + "/secret";
  EXPECT_EQ(refusal(upwards), ErrorCode::item_gone);
}

TEST_F(StreamServerTest, SendsTheCoverInsideAFileUnchanged) {
  copy_sample(hearth::testing::dawn_mp3, at("a.mp3"));
  auto from = source("a.mp3");
  from.embedded_art = true;
  auto what = request();
  what.part = StreamPart::art;
  auto client = ask(from, what);
  ASSERT_TRUE(client.accept());
  client.take_all();
  EXPECT_TRUE(client.final);
  EXPECT_EQ(client.header->mime, "image/jpeg");
  EXPECT_EQ(client.header->size, client.media.size());
  const auto whole = bytes_of(at("a.mp3"));
  EXPECT_GT(client.media.size(), 1000U);
  EXPECT_NE(std::search(whole.begin(), whole.end(), client.media.begin(), client.media.end()),
            whole.end())
      << "not the bytes that are in the file";
}

TEST_F(StreamServerTest, SendsTheCoverBesideAFileUnchanged) {
  copy_sample(hearth::testing::summer_cover, at("cover.jpg"));
  auto what = request();
  what.part = StreamPart::art;
  auto client = ask({folder_.path().string(), "cover.jpg", 0, 0, 0, false, true}, what);
  ASSERT_TRUE(client.accept());
  client.take_all();
  EXPECT_EQ(client.media, bytes_of(at("cover.jpg")));
  EXPECT_EQ(client.header->mime, "image/jpeg");
}

TEST_F(StreamServerTest, EndsTheStreamsOfARevokedClientAtOnce) {
  write_bytes(at("a.mp3"), noise(500'000));
  auto client = ask(source("a.mp3"), request(100'000));
  ASSERT_TRUE(client.accept());
  client.take_until(100'000);
  server_.end({testing::identity_of(8).id});
  server_.end({ServedClient::client_id()});
  client.take_all();
  EXPECT_FALSE(client.final);
  EXPECT_EQ(client.media.size(), 100'000U);
}

TEST_F(StreamServerTest, KeepsNoMoreStreamsThanItMay) {
  write_bytes(at("a.mp3"), noise(100'000));
  std::vector<std::unique_ptr<ServedClient>> clients;
  for (std::uint64_t i = 0; i < 6; ++i) {
    clients.push_back(
        std::make_unique<ServedClient>(server_, source("a.mp3"), request(1000), 100'000, 100 + i));
  }
  EXPECT_EQ(server_.stats().streams_open, 4U);
  EXPECT_EQ(server_.stats().streams_refused, 2U);
  ASSERT_TRUE(clients.back()->accept());
  ASSERT_TRUE(clients.back()->take_frame());
  EXPECT_TRUE(clients.back()->final);
  EXPECT_EQ(clients.back()->header->error, static_cast<std::uint16_t>(ErrorCode::limit_reached));
}

TEST_F(StreamServerTest, StopsWithStreamsInEveryState) {
  write_bytes(at("a.mp3"), noise(5'000'000));
  std::vector<std::unique_ptr<ServedClient>> clients;
  StreamServer server{{probe_helper(), 2, 8, Millis{3'600'000}}};
  for (std::uint64_t i = 0; i < 6; ++i) {  // Some are never accepted, some never read.
    clients.push_back(
        std::make_unique<ServedClient>(server, source("a.mp3"), request(), 5'000'000, 100 + i));
    if (i % 2 == 0) {
      ASSERT_TRUE(clients.back()->accept());
    }
  }
  EXPECT_EQ(server.stats().streams_open, 6U);
}

// As a super-peer does that makes room among strangers.
TEST_F(StreamServerTest, DialsAgainWhenItIsTurnedAwayBeforeItCouldSayWhoItIs) {
  const auto content = noise(100'000);
  write_bytes(at("a.mp3"), content);
  auto client = ask(source("a.mp3"), request());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.turn_away());
  }
  ASSERT_TRUE(client.accept());
  client.take_all();
  EXPECT_EQ(client.media, content);
}

TEST_F(StreamServerTest, GivesUpASuperPeerThatAlwaysTurnsItAway) {
  write_bytes(at("a.mp3"), noise(1000));
  auto client = ask(source("a.mp3"), request());
  for (int i = 0; i < 9; ++i) {
    ASSERT_TRUE(client.turn_away());
  }
  wait_until_idle();
  EXPECT_EQ(server_.stats().streams_failed, 1U);
}

TEST_F(StreamServerTest, ASuperPeerThatIsNotThereCostsOneFailedStream) {
  write_bytes(at("a.mp3"), noise(1000));
  const UniqueFd nobody = test::bound_socket();  // Bound, but it does not listen.
  server_.serve({{{"127.0.0.1", test::port_of(nobody.get())}},
                 test::stream_data_key(),
                 1,
                 test::stream_context(1),
                 seal::StreamOpener(seal::SecretKey{}, {}),
                 request(),
                 {},
                 source("a.mp3"),
                 {}});
  wait_until_idle();
  EXPECT_EQ(server_.stats().streams_failed, 1U);
}

}  // namespace
}  // namespace hearth::home
