#include "sim/drill/profile.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace hearth::drill {
namespace {

using testing::HasSubstr;

std::string with(const std::string& from, const std::string& to) {
  auto text = to_toml(Profile{});
  return text.replace(text.find(from), from.size(), to);
}

TEST(Profile, ComesBackFromItsFile) {
  Profile profile;
  profile.name = "a \"machine\", 2026-11-25";
  profile.piece_ns = 12'345;
  profile.byte_ns = 0.7251;
  profile.slow_sync_ratio = 0.0175;
  profile.message_ns = {{MessageKind::ticket_issued, 1'234}, {MessageKind::accepted, 0}};
  profile.other_message_ns = 4'321;
  EXPECT_EQ(parse_profile(to_toml(profile), "p.toml").value(), profile);
}

TEST(Profile, NamesLineAndNearestKeyOfWhatIsWrong) {
  const auto told = [](const std::string& from, const std::string& to) {
    return parse_profile(with(from, to), "p.toml").error().detail;
  };
  EXPECT_THAT(told("byte_ns      ", "bite_ns      "),
              HasSubstr("p.toml:5:1: unknown key \"bite_ns\"; did you mean \"byte_ns\"?"));
  EXPECT_THAT(told("browse_items     =", "browse_itmes     ="),
              HasSubstr("unknown key \"browse_itmes\"; did you mean \"browse_items\"?"));
  EXPECT_THAT(told("accepted         = ", "accepted         = -"),
              HasSubstr("p.toml:10:20: \"accepted\" must be 0 to"));
  EXPECT_THAT(told("slow_sync_ratio  = 0.01", "slow_sync_ratio  = 2"),
              HasSubstr(":20: \"slow_sync_ratio\" must be 0 to 1, not 2"));
  EXPECT_THAT(told("sync_most_us     = 1500", "sync_most_us     = 200"),
              HasSubstr("\"sync_most_us\" must not be below \"sync_least_us\""));
  EXPECT_FALSE(parse_profile("", "p.toml"));
}

TEST(Profile, ChargesKindsThatAreNotListedByDefault) {
  Profile profile;
  profile.message_ns = {{MessageKind::browse_items, 10}};
  profile.other_message_ns = 20;
  EXPECT_EQ(profile.cost_ns(MessageKind::browse_items), 10U);
  EXPECT_EQ(profile.cost_ns(MessageKind::search_items), 20U);
}

}  // namespace
}  // namespace hearth::drill
