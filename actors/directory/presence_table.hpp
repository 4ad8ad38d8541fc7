#pragma once

#include "messages/base/ids.hpp"
#include "messages/base/types.hpp"
#include "messages/directory/directory_messages.hpp"

#include <map>
#include <vector>

namespace hearth::directory {

/// Which home is attached to which super-peers now. Soft state: super-peers renew it; it is
/// complete again one report after a restart. Pure.
class PresenceTable {
 public:
  static constexpr Millis lease{15'000};

  /// False: the report is of an earlier life of the super-peer, and was ignored.
  bool report(const NodeId& super_peer, const ReportPresence& report, Instant now);

  /// Super-peers whose lease is over, and all that was attached there, are gone.
  void expire(Instant now);

  /// The super-peers of `home`, the one where it arrived last first.
  [[nodiscard]] std::vector<NodeId> super_peers_of(const NodeId& home) const;

 private:
  struct Arrival {
    std::uint64_t number = 0;  ///< Counts up over all super-peers.
    std::uint64_t round = 0;   ///< In which it was last told.
  };
  struct SuperPeer {
    std::uint64_t epoch = 0;
    Instant lease_end{};
    std::uint64_t round = 0;  ///< Counts the reports that began to tell all.
    bool telling = false;     ///< The round is not over.
    std::map<NodeId, Arrival> arrival_by_home;
  };
  std::map<NodeId, SuperPeer> super_peers_;
  std::uint64_t arrivals_ = 0;
};

}  // namespace hearth::directory
