// The splice engine on real sockets of loopback, with a relay machine that admits everybody.

#include "nodes/relay/splice_engine.hpp"

#include "nodes/relay/pipe_pool.hpp"
#include "tests/support/data_socket.hpp"
#include "tests/support/identities.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

namespace hearth {
namespace {

using namespace std::chrono_literals;
using relay::PairId;
using test::DataSocket;
using test::Flow;

const auto client_key = seal::data_key(testing::secret_of(1));
const auto home_key = seal::data_key(testing::secret_of(2));
const auto client = testing::identity_of(1).id;
const auto home = testing::identity_of(2).id;

/// What the engine reported, added up; and the admission that it asks for.
class Office {
 public:
  void take(SpliceEngine& engine, const relay::RelayExternal& event) {
    const std::lock_guard lock(mutex_);
    if (const auto* wanted = std::get_if<relay::OpenWanted>(&event)) {
      engine.order(relay::ExpectLeg{wanted->connection, ++admitted_, wanted->open.home});
    } else if (const auto* metered = std::get_if<relay::PairsMetered>(&event)) {
      for (const auto& pair : metered->pairs) {
        charge(pair);
      }
    } else if (const auto* ended = std::get_if<relay::PairEnded>(&event)) {
      charge(ended->rest);
      ended_[ended->rest.pair] = ended->reason;
    }
    changed_.notify_all();
  }

  PairId admitted(PairId count) {
    wait([this, count] { return admitted_ >= count; });
    return admitted_;
  }
  std::optional<ErrorCode> ended(PairId pair) {
    wait([this, pair] { return ended_.contains(pair); });
    return ended_.contains(pair) ? std::optional(ended_[pair]) : std::nullopt;
  }
  relay::PairMetered bill(PairId pair) {
    const std::lock_guard lock(mutex_);
    return bills_[pair];
  }

 private:
  void charge(const relay::PairMetered& metered) {
    bills_[metered.pair].to_client += metered.to_client;
    bills_[metered.pair].to_home += metered.to_home;
  }
  template <class Condition>
  void wait(Condition condition) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::milliseconds(test::patience_ms), condition);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  PairId admitted_ = 0;
  std::map<PairId, ErrorCode> ended_;
  std::map<PairId, relay::PairMetered> bills_;
};

class SpliceEngineTest : public ::testing::Test {
 protected:
  struct Stream {
    PairId pair = 0;
    DataSocket client;
    DataSocket home;
  };

  void start(SpliceEngineOptions options = {}) {
    options.limits.metering_interval = 20ms;
    std::vector<UniqueFd> listeners;
    listeners.push_back(test::bound_socket());
    port = test::port_of(listeners[0].get());
    auto started = SpliceEngine::start(
        std::move(listeners), options,
        [this](const relay::RelayExternal& event) { office.take(*engine, event); });
    ASSERT_TRUE(started.ok()) << started.error().detail;
    engine = std::move(started.value());
    engine->order(relay::InstallKey{client_key, client, Role::client});
    engine->order(relay::InstallKey{home_key, home, Role::home});
  }

  /// `early` follows the home's order at once, before it can know that it is joined.
  Stream open(int buffer_bytes = 0, const Bytes& early = {}) {
    Stream stream;
    stream.pair = ++opened;
    stream.client = DataSocket(port, buffer_bytes);
    link::DataInitiator asking(client_key, relay::OpenStream{home, Bytes{1}, Bytes{2}});
    ask(stream.client, asking);
    EXPECT_EQ(office.admitted(stream.pair), stream.pair);
    stream.home = DataSocket(port, buffer_bytes);
    answer(stream.home, stream.pair, early);
    hear(stream.client, asking);
    return stream;
  }
  /// That the stream is joined.
  static void hear(DataSocket& socket, link::DataInitiator& asking) {
    while (!asking.done()) {
      const auto got = socket.receive(asking.wants());
      if (got.empty() || !asking.feed(got).ok()) {
        ADD_FAILURE() << "the client was not told";
        return;
      }
    }
  }
  static void ask(DataSocket& socket, link::DataInitiator& asking) {
    EXPECT_TRUE(socket.send(asking.first_flight()));
    EXPECT_TRUE(socket.send(asking.feed(socket.receive(asking.wants())).value()));
  }
  static void answer(DataSocket& socket, PairId pair, const Bytes& early) {
    link::DataInitiator accepting(home_key, relay::AcceptStream{pair});
    EXPECT_TRUE(socket.send(accepting.first_flight()));
    auto order = accepting.feed(socket.receive(accepting.wants())).value();
    order.insert(order.end(), early.begin(), early.end());
    EXPECT_TRUE(socket.send(order));
  }

