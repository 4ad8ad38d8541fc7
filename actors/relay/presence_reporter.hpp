#pragma once
// Tells one directory at a time which homes are attached here: all of them when it is new to us,
// after a failure and every 5 s (which renews our lease), in between what changed, at most once a
// second. What does not fit into one report goes on in the next, as soon as that is answered.
// Decides what to say and to whom; its machine sends it.

#include "messages/base/ids.hpp"
#include "messages/base/types.hpp"
#include "messages/directory/directory_messages.hpp"
#include "messages/seal/node_list.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace hearth::relay {

class PresenceReporter {
 public:
  static constexpr auto batch_interval = std::chrono::seconds(1);
  static constexpr auto renewal_interval = std::chrono::seconds(5);

  /// Directories of `self`'s region come first; among equals the order differs from super-peer to
  /// super-peer, so that each directory hears of its share.
  PresenceReporter(const NodeId& self, const seal::NodeList& nodes);

  void replace_nodes(const seal::NodeList& nodes);

  /// All directories, the preferred one first: keep connections to them.
  [[nodiscard]] const std::vector<NodeId>& directories() const { return directories_; }

  void directory_up(const NodeId& directory);
  void directory_down(const NodeId& directory);

  void arrived(const NodeId& home);
  void departed(const NodeId& home);
  /// All that have arrived and not departed.
  [[nodiscard]] const std::set<NodeId>& homes() const { return homes_; }

  struct Report {
    NodeId to;
    directory::ReportPresence message;
  };
  /// What is due now; then `answered` must be called before there is another.
  [[nodiscard]] std::optional<Report> next(std::uint64_t epoch, Instant now);
  void answered(bool accepted, Instant now);

 private:
  [[nodiscard]] std::optional<NodeId> target(Instant now) const;
  void fill(directory::ReportPresence& report);

  NodeId self_;
  std::vector<NodeId> directories_;
  std::set<NodeId> up_;
  std::map<NodeId, Instant> avoided_until_;  ///< Those that did not answer well.
  std::set<NodeId> homes_;
  std::map<NodeId, bool> changes_;  ///< True: arrived. Not told yet.
  std::set<NodeId> untold_;         ///< Of the homes, while `telling_` all of them.
  bool telling_ = false;
  std::optional<NodeId> informed_;  ///< Has had all that we said since a complete report.
  std::optional<NodeId> in_flight_;
  Instant last_report_{};
  Instant last_complete_{};
};

}  // namespace hearth::relay
