#pragma once
// The newest map of the groups that this node has heard of, shared by its actors. Any thread.

#include "messages/directory/group_map.hpp"

#include <atomic>
#include <memory>

namespace hearth::directory {

class MapView {
 public:
  explicit MapView(GroupMap map) : map_(std::make_shared<const GroupMap>(std::move(map))) {}

  [[nodiscard]] std::shared_ptr<const GroupMap> get() const { return map_.load(); }

  /// Takes `map` if it is newer.
  void offer(GroupMap map) {
    auto known = map_.load();
    const auto offered = std::make_shared<const GroupMap>(std::move(map));
    while (offered->version > known->version && !map_.compare_exchange_weak(known, offered)) {
    }
  }

 private:
  std::atomic<std::shared_ptr<const GroupMap>> map_;
};

}  // namespace hearth::directory