  void expect_delivered(Stream& stream, std::uint64_t to_client, std::uint64_t to_home) {
    std::vector<Flow> flows{{&stream.home, &stream.client, 1, to_client},
                            {&stream.client, &stream.home, 2, to_home}};
    EXPECT_TRUE(test::run(flows)) << flows[0].received << " and " << flows[1].received;
  }

  static void expect_bytes(DataSocket& socket, std::size_t count) {
    for (std::size_t received = 0; received < count;) {
      const auto got = socket.receive(count);
      ASSERT_FALSE(got.empty());
      received += got.size();
    }
  }

  std::uint16_t port = 0;
  PairId opened = 0;
  Office office;
  std::unique_ptr<SpliceEngine> engine;
};

TEST_F(SpliceEngineTest, DeliversBothDirectionsUnchanged) {
  start();
  auto stream = open();
  expect_delivered(stream, 24U << 20U, 5U << 20U);
  EXPECT_EQ(engine->counters().bytes_copied, 0U);
}

TEST_F(SpliceEngineTest, BillsWhatItDelivered) {
  start();
  auto stream = open();
  expect_delivered(stream, 3'000'001, 70'001);
  stream.client.finish_sending();
  stream.home.finish_sending();
  EXPECT_EQ(office.ended(stream.pair), ErrorCode::none);
  EXPECT_EQ(office.bill(stream.pair).to_client, 3'000'001U);
  EXPECT_EQ(office.bill(stream.pair).to_home, 70'001U);
  EXPECT_EQ(engine->counters().bytes_to_clients, 3'000'001U);
  EXPECT_EQ(engine->counters().bytes_to_homes, 70'001U);
}

TEST_F(SpliceEngineTest, PassesOnTheEndOfOneDirectionOnly) {
  start();
  auto stream = open();
  stream.client.finish_sending();
  EXPECT_TRUE(stream.home.at_end());
  expect_delivered(stream, 1U << 20U, 0);
  stream.home.finish_sending();
  EXPECT_TRUE(stream.client.at_end());
  EXPECT_EQ(office.ended(stream.pair), ErrorCode::none);
}

TEST_F(SpliceEngineTest, DeliversWhatTheHomeSentBeforeItWasJoined) {
  start();
  auto stream = open(0, Bytes(5000, 'e'));
  expect_bytes(stream.client, 5000);
}

// A short stream of a home that is faster than the engine's own order to expect it.
TEST_F(SpliceEngineTest, DeliversWhatAHomeSentThatWasDoneBeforeItWasExpected) {
  start();
  DataSocket early(port);
  answer(early, 1, Bytes(5000, 'e'));
  early.finish_sending();
  ASSERT_TRUE(early.end_is_acknowledged());
  DataSocket late(port);
  link::DataInitiator asking(client_key, relay::OpenStream{home, Bytes{1}, Bytes{2}});
  ask(late, asking);
  hear(late, asking);
  expect_bytes(late, 5000);
  late.finish_sending();
  EXPECT_EQ(office.ended(1), ErrorCode::none);
}

TEST_F(SpliceEngineTest, DeliversAllThatAHomeSentBeforeItLeft) {
  start({.buffer_bytes = 65'536});
  auto stream = open(4096);
  std::size_t sent = 0;
  const auto stuck = [this, &sent, &stream] {  // Some of it stays in the relay for 100 ms.
    for (int i = 0; i < 100 && engine->counters().bytes_to_clients < sent; ++i) {
      stream.home.ready(POLLPRI, 1);
    }
    return engine->counters().bytes_to_clients < sent;
  };
  while (!stuck()) {
    ASSERT_TRUE(stream.home.send(Bytes(4096, 'm')));
    sent += 4096;
  }
  ASSERT_TRUE(stream.home.send(Bytes(20'000, 'm')));
  sent += 20'000;
  stream.home.finish_sending();
  ASSERT_TRUE(stream.home.end_is_acknowledged());
  stream.home.close();
  for (std::uint64_t grants = 1; grants <= 2; ++grants) {  // They meet a reset.
    ASSERT_TRUE(stream.client.send(Bytes(100, 'g')));
    for (int i = 0; i < 100 && engine->counters().bytes_to_homes < grants * 100; ++i) {
      stream.client.ready(POLLPRI, 1);
    }
  }
  std::size_t received = 0;
  for (auto got = stream.client.receive(7000); !got.empty(); got = stream.client.receive(7000)) {
    received += got.size();
  }
  EXPECT_EQ(errno, 0);
  EXPECT_EQ(received, sent);
  EXPECT_EQ(office.ended(stream.pair), ErrorCode::none);
}

TEST_F(SpliceEngineTest, ResetsTheHomeOfAClientThatAborted) {
  start();
  auto stream = open();
  stream.client.abort();
  EXPECT_TRUE(stream.home.reset_by_peer());
  EXPECT_EQ(office.ended(stream.pair), ErrorCode::unreachable);
}

TEST_F(SpliceEngineTest, ResetsTheClientOfAHomeThatAborted) {
  start();
  auto stream = open();
  stream.home.abort();
  EXPECT_TRUE(stream.client.reset_by_peer());
  EXPECT_EQ(office.ended(stream.pair), ErrorCode::unreachable);
}

TEST_F(SpliceEngineTest, ResetsAHomeThatSendsToAClientThatAborted) {
  start();
  auto stream = open();
  std::vector<Flow> flows{{&stream.home, &stream.client, 1, 1U << 20U}};
  EXPECT_TRUE(test::run(flows));
  stream.home.send(Bytes(1U << 20U));
  stream.client.abort();
  EXPECT_EQ(office.ended(stream.pair), ErrorCode::unreachable);
  EXPECT_TRUE(stream.home.reset_by_peer());
}

TEST_F(SpliceEngineTest, HoldsLittleForAReaderThatIsSlow) {
  start({.buffer_bytes = 65'536});
  auto stream = open(32'768);
  Flow flow{&stream.home, &stream.client, 1, 64U << 20U};
  while (stream.home.ready(POLLOUT, 200)) {  // Until nothing has moved for a while.
    test::detail::send_some(flow);
  }
  // Both sockets, the relay's two and one pipe; the kernel doubles what it is asked for.
  EXPECT_LT(flow.sent, 1U << 20U);
  flow.bytes = flow.sent;
  std::vector<Flow> flows{flow};
  EXPECT_TRUE(test::run(flows));
}

TEST_F(SpliceEngineTest, LetsASlowReaderDisturbNobodyElse) {
  start();
  auto slow = open(32'768);
  slow.home.send(Bytes(64U << 10U));
  auto stream = open();
  expect_delivered(stream, 8U << 20U, 1000);
}

TEST_F(SpliceEngineTest, Carries256StreamsAtOnce) {
  start();
  std::vector<Stream> streams;
  for (int i = 0; i < 256; ++i) {
    streams.push_back(open());
  }
  std::vector<Flow> flows;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    flows.push_back({&streams[i].home, &streams[i].client, i, 200'000});
    flows.push_back({&streams[i].client, &streams[i].home, 1000 + i, 3'000});
  }
  EXPECT_TRUE(test::run(flows));
  EXPECT_EQ(engine->counters().bytes_to_clients, 256U * 200'000U);
}

TEST_F(SpliceEngineTest, CopiesWhenThereIsNoPipe) {
  start({.pipes = {.big_max = 0, .small_max = 0}});
  auto stream = open();
  expect_delivered(stream, 6U << 20U, 6U << 20U);
  stream.client.finish_sending();
  stream.home.finish_sending();
  EXPECT_EQ(office.ended(stream.pair), ErrorCode::none);
  EXPECT_EQ(office.bill(stream.pair).to_client, 6U << 20U);
  EXPECT_EQ(engine->counters().bytes_copied, 12U << 20U);
}

TEST_F(SpliceEngineTest, CopiesToASlowReaderWithoutLoss) {
  start({.pipes = {.big_max = 0, .small_max = 0}, .buffer_bytes = 16'384});
  auto stream = open(4096);
  expect_delivered(stream, 1U << 20U, 1U << 20U);
}

TEST_F(SpliceEngineTest, MixesPipesAndCopies) {
  start({.pipes = {.big_max = 1, .small_max = 1}, .buffer_bytes = 16'384});
  std::vector<Stream> streams;
  std::vector<Flow> flows;
  for (int i = 0; i < 8; ++i) {
    streams.push_back(open(4096));
  }
  for (auto& stream : streams) {
    flows.push_back({&stream.home, &stream.client, stream.pair, 1U << 20U});
  }
  EXPECT_TRUE(test::run(flows));
}

TEST_F(SpliceEngineTest, ResetsWhoDoesNotKnowTheProtocol) {
  start();
  DataSocket stranger(port);
  ASSERT_TRUE(stranger.send(Bytes(100, 'G')));
  EXPECT_TRUE(stranger.reset_by_peer());
}

TEST_F(SpliceEngineTest, ResetsWhoSaysNothing) {
  start({.limits = {.handshake_deadline = 30ms}});
  DataSocket silent(port);
  DataSocket slow(port);
  ASSERT_TRUE(slow.send(Bytes(5, 'H')));
  EXPECT_TRUE(silent.reset_by_peer());
  EXPECT_TRUE(slow.reset_by_peer());
}

TEST_F(SpliceEngineTest, ForgetsAClientThatLeavesWhileItWaits) {
  start();
  {
    DataSocket leaving(port);
    link::DataInitiator asking(client_key, relay::OpenStream{home, {}, {}});
    ask(leaving, asking);
    ASSERT_EQ(office.admitted(1), 1U);
  }
  EXPECT_EQ(office.ended(1), ErrorCode::unreachable);
}

TEST_F(SpliceEngineTest, AbortsStreamsThatAreCut) {
  start();
  auto stream = open();
  auto other = open();
  engine->order(relay::CutPairs{{stream.pair}, ErrorCode::ticket_invalid});
  EXPECT_TRUE(stream.client.reset_by_peer());
  EXPECT_TRUE(stream.home.reset_by_peer());
  EXPECT_EQ(office.ended(stream.pair), ErrorCode::ticket_invalid);
  expect_delivered(other, 1000, 1000);
}

TEST_F(SpliceEngineTest, SendsTheLastBillBeforeItStops) {
  start();
  auto stream = open();
  expect_delivered(stream, 100'000, 10);
  engine->stop();
  EXPECT_EQ(office.ended(stream.pair), ErrorCode::stopping);
  EXPECT_EQ(office.bill(stream.pair).to_client, 100'000U);
  EXPECT_TRUE(stream.client.reset_by_peer());
}

TEST_F(SpliceEngineTest, RefusesASocketThatCannotListen) {
  std::vector<UniqueFd> listeners;
  listeners.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  const auto started = SpliceEngine::start(std::move(listeners), {}, [](const auto&) {});
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().code, ErrorCode::value_invalid);
}

TEST(PipePool, LendsAPipeAgainWhenItIsEmpty) {
  PipePool pool({.big_max = 1, .small_max = 0});
  auto pipe = pool.take();
  ASSERT_TRUE(pipe);
  const int end = pipe->read_end.get();
  EXPECT_FALSE(pool.take());
  pool.give_back(std::move(*pipe));
  EXPECT_EQ(pool.take()->read_end.get(), end);
}

TEST(SpliceEngineOptions, FitIntoTheDescriptorsOfTheProcess) {
  for (const std::size_t descriptors : {64, 256, 1024, 4096}) {
    const auto fitted = fitting({}, descriptors);
    const auto pipes = fitted.pipes.big_max + fitted.pipes.small_max;
    EXPECT_LE(fitted.limits.connections + 2 * pipes, descriptors / 8 * 3);
    EXPECT_LE(fitted.limits.unproven, fitted.limits.connections / 2);
    EXPECT_GT(fitted.limits.unproven, 0);
  }
  const auto plenty = fitting({}, 1U << 20U);
  EXPECT_EQ(plenty.limits.unproven, relay::EngineLimits{}.unproven);
  EXPECT_EQ(plenty.limits.connections, relay::EngineLimits{}.connections);
  EXPECT_EQ(plenty.pipes.small_max, PipeBounds{}.small_max);
}

TEST(PipePool, MakesAnotherForOneThatWasDiscarded) {
  PipePool pool({.big_max = 1, .small_max = 0});
  pool.discard(std::move(*pool.take()));
  EXPECT_TRUE(pool.take());
}

TEST(PipePool, LendsSmallOnesWhenTheBigOnesAreOut) {
  PipePool pool({.big_max = 1, .small_max = 1});
  const auto big = pool.take();
  const auto small = pool.take();
  ASSERT_TRUE(big && small);
  EXPECT_GT(::fcntl(big->write_end.get(), F_GETPIPE_SZ), 256 << 10);
  EXPECT_EQ(::fcntl(small->write_end.get(), F_GETPIPE_SZ), 256 << 10);
  EXPECT_FALSE(pool.take());
}

TEST(PipePool, IsDryWhenTheKernelRefusesTheSize) {
  PipePool pool({.big_bytes = std::size_t{1} << 31U, .small_bytes = std::size_t{1} << 31U});
  EXPECT_FALSE(pool.take());
  EXPECT_FALSE(pool.take());
}

}  // namespace
}  // namespace hearth
