// The supervisor as a drill meets it, with shell scripts for processes.

#include "nodes/cli/up/order.hpp"
#include "nodes/cli/up/supervisor.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <fmt/format.h>
#include <fstream>
#include <thread>
#include <unistd.h>

namespace hearth::cli::up {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto patience = 20s;

/// A supervisor on the test's main thread; `then` gives orders from another one, and the
/// supervisor ends with it.
class SupervisorOrders : public ::testing::Test {
 protected:
  SupervisorOrders() {
    Supervisor::block_signals();
    data_ = folder_.path() / "home";
    fs::create_directory(data_);
    for (const auto* name : {"identity", "role", "lock", "log"}) {
      std::ofstream(data_ / name) << name;
    }
  }

  void supervise(const std::function<void()>& then) {
    SupervisorOptions options;
    options.program = "/bin/bash";
    // It tells of every start, and whether its log was there.
    const auto script = fmt::format(
        "test -e {0}/log && echo log >>{1} || echo empty >>{1}; echo ready 127.0.0.1:2 "
        "127.0.0.1:1 >&$1; exec sleep 60",
        data_.string(), starts_file().string());
    options.plan.service = {{"home", "home", "", data_, {"-c", script}}};
    options.all_ready = [](const auto&) { return Result<void>(); };
    options.orders.emplace(
        std::move(OrderSocket::listen(folder_.path(), order_socket_name).value()));
    std::thread orders([&then] {
      then();
      ::kill(::getpid(), SIGTERM);
    });
    EXPECT_EQ(Supervisor(std::move(options)).run().exit_code, 0);
    orders.join();
  }

  [[nodiscard]] std::string order(const std::string& text) const {
    const auto answer = give_order(folder_.path() / order_socket_name, text, 10s);
    return answer ? answer.value() : answer.error().detail;
  }
  [[nodiscard]] bool comes_to(const std::string& state) const {
    const auto wanted = fmt::format("\"state\":\"{}\"", state);
    return comes_true(
        [&] { return order(R"({"order":"status"})").find(wanted) != std::string::npos; });
  }
  [[nodiscard]] static bool comes_true(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) {
        return false;
      }
    }
    return true;
  }
  [[nodiscard]] std::string starts() const {
    std::ifstream file(starts_file());
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] fs::path starts_file() const { return folder_.path() / "starts"; }

  test::TempFolder folder_;
  fs::path data_;
};

constexpr const char* fine = R"({"ok":true})";

TEST_F(SupervisorOrders, KeepDownWhatTheyKillUntilTheyEnd) {
  supervise([this] {
    ASSERT_TRUE(comes_to("serving"));
    EXPECT_EQ(order(R"({"order":"kill","process":"home","for_ms":600000})"), fine);
    ASSERT_TRUE(comes_to("down"));
    EXPECT_EQ(order(R"({"order":"end","process":"home"})"), fine);
    ASSERT_TRUE(comes_to("serving"));
  });
  EXPECT_EQ(starts(), "log\nlog\n");
}

TEST_F(SupervisorOrders, EndByThemselves) {
  supervise([this] {
    ASSERT_TRUE(comes_to("serving"));
    EXPECT_EQ(order(R"({"order":"kill","process":"home","for_ms":50})"), fine);
    ASSERT_TRUE(comes_to("serving"));
    EXPECT_EQ(order(R"({"order":"pause","process":"home","for_ms":50})"), fine);
    ASSERT_TRUE(comes_to("serving"));
  });
}

TEST_F(SupervisorOrders, PauseAProcessThatGoesOnAsItWas) {
  supervise([this] {
    ASSERT_TRUE(comes_to("serving"));
    EXPECT_EQ(order(R"({"order":"pause","process":"home","for_ms":600000})"), fine);
    ASSERT_TRUE(comes_to("paused"));
    EXPECT_EQ(order(R"({"order":"heal"})"), fine);
    ASSERT_TRUE(comes_to("serving"));
  });
  EXPECT_EQ(starts(), "log\n") << "it was never started again";
}

TEST_F(SupervisorOrders, LeaveNobodyPausedBehind) {
  supervise([this] {
    ASSERT_TRUE(comes_to("serving"));
    EXPECT_EQ(order(R"({"order":"pause","process":"home","for_ms":600000})"), fine);
  });
}

TEST_F(SupervisorOrders, EmptyADiskButForKeysAndRole) {
  supervise([this] {
    ASSERT_TRUE(comes_to("serving"));
    EXPECT_EQ(order(R"({"order":"wipe","process":"home","for_ms":600000})"), fine);
    ASSERT_TRUE(comes_to("down"));
    ASSERT_TRUE(comes_true([this] { return !fs::exists(data_ / "log"); }));
    EXPECT_TRUE(fs::exists(data_ / "identity") && fs::exists(data_ / "role"));
    EXPECT_EQ(order(R"({"order":"restart","process":"home"})"), fine);
    ASSERT_TRUE(comes_to("serving"));
  });
  EXPECT_EQ(starts(), "log\nempty\n");
}

TEST_F(SupervisorOrders, AreRefusedInWords) {
  supervise([this] {
    ASSERT_TRUE(comes_to("serving"));
    EXPECT_EQ(order(R"({"order":"restart","process":"mars"})"),
              R"({"error":"no process is called mars"})");
    EXPECT_EQ(order("make me a sandwich"), R"({"error":"an order is a JSON object"})");
    EXPECT_EQ(order(R"({"order":"kill","process":"home","for_ms":600000})"), fine);
    ASSERT_TRUE(comes_to("down"));
    EXPECT_EQ(order(R"({"order":"pause","process":"home","for_ms":1})"),
              R"({"error":"home is down"})");
  });
}

}  // namespace
}  // namespace hearth::cli::up
