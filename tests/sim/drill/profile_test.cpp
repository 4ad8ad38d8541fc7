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
  profile.message_ns = 12'345;
  profile.byte_ns = 0.7251;
  profile.slow_sync_ratio = 0.0175;
  EXPECT_EQ(parse_profile(to_toml(profile), "p.toml").value(), profile);
}

TEST(Profile, NamesLineAndNearestKeyOfWhatIsWrong) {
  EXPECT_THAT(parse_profile(with("byte_ns      ", "bite_ns      "), "p.toml").error().detail,
              HasSubstr("p.toml:5:1: unknown key \"bite_ns\"; did you mean \"byte_ns\"?"));
  EXPECT_THAT(parse_profile(with("slow_sync_ratio  = 0.01", "slow_sync_ratio  = 2"), "p.toml")
                  .error()
                  .detail,
              HasSubstr("p.toml:11:20: \"slow_sync_ratio\" must be 0 to 1, not 2"));
  EXPECT_THAT(parse_profile(with("sync_most_us     = 1500", "sync_most_us     = 200"), "p.toml")
                  .error()
                  .detail,
              HasSubstr("\"sync_most_us\" must not be below \"sync_least_us\""));
  EXPECT_FALSE(parse_profile("", "p.toml"));
}

}  // namespace
}  // namespace hearth::drill
