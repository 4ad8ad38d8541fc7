// What a power loss, a crash and rot make of files and folders, without RocksDB.

#include "sim/disk/sim_disk.hpp"

#include "tests/sim/disk/virtual_timers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace hearth::sim {
namespace {

constexpr PowerLossOptions all_lost{1, 0, 0, 0, 0};
constexpr std::size_t sector = DiskFile::sector_bytes;

class SimDiskTest : public ::testing::Test {
 protected:
  /// A file with a durable name and durable bytes.
  SimDisk::FilePtr durable_file(const std::string& path, std::string_view data) {
    auto file = disk_.create(path);
    file->write(0, data);
    file->sync();
    disk_.sync_folder("/");
    return file;
  }

  ErrorCode append(const SimDisk::FilePtr& file, std::string_view data) {
    return disk_.write(disk_.life(), "/file", *file, file->bytes().size(), data);
  }

  /// All that a power loss may make of a file with `durable` bytes and the same number of sectors
  /// changed by `change`.
  template <class Change>
  std::set<std::string> fates(std::string_view durable, const PowerLossOptions& how,
                              const Change& change) {
    std::set<std::string> found;
    for (std::uint64_t seed = 0; seed < 3000; ++seed) {
      Random random(seed);
      DiskFile file;
      file.write(0, durable);
      file.sync();
      change(file);
      file.lose_power(how, random);
      EXPECT_EQ(file.durable_bytes(), file.bytes().size());
      found.emplace(file.bytes());
    }
    return found;
  }

  test::VirtualTimers timers_;
  DiskFaults faults_{timers_, Random(1)};
  SimDisk disk_{faults_};
};

TEST_F(SimDiskTest, KeepsSyncedBytesAndLosesTheRest) {
  faults_.set(all_lost);
  const auto file = durable_file("/file", "kept");
  file->write(4, "lost");
  EXPECT_EQ(file->bytes(), "keptlost");
  disk_.lose_power();
  EXPECT_EQ(disk_.find("/file")->bytes(), "kept");
}

TEST_F(SimDiskTest, TearsTheUnsyncedEndAfterAnyByte) {
  const auto found = fates("kept", {0, 1, 0, 0, 0}, [](DiskFile& file) { file.write(4, "lost"); });
  EXPECT_EQ(found, (std::set<std::string>{"kept", "keptl", "keptlo", "keptlos", "keptlost"}));
}

TEST_F(SimDiskTest, MixesTheSectorsOfTheUnsyncedEnd) {
  const std::string first(sector - 4, 'a');
  const std::string second(sector, 'b');
  const auto found =
      fates("kept", {0, 0, 0, 1, 0}, [&](DiskFile& file) { file.write(4, first + second); });
  const std::string zeroes(sector - 4, '\0');
  for (const auto& fate : {first + second, second + first, zeroes + second, second, first}) {
    EXPECT_TRUE(found.contains("kept" + fate));
  }
  for (const auto& fate : found) {
    EXPECT_TRUE(fate.starts_with("kept"));
  }
}

TEST_F(SimDiskTest, LeavesOverwrittenSectorsOldNewOrTorn) {
  const std::string old(2 * sector, 'o');
  const auto found =
      fates(old, all_lost, [](DiskFile& file) { file.write(0, std::string(sector, 'n')); });
  std::set<std::size_t> written;
  for (const auto& fate : found) {
    const auto count = static_cast<std::size_t>(std::count(fate.begin(), fate.end(), 'n'));
    EXPECT_EQ(fate, std::string(count, 'n') + std::string(2 * sector - count, 'o'));
    written.insert(count);
  }
  EXPECT_TRUE(written.contains(0) && written.contains(sector));
  EXPECT_GT(written.size(), 100U);
}

TEST_F(SimDiskTest, MayUndoATruncationThatWasNotSynced) {
  const auto found = fates("abcdef", all_lost, [](DiskFile& file) { file.truncate(2); });
  EXPECT_EQ(found, (std::set<std::string>{"ab", "abcdef"}));
}

TEST_F(SimDiskTest, LosesAFileWhoseFolderWasNotSynced) {
  faults_.set(all_lost);
  disk_.create("/file")->sync();
  disk_.lose_power();
  EXPECT_FALSE(disk_.exists("/file"));
}

TEST_F(SimDiskTest, UndoesRenamesAndRemovalsThatWereNotSynced) {
  faults_.set(all_lost);
  durable_file("/current", "old");
  durable_file("/new", "new");
  disk_.rename("/new", "/current");
  EXPECT_EQ(disk_.find("/current")->bytes(), "new");
  EXPECT_EQ(disk_.names_in("/"), std::vector<std::string>{"current"});
  disk_.lose_power();
  EXPECT_EQ(disk_.find("/current")->bytes(), "old");
  EXPECT_EQ(disk_.find("/new")->bytes(), "new");

  disk_.rename("/new", "/current");
  disk_.sync_folder("/");
  disk_.remove("/current");
  disk_.lose_power();
  EXPECT_EQ(disk_.find("/current")->bytes(), "new");
  EXPECT_FALSE(disk_.exists("/new"));
}

TEST_F(SimDiskTest, MayKeepTheFirstOfTheUnsyncedChangesOfAFolder) {
  std::set<std::size_t> kept;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    DiskFaults faults(timers_, Random(seed));
    SimDisk disk(faults);
    disk.create("/a");
    disk.create("/b");
    disk.lose_power();
    EXPECT_TRUE(disk.exists("/a") || !disk.exists("/b"));
    kept.insert(disk.names_in("/").size());
  }
  EXPECT_EQ(kept, (std::set<std::size_t>{0, 1, 2}));
}

