// When the steps of a commit are done, and that a crash between any two ends them.

#include "sim/disk/sim_commit_engine.hpp"

#include "tests/sim/disk/virtual_timers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace hearth::sim {
namespace {

using namespace std::chrono_literals;

class SimCommitEngineTest : public ::testing::Test {
 protected:
  storage::CommitSteps steps(const std::string& name) {
    const auto note = [this, name](const std::string& what) {
      return [this, name, what] {
        done_.push_back(what + " " + name);
        return what == failing_ ? Result<void>(Error{ErrorCode::disk_failed, {}}) : Result<void>();
      };
    };
    return {note("write_and_sync"), note("write"), note("sync"), note("mark")};
  }

  void run(const std::string& name) {
    engine_.run(steps(name), [this, name](const Result<void>& outcome) {
      done_.push_back((outcome ? "done " : "failed ") + name);
    });
  }

  using Done = std::vector<std::string>;

  test::VirtualTimers timers_;
  DiskFaults faults_{timers_, Random(1)};
  SimCommitEngine engine_{timers_, faults_, [this] { ++background_work_; }};
  std::string failing_;
  Done done_;
  int background_work_ = 0;
};

TEST_F(SimCommitEngineTest, WritesAtOnceAndSyncsAndAnswersAndMarksLater) {
  run("a");
  EXPECT_EQ(done_, Done{"write a"});
  timers_.step();
  EXPECT_EQ(done_, (Done{"write a", "sync a"}));
  timers_.step();
  EXPECT_EQ(done_, (Done{"write a", "sync a", "done a"}));
  timers_.run_all();
  EXPECT_EQ(done_, (Done{"write a", "sync a", "done a", "mark a"}));
  EXPECT_EQ(background_work_, 1);
}

TEST_F(SimCommitEngineTest, TakesAsLongAsTheDiskDraws) {
  faults_.set(DiskTimes{2ms, 2ms, 0, 1});
  run("a");
  timers_.step();
  EXPECT_EQ(timers_.now(), Instant() + 2ms);
  faults_.stall_for(3s);
  timers_.run_all();
  EXPECT_EQ(done_.back(), "mark a");
  EXPECT_GE(timers_.now(), Instant() + 3s) << "a mark is a sync, too";
}

TEST_F(SimCommitEngineTest, MarksTheNewestOfSeveralBatches) {
  faults_.set(DiskTimes{1us, 1us, 0, 1});
  for (const auto* name : {"a", "b", "c"}) {
    run(name);
    timers_.step();
    timers_.step();
  }
  timers_.run_all();
  EXPECT_EQ(done_.back(), "mark c");
  EXPECT_EQ(std::count(done_.begin(), done_.end(), "mark b"), 0);
}

TEST_F(SimCommitEngineTest, ReportsTheFirstErrorAndMarksNothing) {
  failing_ = "write";
  run("a");
  EXPECT_EQ(done_, Done{"write a"}) << "done comes later";
  timers_.run_all();
  failing_ = "sync";
  run("b");
  timers_.run_all();
  EXPECT_EQ(done_, (Done{"write a", "failed a", "write b", "sync b", "failed b"}));
}

TEST_F(SimCommitEngineTest, EndsEverythingAtACrash) {
  for (int steps_before = 0; steps_before < 4; ++steps_before) {
    done_.clear();
    engine_.boot();
    run("a");
    for (int step = 0; step < steps_before; ++step) {
      timers_.step();
    }
    engine_.crash();
    const auto before = done_;
    timers_.run_all();
    run("b");
    timers_.run_all();
    EXPECT_EQ(done_, before);
  }
}

}  // namespace
}  // namespace hearth::sim
