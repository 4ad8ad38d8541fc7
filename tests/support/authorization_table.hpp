#pragma once
// Who may send what to whom, said once more and in other words than actors/link/authorization.cpp:
// there by role, as far as the link can tell; here also by what the sender is to the account that
// the message is about, which the actor behind the link judges.

#include "messages/base/ids.hpp"
#include "messages/envelope/message_kind.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace hearth::test {

/// What a sender is to the household whose account, home or ticket a message is about.
enum class Standing {
  stranger,  ///< In no account.
  manager,
  player,
  gateway,
  home,
  once_manager,  ///< Revoked.
  once_home,     ///< Likewise.
  neighbour,     ///< Manages another account.
  super_peer,    ///< Of the node list, and in no account; a directory likewise.
  directory,
};
using Standings = std::vector<Standing>;

inline const Standings everybody{Standing::stranger,  Standing::manager,   Standing::player,
                                 Standing::gateway,   Standing::home,      Standing::once_manager,
                                 Standing::once_home, Standing::neighbour, Standing::super_peer,
                                 Standing::directory};

[[nodiscard]] inline std::string_view name_of(Standing standing) {
  switch (standing) {
    case Standing::stranger: return "stranger";
    case Standing::manager: return "manager";
    case Standing::player: return "player";
    case Standing::gateway: return "gateway";
    case Standing::home: return "home";
    case Standing::once_manager: return "revoked manager";
    case Standing::once_home: return "revoked home";
    case Standing::neighbour: return "neighbour";
    case Standing::super_peer: return "super-peer";
    case Standing::directory: return "directory";
  }
  return {};
}

/// Only the node list makes a directory or a super-peer; a home or a client is whoever says so.
[[nodiscard]] inline bool can_come_as(Role role, Standing standing) {
  return (role != Role::directory || standing == Standing::directory) &&
         (role != Role::super_peer || standing == Standing::super_peer);
}

struct Leave {
  Role role = Role::none;
  std::string_view actor;
  MessageKind kind = MessageKind::none;
  Standings who;
};

/// All that is allowed: what is not here is refused, and changes nothing.
[[nodiscard]] inline const std::vector<Leave>& allowed() {
  using enum Standing;
  using enum MessageKind;
  static const Standings members{manager, player, gateway, home};
  /// To whom a directory tells of their own account.
  static const Standings enrolled{manager, player, gateway, home, neighbour};
  static const Standings outside{stranger, super_peer, directory};
  static const std::vector<Leave> table{
      // Events of the household's chain, signed by who hands them in.
      {Role::client, "accounts", append_event, {manager}},
      {Role::home, "accounts", append_event, {manager}},
      {Role::client, "accounts", fetch_chain, enrolled},
      {Role::home, "accounts", fetch_chain, enrolled},
      {Role::client, "accounts", offer_pairing, outside},
      {Role::home, "accounts", offer_pairing, outside},
      {Role::client, "accounts", show_pairing, {manager, neighbour}},
      {Role::client, "accounts", list_homes, enrolled},
      {Role::client, "accounts", request_ticket, members},
      {Role::client, "accounts", find_account, enrolled},
      {Role::home, "accounts", register_home, {home}},
      {Role::super_peer, "accounts", report_presence, {super_peer}},
      {Role::directory, "accounts", forwarded, {directory}},
      {Role::directory, "accounts", presence_relayed, {directory}},

      {Role::directory, "replicas", replication_frame, {directory}},
      {Role::directory, "replicas", describe_replica, {directory}},
      {Role::directory, "replicas", change_members, {directory}},

      // With the certificate of the home, and a ticket of the gateway.
      {Role::home, "relay", attach_home, {home}},
      {Role::client, "relay", open_tunnel, {gateway}},
      {Role::client, "relay", present_ticket, {gateway}},

      {Role::super_peer, "home", offer_tunnel, {super_peer}},
      {Role::super_peer, "home", order_dial, {super_peer}},
      {Role::client, "home", describe_home, members},
      {Role::client, "home", hand_events, members},
      {Role::client, "home", find_folder, members},
      {Role::client, "home", browse_items, members},
      {Role::client, "home", search_items, members},
      {Role::client, "home", show_item, members},
      {Role::client, "home", start_rescan, members},
      {Role::client, "home", show_scan, members},
      {Role::client, "home", renew_ticket, members},
  };
  return table;
}

/// What nobody sends to an actor by itself.
inline const std::vector<MessageKind> never_sent{
    MessageKind::none,
    // Answers: taken from whom was asked, and once.
    MessageKind::accepted, MessageKind::home_registered, MessageKind::homes_listed,
    MessageKind::ticket_issued, MessageKind::pairing_offered, MessageKind::pairing_shown,
    MessageKind::event_appended, MessageKind::chain_page, MessageKind::claim_shown,
    MessageKind::claim_settled, MessageKind::may_go_on, MessageKind::wrong_group,
    MessageKind::home_described, MessageKind::items_page, MessageKind::scan_shown,
    MessageKind::replica_described, MessageKind::members_proposed, MessageKind::account_found,
    MessageKind::folder_found,
    // Between groups, within `forwarded`.
    MessageKind::reserve_claim, MessageKind::find_claim, MessageKind::end_claim,
    MessageKind::settle_claim, MessageKind::share_news,
    // On data connections.
    MessageKind::open_stream, MessageKind::accept_stream, MessageKind::stream_request,
    MessageKind::stream_header};

/// Whether any leave has this role, actor and kind.
[[nodiscard]] inline bool is_listed(Role role, std::string_view actor, MessageKind kind) {
  return std::any_of(allowed().begin(), allowed().end(), [&](const Leave& leave) {
    return leave.role == role && leave.actor == actor && leave.kind == kind;
  });
}

[[nodiscard]] inline bool is_allowed(Role role, std::string_view actor, MessageKind kind,
                                     Standing who) {
  return std::any_of(allowed().begin(), allowed().end(), [&](const Leave& leave) {
    return leave.role == role && leave.actor == actor && leave.kind == kind &&
           std::find(leave.who.begin(), leave.who.end(), who) != leave.who.end();
  });
}

/// Whether `who` may send it as whatever it says it is.
[[nodiscard]] inline bool is_allowed_at_all(std::string_view actor, MessageKind kind,
                                            Standing who) {
  return std::any_of(allowed().begin(), allowed().end(),
                     [&](const Leave& leave) { return is_allowed(leave.role, actor, kind, who); });
}

}  // namespace hearth::test
