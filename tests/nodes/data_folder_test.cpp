#include "nodes/support/data_folder.hpp"

#include "nodes/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sys/stat.h>

namespace hearth {
namespace {

namespace fs = std::filesystem;

class DataFolderTest : public ::testing::Test {
 protected:
  test::TempFolder root_;
  const fs::path path_ = root_.path() / "deep" / "home";
};

TEST_F(DataFolderTest, IsMadeWithItsRole) {
  auto folder = DataFolder::open(path_, "home");
  ASSERT_TRUE(folder) << folder.error().detail;
  const auto role = role_of_folder(path_);
  ASSERT_TRUE(role);
  EXPECT_EQ(role.value(), "home");
  EXPECT_FALSE(fs::exists(path_ / "space_probe"));
}

TEST_F(DataFolderTest, IsUsedByOneProcessAtATime) {
  auto first = DataFolder::open(path_, "home");
  ASSERT_TRUE(first);
  EXPECT_TRUE(is_in_use(path_));
  const auto second = DataFolder::open(path_, "home");
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::in_use);
  EXPECT_NE(second.error().detail.find(path_.string()), std::string::npos);
  first.value().reset();
  EXPECT_FALSE(is_in_use(path_));
  EXPECT_TRUE(DataFolder::open(path_, "home"));
}

TEST_F(DataFolderTest, ThatWasNeverMadeIsLeftUnmade) {
  const auto missing = DataFolder::open_existing(path_, "home");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_FALSE(std::filesystem::exists(path_));
  ASSERT_TRUE(DataFolder::open(path_, "home"));
  EXPECT_TRUE(DataFolder::open_existing(path_, "home"));
}

TEST_F(DataFolderTest, OfAnotherRoleIsRefused) {
  ASSERT_TRUE(DataFolder::open(path_, "home"));
  const auto other = DataFolder::open(path_, "directory");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::wrong_role);
}

TEST_F(DataFolderTest, OfANewerVersionIsRefusedAndLeftAsItIs) {
  fs::create_directories(path_);
  std::ofstream(path_ / "role") << "role = \"home\"\nformat = 2\n";
  const auto folder = DataFolder::open(path_, "home");
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, ErrorCode::format_newer);
  EXPECT_FALSE(fs::exists(path_ / "lock"));
}

TEST_F(DataFolderTest, WithADamagedRoleIsRefused) {
  fs::create_directories(path_);
  std::ofstream(path_ / "role") << "role = ";
  EXPECT_FALSE(DataFolder::open(path_, "home"));
}

TEST_F(DataFolderTest, ThatIsAFileIsRefused) {
  std::ofstream(root_.path() / "file") << "x";
  const auto folder = DataFolder::open(root_.path() / "file", "home");
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, ErrorCode::not_readable);
}

TEST_F(DataFolderTest, KeepsItsKeysToItself) {
  auto folder = DataFolder::open(path_, "home");
  ASSERT_TRUE(folder);
  EXPECT_EQ(folder.value()->identity().error().code, ErrorCode::not_found);
  const auto made = folder.value()->create_identity();
  ASSERT_TRUE(made);
  struct stat status {};
  ASSERT_EQ(::stat((path_ / "identity").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  const auto loaded = folder.value()->load_or_create_identity();
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded.value().id, made.value().id);
  EXPECT_EQ(folder.value()->create_identity().error().code, ErrorCode::already_exists);

  ASSERT_EQ(::chmod((path_ / "identity").c_str(), 0640), 0);
  EXPECT_EQ(folder.value()->identity().error().code, ErrorCode::not_readable);
}

TEST_F(DataFolderTest, FilesAreReplacedWhole) {
  fs::create_directories(path_);
  ASSERT_TRUE(write_file(path_ / "file", "first", 0600));
  ASSERT_TRUE(write_file(path_ / "file", "second", 0640));
  const auto bytes = read_file(path_ / "file", 100);
  ASSERT_TRUE(bytes);
  EXPECT_EQ(std::string(bytes.value().begin(), bytes.value().end()), "second");
  EXPECT_FALSE(fs::exists(path_ / "file.new"));
  EXPECT_EQ(read_file(path_ / "file", 5).error().code, ErrorCode::value_invalid);
}

TEST_F(DataFolderTest, NoSpaceIsToldAtTheStart) {
  // /dev/full cannot hold folders; what it stands for is the error of a write.
  const auto full = file_error(ENOSPC, path_, "cannot write in");
  EXPECT_EQ(full.code, ErrorCode::disk_full);
  EXPECT_EQ(file_error(EROFS, path_, "").code, ErrorCode::not_readable);
}

}  // namespace
}  // namespace hearth
