// Packets between real namespaces. Needs root; without, it says so and is skipped.

#include "nodes/network/emulated_network.hpp"

#include "nodes/network/network_order.hpp"
#include "nodes/support/order_socket.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <chrono>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>

namespace hearth::network {
namespace {

using namespace std::chrono_literals;

constexpr std::uint16_t port = 9;

sockaddr_in address(const std::string& host) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  ::inet_pton(AF_INET, host.c_str(), &result.sin_addr);
  return result;
}

/// A UDP socket at `host`, made in the namespace `netns`: it stays there.
UniqueFd socket_in(int netns, const std::string& host) {
  const UniqueFd before(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
  EXPECT_TRUE(netns < 0 || ::setns(netns, CLONE_NEWNET) == 0);
  UniqueFd made(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const auto own = address(host);
  EXPECT_EQ(::bind(made.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own), 0);
  EXPECT_EQ(::setns(before.get(), CLONE_NEWNET), 0);
  return made;
}

class EmulatedNetworkTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto subnet = free_subnet();
    ASSERT_TRUE(subnet) << subnet.error().detail;
    subnet_ = subnet.value();
    auto network = EmulatedNetwork::start(folder_.path(), subnet_, {"home", "gateway"});
    if (!network && network.error().code == ErrorCode::not_allowed) {
      GTEST_SKIP() << network.error().detail;
    }
    ASSERT_TRUE(network) << network.error().detail;
    network_ = std::move(network.value());
    machine_ = socket_in(-1, address_of(subnet_, 0));
    home_ = socket_in(network_->netns_of("home"), address_of(subnet_, 1));
    gateway_ = socket_in(network_->netns_of("gateway"), address_of(subnet_, 2));
  }

  void order(const std::string& text) const {
    const auto answer = give_order(folder_.path() / order_socket_name, text, 10s);
    ASSERT_TRUE(answer) << answer.error().detail;
    ASSERT_EQ(answer.value(), R"({"ok":true})");
  }
  void send(const UniqueFd& from, std::size_t to) const {
    const auto target = address(address_of(subnet_, to));
    EXPECT_EQ(
        ::sendto(from.get(), "x", 1, 0, reinterpret_cast<const sockaddr*>(&target), sizeof target),
        1);
  }
  static bool arrives(const UniqueFd& at, Millis patience = 10s) {
    pollfd fd{at.get(), POLLIN, 0};
    char byte = 0;
    return ::poll(&fd, 1, static_cast<int>(patience.count())) == 1 &&
           ::recv(at.get(), &byte, 1, 0) == 1;
  }

  test::TempFolder folder_;
  std::uint8_t subnet_ = 0;
  std::unique_ptr<EmulatedNetwork> network_;
  UniqueFd machine_;
  UniqueFd home_;
  UniqueFd gateway_;
};

TEST_F(EmulatedNetworkTest, CarriesPacketsBetweenProcessesAndTheMachine) {
  send(home_, 2);
  EXPECT_TRUE(arrives(gateway_));
  send(machine_, 1);
  EXPECT_TRUE(arrives(home_));
  send(gateway_, 0);
  EXPECT_TRUE(arrives(machine_));
}

TEST_F(EmulatedNetworkTest, CutsOneWayAndCarriesTheOthers) {
  order(R"({"order":"disturb","name":"cut","for_ms":600000,"from":["home"],"to":["gateway"],)"
        R"("one_way":true,"block":true})");
  send(home_, 2);
  send(gateway_, 1);
  EXPECT_TRUE(arrives(home_));
  EXPECT_FALSE(arrives(gateway_, 0ms)) << "what was sent first was lost";
  order(R"({"order":"end","name":"cut"})");
  send(home_, 2);
  EXPECT_TRUE(arrives(gateway_));
}

TEST_F(EmulatedNetworkTest, DelaysAndHealsByItself) {
  order(R"({"order":"disturb","name":"slow","for_ms":600000,"from":["home"],"to":["gateway"],)"
        R"("delay_ms":100})");
  const auto begin = std::chrono::steady_clock::now();
  send(home_, 2);
  EXPECT_TRUE(arrives(gateway_));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 100ms);
  order(R"({"order":"disturb","name":"cut","for_ms":1,"from":["home"],"to":["gateway"],)"
        R"("block":true})");
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  bool came = false;
  while (!came && std::chrono::steady_clock::now() < deadline) {
    send(home_, 2);
    came = arrives(gateway_, 10ms);
  }
  EXPECT_TRUE(came);
}

}  // namespace
}  // namespace hearth::network
