#include "nodes/cli/up/order.hpp"

#include <gtest/gtest.h>

namespace hearth::cli::up {
namespace {

std::string problem_with(const std::string& text) {
  const auto order = parse_order(text);
  return order ? "" : order.error().detail;
}

TEST(UpOrder, NamesAProcessAndForHowLong) {
  const auto order = parse_order(R"({"order":"pause","process":"home","for_ms":1500})");
  ASSERT_TRUE(order) << order.error().detail;
  EXPECT_EQ(order.value().kind, OrderKind::pause);
  EXPECT_EQ(order.value().process, "home");
  EXPECT_EQ(order.value().lasts, Millis(1500));
}

TEST(UpOrder, LastsNoLongerThanAnHourAndNeverForGood) {
  for (const auto* bad :
       {R"({"order":"kill","process":"home"})", R"({"order":"kill","process":"home","for_ms":0})",
        R"({"order":"kill","process":"home","for_ms":-1})",
        R"({"order":"kill","process":"home","for_ms":3600001})",
        R"({"order":"kill","process":"home","for_ms":"1"})"}) {
    EXPECT_EQ(problem_with(bad), "for_ms has to be 1 to 3600000") << bad;
  }
}

TEST(UpOrder, IsRefusedWhereItSaysTooLittleOrTooMuch) {
  EXPECT_EQ(problem_with("kill"), "an order is a JSON object");
  EXPECT_EQ(problem_with("[]"), "an order is a JSON object");
  EXPECT_EQ(problem_with(R"({"order":"explode"})"),
            "no such order: status, kill, wipe, pause, restart, end, heal");
  EXPECT_EQ(problem_with(R"({"order":"restart"})"),
            "all orders but status and heal name a process");
  EXPECT_EQ(problem_with(R"({"order":"heal","process":"home"})"),
            "all orders but status and heal name a process");
  EXPECT_EQ(problem_with(R"({"order":"end","process":"home","for_ms":5})"),
            "for_ms goes with kill, wipe and pause only");
}

}  // namespace
}  // namespace hearth::cli::up
