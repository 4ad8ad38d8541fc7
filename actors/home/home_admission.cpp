// HomeMachine: whom it lets in.

#include "actors/home/home_machine.hpp"
#include "actors/runtime/answer_header.hpp"
#include "messages/base/probe.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/seal/identity.hpp"

#include <range/v3/algorithm/find.hpp>

#include <utility>

namespace hearth::home {

bool HomeMachine::has_heard(Instant now) const {
  return now - devices_heard_ < config_.offline_grace;
}

bool HomeMachine::is_trusted(const PublicKeys& keys, Instant now) const {
  const auto id = seal::node_id_of(keys.signing);
  return keys_of(id) == keys && may_come_in(id, now);
}

/// Own devices, and guests as long as something is shared with them.
bool HomeMachine::may_come_in(const NodeId& client, Instant now) const {
  return has_heard(now) && (trust_.find(client) != nullptr || !folders_for(client, now).empty());
}

std::optional<PublicKeys> HomeMachine::keys_of(const NodeId& client) const {
  if (const auto* device = trust_.find(client)) {
    return device->keys;
  }
  const auto guest = trust_.find_guest(client);
  return guest ? std::optional(guest->device.keys) : std::nullopt;
}

void HomeMachine::on_client(const PeerInfo& peer, Instant now, HomeEffects& effects) {
  // The home judges last, whatever tickets said: only keys that it trusts, only end to end.
  if (!peer.tunnelled || !is_trusted(peer.keys, now)) {
    HEARTH_PROBE(true, "home: a stranger is turned away");
    effects.link.emplace_back(DropPeer{peer.node, peer.session});
    return;
  }
  sessions_.add(peer);
}

/// A device of the account knows more of its chain than the directories told.
Result<Envelope> HomeMachine::on_handed(const Header& header, const Envelope& request, Instant now,
                                        HomeEffects& effects) {
  const auto handed = unpack<HandEvents>(request);
  if (!handed) {
    return handed.error();
  }
  const auto fresh = trust_.decide(handed.value());
  if (!fresh) {
    raise_alarm(fresh.error(), effects);
    return fresh.error();
  }
  HEARTH_PROBE(!fresh.value().empty(), "home: a client tells what no directory told");
  trust(fresh.value(), effects);
  drop_strangers(now, effects);
  return pack(answer_header(header), Accepted{});
}

/// Once for what goes on being so.
void HomeMachine::raise_alarm(const Error& why, HomeEffects& effects) {
  HEARTH_PROBE(true, "home: the account's history is another one");
  if (alarm_ != why.detail) {
    alarm_ = why.detail;
    effects.commands.emplace_back(RaiseAlarm{why});
  }
}

/// Less than is known may come of a directory that lags, or withholds: it is not what the grace
/// waits for, and is told the rest.
void HomeMachine::on_page(const directory::ChainPage& page, const NodeId& from, Instant now,
                          HomeEffects& effects) {
  const auto known = trust_.chain().length();
  const auto fresh = trust_.decide(page);
  if (!fresh) {
    raise_alarm(fresh.error(), effects);
    return;
  }
  trust(fresh.value(), effects);
  if (page.length >= known) {
    devices_heard_ = now;
  } else if (!is_pending(Purpose::handing, from)) {
    const auto& missing = trust_.chain().events().at(static_cast<std::size_t>(page.length));
    ask(Purpose::handing, from,
        pack(header_to(from, "accounts"), directory::AppendEvent{missing.event, {}}), effects);
  }
  if (!fresh.value().empty() && page.length > trust_.chain().length()) {
    devices_due_ = now;  // there is more
    wake_within(tick_busy, now, effects);
  }
  drop_strangers(now, effects);
}

void HomeMachine::trust(const std::vector<TrustEvent>& events, HomeEffects& effects) {
  for (const auto& event : events) {
    const auto before = trust_.devices();
    if (auto applied = trust_.apply(event); !applied) {
      effects.stop = applied.error();  // it was verified a moment ago
      return;
    }
    end_streams(before, trust_.devices(), effects);
    effects.appends.push_back({trust_stream, 0, {encode(event)}, {}, {}, 0});
  }
}

void HomeMachine::drop_strangers(Instant now, HomeEffects& effects) {
  review_guests(now, effects);
  for (const auto& peer : sessions_.all()) {
    if (!is_trusted(peer.keys, now)) {
      sessions_.remove(peer.session);
      effects.link.emplace_back(DropPeer{peer.node, peer.session});
    }
  }
  const bool cut_off = !has_heard(now);
  if (cut_off && !cut_off_) {
    end_streams(trust_.devices(), {}, effects);
  }
  cut_off_ = cut_off;
}

/// Streams outlive the session that asked for them, so whose session is over may still have some.
void HomeMachine::end_streams(const std::vector<directory::Device>& trusted,
                              const std::vector<directory::Device>& still, HomeEffects& effects) {
  for (const auto& device : trusted) {
    if (ranges::find(still, device.keys, &directory::Device::keys) == still.end()) {
      effects.commands.emplace_back(EndStreams{seal::node_id_of(device.keys.signing)});
    }
  }
}

}  // namespace hearth::home
