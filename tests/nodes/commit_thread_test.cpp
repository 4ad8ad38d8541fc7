// Real threads; every wait is for something that must happen.

#include "nodes/support/commit_thread.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <string>
#include <vector>

namespace hearth {
namespace {

using namespace std::chrono_literals;

constexpr Millis never{1h};

/// What was done, in order, from any thread.
class Diary {
 public:
  void write(const std::string& entry) {
    const std::lock_guard lock(mutex_);
    entries_.push_back(entry);
  }
  std::vector<std::string> read() const {
    const std::lock_guard lock(mutex_);
    return entries_;
  }

  /// Steps of a batch called `name`; its outcome is entered as done.
  storage::CommitSteps steps(const std::string& name, Result<void> outcome = {}) {
    storage::CommitSteps steps;
    steps.write_and_sync = [this, name, outcome] {
      write("sync " + name);
      return outcome;
    };
    steps.mark = [this, name] {
      write("mark " + name);
      return Result<void>();
    };
    return steps;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> entries_;
};

Result<void> run_and_wait(CommitThread& engine, storage::CommitSteps steps) {
  std::promise<Result<void>> done;
  engine.run(std::move(steps), [&done](Result<void> outcome) { done.set_value(outcome); });
  return done.get_future().get();
}

using Entries = std::vector<std::string>;

TEST(CommitThread, SyncsOnAnotherThreadAndTellsTheOutcome) {
  CommitThread engine(never);
  std::thread::id worker;
  storage::CommitSteps steps;
  steps.write_and_sync = [&worker]() -> Result<void> {
    worker = std::this_thread::get_id();
    return Error{ErrorCode::disk_full, "of the test"};
  };
  EXPECT_EQ(run_and_wait(engine, std::move(steps)).error().code, ErrorCode::disk_full);
  EXPECT_NE(worker, std::this_thread::get_id());
}

TEST(CommitThread, MarksABatchThatNoneFollows) {
  CommitThread engine(Millis{1});
  std::promise<void> marked;
  storage::CommitSteps steps;
  steps.write_and_sync = [] { return Result<void>(); };
  steps.mark = [&marked] {
    marked.set_value();
    return Result<void>();
  };
  EXPECT_TRUE(run_and_wait(engine, std::move(steps)).ok());
  EXPECT_EQ(marked.get_future().wait_for(30s), std::future_status::ready);
}

TEST(CommitThread, MarksOnlyTheNewestOfManyBatches) {
  Diary diary;
  {
    CommitThread engine(never);
    for (const auto* name : {"1", "2", "3"}) {
      EXPECT_TRUE(run_and_wait(engine, diary.steps(name)).ok());
    }
  }
  EXPECT_EQ(diary.read(), (Entries{"sync 1", "sync 2", "sync 3", "mark 3"}));
}

TEST(CommitThread, SyncsABatchBesideTheMarkOfAnEarlierOne) {
  Diary diary;
  CommitThread engine(Millis{0});
  std::promise<void> mark_begun;
  std::promise<void> second_synced;
  auto first = diary.steps("1");
  first.mark = [&mark_begun, synced = second_synced.get_future().share()] {
    mark_begun.set_value();
    synced.wait();
    return Result<void>();
  };
  EXPECT_TRUE(run_and_wait(engine, std::move(first)).ok());
  mark_begun.get_future().wait();
  EXPECT_TRUE(run_and_wait(engine, diary.steps("2")).ok());
  second_synced.set_value();
}

TEST(CommitThread, NeverMarksABatchThatFailed) {
  Diary diary;
  {
    CommitThread engine(never);
    EXPECT_TRUE(run_and_wait(engine, diary.steps("1")).ok());
    EXPECT_FALSE(run_and_wait(engine, diary.steps("2", Error{ErrorCode::disk_failed, {}})).ok());
  }
  EXPECT_EQ(diary.read(), (Entries{"sync 1", "sync 2", "mark 1"}));
}

TEST(CommitThread, LetsDoneStartTheNextCommit) {
  Diary diary;
  std::promise<void> second_done;
  CommitThread engine(never);
  engine.run(diary.steps("1"), [&](const Result<void>&) {
    engine.run(diary.steps("2"), [&](const Result<void>&) { second_done.set_value(); });
  });
  second_done.get_future().wait();
  EXPECT_EQ(diary.read(), (Entries{"sync 1", "sync 2"}));
}

TEST(CommitThread, FinishesTheCommitUnderWayAndItsMarkBeforeItEnds) {
  Diary diary;
  std::atomic<bool> done{false};
  {
    CommitThread engine(never);
    engine.run(diary.steps("1"), [&](const Result<void>&) { done = true; });
  }
  EXPECT_TRUE(done);
  EXPECT_EQ(diary.read(), (Entries{"sync 1", "mark 1"}));
}

TEST(CommitThread, LosesNothingUnderLoad) {
  constexpr int batches = 2000;
  int synced = 0;
  std::atomic<int> marked{0};
  {
    CommitThread engine(Millis{0});
    for (int batch = 1; batch <= batches; ++batch) {
      storage::CommitSteps steps;
      steps.write_and_sync = [&synced] {
        ++synced;
        return Result<void>();
      };
      steps.mark = [&marked, batch] {
        EXPECT_LT(marked.exchange(batch), batch);
        return Result<void>();
      };
      EXPECT_TRUE(run_and_wait(engine, std::move(steps)).ok());
    }
  }
  EXPECT_EQ(synced, batches);
  EXPECT_EQ(marked, batches);
}

}  // namespace
}  // namespace hearth
