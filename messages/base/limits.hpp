#pragma once
// Every bound that two parties must agree on, in one place.

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace hearth::limits {

using namespace std::chrono_literals;

inline constexpr std::size_t envelope_bytes_max = std::size_t{1} << 20U;
/// Of the list in an answer: leaves room for the rest of its envelope.
inline constexpr std::size_t list_bytes_max = envelope_bytes_max - (16U << 10U);
inline constexpr std::size_t frame_bytes_max = 60U << 10U;  ///< Plaintext of one frame.
inline constexpr int nesting_max = 16;                      ///< Of a Cap'n Proto message.

inline constexpr std::size_t actor_name_bytes_max = 64;
inline constexpr std::size_t name_bytes_max = 256;    ///< Account, device and home names.
inline constexpr std::size_t title_bytes_max = 1024;  ///< Title, artist, album.
inline constexpr std::size_t query_bytes_max = 1024;
inline constexpr std::size_t cursor_bytes_max = 4096;
inline constexpr std::size_t path_bytes_max = 4096;
inline constexpr std::size_t page_items_max = 500;
inline constexpr std::size_t page_items_default = 100;
inline constexpr std::size_t devices_per_account_max = 1000;
/// That managers may fill: the recovery key always finds room.
inline constexpr std::size_t devices_by_managers_max = devices_per_account_max - 10;
/// Devices that an account ever had: then managers enrol no more, and later the recovery key.
inline constexpr std::size_t enrolments_by_managers_max = 10'000;
inline constexpr std::size_t enrolments_max = enrolments_by_managers_max + 100;
/// Live ones; those that have expired are, until they are revoked.
inline constexpr std::size_t shares_per_account_max = 100;
/// Accounts whose shares one account is told of.
inline constexpr std::size_t granters_per_account_max = 100;
/// From this length of an account's chain on nothing is renamed or shared, so that there is always
/// room to enrol and revoke. A chain is kept whole.
inline constexpr std::size_t free_events_until = 20'000;
inline constexpr std::size_t chain_events_max =
    free_events_until + 2 * enrolments_max + shares_per_account_max;
inline constexpr std::size_t chain_event_bytes_max = 1024;  ///< Without its signature.
inline constexpr std::size_t chain_page = 100;              ///< Events that are told at once.
inline constexpr std::size_t pairing_code_size = 6;
inline constexpr std::size_t source_bytes_max = 64;  ///< An address as text.
inline constexpr std::size_t homes_per_account_max = devices_per_account_max;
inline constexpr std::size_t super_peers_per_home_max = 16;
/// Of one report, arrivals and departures together; a super-peer with more tells them in parts.
inline constexpr std::size_t presence_homes_max = 1200;
inline constexpr std::size_t ticket_bytes_max = 2048;  ///< Also of a certificate.
inline constexpr std::size_t sealed_request_bytes_max = 1024;
inline constexpr std::size_t forwarded_bytes_max = 64U << 10U;  ///< A command that a directory
                                                                ///< passes on to another.
// A report goes through any directory: at most 48 bytes for each id, and a header.
static_assert(presence_homes_max * 48 + (4U << 10U) <= forwarded_bytes_max);
inline constexpr std::size_t object_bytes_max = 256U << 10U;  ///< In frames; larger ones stream.
inline constexpr std::size_t record_bytes_max = std::size_t{1} << 20U;  ///< One log record.

inline constexpr std::size_t raft_entry_bytes_max = 896U << 10U;  ///< Payload of one entry.
inline constexpr std::size_t raft_entries_max = 16'384;           ///< Of one append.
/// Of a snapshot. A chunk is 512 KiB of rows, or one row of any size that an entry can write.
inline constexpr std::size_t snapshot_chunk_bytes_max = raft_entry_bytes_max;
inline constexpr std::size_t replication_messages_max = 4096;     ///< Of one frame.
inline constexpr std::size_t replicated_row_key_bytes_max = 240;  ///< The rest names its stream.
// Whatever one replica says alone fits a frame, and a frame fits an envelope.
static_assert(raft_entry_bytes_max + (16U << 10U) <= list_bytes_max);

inline constexpr std::size_t super_peers_per_ticket_max = 4;
inline constexpr std::size_t node_list_bytes_max = 512U << 10U;
inline constexpr std::size_t nodes_max = 2048;  ///< Of a node list.
inline constexpr std::size_t endpoints_per_node_max = 4;
inline constexpr std::size_t host_bytes_max = 253;  ///< RFC 1035.
inline constexpr std::size_t region_bytes_max = 16;

inline constexpr auto clock_tolerance = 2500ms;  ///< Between clocks of nodes that issue and admit.
inline constexpr auto certificate_life = std::chrono::hours(24 * 30);
inline constexpr auto pairing_life = std::chrono::minutes(10);
inline constexpr auto ticket_life = 45s;
inline constexpr auto ticket_renewal = 25s;
inline constexpr auto handshake_deadline = 3s;
inline constexpr auto stream_heartbeat = 500ms;
inline constexpr auto stream_silence_max = 1500ms;
inline constexpr auto request_budget_max = 60s;

inline constexpr std::uint16_t protocol_version = 1;

}  // namespace hearth::limits
