#pragma once

#include "messages/base/ids.hpp"
#include "messages/base/types.hpp"
#include "messages/directory/directory_messages.hpp"
#include "messages/seal/node_list.hpp"

#include <map>
#include <vector>

namespace hearth::directory {

/// Which home is attached to which super-peers now. Soft state: super-peers renew it; it is
/// complete again one report after a restart. Pure.
class PresenceTable {
 public:
  /// Outlives two renewals (every 5 s) that did not come. With a look for those that are over every
  /// second and the way of the last report, what is gone has vanished after 15 s.
  static constexpr Millis lease{13'000};

  /// False: the report is of an earlier life of the super-peer, and was ignored.
  bool report(const NodeId& super_peer, const ReportPresence& report, Instant now);

  /// Super-peers that are not in the list are gone, and all that was attached there.
  void keep_listed(const seal::NodeList& nodes);

  /// Super-peers whose lease is over, and all that was attached there, are gone.
  void expire(Instant now);

  /// The super-peers of `home`, the one where it arrived last first.
  [[nodiscard]] std::vector<NodeId> super_peers_of(const NodeId& home) const;

  /// Calls `visit` with every super-peer and home that is attached there, in this order.
  template <class Visit>
  void each_attached(const Visit& visit) const {
    for (const auto& [super_peer, known] : super_peers_) {
      for (const auto& [home, arrival] : known.arrival_by_home) {
        visit(super_peer, home);
      }
    }
  }

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
