// The log-writer as actors see it: appends in, acknowledgements out. CAF's testing scheduler runs
// everything in this thread, the disk works when the test says so.

#include "actors/runtime/log_writer.hpp"

#include "storage/memory_event_log.hpp"
#include "tests/support/log_helpers.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/send.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace hearth {
namespace {

using namespace std::chrono_literals;
using test::append;

struct Config : caf::actor_system_config {
  Config() { set("scheduler.policy", caf::atom("testing")); }
};

/// What one writing actor heard.
struct Heard {
  std::vector<storage::Sequence> durable;
  std::vector<ErrorCode> refused;
};

/// Forwards appends to the log-writer, so that the answers come back to it.
caf::behavior writing_actor(caf::event_based_actor* self, const caf::actor& log_writer,
                            std::shared_ptr<Heard> heard) {
  return {
      [self, log_writer](storage::Append& append) { self->send(log_writer, std::move(append)); },
      [heard](const Durable& durable) { heard->durable.push_back(durable.last); },
      [heard](const AppendRefused& refused) { heard->refused.push_back(refused.error.code); },
  };
}

class LogWriterTest : public ::testing::Test {
 protected:
  ~LogWriterTest() override {
    engine_.drop();
    caf::anon_send_exit(log_writer_, caf::exit_reason::kill);
    for (const auto& writer : writers_) {
      caf::anon_send_exit(writer, caf::exit_reason::kill);
    }
    run();
  }

  caf::actor spawn_writer(std::shared_ptr<Heard> heard) {
    writers_.push_back(system_.spawn(writing_actor, log_writer_, std::move(heard)));
    return writers_.back();
  }

  void run() { scheduler().run(); }
  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(system_.scheduler());
  }

  void send(const caf::actor& writer, storage::Append append) {
    caf::anon_send(writer, std::move(append));
    run();
  }
  void disk_works() {
    engine_.commit();
    run();
  }

  test::SteppedEngine engine_;
  storage::MemoryEventLog log_{engine_};
  LogDoor door_;
  std::optional<Error> failed_;
  Config config_;
  caf::actor_system system_{config_};
  caf::actor log_writer_ =
      system_.spawn(hearth::log_writer,
                    LogWriterPorts{&log_, &door_, [this](const Error& error) { failed_ = error; }});
  std::vector<caf::actor> writers_;
  std::shared_ptr<Heard> heard_ = std::make_shared<Heard>();
};

TEST_F(LogWriterTest, AnswersWhenTheAppendIsDurableAndNotBefore) {
  const auto writer = spawn_writer(heard_);
  send(writer, append(1, 0, {"a", "b"}));
  EXPECT_TRUE(heard_->durable.empty());

  disk_works();
  EXPECT_EQ(heard_->durable, std::vector<storage::Sequence>{2});
  EXPECT_EQ(test::replayed(log_, 1), (test::Records{{1, "a"}, {2, "b"}}));
}

TEST_F(LogWriterTest, WritesForManyActorsInOneBatch) {
  const auto others = std::make_shared<Heard>();
  const auto writer = spawn_writer(heard_);
  const auto other = spawn_writer(others);
  send(writer, append(1, 0, {"a"}));
  send(writer, append(1, 1, {"b"}));
  send(other, append(2, 0, {"c"}));
  disk_works();
  disk_works();

  EXPECT_EQ(log_.last_batch(), 2U);
  EXPECT_EQ(heard_->durable, (std::vector<storage::Sequence>{1, 2}));
  EXPECT_EQ(others->durable, std::vector<storage::Sequence>{1});
}

TEST_F(LogWriterTest, RefusesABrokenWriterAndGoesOn) {
  const auto others = std::make_shared<Heard>();
  const auto writer = spawn_writer(heard_);
  send(writer, append(1, 0, {"a"}));
  send(writer, append(1, 5, {"b"}));
  send(spawn_writer(others), append(2, 0, {"c"}));
  disk_works();
  disk_works();

  EXPECT_EQ(heard_->durable, std::vector<storage::Sequence>{1});
  EXPECT_EQ(heard_->refused, std::vector<ErrorCode>{ErrorCode::sequence_moved});
  EXPECT_EQ(others->durable, std::vector<storage::Sequence>{1});
  EXPECT_FALSE(failed_.has_value());
}

TEST_F(LogWriterTest, GoesOnWithTheNumberAfterTheLastOfTheLog) {
  const auto writer = spawn_writer(heard_);
  send(writer, append(1, 0, {"a"}));
  disk_works();

  const auto next = system_.spawn(hearth::log_writer, LogWriterPorts{&log_, &door_, {}});
  caf::anon_send(next, append(1, 1, {"b"}));
  run();
  disk_works();
  EXPECT_EQ(log_.last_batch(), 2U);
  caf::anon_send_exit(next, caf::exit_reason::kill);
  run();
}

TEST_F(LogWriterTest, ClosesTheDoorWhileTheDiskIsBehind) {
  const auto writer = spawn_writer(heard_);
  const auto now = [this] { return scheduler().clock().now(); };
  EXPECT_TRUE(door_.open(now()));
  send(writer, append(1, 0, {"a"}));
  EXPECT_TRUE(door_.open(now()));
  EXPECT_FALSE(door_.open(now() + LogDoor::oldest_age_max));

  disk_works();
  EXPECT_TRUE(door_.open(now() + LogDoor::oldest_age_max));
}

TEST_F(LogWriterTest, ClosesTheDoorWhenTooMuchWaits) {
  const auto writer = spawn_writer(heard_);
  for (std::uint64_t stream = 0; stream < 9; ++stream) {
    send(writer, append(stream, 0, {std::string(std::size_t{1} << 20U, 'a')}));
  }
  EXPECT_FALSE(door_.open(scheduler().clock().now()));
}

TEST_F(LogWriterTest, EndsWithItsNodeWhenTheDiskFails) {
  const auto writer = spawn_writer(heard_);
  send(writer, append(1, 0, {"a"}));
  engine_.fail({ErrorCode::disk_full, "of the test"});
  run();

  ASSERT_TRUE(failed_.has_value());
  EXPECT_EQ(failed_->code, ErrorCode::disk_full);
  EXPECT_TRUE(heard_->durable.empty());
  send(writer, append(1, 1, {"b"}));
  EXPECT_TRUE(engine_.idle());
}

}  // namespace
}  // namespace hearth
