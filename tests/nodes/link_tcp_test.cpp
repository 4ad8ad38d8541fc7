// The link on real sockets: hostile and unlucky peers against a node on loopback.

#include "tests/support/real_link.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace hearth {
namespace {

using namespace hearth::testing;
using link::LinkCount;
using link::Rejection;

/// A busy machine must not look like a hostile peer.
link::LinkLimits patient() {
  link::LinkLimits limits;
  limits.accept_deadline = patience;
  limits.dial_deadline = patience;
  limits.silence_max = 6 * patience;
  return limits;
}

/// A directory that listens, with an echo at "accounts".
class TcpLinkTest : public ::testing::Test {
 protected:
  void start(const link::LinkLimits& limits = patient()) {
    auto listener = listen_on("127.0.0.1", 0);
    ASSERT_TRUE(listener.ok()) << listener.error().detail;
    port = local_endpoint(listener.value().get()).value().port;
    std::vector<UniqueFd> listeners;
    listeners.push_back(std::move(listener.value()));
    server = std::make_unique<RealLink>(options_of(directory_a, limits), std::move(listeners));
  }

  link::LinkOptions options_of(const link::LinkSelf& self,
                               const link::LinkLimits& limits = patient(),
                               const std::string& host = "127.0.0.1") const {
    link::LinkOptions options;
    options.self = self;
    options.nodes = cluster_list();
    options.nodes.nodes[0].control = {{host, port}};
    options.roots = {root_key()};
    options.limits = limits;
    return options;
  }

  [[nodiscard]] RawTcpPeer raw(const link::LinkSelf& self = phone) const {
    return RawTcpPeer(port, self, directory_a);
  }
  [[nodiscard]] std::uint64_t rejected(Rejection reason) const {
    return server->counters->of(reason);
  }
  static Envelope question(const link::LinkSelf& from = phone) {
    return envelope_to(from, directory_a, "accounts", directory::ListHomes{});
  }

  /// By `directory_b`.
  static Envelope long_question(std::size_t bytes) {
    directory::Forwarded forwarded;
    forwarded.role = Role::client;
    forwarded.envelope = Bytes(bytes, 7);
    return envelope_to(directory_b, directory_a, "accounts", forwarded);
  }

