#pragma once
// Who belongs to a group, and who of them counts.

#include "messages/base/ids.hpp"
#include "messages/base/types.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hearth::replication {

struct Member {
  NodeId node;
  bool votes = true;          ///< A learner gets everything and counts for nothing.
  std::uint8_t priority = 0;  ///< A leader hands over to a healthy voter of higher priority.
  friend bool operator==(const Member&, const Member&) = default;
};

struct Configuration {
  static constexpr std::size_t members_max = 15;

  std::vector<Member> members;  ///< Each node once.

  [[nodiscard]] const Member* find(const NodeId& node) const;
  [[nodiscard]] bool is_voter(const NodeId& node) const;
  [[nodiscard]] std::size_t voters() const;
  friend bool operator==(const Configuration&, const Configuration&) = default;
};

/// Why `next` must not follow `current`, or empty. Voters change one at a time, so that any
/// majority of the one shares a member with any majority of the other; who becomes one has been a
/// learner before. Source: Raft thesis 4.1, 4.2.1.
[[nodiscard]] std::string objection_to(const Configuration& current, const Configuration& next);

/// Count 1 | for each member: node 32, votes 1, priority 1.
[[nodiscard]] Bytes encode(const Configuration& configuration);

/// Nothing for bytes that `encode` does not write, or that name a node twice.
[[nodiscard]] std::optional<Configuration> decode_configuration(BytesView bytes);

}  // namespace hearth::replication
