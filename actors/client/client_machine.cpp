#include "actors/client/client_machine.hpp"

#include "actors/runtime/placement.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/probe.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/seal/identity.hpp"

#include <algorithm>
#include <utility>

namespace hearth::client {

namespace {

constexpr std::uint32_t tick_timer = 1;
constexpr Millis ask_again_after{100};
constexpr Millis tick_least{100};
constexpr Millis question_patience{10'000};
constexpr Millis try_budget{4000};
constexpr Millis survey_patience{3000};
constexpr Millis describe_budget{1500};

const NodeId& home_of(const Question& question) {
  if (const auto* ask = std::get_if<AskHome>(&question)) {
    return ask->home;
  }
  return std::get<PlanStream>(question).home;
}

Result<Answer> read_answer(const AskHome& question, const Envelope& envelope) {
  if (std::holds_alternative<home::FindFolder>(question.question)) {
    auto found = unpack<home::FolderFound>(envelope);
    return found ? Result<Answer>(std::move(found.value())) : Result<Answer>(found.error());
  }
  if (std::holds_alternative<home::StartRescan>(question.question) ||
      std::holds_alternative<home::ShowScan>(question.question)) {
    auto shown = unpack<home::ScanShown>(envelope);
    return shown ? Result<Answer>(std::move(shown.value())) : Result<Answer>(shown.error());
  }
  auto page = unpack<home::ItemsPage>(envelope);
  return page ? Result<Answer>(std::move(page.value())) : Result<Answer>(page.error());
}

}  // namespace

Header ClientMachine::header_to(const NodeId& node, const char* actor) const {
  Header header;
  header.from = {config_.self, name};
  header.to = {node, actor};
  return header;
}

ClientMachine::ClientMachine(Config config)
    : config_(std::move(config)), directories_(nearest_directories()) {}

std::vector<NodeId> ClientMachine::nearest_directories() const {
  return choose_nodes(config_.nodes, Role::directory, config_.region, config_.self,
                      directories_wanted);
}

Result<void> ClientMachine::recover(const storage::LogReader& log) {
  return log.replay(stream, 0, [this](storage::Sequence, BytesView record) -> Result<void> {
    auto event = decode<ClientEvent>(record);
    if (!event) {
      return event.error();
    }
    return apply(event.value());
  });
}

Result<void> ClientMachine::apply(const ClientEvent& event) {
  if (const auto* extended = std::get_if<directory::ChainExtended>(&event)) {
    return known_.apply(extended->events);
  }
  if (const auto* followed = std::get_if<directory::AccountFollowed>(&event)) {
    return granter(followed->account).apply(followed->events);
  }
  if (const auto* account = std::get_if<directory::AccountForgotten>(&event)) {
    granters_.erase(account->account);
    return {};
  }
  if (const auto* forgotten = std::get_if<HomeForgotten>(&event)) {
    homes_.erase(forgotten->home);
    return {};
  }
  const auto& remembered = std::get<HomeRemembered>(event);
  const auto id = seal::node_id_of(remembered.keys.signing);
  auto& home = homes_[id];
  home.name = remembered.name;
  home.owner = remembered.owner;
  home.owner_name = remembered.owner_name;
  if (!home.session || home.session->keys() != remembered.keys) {
    home.session = std::make_unique<HomeSession>(config_.self, remembered.keys,
                                                 [this] { return ++number_last_; });
  }
  return {};
}

void ClientMachine::remember(const ClientEvent& event, ClientEffects& effects) {
  if (auto applied = apply(event); !applied) {
    effects.stop = applied.error();  // it was verified a moment ago
    return;
  }
  effects.appends.push_back({stream, 0, {encode(event)}, {}, {}, 0});
}

ClientEffects ClientMachine::start(Instant now) {
  ClientEffects effects;
  for (const auto& id : directories_) {
    effects.link.emplace_back(Dial{id});
  }
  questioned_at_ = now;
  advance(now, effects);
  return effects;
}

ClientEffects ClientMachine::step(const NodesListed& input, Instant /*now*/) {
  ClientEffects effects;
  config_.nodes = input.nodes;
  const auto before = std::exchange(directories_, nearest_directories());
  move_connections(before, directories_, effects.link);
  return effects;
}

ClientEffects ClientMachine::step(const TimerFired& /*input*/, Instant now) {
  ClientEffects effects;
  if (timer_at_ && *timer_at_ <= now) {
    timer_at_.reset();
  }
  expire_questions(now, effects);
  advance(now, effects);
  return effects;
}

ClientEffects ClientMachine::step(const PeerUp& input, Instant now) {
  ClientEffects effects;
  const auto& peer = input.peer;
  if (peer.role == Role::directory) {
    directories_up_.insert_or_assign(peer.node, peer);
    time_.observe(peer.wall, now);
    homes_due_ = now;
  } else if (peer.role == Role::super_peer) {
    super_peers_up_.insert_or_assign(peer.node, peer);
  } else if (auto* session = session_of(peer.node); session != nullptr && peer.tunnelled) {
    session->peer_up(peer);
  }
  advance(now, effects);
  return effects;
}

ClientEffects ClientMachine::step(const PeerDown& input, Instant now) {
  ClientEffects effects;
  const auto forget = [&](std::map<NodeId, PeerInfo>& peers) {
    const auto found = peers.find(input.node);
    if (found != peers.end() && found->second.session == input.session) {
      peers.erase(found);
    }
  };
  forget(directories_up_);
  forget(super_peers_up_);
  for (auto& [id, home] : homes_) {
    home.session->peer_down(input, now);
  }
  advance(now, effects);
  return effects;
}

ClientEffects ClientMachine::step(const Answered& input, Instant now) {
  ClientEffects effects;
  if (input.token == homes_token_) {
    homes_token_ = 0;
    if (input.answer) {
      if (auto listed = unpack<directory::HomesListed>(input.answer.value())) {
        on_homes(std::move(listed.value()), now, effects);
      }
    }
  } else if (input.token == chain_token_) {
    chain_token_ = 0;
    on_chain(input, {}, now, effects);
  } else if (const auto granter = granter_by_token_.extract(input.token)) {
    on_chain(input, granter.mapped(), now, effects);
  } else if (description_by_token_.contains(input.token)) {
    on_described(input, effects);
  } else if (question_by_token_.contains(input.token)) {
    on_home_answer(input, now, effects);
  } else {
    for (auto& [id, home] : homes_) {
      if (home.session->answered(input, now)) {
        break;
      }
    }
  }
  advance(now, effects);
  return effects;
}

ClientEffects ClientMachine::step(const UiQuestion& input, Instant now) {
  ClientEffects effects;
  questioned_at_ = now;
  homes_due_ = std::min(homes_due_, homes_polled_at_ + homes_period);
  if (waiting_.size() + surveys_.size() >= questions_max) {
    answer(input.id, Error{ErrorCode::overloaded, "too many questions under way"}, effects);
  } else if (std::holds_alternative<ShowHomes>(input.question)) {
    surveys_.push_back({input.id, now + survey_patience, {}, {}, {}});
  } else if (homes_told_ && session_of(home_of(input.question)) == nullptr) {
    answer(input.id, Error{ErrorCode::home_unknown, "no such home in this account"}, effects);
  } else {
    waiting_.emplace(input.id, Waiting{input, now + question_patience, 0, {}});
  }
  advance(now, effects);
  return effects;
}

void ClientMachine::advance(Instant now, ClientEffects& effects) {
  homes_told_ = homes_told_ || (homes_listed_ && granter_by_token_.empty());
  poll_homes(now, effects);
  for (auto& [id, home] : homes_) {
    home.session->advance(directory(), super_peers_up_, now, effects);
  }
  connect_super_peers(effects);
  std::vector<std::uint64_t> ids;
  for (const auto& [id, waiting] : waiting_) {
    if (waiting.token == 0 && now >= waiting.again_at) {
      ids.push_back(id);
    }
  }
  for (const auto id : ids) {
    if (const auto found = waiting_.find(id); found != waiting_.end()) {
      try_question(found->second, now, effects);
    }
  }
  for (auto& survey : surveys_) {
    advance_survey(survey, now, effects);
  }
  std::erase_if(surveys_, [](const Survey& survey) { return survey.id == 0; });
  set_timer(now, effects);
}

/// The link keeps those connected that it was told of, until it is told to let them go.
void ClientMachine::connect_super_peers(ClientEffects& effects) {
  std::set<NodeId> wanted;
  for (const auto& [id, home] : homes_) {
    home.session->add_wanted(wanted);
  }
  for (const auto& id : wanted) {
    if (!super_peers_wanted_.contains(id)) {
      effects.link.emplace_back(Dial{id});
    }
  }
  for (const auto& id : super_peers_wanted_) {
    if (!wanted.contains(id)) {
      effects.link.emplace_back(LetGo{id});
    }
  }
  super_peers_wanted_ = std::move(wanted);
}

/// An idle client is one of many: it wakes when something is due, not to see whether it is.
void ClientMachine::set_timer(Instant now, ClientEffects& effects) {
  auto wake = homes_token_ == 0 && directory() ? homes_due_ : Instant::max();
  for (const auto& [id, home] : homes_) {
    wake = std::min(wake, home.session->wake_at());
  }
  for (const auto& [id, waiting] : waiting_) {
    const bool rests = waiting.token == 0 && waiting.again_at > now;
    wake = std::min(wake, rests ? std::min(waiting.again_at, waiting.deadline) : waiting.deadline);
  }
  for (const auto& survey : surveys_) {
    wake = std::min(wake, survey.deadline);
  }
  if (wake == Instant::max()) {
    return;
  }
  const auto wait = std::max(std::chrono::ceil<Millis>(wake - now), tick_least);
  if (timer_at_ && *timer_at_ <= now + wait) {
    return;  // one that is set already comes no later
  }
  timer_at_ = now + wait;
  effects.timers.push_back({tick_timer, wait});
}

void ClientMachine::try_question(Waiting& waiting, Instant now, ClientEffects& effects) {
  auto* session = session_of(home_of(waiting.question.question));
  const auto id = waiting.question.id;
  if (session == nullptr && homes_told_) {
    answer(id, Error{ErrorCode::home_unknown, "no such home in this account"}, effects);
    return;
  }
  if (session == nullptr || !session->up()) {
    return;
  }
  if (const auto* plan = std::get_if<PlanStream>(&waiting.question.question)) {
    auto planned = session->plan(*plan, super_peers_up_, config_.nodes);
    if (planned) {
      answer(id, Answer{std::move(planned.value())}, effects);
    }
    return;
  }
  waiting.token = ++number_last_;
  question_by_token_[waiting.token] = id;
  const auto left = std::chrono::duration_cast<Millis>(waiting.deadline - now);
  const auto& ask = std::get<AskHome>(waiting.question.question);
  effects.asks.push_back(
      {waiting.token, ask.home, std::min(try_budget, std::max(left, Millis{1})),
       link::TrafficClass::bulk,
       std::visit([&](const auto& m) { return pack(header_to(ask.home, "home"), m); },
                  ask.question)});
}

void ClientMachine::on_home_answer(const Answered& input, Instant now, ClientEffects& effects) {
  const auto id = question_by_token_.extract(input.token).mapped();
  const auto found = waiting_.find(id);
  if (found == waiting_.end()) {
    return;
  }
  if (!input.answer && kind_of(input.answer.error().code) == ErrorKind::transient) {
    found->second.token = 0;  // every question may be asked again; its deadline ends it
    found->second.found_no_room |= input.answer.error().code == ErrorCode::overloaded;
    HEARTH_PROBE(true, "client: a question is asked again");
    found->second.again_at = now + ask_again_after;
    return;
  }
  if (!input.answer) {
    answer(id, input.answer.error(), effects);
    return;
  }
  answer(id, read_answer(std::get<AskHome>(found->second.question.question), input.answer.value()),
         effects);
}

Error ClientMachine::why_unanswered(const Waiting& waiting) {
  const auto* session = session_of(home_of(waiting.question.question));
  if (session == nullptr || !session->up()) {
    return Error{ErrorCode::home_offline, "home could not be reached in time"};
  }
  return waiting.found_no_room
             ? Error{ErrorCode::overloaded, "too many questions to this home: ask later"}
             : Error{ErrorCode::timed_out, "home is there and did not answer in time: ask again"};
}

void ClientMachine::expire_questions(Instant now, ClientEffects& effects) {
  std::vector<std::pair<std::uint64_t, Error>> late;
  for (const auto& [id, waiting] : waiting_) {
    if (waiting.deadline > now) {
      continue;
    }
    late.emplace_back(id, why_unanswered(waiting));
  }
  for (auto& [id, error] : late) {
    HEARTH_PROBE(true, "client: a question ends unanswered");
    answer(id, std::move(error), effects);
  }
}

void ClientMachine::on_described(const Answered& input, ClientEffects& effects) {
  const auto [survey_id, home] = description_by_token_.extract(input.token).mapped();
  auto described = input.answer ? unpack<home::HomeDescribed>(input.answer.value())
                                : Result<home::HomeDescribed>(input.answer.error());
  if (described) {
    hand_events(home, described.value(), effects);
  }
  const auto known = homes_.find(home);
  if (described && known != homes_.end() && known->second.name != described.value().name) {
    const auto& before = known->second;
    remember(HomeRemembered{before.session->keys(), described.value().name, before.owner,
                            before.owner_name},
             effects);
  }
  for (auto& survey : surveys_) {
    if (survey.id != survey_id) {
      continue;
    }
    if (described) {
      survey.views[home] = HomeView{home, described.value().name, true, described.value().scan,
                                    described.value().account_sequence};
    } else {
      survey.failed.insert(home);
    }
  }
}

bool ClientMachine::is_over(const Survey& survey, Instant now) const {
  if (now >= survey.deadline) {
    return true;
  }
  // A home that is attached somewhere may be about to come; one that is nowhere is not.
  const auto settled = [&](const auto& entry) {
    const auto& [id, home] = entry;
    return survey.views.contains(id) || survey.failed.contains(id) ||
           (!home.session->up() && !home.session->attached());
  };
  return homes_told_ && std::all_of(homes_.begin(), homes_.end(), settled);
}

void ClientMachine::advance_survey(Survey& survey, Instant now, ClientEffects& effects) {
  for (const auto& [id, home] : homes_) {
    if (home.session->up() && survey.asked.insert(id).second) {
      const auto token = ++number_last_;
      description_by_token_[token] = {survey.id, id};
      effects.asks.push_back({token, id, describe_budget, link::TrafficClass::command,
                              pack(header_to(id, "home"), home::DescribeHome{})});
    }
  }
  if (!is_over(survey, now)) {
    return;
  }
  HomesView view;
  for (const auto& [id, home] : homes_) {
    const auto described = survey.views.find(id);
    view.homes.push_back(described == survey.views.end() ? HomeView{id, home.name, false, {}}
                                                         : described->second);
    add_owner(home, view.homes.back());
  }
  answer(std::exchange(survey.id, 0), Answer{std::move(view)}, effects);
}

void ClientMachine::answer(std::uint64_t id, Result<Answer> answer, ClientEffects& effects) {
  waiting_.erase(id);
  effects.commands.push_back({id, std::move(answer)});
}

HomeSession* ClientMachine::session_of(const NodeId& home) {
  const auto found = homes_.find(home);
  return found == homes_.end() ? nullptr : found->second.session.get();
}

std::optional<NodeId> ClientMachine::directory() const {
  for (const auto& id : directories_) {
    if (directories_up_.contains(id)) {
      return id;
    }
  }
  return std::nullopt;
}

}  // namespace hearth::client
