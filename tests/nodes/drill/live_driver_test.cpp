#include "nodes/drill/live_driver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

namespace hearth::drill {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A cluster that notes what it was told, and does nothing.
class LiveDriverTest : public ::testing::Test {
 protected:
  LiveDriverTest() {
    plan_.drill.topology.regions = {"eu", "us"};
    plan_.drill.topology.super_peers_per_region = 2;
    plan_.drill.live.fault_ttl = Millis(60'000);
    for (const auto& node : nodes_of(plan_.drill.topology)) {
      auto name = node.name;
      std::replace(name.begin(), name.end(), '/', '-');
      plan_.process_by_node.emplace(node.name, name);
    }
    const auto obey = [this](std::vector<std::string>& told) {
      return [this, &told](const std::string& order) -> Result<std::string> {
        told.push_back(order);
        return refusal_.empty() ? Result<std::string>(std::string("{}"))
                                : Error{ErrorCode::value_invalid, refusal_};
      };
    };
    driver_ =
        std::make_unique<LiveDriver>(plan_, ClusterOrders{obey(told_), obey(network_told_)}, 1);
  }

  Result<void> begin(FaultAction action, Millis lasts = Millis(5000), std::size_t number = 0) {
    fault_.action = std::move(action);
    fault_.lasts = lasts;
    return driver_->begin(fault_, {Millis(0), true, number, 0});
  }
  void end(std::size_t number = 0) { driver_->end(fault_, {Millis(0), false, number, 0}); }
  std::vector<std::string> take() { return std::exchange(told_, {}); }

  static NodeChoice super_peers(std::uint32_t count) {
    NodeChoice choice;
    choice.role = Role::super_peer;
    choice.count = count;
    return choice;
  }
  static NodeChoice named(const std::string& node) {
    NodeChoice choice;
    choice.names = {node};
    return choice;
  }

  LivePlan plan_;
  std::vector<std::string> told_;
  std::vector<std::string> network_told_;
  std::string refusal_;
  Fault fault_;
  std::unique_ptr<LiveDriver> driver_;
};

TEST_F(LiveDriverTest, HealsWhomItStruckAndNobodyElse) {
  ASSERT_TRUE(begin(KillProcess{super_peers(2)}));
  const auto struck = take();
  ASSERT_EQ(struck.size(), 2U);
  EXPECT_NE(struck[0], struck[1]);
  end();
  const auto healed = take();
  ASSERT_EQ(healed.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    auto wanted = struck[i];
    wanted.replace(wanted.find("kill"), 4, "end");
    wanted.replace(wanted.find(",\"for_ms\""), std::string::npos, "}");
    EXPECT_EQ(healed[i], wanted);
  }
  end();
  EXPECT_THAT(take(), IsEmpty());
}

TEST_F(LiveDriverTest, GivesOrdersThatEndByThemselvesALittleAfterTheFault) {
  ASSERT_TRUE(begin(PauseProcess{named("eu/directory/1")}));
  EXPECT_THAT(take(), ElementsAre(R"({"order":"pause","process":"eu-directory-1","for_ms":7000})"));
  ASSERT_TRUE(begin(PauseProcess{named("eu/directory/1")}, Millis(0)));
  EXPECT_THAT(take(),
              ElementsAre(R"({"order":"pause","process":"eu-directory-1","for_ms":60000})"));
}

TEST_F(LiveDriverTest, RenewsWhatLastsAndWipesADiskOnce) {
  ASSERT_TRUE(begin(WipeDisk{named("us/super-peer/1")}, Millis(0)));
  EXPECT_THAT(take(),
              ElementsAre(R"({"order":"wipe","process":"us-super-peer-1","for_ms":60000})"));
  ASSERT_TRUE(driver_->renew());
  EXPECT_THAT(take(),
              ElementsAre(R"({"order":"kill","process":"us-super-peer-1","for_ms":60000})"));
  end();
  take();
  ASSERT_TRUE(driver_->renew());
  EXPECT_THAT(take(), IsEmpty());
}

TEST_F(LiveDriverTest, KillsARegionsServiceAndRestoresIt) {
  ASSERT_TRUE(begin(KillRegion{"us"}, Millis(0)));
  EXPECT_EQ(take().size(), 3U);
  ASSERT_TRUE(begin(RestoreRegion{"us"}, Millis(0), 1));
  EXPECT_THAT(take(), ElementsAre(R"({"order":"end","process":"us-directory-1"})",
                                  R"({"order":"end","process":"us-super-peer-1"})",
                                  R"({"order":"end","process":"us-super-peer-2"})"));
  ASSERT_TRUE(driver_->renew());
  EXPECT_THAT(take(), IsEmpty());
}

TEST_F(LiveDriverTest, HealsAllAtOnce) {
  ASSERT_TRUE(begin(KillRegion{"us"}));
  take();
  driver_->heal_all();
  EXPECT_THAT(take(), ElementsAre(R"({"order":"heal"})"));
  end();
  EXPECT_THAT(take(), IsEmpty());
}

TEST_F(LiveDriverTest, CutsRegionsApartAndJoinsThemAgain) {
  PartitionLinks cut;
  cut.links.from.region = "eu";
  cut.links.from.role = Role::directory;
  cut.links.to.region = "us";
  ASSERT_TRUE(begin(cut));
  const std::string order =
      R"({"order":"disturb","name":"0.0","for_ms":7000,"from":["eu-directory-1"],)"
      R"("to":["us-directory-1","us-super-peer-1","us-super-peer-2"],"one_way":false,)"
      R"("block":true})";
  EXPECT_THAT(network_told_, ElementsAre(order));
  ASSERT_TRUE(driver_->renew());
  end();
  EXPECT_THAT(network_told_, ElementsAre(order, order, R"({"order":"end","name":"0.0"})"));
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(LiveDriverTest, SlowsOneWayToEverybodyElse) {
  DelayLinks slow;
  slow.links.from = named("eu/directory/1");
  slow.links.one_way = true;
  slow.add = Millis(300);
  slow.jitter = Millis(20);
  ASSERT_TRUE(begin(slow));
  EXPECT_THAT(
      network_told_,
      ElementsAre(R"({"order":"disturb","name":"0.0","for_ms":7000,"from":["eu-directory-1"],)"
                  R"("to":["eu-super-peer-1","eu-super-peer-2","us-directory-1",)"
                  R"("us-super-peer-1","us-super-peer-2"],"one_way":true,)"
                  R"("delay_ms":300,"jitter_ms":20})"));
}

TEST_F(LiveDriverTest, PassesOnWhyAnOrderWasRefused) {
  refusal_ = "eu-directory-1 is down";
  const auto begun = begin(PauseProcess{named("eu/directory/1")});
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().detail, "eu-directory-1 is down");
}

TEST_F(LiveDriverTest, SupportsWhatHasALiveForm) {
  EXPECT_TRUE(driver_->supports(RestartProcess{}));
  EXPECT_FALSE(driver_->supports(StallDisk{}));
}

}  // namespace
}  // namespace hearth::drill