  std::uint16_t port = 0;
  std::unique_ptr<RealLink> server;
};

TEST_F(TcpLinkTest, AnswersAPeerThatBehaves) {
  start();
  auto peer = raw();
  ASSERT_TRUE(peer.shake());
  EXPECT_TRUE(peer.is_answered(1, question()));
}

TEST_F(TcpLinkTest, ClosesOnRandomBytes) {
  start();
  auto peer = raw();
  peer.send(Bytes(96, 0x5a));
  EXPECT_TRUE(peer.is_closed());
  EXPECT_EQ(rejected(Rejection::prelude), 1U);
}

TEST_F(TcpLinkTest, ClosesOnAKeyThatIsNotListed) {
  start();
  auto peer = raw({identity_of(90), Role::super_peer, "eu"});
  EXPECT_FALSE(peer.shake());
  EXPECT_TRUE(peer.is_closed());
  EXPECT_EQ(rejected(Rejection::identity), 1U);
}

TEST_F(TcpLinkTest, ClosesOnSilence) {
  auto limits = patient();
  limits.accept_deadline = Millis(300);
  start(limits);
  auto peer = raw();
  EXPECT_TRUE(peer.is_closed());
  EXPECT_EQ(rejected(Rejection::late), 1U);
}

TEST_F(TcpLinkTest, ClosesOnALengthOfTwoGigabytes) {
  start();
  auto peer = raw();
  ASSERT_TRUE(peer.shake() && peer.is_answered(1, question()));
  const auto before = resident_kib();
  peer.send(Bytes{0xff, 0xff, 0xff, 0x7f});
  EXPECT_TRUE(peer.is_closed());
  EXPECT_EQ(rejected(Rejection::oversized), 1U);
  EXPECT_LT(resident_kib(), before + 2048);
}

TEST_F(TcpLinkTest, ClosesOnAFlippedBit) {
  start();
  auto peer = raw();
  ASSERT_TRUE(peer.shake());
  auto request = peer.request(1, question());
  request.back() ^= 1;
  peer.send(request);
  EXPECT_TRUE(peer.is_closed());
  EXPECT_EQ(rejected(Rejection::decryption), 1U);
}

TEST_F(TcpLinkTest, ClosesOnAMessageThatTheRoleMayNotSend) {
  start();
  auto peer = raw();
  ASSERT_TRUE(peer.shake());
  peer.send(
      peer.request(1, envelope_to(phone, directory_a, "accounts", directory::ReportPresence{})));
  EXPECT_TRUE(peer.is_closed());
  EXPECT_EQ(rejected(Rejection::not_allowed), 1U);
}

TEST_F(TcpLinkTest, LetsAReplayedHelloDisplaceNobody) {
  auto limits = patient();
  limits.accept_deadline = Millis(1000);
  start(limits);
  auto good = raw();
  ASSERT_TRUE(good.shake() && good.is_answered(1, question()));
  auto thief = raw();
  thief.send(good.hello);
  EXPECT_TRUE(thief.is_closed()) << "it cannot go on";
  EXPECT_TRUE(good.is_answered(2, question()));
  auto newer = raw();
  ASSERT_TRUE(newer.shake() && newer.is_answered(1, question()));
  EXPECT_TRUE(good.is_closed()) << "a newer proven connection does";
}

TEST_F(TcpLinkTest, ServesOthersWhileHundredsAreHalfOpen) {
  auto limits = patient();
  limits.strangers = 64;
  limits.strangers_per_source = 64;
  start(limits);
  constexpr std::size_t crowd = 400;
  std::vector<RawTcpPeer> half_open;
  for (std::size_t i = 0; i < crowd; ++i) {
    half_open.push_back(raw());
    ASSERT_TRUE(half_open.back().is_connected());
  }
  auto good = raw();
  ASSERT_TRUE(good.shake() && good.is_answered(1, question()));
  for (std::size_t i = 0; i < crowd - 64; ++i) {
    EXPECT_TRUE(half_open[i].is_closed()) << i;
  }
  EXPECT_GE(rejected(Rejection::strangers), crowd - 64);
  EXPECT_TRUE(good.is_answered(2, question()));
}

TEST_F(TcpLinkTest, StopsReadingFromWhoDoesNotReadAndThenAnswersAll) {
  auto limits = patient();
  limits.inbound_bytes = 4U << 20U;
  limits.backlog_high = 512U << 10U;
  limits.backlog_low = 128U << 10U;
  start(limits);
  auto peer = raw(directory_b);
  ASSERT_TRUE(peer.shake());
  constexpr std::uint64_t total = 8000;
  const auto request = long_question(4000);
  const auto before = resident_kib();
  std::thread sender([&] {
    for (std::uint64_t i = 1; i <= total; ++i) {
      peer.send(peer.request(i, request));
    }
  });
  const auto deadline = std::chrono::steady_clock::now() + 3 * patience;
  while ((server->counters->of(LinkCount::paused) == 0 || !peer.is_stalled()) &&
         std::chrono::steady_clock::now() < deadline) {
  }
  const auto grown = resident_kib() - std::min(resident_kib(), before);
  while (peer.answers < total && peer.receive()) {
  }
  sender.join();
  EXPECT_EQ(peer.answers, total);
  EXPECT_GT(server->counters->of(LinkCount::paused), 0U);
  if (memory_is_exact()) {
    EXPECT_LT(grown, 20'000U) << "KiB";
  }
}

TEST_F(TcpLinkTest, CarriesALongEnvelopeBothWays) {
  start();
  RealLink other(options_of(directory_b), {});
  other.order(Dial{directory_a.identity.id});
  ASSERT_TRUE(other.comes_up(directory_a.identity.id));
  const auto envelope = long_question(900'000);
  const auto answer = other.ask(directory_a.identity.id, envelope);
  ASSERT_TRUE(answer.ok()) << answer.error().detail;
  EXPECT_TRUE(std::equal(answer.value().bytes().begin(), answer.value().bytes().end(),
                         envelope.bytes().begin(), envelope.bytes().end()));
}

TEST_F(TcpLinkTest, LooksUpNames) {
  start();
  RealLink other(options_of(phone, patient(), "localhost"), {});
  other.order(Dial{directory_a.identity.id});
  EXPECT_TRUE(other.comes_up(directory_a.identity.id));
}

TEST_F(TcpLinkTest, GoesOnWhenANameIsNotKnown) {
  start();
  RealLink other(options_of(phone, patient(), "no-such-host.invalid"), {});
  other.order(Dial{directory_a.identity.id});
  const auto answer = other.ask(directory_a.identity.id, question(), Millis(500));
  EXPECT_EQ(answer.error().code, ErrorCode::unreachable);
}

TEST_F(TcpLinkTest, RunsOverIpv6) {
  auto listener = listen_on("::1", 0);
  if (!listener) {
    GTEST_SKIP() << listener.error().detail;
  }
  port = local_endpoint(listener.value().get()).value().port;
  std::vector<UniqueFd> listeners;
  listeners.push_back(std::move(listener.value()));
  server = std::make_unique<RealLink>(options_of(directory_a), std::move(listeners));
  RealLink other(options_of(phone, patient(), "::1"), {});
  other.order(Dial{directory_a.identity.id});
  EXPECT_TRUE(other.comes_up(directory_a.identity.id));
}

TEST_F(TcpLinkTest, ComesBackWhenThePeerDoes) {
  start();
  RealLink other(options_of(phone), {});
  other.order(Dial{directory_a.identity.id});
  ASSERT_TRUE(other.comes_up(directory_a.identity.id));
  server.reset();
  auto listener = listen_on("127.0.0.1", port);
  ASSERT_TRUE(listener.ok()) << listener.error().detail;
  std::vector<UniqueFd> listeners;
  listeners.push_back(std::move(listener.value()));
  server = std::make_unique<RealLink>(options_of(directory_a), std::move(listeners));
  EXPECT_TRUE(other.ask(directory_a.identity.id, question(), Millis(10'000)).ok());
}

/// A listener whose queue is full drops every SYN: connecting to it neither fails nor succeeds.
class BlackHole {
 public:
  BlackHole() : listener_(std::move(listen_on("127.0.0.1", 0).value())) {
    ::listen(listener_.get(), 0);
    for (int i = 0; i < 4; ++i) {
      auto fd = start_connect(*numeric_address({"127.0.0.1", port()}));
      fill_.push_back(std::move(fd.value()));
    }
  }
  [[nodiscard]] std::uint16_t port() const { return local_endpoint(listener_.get()).value().port; }

 private:
  UniqueFd listener_;
  std::vector<UniqueFd> fill_;
};

TEST_F(TcpLinkTest, IsNotHeldUpByAPeerThatDropsEverySyn) {
  start();
  const BlackHole hole;
  auto limits = patient();
  limits.dial_deadline = Millis(300);
  auto options = options_of(phone, limits);
  options.nodes.nodes[1].control = {{"127.0.0.1", hole.port()}};
  RealLink other(std::move(options), {});
  other.order(Dial{directory_a.identity.id});
  ASSERT_TRUE(other.comes_up(directory_a.identity.id));
  const auto descriptors = open_descriptors();
  other.order(Dial{directory_b.identity.id});
  std::chrono::steady_clock::duration longest{};
  while (other.counters->of(LinkCount::dialled) < 6) {
    const auto start_of_ask = std::chrono::steady_clock::now();
    ASSERT_TRUE(other.ask(directory_a.identity.id, question()).ok());
    longest = std::max(longest, std::chrono::steady_clock::now() - start_of_ask);
  }
  EXPECT_LT(longest, std::chrono::milliseconds(500));
  EXPECT_LE(open_descriptors(), descriptors + 2);
}

TEST_F(TcpLinkTest, LeavesNoDescriptorsBehind) {
  start();
  for (int i = 0; i < 3; ++i) {
    auto peer = raw();
    ASSERT_TRUE(peer.shake());
  }
  const auto before = open_descriptors();
  for (int i = 0; i < 50; ++i) {
    auto peer = raw();
    ASSERT_TRUE(peer.shake() && peer.is_answered(1, question()));
  }
  auto last = raw();
  ASSERT_TRUE(last.shake());
  EXPECT_LE(open_descriptors(), before + 4);
}

TEST_F(TcpLinkTest, LeavesNoDescriptorsWhenItStopsAsItDials) {
  const BlackHole hole;
  const auto dial_and_stop = [&] {
    auto options = options_of(phone, patient());
    options.nodes.nodes[0].control = {{"127.0.0.1", hole.port()}};
    RealLink dialling(std::move(options), {});
    dialling.order(Dial{directory_a.identity.id});
  };
  dial_and_stop();
  const auto before = open_descriptors();
  for (int i = 0; i < 100; ++i) {
    dial_and_stop();
  }
  EXPECT_EQ(open_descriptors(), before);
}

TEST_F(TcpLinkTest, ClosesItsConnectionsWhenItStops) {
  start();
  auto peer = raw();
  ASSERT_TRUE(peer.shake());
  server.reset();
  EXPECT_TRUE(peer.is_closed());
}

TEST(LinkSocket, SaysThatAPortIsInUse) {
  const auto first = listen_on("127.0.0.1", 0);
  ASSERT_TRUE(first.ok());
  const auto port = local_endpoint(first.value().get()).value().port;
  const auto second = listen_on("127.0.0.1", port);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::in_use);
  EXPECT_NE(second.error().detail.find("127.0.0.1:" + std::to_string(port)), std::string::npos);
}

TEST(LinkSocket, TellsWhatIsWrongWithAnAddress) {
  EXPECT_EQ(listen_on("not-an-address", 0).error().code, ErrorCode::value_invalid);
  EXPECT_EQ(listen_on("192.0.2.1", 0).error().code, ErrorCode::not_found);
}

TEST(LinkSocket, ReadsNumericAddressesOnly) {
  EXPECT_TRUE(numeric_address({"127.0.0.1", 1}).has_value());
  EXPECT_TRUE(numeric_address({"2001:db8::1", 1}).has_value());
  EXPECT_FALSE(numeric_address({"localhost", 1}).has_value());
}

}  // namespace
}  // namespace hearth
