// What only a disk of files can show: rot in each kind of file, background work, and that the same
// seed does the same.

#include "sim/disk/rocks_node_disk.hpp"

#include "tests/sim/disk/logged_node.hpp"

#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <algorithm>
#include <string>
#include <vector>

namespace hearth::sim {
namespace {

using Node = test::LoggedNode<RocksNodeDisk>;

bool has_file(const SimDisk& disk, std::string_view ending) {
  const auto names = disk.names_in("/log");
  return std::any_of(names.begin(), names.end(),
                     [ending](const auto& name) { return name.ends_with(ending); });
}

/// The log is as it was, or says that it is damaged: where it is read, if not at the start.
void expect_nothing_is_hidden(Node& node, const Node::Contents& before) {
  const auto booted = node.disk.boot();
  if (!booted) {
    EXPECT_TRUE(booted.error().code == ErrorCode::log_lost ||
                booted.error().code == ErrorCode::log_corrupt)
        << booted.error().detail;
    return;
  }
  const auto found = Node::read(*booted.value());
  EXPECT_TRUE(found ? found.value() == before : found.error().code == ErrorCode::log_corrupt);
}

TEST(RocksNodeDisk, HidesNoRotInAcknowledgedData) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    for (const auto part :
         {DiskPart::write_ahead_log, DiskPart::table, DiskPart::manifest, DiskPart::mark}) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      Node node(seed);
      ASSERT_EQ(node.boot(), ErrorCode::none);
      node.commit_many(20);
      node.disk.crash();
      ASSERT_EQ(node.boot(), ErrorCode::none);  // recovery makes a table
      node.commit_many(20);
      node.timers.run_all();  // the last mark
      const auto before = node.read().value();
      node.disk.crash();
      ASSERT_TRUE(node.disk.rot(part, 1));
      expect_nothing_is_hidden(node, before);
    }
  }
}

// As a compaction that finds no space does: RocksDB tries it again at once.
TEST(RocksEnv, RunsAJobThatComesAgainOnceAtATime) {
  struct Again {
    rocksdb::Env* env = nullptr;
    int runs = 0;
    static void run(void* self) {
      auto& again = *static_cast<Again*>(self);
      ++again.runs;
      again.env->Schedule(run, self);
    }
  };
  test::VirtualTimers timers;
  DiskFaults faults(timers, Random(1));
  SimDisk disk(faults);
  RocksEnv env(disk, timers, 1);
  Again again{env.get()};
  Again::run(&again);
  env.run_background_jobs();
  EXPECT_EQ(again.runs, 2);
  env.run_background_jobs();
  EXPECT_EQ(again.runs, 3);
  EXPECT_EQ(env.background_jobs(), 1U);
}

TEST(RocksNodeDisk, FlushesAndCompactsInTheBackground) {
  Node node(1);
  std::size_t removed = 0;
  std::size_t tables = 0;
  node.disk.set_trace([&](const DiskStep& step) {
    const bool table = step.path.ends_with(".sst");
    tables += table && step.action == DiskAction::create ? 1U : 0U;
    removed += table && step.action == DiskAction::remove ? 1U : 0U;
  });
  ASSERT_EQ(node.boot(), ErrorCode::none);
  node.commit_many(2500);
  EXPECT_EQ(node.acknowledged, 2500U);
  EXPECT_GT(tables, 12U);
  EXPECT_GT(removed, 0U);
  node.disk.lose_power();
  EXPECT_EQ(node.boot(), ErrorCode::none);
}

TEST(RocksNodeDisk, KeepsWhatWasAcknowledgedThroughCrashesAmongBackgroundWork) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Node node(seed);
    Random random(seed);
    for (int life = 0; life < 4; ++life) {
      ASSERT_EQ(node.boot(), ErrorCode::none);
      node.commit_many(300 + random.below(300));
      node.run_steps(random.below(6));
      node.disk.lose_power();
    }
    ASSERT_EQ(node.boot(), ErrorCode::none);
  }
}

TEST(RocksNodeDisk, RefusesASecondLogOnItsFiles) {
  test::VirtualTimers timers;
  DiskFaults faults(timers, Random(1));
  SimDisk disk(faults);
  RocksEnv env(disk, timers, 1);
  SimCommitEngine engine(timers, faults);
  const storage::RocksOptions options{"/log", env.get()};
  ASSERT_TRUE(storage::RocksEventLog::create(options).ok());
  const auto log = storage::RocksEventLog::open(options, engine);
  ASSERT_TRUE(log.ok());
  EXPECT_EQ(storage::RocksEventLog::open(options, engine).error().code, ErrorCode::in_use);
}

/// All that a seed does, but for the bytes of tables and of files about them.
struct Run {
  std::vector<std::string> steps;
  Node::Contents contents;
  std::vector<std::string> write_ahead_logs;
  bool tables = false;

  friend bool operator==(const Run&, const Run&) = default;
};

Run run_of(std::uint64_t seed) {
  Run run;
  Node node(seed);
  node.disk.set_trace([&run](const DiskStep& step) {
    run.steps.push_back(std::string(name_of(step.action)) + " " + std::string(step.path) + " " +
                        std::to_string(step.offset) + " " + std::to_string(step.bytes));
  });
  Random random(seed);
  for (int life = 0; life < 4; ++life) {
    EXPECT_EQ(node.boot(), ErrorCode::none);
    node.commit_many(100 + random.below(150));
    node.run_steps(random.below(6));
    node.disk.lose_power();
    for (const auto& name : node.disk.files().names_in("/log")) {
      if (name.ends_with(".log")) {
        run.write_ahead_logs.emplace_back(node.disk.files().find("/log/" + name)->bytes());
      }
    }
    run.tables = run.tables || has_file(node.disk.files(), ".sst");
  }
  EXPECT_EQ(node.boot(), ErrorCode::none);
  run.contents = node.read().value();
  return run;
}

/// Reports the first difference, of very many.
void expect_same(const std::vector<std::string>& first, const std::vector<std::string>& second) {
  const auto [one, other] = std::mismatch(first.begin(), first.end(), second.begin(), second.end());
  EXPECT_TRUE(one == first.end() && other == second.end())
      << "step " << one - first.begin() << ": " << (one == first.end() ? "none" : *one) << ", "
      << (other == second.end() ? "none" : *other);
}

TEST(RocksNodeDisk, DoesTheSameForTheSameSeed) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto first = run_of(seed);
    const auto second = run_of(seed);
    EXPECT_TRUE(first.tables);
    EXPECT_FALSE(first.write_ahead_logs.empty());
    expect_same(first.steps, second.steps);
    EXPECT_TRUE(first == second) << "seed " << seed;
  }
  EXPECT_FALSE(run_of(1) == run_of(2));
}

}  // namespace
}  // namespace hearth::sim
