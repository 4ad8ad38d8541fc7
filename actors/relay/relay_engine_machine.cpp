#include "actors/relay/relay_engine_machine.hpp"

#include "messages/base/check.hpp"
#include "messages/base/probe.hpp"

#include <utility>

namespace hearth::relay {

RelayEngineMachine::RelayEngineMachine(EngineLimits limits) : limits_(limits) {}

EngineCounts RelayEngineMachine::counts() const {
  return {connections_.size(), unproven_.size(), pairs_.size(), rejected_};
}

// ---- connections ----

EngineEffects RelayEngineMachine::accepted(ConnectionId id, Instant now) {
  EngineEffects out;
  if (connections_.size() >= limits_.connections) {
    ++rejected_;
    out.emplace_back(Close{id, true});
    return out;
  }
  // Whoever floods us waits for nothing; a handshake that takes longest is the likeliest dead one.
  // But who has shown its key may take itself for accepted, and would not come again.
  if (unproven_.size() >= limits_.unproven) {
    close(keyless_.empty() ? *unproven_.begin() : *keyless_.begin(), true, out);
  }
  auto& connection = connections_[id];
  connection.responder = std::make_unique<link::DataResponder>();
  unproven_.insert(id);
  keyless_.insert(id);
  set_deadline(id, now + limits_.handshake_deadline);
  out.emplace_back(ReadUpTo{id, connection.responder->wants()});
  return out;
}

EngineEffects RelayEngineMachine::bytes(ConnectionId id, BytesView bytes, Instant now) {
  EngineEffects out;
  const auto at = connections_.find(id);
  if (at == connections_.end() || at->second.state != State::preface) {
    return out;
  }
  auto& responder = *at->second.responder;
  auto answer = responder.feed(bytes, [this](Role role, const link::DataKeyName& name) {
    const auto key = keys_.find(name);
    return key != keys_.end() && key->second.role == role ? &key->second.key : nullptr;
  });
  if (!answer) {
    close(id, true, out);
    return out;
  }
  if (responder.proven()) {
    keyless_.erase(id);
  }
  if (!answer.value().empty()) {
    out.emplace_back(SendBytes{id, std::move(answer.value())});
  }
  if (responder.order()) {
    take_order(id, at->second, now, out);
  } else {
    out.emplace_back(ReadUpTo{id, responder.wants()});
  }
  return out;
}

void RelayEngineMachine::take_order(ConnectionId id, Connection& connection, Instant now,
                                    EngineEffects& out) {
  const auto key = keys_.find(connection.responder->name());
  if (key == keys_.end()) {  // Removed since the prelude.
    return close(id, true, out);
  }
  unproven_.erase(id);
  connection.key = key->first;
  connection.peer = key->second.peer;
  key->second.open.insert(id);
  const bool too_many = ++connections_by_peer_[connection.peer] > limits_.per_key;
  const auto& order = *connection.responder->order();
  if (const auto* accept = std::get_if<AcceptStream>(&order)) {
    return too_many ? close(id, true, out) : take_accept(id, connection, accept->pair, out);
  }
  if (too_many || !admitting_) {
    return refuse(id, too_many ? ErrorCode::limit_reached : ErrorCode::stopping, out);
  }
  connection.state = State::asking;
  set_deadline(id, now + limits_.leg_deadline);
  out.emplace_back(RelayExternal(OpenWanted{id, connection.peer, std::get<OpenStream>(order)}));
}

void RelayEngineMachine::take_accept(ConnectionId id, Connection& connection, PairId pair,
                                     EngineEffects& out) {
  const auto expected = pairs_.find(pair);
  if (expected != pairs_.end()) {
    const bool right = expected->second.home == connection.peer && expected->second.home_leg == 0;
    return right ? join(pair, expected->second, id, out) : close(id, true, out);
  }
  // The home may be faster than our own order; its handshake deadline bounds the wait.
  HEARTH_PROBE(true, "engine: a home is faster than the order to expect it");
  connection.state = State::early;
  connection.pair = pair;
  if (!early_legs_.try_emplace({connection.peer, pair}, id).second) {
    connection.pair = 0;
    close(id, true, out);
  }
}

EngineEffects RelayEngineMachine::drained(ConnectionId id, Instant now) {
  EngineEffects out;
  const auto at = connections_.find(id);
  if (at == connections_.end() || at->second.state != State::joined) {
    return out;
  }
  at->second.drained = true;
  const auto pair = at->second.pair;
  const bool from_home = pairs_.at(pair).home_leg == id;
  const auto other = from_home ? pairs_.at(pair).client : pairs_.at(pair).home_leg;
  if (connections_.at(other).drained) {
    end_pair(pair, ErrorCode::none, false, out);
    return out;
  }
  out.emplace_back(ShutDown{other});
  if (from_home) {  // A client without more to come has nothing left to grant.
    set_deadline(other, now + limits_.linger_deadline);
  }
  return out;
}

EngineEffects RelayEngineMachine::broken(ConnectionId id, Instant) {
  EngineEffects out;
  const auto at = connections_.find(id);
  if (at == connections_.end()) {
    return out;
  }
  const bool joined = at->second.state == State::joined;
  const bool finished = at->second.drained;  // What it sent is all there: let it arrive.
  HEARTH_PROBE(finished, "engine: a finished side breaks");
  const auto pair = at->second.pair;
  const bool paired = joined || at->second.state == State::waiting;
  forget(id);
  if (paired) {
    end_pair(pair, finished ? ErrorCode::none : ErrorCode::unreachable, !finished, out);
  }
  return out;
}

void RelayEngineMachine::moved(ConnectionId id, std::uint64_t bytes) {
  const auto at = connections_.find(id);
  if (at == connections_.end() || at->second.state != State::joined) {
    return;
  }
  auto& pair = pairs_.at(at->second.pair);
  (pair.client == id ? pair.to_home : pair.to_client) += bytes;
}

// ---- orders ----

EngineEffects RelayEngineMachine::order(const RelayCommand& command, Instant now) {
  EngineEffects out;
  const bool idle = pairs_.empty();
  std::visit([this, &out](const auto& order) { on(order, out); }, command);
  if (idle && !pairs_.empty()) {
    next_metering_ = now + limits_.metering_interval;
  }
  return out;
}

void RelayEngineMachine::on(const InstallKey& order, EngineEffects&) {
  keys_[order.key.name] = {order.key, order.peer, order.role, {}};
}

void RelayEngineMachine::on(const RemoveKey& order, EngineEffects& out) {
  const auto key = keys_.find(order.name);
  if (key == keys_.end()) {
    return;
  }
  const auto open = std::exchange(key->second.open, {});
  keys_.erase(key);
  for (const auto id : open) {
    const auto pair = connections_.at(id).state == State::waiting ? connections_.at(id).pair : 0;
    HEARTH_PROBE(pair != 0, "engine: a control session ends under a waiting OPEN");
    pair != 0 ? end_pair(pair, ErrorCode::unreachable, true, out) : close(id, true, out);
  }
}

void RelayEngineMachine::on(const ExpectLeg& order, EngineEffects& out) {
  const auto client = connections_.find(order.connection);
  if (client == connections_.end() || client->second.state != State::asking) {
    HEARTH_PROBE(true, "engine: a client is gone before its home is expected");
    out.emplace_back(RelayExternal(PairEnded{{.pair = order.pair}, ErrorCode::unreachable}));
    return;
  }
  client->second.state = State::waiting;
  client->second.pair = order.pair;
  auto& pair = pairs_[order.pair];
  pair.client = order.connection;
  pair.home = order.home;
  const auto early = early_legs_.find({order.home, order.pair});
  if (early != early_legs_.end()) {
    const auto leg = early->second;
    early_legs_.erase(early);
    HEARTH_PROBE(true, "engine: an early leg is joined");
    join(order.pair, pair, leg, out);
  }
}

void RelayEngineMachine::on(const DenyOpen& order, EngineEffects& out) {
  const auto client = connections_.find(order.connection);
  if (client != connections_.end() &&
      (client->second.state == State::asking || client->second.state == State::waiting)) {
    refuse(order.connection, order.reason, out);
  }
}

void RelayEngineMachine::on(const CutPairs& order, EngineEffects& out) {
  for (const auto id : order.pairs) {
    const auto pair = pairs_.find(id);
    if (pair == pairs_.end()) {
      continue;
    }
    pair->second.home_leg == 0 ? refuse(pair->second.client, order.reason, out)
                               : end_pair(id, order.reason, true, out);
  }
}

void RelayEngineMachine::on(const StopAdmitting&, EngineEffects&) {
  admitting_ = false;
}

// ---- pairs ----

void RelayEngineMachine::join(PairId id, Pair& pair, ConnectionId home_leg, EngineEffects& out) {
  pair.home_leg = home_leg;
  out.emplace_back(
      SendBytes{pair.client, connections_.at(pair.client).responder->status(ErrorCode::none)});
  out.emplace_back(Join{pair.client, home_leg});
  for (const auto leg : {pair.client, home_leg}) {
    settle(leg);
    connections_.at(leg).state = State::joined;
    connections_.at(leg).pair = id;
  }
}

void RelayEngineMachine::settle(ConnectionId id) {
  auto& connection = connections_.at(id);
  set_deadline(id, std::nullopt);
  connection.responder.reset();
  if (const auto key = keys_.find(connection.key); key != keys_.end()) {
    key->second.open.erase(id);
  }
}

void RelayEngineMachine::refuse(ConnectionId id, ErrorCode reason, EngineEffects& out) {
  auto& connection = connections_.at(id);
  const auto pair = connection.state == State::waiting ? connection.pair : 0;
  out.emplace_back(SendBytes{id, connection.responder->status(reason)});
  if (pair != 0) {
    return end_pair(pair, reason, false, out);
  }
  close(id, false, out);
}

void RelayEngineMachine::end_pair(PairId id, ErrorCode reason, bool abort, EngineEffects& out) {
  const auto entry = pairs_.extract(id);
  HEARTH_CHECK(!entry.empty());
  const auto& pair = entry.mapped();
  close(pair.client, abort, out);
  close(pair.home_leg, abort, out);
  out.emplace_back(RelayExternal(PairEnded{{id, pair.to_client, pair.to_home}, reason}));
}

void RelayEngineMachine::close(ConnectionId id, bool abort, EngineEffects& out) {
  if (const auto at = connections_.find(id); at != connections_.end()) {
    rejected_ += at->second.state == State::preface || at->second.state == State::early ? 1U : 0U;
    forget(id);
    out.emplace_back(Close{id, abort});
  }
}

void RelayEngineMachine::forget(ConnectionId id) {
  const auto at = connections_.find(id);
  const auto& connection = at->second;
  if (connection.state == State::early && connection.pair != 0) {
    early_legs_.erase({connection.peer, connection.pair});
  }
  if (!connection.peer.is_zero()) {
    const auto count = connections_by_peer_.find(connection.peer);
    if (--count->second == 0) {
      connections_by_peer_.erase(count);
    }
  }
  settle(id);
  unproven_.erase(id);
  keyless_.erase(id);
  connections_.erase(at);
}

// ---- time ----

void RelayEngineMachine::set_deadline(ConnectionId id, std::optional<Instant> deadline) {
  auto& connection = connections_.at(id);
  if (connection.deadline) {
    deadlines_.erase({*connection.deadline, id});
  }
  connection.deadline = deadline;
  if (deadline) {
    deadlines_.insert({*deadline, id});
  }
}

std::optional<Instant> RelayEngineMachine::next_tick() const {
  std::optional<Instant> next;
  if (!deadlines_.empty()) {
    next = deadlines_.begin()->first;
  }
  if (!pairs_.empty() && (!next || next_metering_ < *next)) {
    next = next_metering_;
  }
  return next;
}

EngineEffects RelayEngineMachine::tick(Instant now) {
  EngineEffects out;
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    expire(deadlines_.begin()->second, out);
  }
  if (!pairs_.empty() && next_metering_ <= now) {
    meter(now, out);
  }
  return out;
}

void RelayEngineMachine::expire(ConnectionId id, EngineEffects& out) {
  const auto& connection = connections_.at(id);
  switch (connection.state) {
    case State::preface:
    case State::early: return close(id, true, out);
    case State::asking:
    case State::waiting: return refuse(id, ErrorCode::timed_out, out);
    case State::joined: return end_pair(connection.pair, ErrorCode::none, false, out);
  }
}

void RelayEngineMachine::meter(Instant now, EngineEffects& out) {
  next_metering_ = now + limits_.metering_interval;
  PairsMetered metered;
  for (auto& [id, pair] : pairs_) {
    if (pair.to_client + pair.to_home > 0) {
      metered.pairs.push_back(
          {id, std::exchange(pair.to_client, 0), std::exchange(pair.to_home, 0)});
    }
  }
  if (!metered.pairs.empty()) {
    out.emplace_back(RelayExternal(std::move(metered)));
  }
}

EngineEffects RelayEngineMachine::stop() {
  EngineEffects out;
  while (!pairs_.empty()) {
    end_pair(pairs_.begin()->first, ErrorCode::stopping, true, out);
  }
  while (!connections_.empty()) {
    close(connections_.begin()->first, true, out);
  }
  return out;
}

}  // namespace hearth::relay
