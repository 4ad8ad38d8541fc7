#include "actors/home/super_peer_choice.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace hearth::home {
namespace {

NodeId node(std::uint8_t number) {
  NodeId id{};
  id.bytes.fill(number);
  return id;
}

class SuperPeerChoiceTest : public ::testing::Test {
 protected:
  /// Reviews twice a second, as the home does, for `time`.
  void pass(Millis time) {
    for (const auto end = now + time; now < end; now += Millis(500)) {
      auto change = choice.review([this](const NodeId& id) { return up.contains(id); }, now);
      if (change.stand_in) {
        stand_ins.push_back(*change.stand_in);
      }
      let_go.insert(let_go.end(), change.let_go.begin(), change.let_go.end());
    }
  }

  SuperPeerChoice choice{{node(1), node(2), node(3), node(4), node(5)}};
  std::set<NodeId> up{node(1), node(2)};
  std::vector<NodeId> stand_ins;
  std::vector<NodeId> let_go;
  Instant now{};
};

TEST_F(SuperPeerChoiceTest, StaysWithTheNearestTwo) {
  EXPECT_EQ(choice.chosen(), (std::vector{node(1), node(2)}));
  pass(std::chrono::hours(1));
  EXPECT_TRUE(stand_ins.empty());
  EXPECT_TRUE(let_go.empty());
}

TEST_F(SuperPeerChoiceTest, TakesNoNoticeOfAShortLoss) {
  up.erase(node(1));
  pass(SuperPeerChoice::patience);
  up.insert(node(1));
  pass(Millis(500));
  EXPECT_TRUE(stand_ins.empty());
}

TEST_F(SuperPeerChoiceTest, HurriesOnlyWhileItIsCutOff) {
  up = {node(1)};
  pass(2 * SuperPeerChoice::patience + Millis(500));
  EXPECT_EQ(stand_ins, (std::vector{node(3), node(4)}));
}

TEST_F(SuperPeerChoiceTest, AddsOneAfterTheOtherUntilTwoAreConnected) {
  up.clear();
  pass(2 * SuperPeerChoice::patience_alone + Millis(500));
  EXPECT_EQ(stand_ins, (std::vector{node(3), node(4)}));
  up = {node(3), node(4)};
  pass(std::chrono::hours(1));
  EXPECT_EQ(stand_ins.size(), 2U);
  EXPECT_TRUE(let_go.empty());
}

TEST_F(SuperPeerChoiceTest, LetsStandInsGoOnceNearerOnesAreEnoughForAWhile) {
  up.clear();
  pass(2 * SuperPeerChoice::patience_alone + Millis(500));
  up = {node(1), node(3), node(4)};
  pass(SuperPeerChoice::calm);
  EXPECT_TRUE(let_go.empty());
  pass(Millis(500));
  EXPECT_EQ(let_go, (std::vector{node(4)}));
  up = {node(1), node(2), node(3)};
  pass(SuperPeerChoice::calm + Millis(500));
  EXPECT_EQ(let_go, (std::vector{node(4), node(3)}));
}

TEST_F(SuperPeerChoiceTest, KeepsAStandInWhileANearerOneHasJustComeBack) {
  up.clear();
  pass(2 * SuperPeerChoice::patience_alone + Millis(500));
  up = {node(1), node(3), node(4)};
  pass(SuperPeerChoice::calm - Millis(500));
  up.insert(node(2));
  pass(SuperPeerChoice::calm);
  EXPECT_TRUE(let_go.empty());
  pass(Millis(500));
  EXPECT_EQ(let_go, (std::vector{node(3), node(4)}));
}

TEST_F(SuperPeerChoiceTest, AsksForNoMoreThanThereAre) {
  up.clear();
  pass(std::chrono::hours(1));
  EXPECT_EQ(stand_ins, (std::vector{node(3), node(4), node(5)}));
  SuperPeerChoice none{{}};
  EXPECT_TRUE(none.chosen().empty());
  EXPECT_FALSE(none.review([](const NodeId&) { return false; }, now).stand_in);
}

TEST_F(SuperPeerChoiceTest, KeepsThoseThatItHasThroughANewList) {
  SuperPeerChoice choice{{node(1), node(2), node(3), node(4)}};
  choice.replace({node(5), node(1), node(6), node(2)});
  EXPECT_EQ(choice.chosen(), (std::vector{node(5), node(1), node(6), node(2)}));
  choice.replace({node(7), node(8), node(9)});
  EXPECT_EQ(choice.chosen(), (std::vector{node(7), node(8)}));
  choice.replace({});
  EXPECT_TRUE(choice.chosen().empty());
}

}  // namespace
}  // namespace hearth::home
