#pragma once

#include "actors/link/link_limits.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace hearth::link {

/// One end of a tunnel: its number in a session with a neighbour.
struct TunnelEnd {
  std::uint64_t session = 0;
  std::uint64_t tunnel = 0;
  auto operator<=>(const TunnelEnd&) const = default;
};

/// Where the bytes that come in by a tunnel's end go: to the channel of a session of our own, or
/// out again by another end. Pure bookkeeping; the link machine moves the bytes.
class TunnelTable {
 public:
  explicit TunnelTable(const LinkLimits& limits) : limits_(&limits) {}

  /// The session `inner` runs over `end`. False when the number is taken or the session has too
  /// many tunnels.
  [[nodiscard]] bool attach(const TunnelEnd& end, std::uint64_t inner);
  /// As `attach`, for both ends.
  [[nodiscard]] bool bridge(const TunnelEnd& a, const TunnelEnd& b);

  struct Route {
    std::uint64_t inner = 0;            ///< 0 for a bridge.
    std::optional<TunnelEnd> opposite;  ///< Of a bridge.
    std::size_t queued = 0;             ///< Bytes of a bridge on their way out by this end.
  };
  [[nodiscard]] const Route* find(const TunnelEnd& end) const;

  /// Bytes that wait to go out by the end of a bridge. False: too many, close the tunnel.
  [[nodiscard]] bool queue(const TunnelEnd& end, std::size_t bytes);
  void unqueue(const TunnelEnd& end, std::size_t bytes);

  /// Forgets the tunnel, both ends of a bridge, and tells what it was.
  std::optional<Route> remove(const TunnelEnd& end);

  [[nodiscard]] std::vector<TunnelEnd> of_session(std::uint64_t session) const;
  [[nodiscard]] bool empty() const { return routes_.empty(); }

 private:
  [[nodiscard]] bool is_free(const TunnelEnd& end) const;

  const LinkLimits* limits_;
  std::map<TunnelEnd, Route> routes_;
};

}  // namespace hearth::link
