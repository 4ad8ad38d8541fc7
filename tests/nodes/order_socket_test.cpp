#include "nodes/support/order_socket.hpp"

#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <sys/stat.h>
#include <thread>

namespace hearth {
namespace {

using namespace std::chrono_literals;

/// Obeys one order at a time in a thread of its own, as a supervisor does beside other work.
class Obeying final {
 public:
  Obeying(OrderSocket socket, std::size_t orders)
      : thread_([socket = std::move(socket), orders]() mutable {
          std::size_t obeyed = 0;
          while (obeyed < orders) {
            std::vector<pollfd> fds;
            socket.add_to(fds);
            if (::poll(fds.data(), fds.size(), 10'000) <= 0) {
              return;
            }
            socket.serve([&obeyed](std::string_view order) {
              ++obeyed;
              return "did " + std::string(order.substr(0, 20));
            });
          }
        }) {}
  Obeying(const Obeying&) = delete;
  Obeying& operator=(const Obeying&) = delete;
  ~Obeying() { thread_.join(); }

 private:
  std::thread thread_;
};

class OrderSocketTest : public ::testing::Test {
 protected:
  OrderSocket listen() {
    auto socket = OrderSocket::listen(folder_.path(), "orders.sock");
    EXPECT_TRUE(socket) << socket.error().detail;
    return std::move(socket.value());
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_.path() / "orders.sock"; }

  test::TempFolder folder_;
};

TEST_F(OrderSocketTest, AnswersEachOrder) {
  const Obeying obeying(listen(), 2);
  EXPECT_EQ(give_order(path(), "this", 5s).value(), "did this");
  EXPECT_EQ(give_order(path(), "that", 5s).value(), "did that");
}

TEST_F(OrderSocketTest, IsForItsOwnerAlone) {
  const auto socket = listen();
  struct stat status {};
  ASSERT_EQ(::stat(path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(OrderSocketTest, TakesThePlaceOfOneThatWasLeftBehindAndLeavesNone) {
  {
    const auto first = listen();
    const auto second = listen();
    EXPECT_TRUE(std::filesystem::exists(path()));
  }
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(OrderSocketTest, IsToldApartFromNobodyAndFromSilence) {
  EXPECT_EQ(give_order(path(), "hello", 5s).error().code, ErrorCode::not_found);
  const auto silent = listen();
  EXPECT_EQ(give_order(path(), "hello", 50ms).error().code, ErrorCode::timed_out);
}

TEST_F(OrderSocketTest, ObeysNoOrderThatIsTooLong) {
  const Obeying obeying(listen(), 1);
  EXPECT_FALSE(give_order(path(), std::string(order_bytes_max + 1, 'x'), 5s));
  EXPECT_EQ(give_order(path(), std::string(order_bytes_max, 'x'), 5s).value(),
            "did " + std::string(20, 'x'));
}

}  // namespace
}  // namespace hearth
