#include "actors/link/tunnel_table.hpp"

#include <algorithm>

namespace hearth::link {

std::vector<TunnelEnd> TunnelTable::of_session(std::uint64_t session) const {
  std::vector<TunnelEnd> ends;
  for (auto it = routes_.lower_bound(TunnelEnd{session, 0});
       it != routes_.end() && it->first.session == session; ++it) {
    ends.push_back(it->first);
  }
  return ends;
}

bool TunnelTable::is_free(const TunnelEnd& end) const {
  return routes_.count(end) == 0 && of_session(end.session).size() < limits_->tunnels_per_session;
}

bool TunnelTable::attach(const TunnelEnd& end, std::uint64_t inner) {
  if (!is_free(end)) {
    return false;
  }
  routes_.emplace(end, Route{inner, std::nullopt, 0});
  return true;
}

bool TunnelTable::bridge(const TunnelEnd& a, const TunnelEnd& b) {
  if (a == b || !is_free(a) || !is_free(b)) {
    return false;
  }
  routes_.emplace(a, Route{0, b, 0});
  routes_.emplace(b, Route{0, a, 0});
  return true;
}

const TunnelTable::Route* TunnelTable::find(const TunnelEnd& end) const {
  const auto found = routes_.find(end);
  return found == routes_.end() ? nullptr : &found->second;
}

bool TunnelTable::queue(const TunnelEnd& end, std::size_t bytes) {
  const auto found = routes_.find(end);
  if (found == routes_.end() || found->second.queued + bytes > limits_->tunnel_queue) {
    return false;
  }
  found->second.queued += bytes;
  return true;
}

void TunnelTable::unqueue(const TunnelEnd& end, std::size_t bytes) {
  const auto found = routes_.find(end);
  // The tunnel may be closed, and even open anew, before its last frames have left.
  if (found != routes_.end()) {
    found->second.queued -= std::min(bytes, found->second.queued);
  }
}

std::optional<TunnelTable::Route> TunnelTable::remove(const TunnelEnd& end) {
  const auto found = routes_.find(end);
  if (found == routes_.end()) {
    return std::nullopt;
  }
  auto route = found->second;
  routes_.erase(found);
  if (route.opposite) {
    routes_.erase(*route.opposite);
  }
  return route;
}

}  // namespace hearth::link
