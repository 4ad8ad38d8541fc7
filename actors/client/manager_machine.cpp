#include "actors/client/manager_machine.hpp"

#include "messages/envelope/codec.hpp"

#include <utility>

namespace hearth::client {

namespace {

constexpr std::uint32_t retry_timer = 1;
constexpr Millis retry_period{200};
constexpr Millis ask_budget{3000};

}  // namespace

ManagerMachine::Effects ManagerMachine::start(Instant /*now*/) {
  Effects effects;
  for (const auto& id : directories_) {
    effects.link.emplace_back(Dial{id});
  }
  return effects;
}

void ManagerMachine::send(std::uint64_t token, Pending& pending, Effects& effects) {
  const auto& to = directories_[directory_ % directories_.size()];
  Header header;
  header.from = {self_, name};
  header.to = {to, "accounts"};
  ++pending.tries;
  pending.directory = directory_;
  effects.asks.push_back({token, to, ask_budget, link::TrafficClass::command,
                          std::visit([&](const auto& request) { return pack(header, request); },
                                     pending.command.request)});
}

ManagerMachine::Effects ManagerMachine::step(const AccountCommand& input, Instant /*now*/) {
  Effects effects;
  const auto token = ++token_last_;
  send(token, pending_.emplace(token, Pending{input}).first->second, effects);
  return effects;
}

ManagerMachine::Effects ManagerMachine::step(const Answered& input, Instant /*now*/) {
  Effects effects;
  const auto found = pending_.find(input.token);
  if (found == pending_.end()) {
    return effects;
  }
  auto& pending = found->second;
  if (!input.answer && kind_of(input.answer.error().code) == ErrorKind::transient) {
    if (due_.empty()) {
      effects.timers.push_back({retry_timer, retry_period});
    }
    if (pending.directory == directory_) {
      ++directory_;  // Once for all that wait for this one, or they would go round to it again.
    }
    due_.push_back(input.token);
    return effects;
  }
  effects.commands.push_back({pending.command.id, pending.tries, input.answer});
  pending_.erase(found);
  return effects;
}

/// The nearest is back: the others are further off for no reason any more.
ManagerMachine::Effects ManagerMachine::step(const PeerUp& input, Instant /*now*/) {
  if (input.peer.node == directories_.front()) {
    directory_ = 0;
  }
  return {};
}

ManagerMachine::Effects ManagerMachine::step(const TimerFired& /*input*/, Instant /*now*/) {
  Effects effects;
  for (const auto token : std::exchange(due_, {})) {
    send(token, pending_.at(token), effects);
  }
  return effects;
}

}  // namespace hearth::client
