#pragma once

#include "actors/link/link_limits.hpp"
#include "messages/base/ids.hpp"
#include "messages/base/result.hpp"
#include "messages/envelope/envelope.hpp"
#include "messages/link/frame.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace hearth::link {

/// A request of one of our actors.
struct Question {
  std::uint64_t asker = 0;  ///< Known to the shell.
  std::uint64_t token = 0;  ///< The asker's.
  NodeId to;
  Instant asked;
  Instant deadline;
  TrafficClass traffic = TrafficClass::command;
  Envelope envelope;
};

/// A question that is over: each ends exactly once.
struct Settled {
  std::uint64_t asker = 0;
  std::uint64_t token = 0;
  Result<Envelope> answer;
};

/// All requests of this node to others that are not answered: who waits for what, how much of a
/// peer's credit is used, what is too late. Pure and ordered, so that a run depends on nothing
/// but its inputs.
///
/// Credit is per peer, by count and by bytes. Commands use all of it, bulk at most half,
/// consensus none. A request beyond it waits; one beyond the queue is refused, `overloaded`.
class RequestTable {
 public:
  explicit RequestTable(const LinkLimits& limits) : limits_(&limits) {}

  /// Takes the question in. Nothing when it waits now; else how it ended at once.
  [[nodiscard]] std::optional<Settled> add(Question question);

  /// The next request for which `peer` has credit, with its frame header; from now on it is under
  /// way in `session`. Who has waited for credit for more than half of its time makes room for one
  /// behind it: served in order, a queue that is too long would answer everybody too late.
  struct Departure {
    FrameHeader header;
    Envelope envelope;
  };
  [[nodiscard]] std::optional<Departure> depart(const NodeId& peer, std::uint64_t session,
                                                Instant now);

  /// Only the peer that was asked can answer, in the session in which it was asked.
  [[nodiscard]] std::optional<Settled> settle(std::uint64_t session, std::uint64_t correlation,
                                              Result<Envelope> answer);

  /// Deadlines: `timed_out` where the request was sent; else nothing happened, and it ends as
  /// `overloaded` where others came first, or as `unreachable`.
  [[nodiscard]] std::vector<Settled> expire(Instant now);

  /// Requests under way in `session` end as `outcome_unknown`; others wait for the next session.
  [[nodiscard]] std::vector<Settled> lose_session(std::uint64_t session);

  /// Nobody will come: requests to `peer` that wait end as `unreachable`.
  [[nodiscard]] std::vector<Settled> give_up(const NodeId& peer);

  /// Not after the first deadline of those that wait; `max` when none does.
  [[nodiscard]] Instant next_deadline() const {
    return pending_.empty() ? Instant::max() : next_deadline_;
  }

  /// Of `peer`, over all classes.
  struct Usage {
    std::size_t in_flight = 0;
    std::size_t bytes_in_flight = 0;
    std::size_t queued = 0;
    std::size_t bytes_queued = 0;
    friend bool operator==(const Usage&, const Usage&) = default;
  };
  [[nodiscard]] Usage usage_of(const NodeId& peer) const;

 private:
  struct Pending {
    Question question;
    std::uint64_t session = 0;  ///< 0: not sent.
    std::size_t bytes = 0;
    bool passed_over = false;
  };
  using PendingMap = std::map<std::uint64_t, Pending>;
  struct Load {
    std::size_t count = 0;
    std::size_t bytes = 0;
  };
  struct Peer {
    std::array<Load, 3> in_flight;  ///< By class.
    std::array<Load, 3> queued;
    /// Correlations by class; of requests that are over too, until they come to the front.
    std::array<std::deque<std::uint64_t>, 3> queue;
  };

  /// How many more requests may leave.
  [[nodiscard]] std::size_t credit(const Peer& peer, TrafficClass traffic) const;
  [[nodiscard]] bool has_room(const Peer& peer, TrafficClass traffic, std::size_t bytes) const;
  [[nodiscard]] PendingMap::iterator first_waiting(Peer& peer, TrafficClass traffic);
  [[nodiscard]] PendingMap::iterator first_in_time(Peer& peer, TrafficClass traffic, Instant now);
  [[nodiscard]] Settled finish(PendingMap::iterator pending, Result<Envelope> answer);
  template <class Predicate>
  [[nodiscard]] std::vector<Settled> finish_if(const Predicate& predicate, ErrorCode sent,
                                               ErrorCode waiting);

  const LinkLimits* limits_;
  std::uint64_t correlation_last_ = 0;
  PendingMap pending_;  ///< By correlation.
  Instant next_deadline_ = Instant::max();
  std::map<NodeId, Peer> peers_;
};

}  // namespace hearth::link
