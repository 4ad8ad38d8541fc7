#include "actors/link/authorization.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

namespace hearth::link {
namespace {

using Entry = std::tuple<Role, std::string, MessageKind>;

/// Said once more, in other words than the table's, so that a slip in it is noticed.
const std::set<Entry> allowed{
    {Role::client, "accounts", MessageKind::append_event},
    {Role::client, "accounts", MessageKind::fetch_chain},
    {Role::client, "accounts", MessageKind::offer_pairing},
    {Role::client, "accounts", MessageKind::show_pairing},
    {Role::home, "accounts", MessageKind::offer_pairing},
    {Role::client, "accounts", MessageKind::list_homes},
    {Role::client, "accounts", MessageKind::find_account},
    {Role::client, "accounts", MessageKind::request_ticket},
    {Role::home, "accounts", MessageKind::register_home},
    {Role::home, "accounts", MessageKind::append_event},
    {Role::home, "accounts", MessageKind::fetch_chain},
    {Role::super_peer, "accounts", MessageKind::report_presence},
    {Role::directory, "accounts", MessageKind::forwarded},
    {Role::directory, "accounts", MessageKind::presence_relayed},
    {Role::directory, "replicas", MessageKind::replication_frame},
    {Role::directory, "replicas", MessageKind::describe_replica},
    {Role::directory, "replicas", MessageKind::change_members},
    {Role::home, "relay", MessageKind::attach_home},
    {Role::client, "relay", MessageKind::open_tunnel},
    {Role::client, "relay", MessageKind::present_ticket},
    {Role::super_peer, "home", MessageKind::offer_tunnel},
    {Role::super_peer, "home", MessageKind::order_dial},
    {Role::client, "home", MessageKind::describe_home},
    {Role::client, "home", MessageKind::hand_events},
    {Role::client, "home", MessageKind::find_folder},
    {Role::client, "home", MessageKind::browse_items},
    {Role::client, "home", MessageKind::search_items},
    {Role::client, "home", MessageKind::show_item},
    {Role::client, "home", MessageKind::start_rescan},
    {Role::client, "home", MessageKind::show_scan},
    {Role::client, "home", MessageKind::renew_ticket},
};

std::vector<MessageKind> all_kinds() {
  std::vector<MessageKind> kinds;
  for (unsigned number = 0; number < 0x10000; ++number) {
    const auto kind = static_cast<MessageKind>(number);
    if (!name_of(kind).empty()) {
      kinds.push_back(kind);
    }
  }
  return kinds;
}

TEST(LinkAuthorization, AllowsTheListedAndNothingElse) {
  for (const auto role :
       {Role::none, Role::directory, Role::super_peer, Role::home, Role::client}) {
    for (const std::string actor :
         {"accounts", "replicas", "relay", "home", "client", "", "Accounts"}) {
      for (const auto kind : all_kinds()) {
        EXPECT_EQ(may_send(role, kind, actor), allowed.count({role, actor, kind}) == 1)
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
    return std::any_of(allowed.begin(), allowed.end(), [&](const Entry& entry) {
      return row.find("| " + std::string(name_of(std::get<2>(entry))) + " |") != std::string::npos;
    });
  });
  EXPECT_EQ(static_cast<std::size_t>(rows), permissions().size()) << "rows that are not so";
}

}  // namespace
}  // namespace hearth::link
