#include "sim/run/presence_watch.hpp"

#include <range/v3/algorithm/set_algorithm.hpp>
#include <range/v3/algorithm/sort.hpp>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace hearth::sim {

void PresenceWatch::begin() {
  wrong_since_.clear();
  longest_.reset();
}

void PresenceWatch::look() {
  const auto truth = true_now();
  known_ = 0;
  for (const auto& node : world_.nodes()) {
    if (const auto* directory = node->machine<directory::DirectoryMachine>()) {
      Attachments shown;
      directory->presence().each_attached([&shown](const NodeId& super_peer, const NodeId& home) {
        shown.push_back({super_peer, home});
      });
      look_at(*node, shown, truth);
    }
  }
  wrong_since_ = std::exchange(still_wrong_, {});
}

/// Both ends have to hold it: a super-peer may not have noticed yet that a home is gone.
PresenceWatch::Attachments PresenceWatch::true_now() {
  Attachments held;
  for (const auto& node : world_.nodes()) {
    const auto* super_peer = node->machine<relay::RelayMachine>();
    if (super_peer == nullptr) {
      continue;
    }
    for (const auto& id : super_peer->homes()) {
      const auto* home = world_.find(id)->machine<home::HomeMachine>();
      if (home != nullptr && home->is_attached_to(node->id())) {
        held.push_back({node->id(), id});
      }
    }
  }
  ranges::sort(held);
  return held;
}

void PresenceWatch::look_at(const SimNode& directory, const Attachments& shown,
                            const Attachments& truth) {
  Attachments wrong;
  ranges::set_symmetric_difference(shown, truth, std::back_inserter(wrong));
  known_ += (shown.size() + truth.size() + wrong.size()) / 2;
  longest_ = longest_.value_or(Millis{0});
  const auto now = world_.engine().now();
  for (const auto& about : wrong) {
    if (can_be_told(directory, about)) {
      const Mistake mistake{directory.id(), about};
      const auto known = wrong_since_.find(mistake);
      const auto since = known == wrong_since_.end() ? now : known->second;
      still_wrong_.emplace(mistake, since);
      longest_ = std::max(*longest_, std::chrono::duration_cast<Millis>(now - since));
    }
  }
}

/// A super-peer tells one directory, whichever, and that one the others.
bool PresenceWatch::can_be_told(const SimNode& directory, const Attachment& about) {
  const auto& network = world_.network();
  const auto super_peer = world_.find(about.super_peer)->host();
  const auto tells = [&](const auto& node) {
    return node->spec().role != drill::Role::directory ||
           (network.is_way_open(super_peer, node->host()) &&
            (node->id() == directory.id() || network.is_way_open(node->host(), directory.host())));
  };
  const auto& nodes = world_.nodes();
  return network.is_way_open(world_.find(about.home)->host(), super_peer) &&
         std::all_of(nodes.begin(), nodes.end(), tells);
}

std::optional<double> PresenceWatch::age_p99() const {
  if (known_ == 0) {
    return std::nullopt;
  }
  std::vector<Instant> since;
  for (const auto& [mistake, at] : wrong_since_) {
    since.push_back(at);
  }
  ranges::sort(since);
  const auto older = known_ / 100;  // so many may be older
  if (older >= since.size()) {
    return 0;
  }
  const auto age = std::chrono::duration_cast<Millis>(world_.engine().now() - since[older]);
  return static_cast<double>(age.count());
}

}  // namespace hearth::sim
