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
  struct SuperPeer {
    std::uint64_t epoch = 0;
    Instant lease_end{};
    std::map<NodeId, std::uint64_t> arrival_by_home;
  };
  std::map<NodeId, SuperPeer> super_peers_;
  std::uint64_t arrivals_ = 0;
};

}  // namespace hearth::directory
