#include "sim/world/message_filters.hpp"

#include <algorithm>
#include <utility>

namespace hearth::sim {

std::uint64_t MessageFilters::add(Filter filter) {
  filters_.emplace(++id_last_, std::move(filter));
  return id_last_;
}

bool MessageFilters::drops(const NodeId& from, const NodeId& to, const Envelope& envelope) const {
  if (filters_.empty()) {
    return false;
  }
  const auto header = header_of(envelope);
  return header && std::any_of(filters_.begin(), filters_.end(), [&](const auto& entry) {
           const auto& [kinds_from, kinds_to, kinds] = entry.second;
           const auto kind = name_of(header.value().kind);
           return std::find(kinds.begin(), kinds.end(), kind) != kinds.end() && kinds_from(from) &&
                  kinds_to(to);
         });
}

}  // namespace hearth::sim
