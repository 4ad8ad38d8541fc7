#pragma once
// What messages and syncs cost a machine. The simulator charges it to every simulated one. The
// defaults are compiled in, so that a build and a seed give the same run everywhere; a measured
// profile (`hearth drill calibrate`) is used where it is asked for.
//
// Files: docs/drills/format.md.

#include "messages/base/result.hpp"
#include "messages/envelope/message_kind.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace hearth::drill {

using CostByKind = std::map<MessageKind, std::uint64_t>;

/// As `hearth drill calibrate` measured them, and `piece_ns` to `connection_ns` beside them, on a
/// virtual machine with two cores. The disk is an ordinary server's.
[[nodiscard]] CostByKind built_in_message_costs();

struct Profile {
  std::string name = "built in";          ///< For reports: which machine, and when it was measured.
  std::uint64_t piece_ns = 640;           ///< Each piece of a connection's bytes, taken in.
  double byte_ns = 0.68;                  ///< On top, for each of its bytes.
  std::uint64_t connection_ns = 186'600;  ///< A new one, with its handshake.
  std::uint64_t sync_least_us = 300;      ///< Of a log's disk; drawn evenly from here
  std::uint64_t sync_most_us = 1'500;     ///< to here,
  double slow_sync_ratio = 0.01;          ///< but for these,
  std::uint64_t slow_sync_factor = 20;    ///< which take so many times longer.

  /// What an actor takes to read a message of a kind and to do what it wants.
  CostByKind message_ns = built_in_message_costs();
  std::uint64_t other_message_ns = 9'046;  ///< Of a kind that is not listed.

  [[nodiscard]] std::uint64_t cost_ns(MessageKind kind) const {
    const auto listed = message_ns.find(kind);
    return listed == message_ns.end() ? other_message_ns : listed->second;
  }

  friend bool operator==(const Profile&, const Profile&) = default;
};

/// As a file; `parse_profile` reads it back.
[[nodiscard]] std::string to_toml(const Profile& profile);

/// `file` is what problems call it. Errors: `value_invalid`, with every problem on a line of its
/// own: "FILE:LINE:COLUMN: what is wrong".
[[nodiscard]] Result<Profile> parse_profile(std::string_view text, const std::string& file);

}  // namespace hearth::drill
