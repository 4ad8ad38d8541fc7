#include "actors/link/request_table.hpp"

#include "messages/base/check.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace hearth::link {

namespace {

constexpr std::size_t index_of(TrafficClass traffic) {
  return static_cast<std::size_t>(traffic);
}

constexpr std::size_t command = index_of(TrafficClass::command);
constexpr std::size_t bulk = index_of(TrafficClass::bulk);

std::string detail_of(ErrorCode code, const NodeId& peer) {
  const auto name = "node " + to_text(peer).substr(0, 12);
  switch (code) {
    case ErrorCode::timed_out: return name + " did not answer in time";
    case ErrorCode::outcome_unknown: return "connection to " + name + " was lost";
    case ErrorCode::overloaded: return "too much waits for " + name;
    default: return "no connection to " + name;
  }
}

}  // namespace

std::optional<Settled> RequestTable::add(Question question) {
  const auto bytes = question.envelope.bytes().size();
  auto& peer = peers_[question.to];
  const auto traffic = question.traffic;
  if (!has_room(peer, traffic, bytes)) {
    HEARTH_PROBE(true, "link: a request finds no room in the queue");
    return Settled{question.asker, question.token,
                   Error{ErrorCode::overloaded, detail_of(ErrorCode::overloaded, question.to)}};
  }
  const auto correlation = ++correlation_last_;
  peer.queue[index_of(traffic)].push_back(correlation);
  auto& queued = peer.queued[index_of(traffic)];
  ++queued.count;
  queued.bytes += bytes;
  next_deadline_ = std::min(next_deadline_, question.deadline);
  pending_.emplace(correlation, Pending{std::move(question), 0, bytes, false});
  return std::nullopt;
}

bool RequestTable::has_room(const Peer& peer, TrafficClass traffic, std::size_t bytes) const {
  if (traffic == TrafficClass::consensus) {
    return true;
  }
  const auto& queued = peer.queued;
  if (traffic == TrafficClass::bulk && (queued[bulk].count >= limits_->requests_queued / 2 ||
                                        queued[bulk].bytes + bytes > limits_->bytes_queued / 2)) {
    return false;
  }
  return queued[command].count + queued[bulk].count < limits_->requests_queued &&
         queued[command].bytes + queued[bulk].bytes + bytes <= limits_->bytes_queued;
}

std::size_t RequestTable::credit(const Peer& peer, TrafficClass traffic) const {
  if (traffic == TrafficClass::consensus) {
    return std::numeric_limits<std::size_t>::max();
  }
  const auto& used = peer.in_flight;
  const auto left = [](std::size_t most, std::size_t of) { return most - std::min(most, of); };
  const auto count = left(limits_->requests_in_flight, used[command].count + used[bulk].count);
  if (used[command].bytes + used[bulk].bytes >= limits_->bytes_in_flight) {
    return 0;
  }
  if (traffic == TrafficClass::command) {
    return count;
  }
  // At least one of each class, however small the limits.
  const auto share = std::max<std::size_t>(limits_->requests_in_flight / 2, 1);
  return used[bulk].bytes >= limits_->bytes_in_flight / 2
             ? 0
             : std::min(count, left(share, used[bulk].count));
}

RequestTable::PendingMap::iterator RequestTable::first_waiting(Peer& peer, TrafficClass traffic) {
  auto& queue = peer.queue[index_of(traffic)];
  while (!queue.empty()) {
    const auto found = pending_.find(queue.front());
    if (found != pending_.end()) {
      return found;
    }
    HEARTH_PROBE(true, "link: a request ended while it waited");
    queue.pop_front();  // over while it waited
  }
  return pending_.end();
}

RequestTable::PendingMap::iterator RequestTable::first_in_time(Peer& peer, TrafficClass traffic,
                                                               Instant now) {
  auto found = first_waiting(peer, traffic);
  auto& queue = peer.queue[index_of(traffic)];
  const auto is_late = [now](const Question& question) {
    return now - question.asked > question.deadline - now;
  };
  while (found != pending_.end() && queue.size() > credit(peer, traffic) &&
         is_late(found->second.question)) {
    HEARTH_PROBE(true, "link: a request is passed over");
    found->second.passed_over = true;
    found->second.question.deadline = now;
    next_deadline_ = now;
    queue.pop_front();
    found = first_waiting(peer, traffic);
  }
  return found;
}

