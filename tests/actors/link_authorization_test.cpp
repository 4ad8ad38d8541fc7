#include "actors/link/authorization.hpp"
#include "tests/support/authorization_table.hpp"
#include "tests/support/message_kinds.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>

namespace hearth::link {
namespace {

TEST(LinkAuthorization, HasAPlaceForEveryKind) {
  for (const auto kind : test::every_kind()) {
    const bool is_sent = std::any_of(test::allowed().begin(), test::allowed().end(),
                                     [kind](const auto& leave) { return leave.kind == kind; });
    EXPECT_EQ(std::count(test::never_sent.begin(), test::never_sent.end(), kind), is_sent ? 0 : 1)
        << name_of(kind) << ": say in tests/support/authorization_table.hpp who may send it";
  }
}

TEST(LinkAuthorization, AllowsTheListedAndNothingElse) {
  for (const auto role :
       {Role::none, Role::directory, Role::super_peer, Role::home, Role::client}) {
    for (const std::string actor :
         {"accounts", "replicas", "relay", "home", "client", "", "Accounts"}) {
      for (const auto kind : test::every_kind()) {
        EXPECT_EQ(may_send(role, kind, actor), test::is_listed(role, actor, kind))
            << name_of(role) << " sends " << name_of(kind) << " to \"" << actor << '"';
      }
    }
  }
}

TEST(LinkAuthorization, LeavesConsensusToDirectories) {
  for (const auto role :
       {Role::none, Role::directory, Role::super_peer, Role::home, Role::client}) {
    EXPECT_EQ(may_use(role, TrafficClass::consensus), role == Role::directory);
    EXPECT_TRUE(may_use(role, TrafficClass::command));
    EXPECT_TRUE(may_use(role, TrafficClass::bulk));
  }
}

TEST(LinkAuthorization, IsDocumented) {
  std::ifstream file(HEARTH_SOURCE_DIR "/docs/formats/link.md");
  std::set<std::string> documented;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("| ", 0) == 0) {
      documented.insert(line);
    }
  }
  for (const auto& permission : permissions()) {
    std::ostringstream row;
    row << "| " << name_of(permission.sender) << " | " << permission.actor << " | "
        << name_of(permission.kind) << " |";
    EXPECT_EQ(documented.count(row.str()), 1U) << row.str();
  }
  const auto rows = std::count_if(documented.begin(), documented.end(), [](const auto& row) {
    return std::any_of(permissions().begin(), permissions().end(), [&](const auto& permission) {
      return row.find("| " + std::string(name_of(permission.kind)) + " |") != std::string::npos;
    });
  });
  EXPECT_EQ(static_cast<std::size_t>(rows), permissions().size()) << "rows that are not so";
}

}  // namespace
}  // namespace hearth::link
