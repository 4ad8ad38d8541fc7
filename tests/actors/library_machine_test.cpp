// A home's library and its log.

#include "actors/home/library_machine.hpp"

#include "messages/envelope/codec.hpp"
#include "tests/support/catalogue_samples.hpp"
#include "tests/support/machine_bench.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace hearth::home {
namespace {

using testing::music;
using testing::song_seen;

const seal::SecretKey key;

class LibraryMachineTest : public ::testing::Test {
 protected:
  /// A run that finds as many files as make a snapshot due.
  void scan(LibraryMachine& library) {
    HomeEffects effects;
    library.start_scan(effects);
    ++run_;
    ScanBatch batch;
    batch.run = 1;
    ScanFinished finished;
    finished.run = 1;
    for (std::uint64_t i = 0; i < LibraryLimits{}.snapshot_after; ++i) {
      const auto path = std::to_string(run_) + "/" + std::to_string(i) + ".mp3";
      batch.probed.push_back(song_seen(path));
      finished.seen.push_back(testing::id_of(path));
    }
    std::ranges::sort(finished.seen);
    library.take(batch, testing::noon, effects);
    library.take(finished, effects);
    for (auto& append : effects.appends) {
      disk.write(std::move(append));
    }
  }

  static std::size_t items(LibraryMachine& library) {
    HomeEffects effects;
    library.start_scan(effects);
    return std::get<StartScan>(effects.commands.at(0)).known.size();
  }

  bool has_snapshot() const {
    return disk.log.snapshot(LibraryMachine::stream).value().has_value();
  }

  int run_ = 0;
  test::Disk disk;
};

TEST_F(LibraryMachineTest, StartsFromASnapshot) {
  LibraryMachine library("attic", {music}, key);
  scan(library);
  EXPECT_TRUE(has_snapshot());

  LibraryMachine again("attic", {music}, key);
  ASSERT_TRUE(again.recover(disk.log).ok());
  EXPECT_EQ(items(again), LibraryLimits{}.snapshot_after);
}

TEST_F(LibraryMachineTest, TooLargeForASnapshotItStartsFromItsLog) {
  LibraryMachine library("attic", {music}, key, {.snapshot_bytes_max = 100'000});
  scan(library);
  EXPECT_FALSE(has_snapshot());

  LibraryMachine again("attic", {music}, key, {.snapshot_bytes_max = 100'000});
  ASSERT_TRUE(again.recover(disk.log).ok());
  EXPECT_EQ(items(again), LibraryLimits{}.snapshot_after);
}

TEST_F(LibraryMachineTest, GrownTooLargeItStartsFromItsLastSnapshotAndWhatFollowed) {
  LibraryMachine library("attic", {music}, key);
  scan(library);
  const auto before = disk.log.snapshot(LibraryMachine::stream).value()->sequence;

  LibraryMachine grown("attic", {music}, key, {.snapshot_bytes_max = 100'000});
  ASSERT_TRUE(grown.recover(disk.log).ok());
  scan(grown);
  EXPECT_EQ(disk.log.snapshot(LibraryMachine::stream).value()->sequence, before);

  LibraryMachine again("attic", {music}, key, {.snapshot_bytes_max = 100'000});
  ASSERT_TRUE(again.recover(disk.log).ok());
  EXPECT_EQ(items(again), LibraryLimits{}.snapshot_after);
}

/// What a client hears that asks how the scan goes.
ScanShown shown(LibraryMachine& library) {
  HomeEffects effects;
  Header header;
  header.kind = MessageKind::show_scan;
  const auto question = pack(header, ShowScan{});
  return unpack<ScanShown>(library.answer(header, question, LibraryScope::all(), effects).value())
      .value();
}

/// Runs that the home's scanner is told to start.
std::vector<std::uint64_t> started(const HomeEffects& effects) {
  std::vector<std::uint64_t> runs;
  for (const auto& command : effects.commands) {
    if (const auto* start = std::get_if<StartScan>(&command)) {
      runs.push_back(start->run);
    }
  }
  return runs;
}

TEST_F(LibraryMachineTest, AScanAskedForDuringARunFollowsIt) {
  LibraryMachine library("attic", {music}, key);
  HomeEffects first;
  library.start_scan(first);
  library.start_scan(first);
  library.start_scan(first);
  EXPECT_EQ(started(first), std::vector<std::uint64_t>{1});
  EXPECT_EQ(shown(library).run, 2U);

  ScanBatch batch;
  batch.run = 1;
  batch.probed.push_back(song_seen("a.mp3"));
  ScanFinished finished;
  finished.run = 1;
  finished.seen.push_back(testing::id_of("a.mp3"));
  HomeEffects second;
  library.take(batch, testing::noon, second);
  library.take(finished, second);
  EXPECT_EQ(started(second), std::vector<std::uint64_t>{2});
  EXPECT_EQ(shown(library).run, 2U);
  EXPECT_EQ(shown(library).finished, 1U);

  finished.run = 2;
  HomeEffects third;
  library.take(finished, third);
  EXPECT_TRUE(started(third).empty());
  EXPECT_EQ(shown(library).finished, 2U);
  EXPECT_EQ(shown(library).added, 1U) << "what the run before it found, too";
}

}  // namespace
}  // namespace hearth::home