std::optional<RequestTable::Departure> RequestTable::depart(const NodeId& id, std::uint64_t session,
                                                            Instant now) {
  const auto known = peers_.find(id);
  if (known == peers_.end()) {
    return std::nullopt;
  }
  HEARTH_PROBE(known->second.queued[command].count + known->second.queued[bulk].count > 0 &&
                   known->second.in_flight[command].count >= limits_->requests_in_flight,
               "link: a request waits for credit");
  auto& peer = known->second;
  for (const auto traffic : {TrafficClass::consensus, TrafficClass::command, TrafficClass::bulk}) {
    if (credit(peer, traffic) == 0) {
      continue;
    }
    const auto found = first_in_time(peer, traffic, now);
    if (found == pending_.end()) {
      continue;
    }
    peer.queue[index_of(traffic)].pop_front();
    auto& pending = found->second;
    auto& queued = peer.queued[index_of(traffic)];
    auto& in_flight = peer.in_flight[index_of(traffic)];
    --queued.count;
    queued.bytes -= pending.bytes;
    ++in_flight.count;
    in_flight.bytes += pending.bytes;
    pending.session = session;
    const auto left = std::chrono::duration_cast<Millis>(pending.question.deadline - now).count();
    FrameHeader header;
    header.kind = FrameKind::request;
    header.traffic = traffic;
    header.budget_ms = static_cast<std::uint32_t>(std::max<std::int64_t>(left, 1));
    header.correlation = found->first;
    // Only the frame needs the bytes from here on.
    return Departure{header, std::exchange(pending.question.envelope, {})};
  }
  return std::nullopt;
}

std::optional<Settled> RequestTable::settle(std::uint64_t session, std::uint64_t correlation,
                                            Result<Envelope> answer) {
  const auto found = pending_.find(correlation);
  if (found == pending_.end() || session == 0 || found->second.session != session) {
    HEARTH_PROBE(true, "link: an answer comes too late");
    return std::nullopt;
  }
  return finish(found, std::move(answer));
}

Settled RequestTable::finish(PendingMap::iterator found, Result<Envelope> answer) {
  auto& pending = found->second;
  const auto peer = peers_.find(pending.question.to);
  HEARTH_CHECK(peer != peers_.end());
  auto& loads = pending.session != 0 ? peer->second.in_flight : peer->second.queued;
  auto& load = loads[index_of(pending.question.traffic)];
  HEARTH_CHECK(load.count > 0 && load.bytes >= pending.bytes);
  if (!HEARTH_MUTANT("leak-a-credit")) {
    --load.count;
    load.bytes -= pending.bytes;
  }
  HEARTH_CHECK(load.count > 0 || load.bytes == 0);
  const bool waited = pending.session == 0;
  const auto traffic = pending.question.traffic;
  Settled settled{pending.question.asker, pending.question.token, std::move(answer)};
  pending_.erase(found);
  const auto is_idle = [](const Load& l) { return l.count == 0; };
  if (std::all_of(peer->second.in_flight.begin(), peer->second.in_flight.end(), is_idle) &&
      std::all_of(peer->second.queued.begin(), peer->second.queued.end(), is_idle)) {
    peers_.erase(peer);  // with the correlations of requests that are over
  } else if (waited) {
    static_cast<void>(first_waiting(peer->second, traffic));  // they must not pile up either
  }
  return settled;
}

template <class Predicate>
std::vector<Settled> RequestTable::finish_if(const Predicate& predicate, ErrorCode sent,
                                             ErrorCode waiting) {
  std::vector<Settled> settled;
  for (auto it = pending_.begin(); it != pending_.end();) {
    const auto here = it++;
    if (predicate(here->second)) {
      const auto unsent = here->second.passed_over ? ErrorCode::overloaded : waiting;
      const auto code = here->second.session != 0 ? sent : unsent;
      settled.push_back(finish(here, Error{code, detail_of(code, here->second.question.to)}));
    }
  }
  return settled;
}

std::vector<Settled> RequestTable::expire(Instant now) {
  if (now < next_deadline()) {
    return {};
  }
  auto late = finish_if([now](const Pending& pending) { return pending.question.deadline <= now; },
                        ErrorCode::timed_out, ErrorCode::unreachable);
  next_deadline_ = Instant::max();
  for (const auto& [correlation, pending] : pending_) {
    next_deadline_ = std::min(next_deadline_, pending.question.deadline);
  }
  return late;
}

std::vector<Settled> RequestTable::lose_session(std::uint64_t session) {
  return finish_if([session](const Pending& pending) { return pending.session == session; },
                   ErrorCode::outcome_unknown, ErrorCode::unreachable);
}

std::vector<Settled> RequestTable::give_up(const NodeId& peer) {
  return finish_if(
      [&peer](const Pending& pending) {
        return pending.session == 0 && pending.question.to == peer;
      },
      ErrorCode::outcome_unknown, ErrorCode::unreachable);
}

RequestTable::Usage RequestTable::usage_of(const NodeId& id) const {
  Usage usage;
  const auto found = peers_.find(id);
  if (found == peers_.end()) {
    return usage;
  }
  for (std::size_t i = 0; i < found->second.in_flight.size(); ++i) {
    usage.in_flight += found->second.in_flight[i].count;
    usage.bytes_in_flight += found->second.in_flight[i].bytes;
    usage.queued += found->second.queued[i].count;
    usage.bytes_queued += found->second.queued[i].bytes;
  }
  return usage;
}

}  // namespace hearth::link
