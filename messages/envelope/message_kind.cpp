#include "messages/envelope/message_kind.hpp"

namespace hearth {

std::string_view name_of(MessageKind kind) {
  switch (kind) {
    case MessageKind::none: return "none";
    case MessageKind::accepted: return "accepted";
    case MessageKind::register_home: return "register_home";
    case MessageKind::home_registered: return "home_registered";
    case MessageKind::list_homes: return "list_homes";
    case MessageKind::homes_listed: return "homes_listed";
    case MessageKind::request_ticket: return "request_ticket";
    case MessageKind::ticket_issued: return "ticket_issued";
    case MessageKind::report_presence: return "report_presence";
    case MessageKind::forwarded: return "forwarded";
    case MessageKind::presence_relayed: return "presence_relayed";
    case MessageKind::offer_pairing: return "offer_pairing";
    case MessageKind::pairing_offered: return "pairing_offered";
    case MessageKind::show_pairing: return "show_pairing";
    case MessageKind::pairing_shown: return "pairing_shown";
    case MessageKind::append_event: return "append_event";
    case MessageKind::event_appended: return "event_appended";
    case MessageKind::fetch_chain: return "fetch_chain";
    case MessageKind::chain_page: return "chain_page";
    case MessageKind::find_account: return "find_account";
    case MessageKind::account_found: return "account_found";
    case MessageKind::reserve_claim: return "reserve_claim";
    case MessageKind::find_claim: return "find_claim";
    case MessageKind::claim_shown: return "claim_shown";
    case MessageKind::end_claim: return "end_claim";
    case MessageKind::settle_claim: return "settle_claim";
    case MessageKind::claim_settled: return "claim_settled";
    case MessageKind::may_go_on: return "may_go_on";
    case MessageKind::wrong_group: return "wrong_group";
    case MessageKind::share_news: return "share_news";
    case MessageKind::attach_home: return "attach_home";
    case MessageKind::open_tunnel: return "open_tunnel";
    case MessageKind::offer_tunnel: return "offer_tunnel";
    case MessageKind::order_dial: return "order_dial";
    case MessageKind::present_ticket: return "present_ticket";
    case MessageKind::open_stream: return "open_stream";
    case MessageKind::accept_stream: return "accept_stream";
    case MessageKind::describe_home: return "describe_home";
    case MessageKind::home_described: return "home_described";
    case MessageKind::browse_items: return "browse_items";
    case MessageKind::search_items: return "search_items";
    case MessageKind::show_item: return "show_item";
    case MessageKind::items_page: return "items_page";
    case MessageKind::start_rescan: return "start_rescan";
    case MessageKind::show_scan: return "show_scan";
    case MessageKind::scan_shown: return "scan_shown";
    case MessageKind::renew_ticket: return "renew_ticket";
    case MessageKind::stream_request: return "stream_request";
    case MessageKind::stream_header: return "stream_header";
    case MessageKind::hand_events: return "hand_events";
    case MessageKind::find_folder: return "find_folder";
    case MessageKind::folder_found: return "folder_found";
    case MessageKind::replication_frame: return "replication_frame";
    case MessageKind::describe_replica: return "describe_replica";
    case MessageKind::replica_described: return "replica_described";
    case MessageKind::change_members: return "change_members";
    case MessageKind::members_proposed: return "members_proposed";
  }
  return {};
}

}  // namespace hearth
