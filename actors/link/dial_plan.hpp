#pragma once

#include "messages/base/ids.hpp"
#include "messages/base/types.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace hearth::link {

/// Which nodes to keep connected, and when to try again: jittered back-off, doubling from 50 ms
/// to 5 s, forgotten once a connection has held for a while. Pure; chance comes from a seed.
class DialPlan {
 public:
  explicit DialPlan(std::uint64_t seed) : chance_(seed) {}

  void want(const NodeId& node);
  void forget(const NodeId& node) { targets_.erase(node); }
  [[nodiscard]] bool wants(const NodeId& node) const { return targets_.count(node) != 0; }
  [[nodiscard]] std::vector<NodeId> wanted() const;

  /// One try, the `number`-th since the last connection that held.
  struct Try {
    NodeId node;
    std::uint32_t number = 0;
  };
  /// The tries that are due; they count as begun, until `came` or `failed`.
  [[nodiscard]] std::vector<Try> due(Instant now);

  /// A connection of `node` is proven, whoever dialled it.
  void came(const NodeId& node, Instant now);
  /// The connection of `node` is lost.
  void went(const NodeId& node, Instant now);
  /// The try came to nothing.
  void failed(const NodeId& node);

  /// When the next try is due.
  [[nodiscard]] std::optional<Instant> next() const;

 private:
  enum class Phase : std::uint8_t { waiting, trying, connected };
  struct Target {
    Phase phase = Phase::waiting;
    Instant next{};
    Instant since{};  ///< Connected.
    std::uint32_t tries = 0;
  };

  [[nodiscard]] Millis pause_after(std::uint32_t tries);

  std::map<NodeId, Target> targets_;
  std::uint64_t chance_;
};

}  // namespace hearth::link
