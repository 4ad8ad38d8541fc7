#include "nodes/network/network_order.hpp"

#include <gtest/gtest.h>

namespace hearth::network {
namespace {

const std::map<std::string, Host> hosts = {{"home", 1}, {"gateway", 2}};

std::string problem_with(const std::string& text) {
  const auto order = parse_order(text, hosts);
  return order ? "" : order.error().detail;
}

std::string disturb(const std::string& rest) {
  return R"({"order":"disturb","name":"1.0","for_ms":5,"from":["home"],"to":["gateway"],)" + rest +
         "}";
}

TEST(NetworkOrder, SaysWhatHappensBetweenWhom) {
  const auto order = parse_order(
      disturb(R"("one_way":true,"delay_ms":40,"jitter_ms":5,"loss":0.5,"rate_mbit":2)"), hosts);
  ASSERT_TRUE(order) << order.error().detail;
  EXPECT_EQ(order.value().name, "1.0");
  EXPECT_EQ(order.value().lasts, Millis(5));
  const auto& one = order.value().disturbance;
  EXPECT_EQ(one.from, HostSet{2});
  EXPECT_EQ(one.to, HostSet{4});
  EXPECT_TRUE(one.one_way);
  EXPECT_FALSE(one.block);
  EXPECT_EQ(one.delay, Millis(40));
  EXPECT_EQ(one.jitter, Millis(5));
  EXPECT_EQ(one.loss, 0.5);
  EXPECT_EQ(one.rate_mbit, 2);
}

TEST(NetworkOrder, IsRefusedWithTheFirstThingThatIsWrong) {
  EXPECT_EQ(problem_with("3"), "an order is a JSON object");
  EXPECT_EQ(problem_with(R"({"order":"explode"})"), "no such order: disturb, end, heal");
  EXPECT_EQ(problem_with(R"({"order":"end"})"), "name has to be 1 to 64 bytes of text");
  EXPECT_EQ(problem_with(disturb(R"("loss":1.5)")), "loss has to be 0 to 1");
  EXPECT_EQ(problem_with(disturb(R"("block":1)")), "block has to be true or false");
  EXPECT_EQ(problem_with(disturb(R"("delay_ms":-1)")), "delay_ms has to be 0 to 60000");
  EXPECT_EQ(problem_with(disturb(R"("rate_mbit":0)")), "rate_mbit has to be 0.001 to 100000");
  EXPECT_EQ(problem_with(R"({"order":"disturb","name":"a","for_ms":0})"),
            "for_ms has to be 1 to 3600000");
  EXPECT_EQ(problem_with(R"({"order":"disturb","name":"a","for_ms":1,"from":["mars"]})"),
            "from has to be names of processes");
  EXPECT_EQ(problem_with(R"({"order":"disturb","name":"a","for_ms":1,"from":["home"],"to":[]})"),
            "to has to be names of processes");
}

}  // namespace
}  // namespace hearth::network
