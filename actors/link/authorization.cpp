#include "actors/link/authorization.hpp"

#include <algorithm>
#include <array>

namespace hearth::link {

namespace {

constexpr std::string_view accounts = "accounts";  // of a directory
constexpr std::string_view replicas = "replicas";  // likewise
constexpr std::string_view relay = "relay";        // of a super-peer
constexpr std::string_view home = "home";          // of a home

constexpr std::array table{
    Permission{Role::client, accounts, MessageKind::append_event},
    Permission{Role::client, accounts, MessageKind::fetch_chain},
    Permission{Role::client, accounts, MessageKind::offer_pairing},
    Permission{Role::client, accounts, MessageKind::show_pairing},
    Permission{Role::client, accounts, MessageKind::list_homes},
    Permission{Role::client, accounts, MessageKind::find_account},
    Permission{Role::client, accounts, MessageKind::request_ticket},
    Permission{Role::home, accounts, MessageKind::register_home},
    Permission{Role::home, accounts, MessageKind::offer_pairing},
    Permission{Role::home, accounts, MessageKind::append_event},
    Permission{Role::home, accounts, MessageKind::fetch_chain},
    Permission{Role::super_peer, accounts, MessageKind::report_presence},
    Permission{Role::directory, accounts, MessageKind::forwarded},
    Permission{Role::directory, accounts, MessageKind::presence_relayed},
    Permission{Role::directory, replicas, MessageKind::replication_frame},
    Permission{Role::directory, replicas, MessageKind::describe_replica},
    Permission{Role::directory, replicas, MessageKind::change_members},

    Permission{Role::home, relay, MessageKind::attach_home},
    Permission{Role::client, relay, MessageKind::open_tunnel},
    Permission{Role::client, relay, MessageKind::present_ticket},

    Permission{Role::super_peer, home, MessageKind::offer_tunnel},
    Permission{Role::super_peer, home, MessageKind::order_dial},
    Permission{Role::client, home, MessageKind::describe_home},
    Permission{Role::client, home, MessageKind::hand_events},
    Permission{Role::client, home, MessageKind::find_folder},
    Permission{Role::client, home, MessageKind::browse_items},
    Permission{Role::client, home, MessageKind::search_items},
    Permission{Role::client, home, MessageKind::show_item},
    Permission{Role::client, home, MessageKind::start_rescan},
    Permission{Role::client, home, MessageKind::show_scan},
    Permission{Role::client, home, MessageKind::renew_ticket},
};

}  // namespace

std::span<const Permission> permissions() {
  return table;
}

bool may_send(Role sender, MessageKind kind, std::string_view actor) {
  return std::find(table.begin(), table.end(), Permission{sender, actor, kind}) != table.end();
}

}  // namespace hearth::link
