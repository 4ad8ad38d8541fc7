// The part of the relay machine that is about streams: admission, ends and bills; and presence.

#include "actors/relay/relay_machine.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"
#include "messages/envelope/codec.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace hearth::relay {
namespace {

constexpr Millis certificates_period{10'000};

std::string key_of(const ClientAndHome& parties) {
  std::string key("c");
  key.append(parties.client.bytes.begin(), parties.client.bytes.end());
  key.append(parties.home.bytes.begin(), parties.home.bytes.end());
  return key;
}

}  // namespace

RelayMachine::Effects RelayMachine::step(const External& event, Instant now) {
  Effects out;
  std::visit([&](const auto& what) { on(what, now, out); }, event);
  return out;
}

RelayMachine::Effects RelayMachine::step(const Answered& answer, Instant now) {
  Effects out;
  const auto entry = pending_.extract(answer.token);
  if (!entry.empty()) {
    std::visit([&](const auto& what) { on(what, answer, now, out); }, entry.mapped());
  }
  return out;
}

// ---- streams ----

void RelayMachine::on(const OpenWanted& wanted, Instant now, Effects& out) {
  if (const auto admitted = admit(wanted, now, out); !admitted) {
    out.commands.emplace_back(DenyOpen{wanted.connection, admitted.error().code});
  }
}

Result<void> RelayMachine::admit(const OpenWanted& wanted, Instant now, Effects& out) {
  const auto client = peers_.find(wanted.client);
  if (draining_) {
    return Error{ErrorCode::stopping, "this super-peer is draining"};
  }
  if (client == peers_.end()) {
    HEARTH_PROBE(true, "relay: an OPEN comes after its control session");
    return Error{ErrorCode::unreachable, "the control session is over"};
  }
  const ClientAndHome parties{wanted.client, wanted.open.home};
  const auto standing = extend_standing(client->second.info, parties.home, wanted.open.ticket, now);
  if (!standing) {
    return standing.error();
  }
  if (attached(parties.home) == nullptr) {
    HEARTH_PROBE(true, "relay: an OPEN finds no home");
    return Error{ErrorCode::home_offline, "the home is not here"};
  }
  if (streams_of(parties.client) >= limits_.streams_per_client ||
      streams_of(parties.home) >= limits_.streams_per_home) {
    return Error{ErrorCode::limit_reached, "streams"};
  }
  const PairId pair = (epoch_ << 32U) | next_pair_++;
  pairs_.emplace(pair, parties);
  standing.value()->pairs.push_back(pair);
  ++streams_by_node_[parties.client];
  ++streams_by_node_[parties.home];
  out.commands.emplace_back(ExpectLeg{wanted.connection, pair, parties.home});
  const OrderDial order{pair, parties.client, wanted.open.sealed_request};
  ask(DialOrder{wanted.connection},
      {.to = parties.home, .envelope = pack(header_to(parties.home, "home"), order)}, out);
  return {};
}

void RelayMachine::on(const DialOrder& order, const Answered& answer, Instant, Effects& out) {
  if (!answer.answer) {
    HEARTH_PROBE(true, "relay: a home does not take a dial order");
    out.commands.emplace_back(DenyOpen{order.connection, answer.answer.error().code});
  }
}

void RelayMachine::on(const PairsMetered& metered, Instant, Effects& out) {
  for (const auto& pair : metered.pairs) {
    charge(pair);
  }
  flush_usage(out);
}

void RelayMachine::on(const PairEnded& ended, Instant, Effects& out) {
  charge(ended.rest);
  if (ended.reason == ErrorCode::stopping) {  // There may be no later.
    flush_usage(out);
  }
  const auto pair = pairs_.find(ended.rest.pair);
  if (pair == pairs_.end()) {
    return;
  }
  const auto& parties = pair->second;
  for (const auto& node : {parties.client, parties.home}) {
    const auto count = streams_by_node_.find(node);
    if (count != streams_by_node_.end() && --count->second == 0) {
      streams_by_node_.erase(count);
    }
  }
  if (const auto standing = standings_.find(parties); standing != standings_.end()) {
    std::erase(standing->second.pairs, pair->first);
  }
  pairs_.erase(pair);
}

void RelayMachine::on(const DrainWanted&, Instant, Effects& out) {
  draining_ = true;
  for (const auto& home : attached_homes()) {
    presence_.departed(home);
  }
  out.commands.emplace_back(StopAdmitting{});
}

/// Looks at all of them, so not before the first may be overdue.
void RelayMachine::end_overdue(Instant now, Effects& out) {
  if (now < overdue_at_) {
    return;
  }
  overdue_at_ = now + certificates_period;
  CutPairs cut;
  for (auto at = standings_.begin(); at != standings_.end();) {
    auto& [parties, standing] = *at;
    if (standing.ends > now) {
      overdue_at_ = std::min(overdue_at_, standing.ends);
      ++at;
      continue;
    }
    end_tunnels(parties, standing, 0, out);
    cut.pairs.insert(cut.pairs.end(), standing.pairs.begin(), standing.pairs.end());
    at = standings_.erase(at);
  }
  HEARTH_PROBE(!cut.pairs.empty(), "relay: streams are cut when their ticket ends");
  if (!cut.pairs.empty()) {
    out.commands.emplace_back(std::move(cut));
  }
  const auto wall = clock_.now();
  for (auto& [id, peer] : peers_) {
    if (peer.certified_until && *peer.certified_until <= wall) {
      HEARTH_PROBE(true, "relay: a certificate ends");
      peer.certified_until.reset();
      presence_.departed(id);
      out.link.emplace_back(DropPeer{id, peer.info.session});
    }
  }
}

// ---- bills ----

void RelayMachine::charge(const PairMetered& metered) {
  const auto pair = pairs_.find(metered.pair);
  if (pair == pairs_.end() || metered.to_client + metered.to_home == 0) {
    return;
  }
  auto& usage = usage_[pair->second];
  usage.to_client += metered.to_client * (HEARTH_MUTANT("charge-twice") ? 2 : 1);
  usage.to_home += metered.to_home;
}

void RelayMachine::flush_usage(Effects& out) {
  forget_durable();
  if (usage_.empty()) {
    return;
  }
  storage::Append append;
  append.stream = stream;
  for (const auto& [parties, usage] : usage_) {
    const auto total = total_of(parties);
    if (!total) {
      out.stop = total.error();
      return;
    }
    total.value()->usage.to_client += usage.to_client;
    total.value()->usage.to_home += usage.to_home;
    total.value()->written = ++sequence_;
    append.records.push_back(record_of(parties, usage));
    append.rows.push_back(row_of(parties, total.value()->usage));
  }
  usage_.clear();
  HEARTH_PROBE(sequence_ - snapshot_at_ >= limits_.snapshot_after, "relay: the log is trimmed");
  if (sequence_ - snapshot_at_ >= limits_.snapshot_after) {
    snapshot_into(append);
  }
  out.appends.push_back(std::move(append));
}

Bytes RelayMachine::record_of(const ClientAndHome& parties, const Usage& usage) const {
  return encode(RelayEvent(BytesMetered{
      .client = parties.client,
      .home = parties.home,
      .to_client = usage.to_client,
      .to_home = usage.to_home,
      .at_ms = clock_.now().time_since_epoch().count(),
  }));
}

storage::Row RelayMachine::row_of(const ClientAndHome& parties, const Usage& total) const {
  return {key_of(parties), record_of(parties, total)};
}

Result<RelayMachine::Total*> RelayMachine::total_of(const ClientAndHome& parties) {
  if (const auto known = totals_.find(parties); known != totals_.end()) {
    return &known->second;
  }
  const auto row = log_->row(stream, key_of(parties));
  HEARTH_PROBE(row && row.value(), "relay: a bill goes on from its row");
  if (!row) {
    return row.error();
  }
  Usage usage;
  if (row.value() && !HEARTH_MUTANT("begin-a-new-bill")) {
    const auto event = decode<RelayEvent>(*row.value());
    const auto* metered = event ? std::get_if<BytesMetered>(&event.value()) : nullptr;
    if (metered == nullptr) {
      return Error{ErrorCode::log_corrupt, "row of what the relay has metered"};
    }
    usage = {metered->to_client, metered->to_home};
  }
  return &totals_.emplace(parties, Total{usage, 0}).first->second;
}

/// What is durable can be read again.
void RelayMachine::forget_durable() {
  const auto durable = log_->last_sequence(stream);
  if (durable) {
    std::erase_if(totals_,
                  [&](const auto& total) { return total.second.written <= durable.value(); });
  }
}

/// A log without a snapshot is of a time without rows: what they must say is in its records.
void RelayMachine::recover_event(const RelayEvent& event, bool has_rows) {
  if (const auto* begun = std::get_if<EpochBegun>(&event)) {
    epoch_ = begun->epoch;
  } else if (!has_rows) {
    const auto& metered = std::get<BytesMetered>(event);
    auto& usage = totals_[{metered.client, metered.home}].usage;
    usage.to_client += metered.to_client;
    usage.to_home += metered.to_home;
  }
}

void RelayMachine::snapshot_into(storage::Append& append) {
  append.snapshot = encode(RelayEvent(EpochBegun{epoch_}));
  // The records above the snapshot before stay: two snapshots must fail to lose anything.
  append.trim_below = snapshot_at_ + 1;
  snapshot_at_ = sequence_;
}

// ---- presence ----

void RelayMachine::report_presence(Instant now, Effects& out) {
  auto report = presence_.next(epoch_, now);
  if (!report) {
    return;
  }
  auto envelope = pack(header_to(report->to, "accounts"), report->message);
  ask(PresenceReport{},
      {.to = report->to,
       .budget = Millis{4000},
       .traffic = link::TrafficClass::bulk,
       .envelope = std::move(envelope)},
      out);
}

void RelayMachine::on(const PresenceReport&, const Answered& answer, Instant now, Effects& out) {
  presence_.answered(answer.answer.ok(), now);
  if (answer.answer) {
    report_presence(now, out);
  }
}

}  // namespace hearth::relay
