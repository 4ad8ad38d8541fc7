#pragma once
// The votes of one election, or of the question whether to hold one.

#include "messages/replication/configuration.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace hearth::replication {

class Ballot {
 public:
  enum class Outcome : std::uint8_t { open, won, lost };

  void clear() { votes_.clear(); }
  /// The first vote of a node counts.
  void cast(const NodeId& voter, bool granted);
  [[nodiscard]] Outcome outcome(const Configuration& configuration) const;

 private:
  std::vector<std::pair<NodeId, bool>> votes_;
};

}  // namespace hearth::replication
