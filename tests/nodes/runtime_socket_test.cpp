#include "nodes/support/runtime_socket.hpp"

#include "nodes/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <array>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace hearth {
namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;

class RuntimeSocketTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::unique_ptr<RuntimeSocket> serve(const std::string& name,
                                                     const std::string& text) const {
    auto served = RuntimeSocket::serve(folder_, name, text);
    EXPECT_TRUE(served) << served.error().detail;
    return served ? std::move(served.value()) : nullptr;
  }
  [[nodiscard]] Texts ask() const {
    const auto told = ask_runtime_sockets(folder_);
    EXPECT_TRUE(told) << told.error().detail;
    return told ? told.value() : Texts{};
  }
  [[nodiscard]] static mode_t mode_of(const fs::path& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode;
  }
  test::TempFolder root_;
  // Longer than the address of a socket may be.
  const fs::path folder_ = root_.path() / std::string(120, 'x') / "hearth";
};

TEST_F(RuntimeSocketTest, GivesItsTextToWhoeverAsks) {
  const auto b = serve("b", "two");
  const auto a = serve("a", std::string(RuntimeSocket::text_bytes_max, '1'));
  const Texts all{std::string(RuntimeSocket::text_bytes_max, '1'), "two"};
  EXPECT_EQ(ask(), all);
  EXPECT_EQ(ask(), all);
}

TEST_F(RuntimeSocketTest, IsItsUsersAlone) {
  fs::create_directories(folder_);
  fs::permissions(folder_, fs::perms::all);
  const auto served = serve("a", "one");
  EXPECT_EQ(mode_of(folder_ / "a.sock") & 07777U, 0600U);
  EXPECT_TRUE(S_ISSOCK(mode_of(folder_ / "a.sock")));
  EXPECT_EQ(mode_of(folder_) & 07777U, 0700U);
}

TEST_F(RuntimeSocketTest, GoesWithItsNode) {
  serve("a", "one").reset();
  EXPECT_TRUE(fs::is_empty(folder_));
  EXPECT_EQ(ask(), Texts{});
}

/// What a process leaves behind that was killed.
void leave_dead_socket(const fs::path& path) {
  const UniqueFd folder(::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto short_path =
      "/proc/self/fd/" + std::to_string(folder.get()) + "/" + path.filename().string();
  short_path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const UniqueFd dead(::socket(AF_UNIX, SOCK_STREAM, 0));
  ASSERT_EQ(::bind(dead.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
}

TEST_F(RuntimeSocketTest, OfADeadNodeIsRemoved) {
  const auto alive = serve("b", "two");
  leave_dead_socket(folder_ / "a.sock");
  ASSERT_TRUE(fs::exists(folder_ / "a.sock"));
  EXPECT_EQ(ask(), Texts{"two"});
  EXPECT_FALSE(fs::exists(folder_ / "a.sock"));
}

TEST_F(RuntimeSocketTest, TakesThePlaceOfADeadOne) {
  fs::create_directories(folder_);
  leave_dead_socket(folder_ / "a.sock");
  const auto served = serve("a", "one");
  EXPECT_EQ(ask(), Texts{"one"});
}

TEST_F(RuntimeSocketTest, FolderOfAnotherUserIsRefused) {
  if (::geteuid() == 0) {
    fs::create_directories(folder_);
    ASSERT_EQ(::chown(folder_.c_str(), 12345, 12345), 0);
  }
  const fs::path foreign = ::geteuid() == 0 ? folder_ : fs::path("/proc");
  for (const auto code : {ask_runtime_sockets(foreign).error().code,
                          RuntimeSocket::serve(foreign, "a", "one").error().code}) {
    EXPECT_EQ(code, ErrorCode::not_readable);
  }
}

TEST(RuntimeFolder, IsBelowThatOfTheSessionOrTheUsersOwn) {
  EXPECT_EQ(runtime_folder("/run/here"), "/run/here/hearth");
  for (const auto* unset : {"", "relative"}) {
    EXPECT_NE(runtime_folder(unset).string().find(std::to_string(::geteuid())), std::string::npos);
  }
}

}  // namespace
}  // namespace hearth
