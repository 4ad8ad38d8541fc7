// Shares as people name them and as commands print them.

#include "nodes/cli/account/share_text.hpp"

#include "nodes/cli/account/device_text.hpp"
#include "tests/support/account_desk.hpp"
#include "tests/support/identities.hpp"

#include <gtest/gtest.h>

namespace hearth::cli::account {
namespace {

using directory::Device;
using directory::DeviceKind;
using hearth::testing::identity_of;
using namespace std::chrono_literals;

const Device pc{identity_of(1).keys, DeviceKind::manager, "pc"};
const Device barn{identity_of(2).keys, DeviceKind::home, "barn"};
const Device odd{identity_of(3).keys, DeviceKind::home, "a:b"};

std::string place(const std::string& text) {
  const auto found = find_place({pc, barn, odd}, text);
  return found ? found.value().home.name + "|" + found.value().folder
               : std::string(name_of(found.error().code));
}

TEST(SharePlace, IsAHomeOrAFolderInIt) {
  EXPECT_EQ(place("barn"), "barn|");
  EXPECT_EQ(place("barn:Films/Old"), "barn|Films/Old");
  EXPECT_EQ(place("barn:Films: the best"), "barn|Films: the best");
  EXPECT_EQ(place("a:b"), "a:b|") << "its name has a colon";
  EXPECT_EQ(place("barn:"), "value_invalid");
  EXPECT_EQ(place("pc"), "home_unknown") << "no home";
  EXPECT_EQ(place("cellar:Films"), "home_unknown");
}

TEST(ShareDuration, IsANumberAndALetter) {
  EXPECT_EQ(read_duration("90m").value(), 90min);
  EXPECT_EQ(read_duration("12h").value(), 12h);
  EXPECT_EQ(read_duration("30d").value(), 24h * 30);
  EXPECT_EQ(read_duration("8w").value(), 24h * 7 * 8);
  for (const auto* text :
       {"", "d", "30", "0d", "-1d", "1.5h", "30 d", "1y", "999999999999999999h", "600w"}) {
    EXPECT_FALSE(read_duration(text)) << text;
  }
}

TEST(ShareText, TellsWhatIsSharedWithWhom) {
  const directory::Share films{5, {AccountId{{7}}, {}, FolderId{{1}}, 1'800'000'000'000}};
  const directory::Share all{6, {AccountId{{7}}, {}, {}, 0}};
  const auto table =
      to_table({{films, "barn", "ben", "Films"}, {all, "barn", "", ""}}, {}, 1'800'000'000'000);
  EXPECT_NE(table.find("    5  to    ben  barn:Films  ended 2027-01-15T08:00:00Z  ("),
            std::string::npos)
      << table;
  EXPECT_NE(table.find("    6  to    ?  barn:all  for good  ("), std::string::npos) << table;
}

TEST(ShareText, AnAuditTellsOfShares) {
  const auto owner = identity_of(9);
  hearth::testing::ChainBook book(owner);
  const auto home = identity_of(2);
  book.enrol(home, DeviceKind::home, owner);
  book.add(directory::ShareGranted{AccountId{{7}}, home.id, {}, 0}, owner);
  book.add(directory::ShareRevoked{3}, owner);
  const auto told = told_of(book.events());
  ASSERT_EQ(told.size(), 4U);
  EXPECT_EQ(told[2].what, "shared");
  EXPECT_NE(event_text(told[2]).find("with account 0700"), std::string::npos);
  EXPECT_EQ(event_text(told[3]).find("unshared share 3  by"), 0U) << event_text(told[3]);
}

}  // namespace
}  // namespace hearth::cli::account
