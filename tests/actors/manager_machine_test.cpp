#include "actors/client/manager_machine.hpp"

#include <gtest/gtest.h>

namespace hearth::client {
namespace {

NodeId id(std::uint8_t number) {
  NodeId id;
  id.bytes[0] = number;
  return id;
}

Answered lost(std::uint64_t token) {
  return {token, Error{ErrorCode::timed_out, "no answer"}};
}

TEST(ManagerMachine, LeavesADirectoryOnceHoweverManyCommandsItDidNotAnswer) {
  ManagerMachine machine(id(9), {id(1), id(2)});
  const AccountCommand command{1, directory::ListDevices{}};
  std::vector<std::uint64_t> tokens;
  for (int i = 0; i < 2; ++i) {
    const auto effects = machine.step(command, {});
    ASSERT_EQ(effects.asks.size(), 1U);
    EXPECT_EQ(effects.asks[0].to, id(1));
    tokens.push_back(effects.asks[0].token);
  }
  for (const auto token : tokens) {
    static_cast<void>(machine.step(lost(token), {}));
    const auto effects = machine.step(TimerFired{}, {});
    ASSERT_EQ(effects.asks.size(), 1U);
    EXPECT_EQ(effects.asks[0].to, id(2));
  }
}

TEST(ManagerMachine, ReturnsToTheNearestDirectoryWhenItIsBack) {
  ManagerMachine machine(id(9), {id(1), id(2)});
  const AccountCommand command{1, directory::ListDevices{}};
  static_cast<void>(machine.step(lost(machine.step(command, {}).asks[0].token), {}));
  EXPECT_EQ(machine.step(command, {}).asks[0].to, id(2));
  PeerUp up;
  up.peer.node = id(1);
  static_cast<void>(machine.step(up, {}));
  EXPECT_EQ(machine.step(command, {}).asks[0].to, id(1));
}

}  // namespace
}  // namespace hearth::client
