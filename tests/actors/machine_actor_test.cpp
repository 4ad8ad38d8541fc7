// The shell of all step machines, under CAF's testing scheduler in this thread: nothing leaves
// before the log has it.

#include "actors/runtime/machine_actor.hpp"

#include "actors/runtime/log_writer.hpp"
#include "storage/memory_event_log.hpp"
#include "tests/support/machine_bench.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <gtest/gtest.h>

#include <vector>

namespace hearth {
namespace {

/// Remembers every number that it is told, and tells it on.
class EchoMachine {
 public:
  using External = int;
  using Command = int;
  static constexpr const char* name = "echo";
  static constexpr storage::StreamId stream{1};

  Result<void> recover(const storage::LogReader& log) {
    return log.replay(stream, 0, [this](storage::Sequence, BytesView) -> Result<void> {
      ++recovered;
      return {};
    });
  }
  Effects<int> start(Instant) { return {}; }
  Effects<int> step(const int& number, Instant) {
    Effects<int> effects;
    if (number > 0) {  // others are reads
      effects.appends.push_back({stream, 0, {Bytes{1}}, {}, {}, 0});
    }
    effects.commands.push_back(number);
    return effects;
  }
  Effects<int> step(const Delivered& request, Instant) {
    Effects<int> effects;
    effects.replies.push_back({*request.reply_to, Envelope{}});
    return effects;
  }
  template <class Other>
  Effects<int> step(const Other&, Instant) {
    return {};
  }

  int recovered = 0;
};

struct Config : caf::actor_system_config {
  Config() { set("scheduler.policy", caf::atom("testing")); }
};

class MachineActorTest : public ::testing::Test {
 protected:
  ~MachineActorTest() override {
    for (const auto& actor : {echo_, writer_}) {
      caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    }
    echo_ = writer_ = nullptr;
    run();
  }

  void run() { dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler()).run(); }

  void spawn() {
    const auto failed = [this](const Error& error) { failures_.push_back(error.code); };
    writer_ = system_.spawn(log_writer, LogWriterPorts{&disk_.log, &door_, failed});
    machine_ = std::make_shared<EchoMachine>();
    echo_ = system_.spawn(
        machine_actor<EchoMachine>, machine_,
        MachinePorts<EchoMachine>{&disk_.log, &door_, writer_, link_of_this(),
                                  [this](int number) { told_.push_back(number); }, failed});
    run();
  }

  void tell(int number) {
    caf::anon_send(echo_, ExternalInput<int>{number});
    run();
  }

  void commit() {
    disk_.engine.pump();
    run();
  }

  /// Stands in for the link: keeps what it is told to answer. Takes an argument because CAF 0.17
  /// binds a reference to a null tuple for functions that take none.
  caf::actor link_of_this() {
    return system_.spawn(
        [](caf::event_based_actor*, std::vector<Reply>* replies) -> caf::behavior {
          return {[replies](const Reply& reply) { replies->push_back(reply); }};
        },
        &replies_);
  }