TEST_F(SimDiskTest, LosesWhatIsInAFolderThatIsLost) {
  faults_.set(all_lost);
  disk_.make_folder("/folder");
  disk_.create("/folder/file")->sync();
  disk_.sync_folder("/folder");
  disk_.lose_power();
  EXPECT_FALSE(disk_.exists("/folder/file"));
  EXPECT_FALSE(disk_.is_folder("/folder"));
}

TEST_F(SimDiskTest, TakesNothingFromAProcessThatIsDead) {
  const auto file = durable_file("/file", "data");
  const auto dead = disk_.life();
  EXPECT_TRUE(disk_.lock("/file"));
  EXPECT_FALSE(disk_.lock("/file"));
  disk_.crash();
  EXPECT_TRUE(disk_.lock("/file"));
  EXPECT_EQ(disk_.write(dead, "/file", *file, 4, "more"), ErrorCode::disk_failed);
  EXPECT_EQ(disk_.admit(dead, {DiskAction::sync, "/file"}), ErrorCode::disk_failed);
  EXPECT_EQ(file->bytes(), "data");
}

TEST_F(SimDiskTest, TakesAsMuchAsThereIsRoomFor) {
  const auto file = durable_file("/file", "data");
  disk_.set_capacity(6);
  EXPECT_EQ(append(file, "more"), ErrorCode::disk_full);
  EXPECT_EQ(file->bytes(), "datamo");
  EXPECT_EQ(disk_.write(disk_.life(), "/file", *file, 0, "over"), ErrorCode::none);
  disk_.set_capacity(SimDisk::unlimited);
  EXPECT_EQ(append(file, "re"), ErrorCode::none);
  EXPECT_EQ(disk_.used_bytes(), 8U);
}

TEST_F(SimDiskTest, FailsFromAnOperationOn) {
  const auto file = durable_file("/file", "");
  IoFaults faults;
  faults.operations_before_errors = 2;
  faults_.set(faults);
  EXPECT_EQ(append(file, "a"), ErrorCode::none);
  EXPECT_EQ(append(file, "b"), ErrorCode::none);
  EXPECT_EQ(append(file, "c"), ErrorCode::disk_failed);
  EXPECT_EQ(append(file, "d"), ErrorCode::disk_failed);
  faults_.clear();
  EXPECT_EQ(append(file, "e"), ErrorCode::none);
}

TEST_F(SimDiskTest, FlipsDurableBitsOfChosenFilesAndHealsThem) {
  const auto chosen = durable_file("/chosen", std::string(100, 'c'));
  const auto other = durable_file("/other", std::string(100, 'o'));
  const auto choose = [](std::string_view path) { return path == "/chosen"; };
  EXPECT_TRUE(disk_.rot(choose, 3));
  EXPECT_NE(chosen->bytes(), std::string(100, 'c'));
  EXPECT_EQ(other->bytes(), std::string(100, 'o'));
  disk_.heal_rot();
  EXPECT_EQ(chosen->bytes(), std::string(100, 'c'));
  EXPECT_FALSE(disk_.rot([](std::string_view) { return false; }, 1));
}

}  // namespace
}  // namespace hearth::sim
