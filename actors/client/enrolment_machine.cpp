#include "actors/client/enrolment_machine.hpp"

#include "messages/envelope/codec.hpp"

#include <algorithm>
#include <utility>

namespace hearth::client {

namespace {

constexpr std::uint32_t retry_timer = 1;
constexpr Millis retry_period{200};
constexpr Millis ask_budget{5000};

}  // namespace

EnrolmentMachine::EnrolmentMachine(NodeId self, std::vector<NodeId> directories,
                                   Household household)
    : self_(self), directories_(std::move(directories)), household_(std::move(household)) {}

Effects<EnrolmentMachine::Ended> EnrolmentMachine::start(Instant /*now*/) {
  Effects<Ended> effects;
  for (const auto& id : directories_) {
    effects.link.emplace_back(Dial{id});
  }
  return effects;
}

Effects<EnrolmentMachine::Ended> EnrolmentMachine::step(const PeerUp& input, Instant /*now*/) {
  Effects<Ended> effects;
  if (input.peer.role == Role::directory && directory_.is_zero()) {
    directory_ = input.peer.node;
    ask_next(effects);
  }
  return effects;
}

void EnrolmentMachine::ask_next(Effects<Ended>& effects) {
  Header header;
  header.from = {self_, name};
  header.to = {directory_, "accounts"};
  ++token_;
  if (!account_made_) {
    effects.asks.push_back(
        {token_, directory_, ask_budget, link::TrafficClass::command,
         pack(header, directory::CreateAccount{household_.account, household_.owner})});
  } else if (enrolled_ < household_.devices.size()) {
    effects.asks.push_back({token_, directory_, ask_budget, link::TrafficClass::command,
                            pack(header, directory::EnrolDevice{household_.devices[enrolled_]})});
  } else {
    effects.commands.push_back({{}});
  }
}

Effects<EnrolmentMachine::Ended> EnrolmentMachine::step(const Answered& input, Instant /*now*/) {
  Effects<Ended> effects;
  if (input.token != token_) {
    return effects;
  }
  if (input.answer) {
    enrolled_ += account_made_ ? 1 : 0;
    account_made_ = true;
    ask_next(effects);
  } else if (kind_of(input.answer.error().code) == ErrorKind::transient) {
    effects.timers.push_back({retry_timer, retry_period});
  } else {
    effects.commands.push_back({input.answer.error()});
  }
  return effects;
}

Effects<EnrolmentMachine::Ended> EnrolmentMachine::step(const TimerFired& /*input*/,
                                                        Instant /*now*/) {
  Effects<Ended> effects;
  // The next directory has its turn: it may reach the accounts where this one does not.
  const auto found = std::find(directories_.begin(), directories_.end(), directory_);
  directory_ = found == directories_.end() || std::next(found) == directories_.end()
                   ? directories_.front()
                   : *std::next(found);
  ask_next(effects);
  return effects;
}

}  // namespace hearth::client