  test::Disk disk_;
  LogDoor door_;
  Config config_;
  caf::actor_system system_{config_};
  caf::actor writer_;
  caf::actor echo_;
  std::shared_ptr<EchoMachine> machine_;
  std::vector<int> told_;
  std::vector<Reply> replies_;
  std::vector<ErrorCode> failures_;
};

TEST_F(MachineActorTest, TellsNothingBeforeItIsDurable) {
  spawn();
  tell(1);
  EXPECT_TRUE(told_.empty());
  commit();
  EXPECT_EQ(told_, std::vector<int>{1});
}

TEST_F(MachineActorTest, ReadsWaitForWhatTheyMayHaveSeen) {
  spawn();
  tell(1);
  tell(-7);
  EXPECT_TRUE(told_.empty());
  commit();
  EXPECT_EQ(told_, (std::vector<int>{1, -7}));
}

TEST_F(MachineActorTest, ManyStepsShareOneCommit) {
  spawn();
  tell(1);  // at the disk
  tell(2);
  tell(3);  // gather behind it
  commit();
  EXPECT_EQ(told_, std::vector<int>{1});
  commit();
  EXPECT_EQ(told_, (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(disk_.log.last_batch(), 2U);
}

TEST_F(MachineActorTest, GoesOnBehindWhatAnEarlierLifeWrote) {
  disk_.write({EchoMachine::stream, 0, {Bytes{1}, Bytes{2}}, {}, {}, 0});
  spawn();
  EXPECT_EQ(machine_->recovered, 2);
  tell(1);
  commit();
  EXPECT_EQ(disk_.log.last_sequence(EchoMachine::stream).value(), 3U);
  EXPECT_TRUE(failures_.empty());
}

TEST_F(MachineActorTest, RequestsAreRefusedWhileTheLogIsBehind) {
  spawn();
  door_.set(LogDoor::uncommitted_bytes_max, Instant{});
  caf::anon_send(echo_, Delivered{ReplyTo{}, {}, Role::client, 1, {}});
  run();
  ASSERT_EQ(replies_.size(), 1U);
  EXPECT_EQ(replies_[0].answer.error().code, ErrorCode::overloaded);
}

TEST_F(MachineActorTest, AFailingDiskEndsTheNodeAndTellsNothing) {
  spawn();
  tell(1);
  disk_.log.crash();
  commit();
  EXPECT_TRUE(told_.empty());
  ASSERT_FALSE(failures_.empty());
  EXPECT_EQ(failures_[0], ErrorCode::disk_failed);
}

/// One that decides for a group: reads are exact.
class GroupEcho : public EchoMachine {
 public:
  using EchoMachine::step;
  Effects<int> step(const int& number, Instant now) {
    auto effects = EchoMachine::step(number, now);
    effects.exact = number < 0;
    effects.replies.push_back({ReplyTo{}, Envelope{}});
    return effects;
  }
  Effects<int> step(const LeadershipChanged& change, Instant) {
    reigns.push_back(change.reign);
    return {};
  }
  std::vector<std::uint64_t> reigns;
};

class GroupActorTest : public MachineActorTest {
 protected:
  /// What the machine's actor says to the replicas.
  struct Said {
    std::size_t appends = 0;
    std::size_t confirms = 0;
    std::vector<std::uint64_t> reigns;
    storage::Sequence expected = 0;
  };

  void SetUp() override {
    writer_ = system_.spawn(
        [](caf::event_based_actor*, Said* said) -> caf::behavior {
          return {[said](const storage::Append& append) {
                    ++said->appends;
                    said->expected = append.expected;
                  },
                  [said](const Confirm&) { ++said->confirms; },
                  [said](const ReignBegun& begun) { said->reigns.push_back(begun.reign); }};
        },
        &said_);
    group_ = std::make_shared<GroupEcho>();
    echo_ = system_.spawn(
        machine_actor<GroupEcho>, group_,
        MachinePorts<GroupEcho>{&disk_.log, &door_, writer_, link_of_this(),
                                [this](int number) { told_.push_back(number); },
                                [this](const Error& error) { failures_.push_back(error.code); }});
    say(LeadershipChanged{1, true, {}});
  }

  template <class Message>
  void say(Message message) {
    caf::anon_send(echo_, std::move(message));
    run();
  }

  Said said_;
  std::shared_ptr<GroupEcho> group_;
};

TEST_F(GroupActorTest, AnExactReadWaitsForItsConfirmation) {
  tell(-1);
  EXPECT_EQ(said_.confirms, 1U);
  EXPECT_TRUE(told_.empty());
  say(Confirmed{});
  EXPECT_EQ(told_, std::vector<int>{-1});
}

TEST_F(GroupActorTest, WhatIsCommittedNeedsNoConfirmation) {
  tell(1);
  EXPECT_EQ(said_.confirms, 0U);
  say(Durable{});
  EXPECT_EQ(told_, std::vector<int>{1});
}

TEST_F(GroupActorTest, AnotherReignAnswersThatNobodyKnowsAndBeginsFromTheLog) {
  tell(1);
  tell(-2);
  say(LeadershipChanged{2, false, {}});
  ASSERT_EQ(replies_.size(), 2U);
  EXPECT_EQ(replies_[0].answer.error().code, ErrorCode::outcome_unknown);
  EXPECT_TRUE(told_.empty()) << "nothing of it may show";
  EXPECT_EQ(said_.reigns, std::vector<std::uint64_t>{1}) << "it does not decide in the second";
  say(LeadershipChanged{3, true, {}});
  EXPECT_EQ(said_.reigns, (std::vector<std::uint64_t>{1, 3}));
  EXPECT_EQ(group_->reigns, (std::vector<std::uint64_t>{1, 2, 3}));
  tell(5);
  EXPECT_EQ(said_.expected, 0U) << "what was lost is not counted";
  say(Durable{});
  EXPECT_EQ(told_, std::vector<int>{5});
}

}  // namespace
}  // namespace hearth
