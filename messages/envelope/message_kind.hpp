#pragma once

#include <cstdint>
#include <string_view>

namespace hearth {

/// What an envelope's body is. Numbers are for ever: append, never reuse. Each block of a
/// hundred belongs to the domain of one folder.
enum class MessageKind : std::uint16_t {
  none = 0,
  accepted = 1,  ///< The empty answer: done.

  // directory; 100 to 103, 106, 107, 115 and 120 to 122 changed accounts unsigned
  register_home = 104,
  home_registered = 105,
  list_homes = 108,
  homes_listed = 109,
  request_ticket = 110,
  ticket_issued = 111,
  report_presence = 112,
  forwarded = 113,
  presence_relayed = 114,
  offer_pairing = 116,
  pairing_offered = 117,
  show_pairing = 118,
  pairing_shown = 119,
  append_event = 123,
  event_appended = 124,
  fetch_chain = 125,
  chain_page = 126,
  find_account = 127,
  account_found = 128,

  // between the groups of a directory
  reserve_claim = 140,
  find_claim = 141,
  claim_shown = 142,
  end_claim = 143,
  settle_claim = 144,
  claim_settled = 145,
  may_go_on = 146,
  wrong_group = 147,
  share_news = 148,

  // relay
  attach_home = 200,
  open_tunnel = 201,
  offer_tunnel = 202,
  order_dial = 203,
  present_ticket = 204,
  open_stream = 205,    ///< On a data connection, client to super-peer.
  accept_stream = 206,  ///< On a data connection, home to super-peer.

  // home
  describe_home = 300,
  home_described = 301,
  browse_items = 302,
  search_items = 303,
  show_item = 304,
  items_page = 305,
  start_rescan = 306,
  show_scan = 307,
  scan_shown = 308,
  renew_ticket = 309,
  stream_request = 310,  ///< Sealed, client to home.
  stream_header = 311,   ///< Sealed, home to client: the first frame of a stream.
  hand_events = 312,
  find_folder = 313,
  folder_found = 314,

  // replication
  replication_frame = 400,
  describe_replica = 401,
  replica_described = 402,
  change_members = 403,
  members_proposed = 404,
};

/// Stable name of `kind`, empty for a number that is not one of ours.
[[nodiscard]] std::string_view name_of(MessageKind kind);

}  // namespace hearth
