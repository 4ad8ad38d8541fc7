#include "actors/client/manager_machine.hpp"

#include "actors/client/account_decision.hpp"
#include "actors/runtime/placement.hpp"
#include "messages/base/probe.hpp"
#include "messages/envelope/codec.hpp"

#include <range/v3/algorithm/find.hpp>

#include <algorithm>
#include <utility>

namespace hearth::client {

namespace {

constexpr std::uint32_t retry_timer = 1;
constexpr Millis retry_period{200};
constexpr Millis ask_budget{3000};

bool is_transient(const Result<Envelope>& answer) {
  return !answer && kind_of(answer.error().code) == ErrorKind::transient;
}

template <class Message>
Result<AccountReply> reply_in(const Envelope& envelope) {
  auto message = unpack<Message>(envelope);
  return message ? Result<AccountReply>(std::move(message.value())) : message.error();
}

Result<AccountReply> reply_to(const DirectoryQuestion& question, const Envelope& answer) {
  if (std::holds_alternative<directory::OfferPairing>(question)) {
    return reply_in<directory::PairingOffered>(answer);
  }
  return std::holds_alternative<directory::ShowPairing>(question)
             ? reply_in<directory::PairingShown>(answer)
             : reply_in<directory::AccountFound>(answer);
}

}  // namespace

ManagerMachine::Effects ManagerMachine::start(Instant /*now*/) {
  Effects effects;
  for (const auto& id : directories_) {
    effects.link.emplace_back(Dial{id});
  }
  return effects;
}

Header ManagerMachine::header() const {
  Header header;
  header.from = {self_.id, name};
  header.to = {directories_[directory_ % directories_.size()], "accounts"};
  return header;
}

void ManagerMachine::ask(std::uint64_t token, Envelope envelope, Effects& effects) {
  effects.asks.push_back({token, directories_[directory_ % directories_.size()], ask_budget,
                          link::TrafficClass::command, std::move(envelope)});
}

ManagerMachine::Effects ManagerMachine::step(const AccountCommand& input, Instant /*now*/) {
  Effects effects;
  if (const auto* wish = std::get_if<Wish>(&input.request)) {
    wishes_.push_back({input.id, *wish, false, 0, {}, 0, 0});
    advance(effects);
    return effects;
  }
  const auto token = ++token_last_;
  const Question question{input.id, std::get<DirectoryQuestion>(input.request), 0, 0};
  send(token, questions_.emplace(token, question).first->second, effects);
  return effects;
}

ManagerMachine::Effects ManagerMachine::step(const Answered& input, Instant /*now*/) {
  Effects effects;
  const auto waiting = std::find_if(wishes_.begin(), wishes_.end(), [&](const auto& each) {
    return input.token != 0 && each.token == input.token;
  });
  if (waiting != wishes_.end()) {
    waiting->token = 0;
    on_appended(*waiting, input.answer, effects);
  } else if (input.token != 0 && input.token == fetch_token_) {
    fetch_token_ = 0;
    on_fetched(input.answer, effects);
  } else if (questions_.contains(input.token)) {
    on_question(input.token, input, effects);
  }
  advance(effects);
  return effects;
}

/// Those that are still listed stay.
ManagerMachine::Effects ManagerMachine::step(const NodesListed& input, Instant /*now*/) {
  Effects effects;
  const auto before = directories_;
  std::erase_if(directories_, [&](const auto& id) { return input.nodes.find(id) == nullptr; });
  for (const auto& id :
       choose_nodes(input.nodes, Role::directory, {}, self_.id, directories_wanted)) {
    const bool is_new = ranges::find(directories_, id) == directories_.end();
    if (is_new && directories_.size() < directories_wanted) {
      directories_.push_back(id);
    }
  }
  move_connections(before, directories_, effects.link);
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
  has_timer_ = false;
  is_resting_ = false;
  for (const auto token : std::exchange(due_, {})) {
    send(token, questions_.at(token), effects);
  }
  for (auto& waiting : wishes_) {
    if (waiting.event && waiting.token == 0) {
      append(waiting, effects);
    }
  }
  advance(effects);
  return effects;
}

void ManagerMachine::rest(std::optional<std::size_t> to, Effects& effects) {
  if (!std::exchange(has_timer_, true)) {
    effects.timers.push_back({retry_timer, retry_period});
  }
  if (to == directory_) {
    ++directory_;  // Once for all that wait for this one, or they would go round to it again.
  }
}

// ---- questions to a directory ----

void ManagerMachine::send(std::uint64_t token, Question& question, Effects& effects) {
  ++question.tries;
  question.directory = directory_;
  ask(token,
      std::visit([&](const auto& request) { return pack(header(), request); }, question.request),
      effects);
}

void ManagerMachine::on_question(std::uint64_t token, const Answered& input, Effects& effects) {
  const auto& question = questions_.at(token);
  if (is_transient(input.answer)) {
    rest(question.directory, effects);
    due_.push_back(token);
    return;
  }
  Result<AccountReply> answer =
      input.answer ? AccountReply{} : Result<AccountReply>(input.answer.error());
  if (input.answer) {
    answer = reply_to(question.request, input.answer.value());
  }
  effects.commands.push_back({question.id, question.tries, std::move(answer), {}});
  questions_.erase(token);
}

// ---- wishes ----

void ManagerMachine::advance(Effects& effects) {
  const bool is_round_under_way =
      fetch_token_ != 0 || std::any_of(wishes_.begin(), wishes_.end(),
                                       [](const auto& each) { return each.event.has_value(); });
  if (!is_resting_ && !is_round_under_way && !wishes_.empty()) {
    // With the recovery key the chain is asked for in another way: a round of its own.
    const auto recovers = [](const Waiting& each) {
      return std::holds_alternative<RecoverAccount>(each.wish);
    };
    const bool is_recovery = recovers(wishes_.front());
    bool is_before = true;
    for (auto& waiting : wishes_) {
      is_before =
          is_before && (&waiting == &wishes_.front() || (!is_recovery && !recovers(waiting)));
      waiting.in_round = is_before;
    }
    fetch(effects);
  }
}

void ManagerMachine::fetch(Effects& effects) {
  directory::FetchChain request{known_.length(), {}, {}};
  if (const auto* recover = std::get_if<RecoverAccount>(&wishes_.front().wish)) {
    request.recovery = seal::signing_key_of(recover->seed);
    request.proof = directory::sign_recovery_request(self_.id, recover->seed);
  }
  fetch_token_ = ++token_last_;
  fetch_directory_ = directory_;
  ask(fetch_token_, pack(header(), request), effects);
}

void ManagerMachine::on_fetched(const Result<Envelope>& answer, Effects& effects) {
  if (is_transient(answer)) {
    is_resting_ = true;
    rest(fetch_directory_, effects);
    return;
  }
  if (!answer) {
    const bool is_in_none =
        answer.error().code == ErrorCode::device_unknown && known_.chain() == nullptr;
    is_in_none ? decide_round(effects) : end_round(answer.error(), effects);
    return;
  }
  const auto page = unpack<directory::ChainPage>(answer.value());
  page ? take(page.value(), effects) : end_round(page.error(), effects);
}

void ManagerMachine::take(const directory::ChainPage& page, Effects& effects) {
  auto fresh = known_.fresh(page);
  if (auto applied = fresh ? known_.apply(fresh.value()) : Result<void>(fresh.error()); !applied) {
    end_round(applied.error(), effects);
    return;
  }
  if (page.length < known_.length() || (page.length == known_.length() && known_.is_behind_pin())) {
    end_round({ErrorCode::chain_forked, "the directories tell less than was verified before"},
              effects);
    return;
  }
  const bool is_withheld = fresh.value().empty() && page.length > known_.length();
  const bool is_still_there = moved_at_ == known_.length();  // what moved is on its way
  moved_at_.reset();
  if (is_withheld || is_still_there) {
    is_resting_ = true;
    rest(is_withheld ? std::optional(fetch_directory_) : std::nullopt, effects);
  } else if (page.length > known_.length()) {
    fetch(effects);
  } else {
    decide_round(effects);
  }
}

/// What is read is what was fetched. What only holds with events of this round waits for the next.
void ManagerMachine::decide_round(Effects& effects) {
  auto draft = known_;
  bool is_ahead = false;
  for (auto at = wishes_.begin(); at != wishes_.end() && at->in_round;) {
    auto& waiting = *at++;
    const bool is_read = std::holds_alternative<ListDevices>(waiting.wish) ||
                         std::holds_alternative<ListEvents>(waiting.wish);
    auto decision = decide(waiting.wish, is_read ? known_ : draft, self_);
    if (auto* answer = std::get_if<Result<AccountReply>>(&decision)) {
      if (is_read || !is_ahead) {
        finish(waiting.id, std::move(*answer), effects);
      }
      continue;
    }
    waiting.event = std::move(std::get<directory::AppendEvent>(decision));
    is_ahead = draft.apply({{waiting.event->event, 0}}).ok();
    append(waiting, effects);
  }
}

void ManagerMachine::append(Waiting& waiting, Effects& effects) {
  ++waiting.appends;
  waiting.token = ++token_last_;
  waiting.directory = directory_;
  ask(waiting.token, pack(header(), *waiting.event), effects);
}

void ManagerMachine::on_appended(Waiting& waiting, const Result<Envelope>& answer,
                                 Effects& effects) {
  if (is_transient(answer)) {
    rest(waiting.directory, effects);  // the same event again: it is applied once
    return;
  }
  if (!answer && answer.error().code == ErrorCode::chain_moved) {
    HEARTH_PROBE(true, "client: the account has changed meanwhile");
    waiting.event.reset();
    moved_at_ = known_.length();
    return;
  }
  finish(waiting.id,
         answer ? reply_in<directory::EventAppended>(answer.value())
                : Result<AccountReply>(answer.error()),
         effects);
}

void ManagerMachine::finish(std::uint64_t id, Result<AccountReply> answer, Effects& effects) {
  const auto waiting = std::find_if(wishes_.begin(), wishes_.end(),
                                    [id](const auto& each) { return each.id == id; });
  const auto pin = known_.chain() == nullptr ? std::nullopt : std::optional(known_.pin());
  effects.commands.push_back({id, std::max(waiting->appends, 1U), std::move(answer), pin});
  wishes_.erase(waiting);
}

void ManagerMachine::end_round(const Error& error, Effects& effects) {
  while (!wishes_.empty() && wishes_.front().in_round) {
    finish(wishes_.front().id, error, effects);
  }
}

}  // namespace hearth::client
