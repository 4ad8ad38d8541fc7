#pragma once
// What messages and syncs cost a machine. The simulator charges it to every simulated one. The
// defaults are compiled in, so that a build and a seed give the same run everywhere; a measured
// profile (`hearth drill calibrate`) is used where it is asked for.
//
// Files: docs/drills/format.md.

#include "messages/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace hearth::drill {

struct Profile {
  std::string name = "built in";          ///< For reports: which machine, and when it was measured.
  std::uint64_t message_ns = 8'000;       ///< Each piece of a connection's bytes, handled.
  double byte_ns = 2;                     ///< On top, for each of its bytes.
  std::uint64_t connection_ns = 250'000;  ///< A new one, with its handshake.
  std::uint64_t sync_least_us = 300;      ///< Of a log's disk; drawn evenly from here
  std::uint64_t sync_most_us = 1'500;     ///< to here,
  double slow_sync_ratio = 0.01;          ///< but for these,
  std::uint64_t slow_sync_factor = 20;    ///< which take so many times longer.

  friend bool operator==(const Profile&, const Profile&) = default;
};

/// As a file; `parse_profile` reads it back.
[[nodiscard]] std::string to_toml(const Profile& profile);

/// `file` is what problems call it. Errors: `value_invalid`, with every problem on a line of its
/// own: "FILE:LINE:COLUMN: what is wrong".
[[nodiscard]] Result<Profile> parse_profile(std::string_view text, const std::string& file);

}  // namespace hearth::drill
