#include "actors/directory/directory_machine.hpp"

#include "actors/directory/account_rows.hpp"
#include "actors/directory/group_order.hpp"
#include "actors/runtime/answer_header.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"

#include <utility>

namespace hearth::directory {

namespace {

constexpr std::uint32_t expiry_timer = 1;
constexpr Millis expiry_period{1000};
constexpr Millis order_budget{5000};
constexpr std::size_t line_max = 64;
/// Maps that are newer each time: more often than that something is wrong.
constexpr unsigned redirects_max = 4;

Result<void> require(Role role, Role wanted) {
  if (role != wanted) {
    return Error{ErrorCode::not_allowed, "not for this role"};
  }
  return {};
}

Error no_quorum() {
  return {ErrorCode::no_quorum,
          "no majority of the directories can be reached: what is known is served, changes must "
          "wait"};
}

/// What no group answers: it needs to know where homes are, or more than one account, and not the
/// newest of anything.
bool is_for_a_front(const Question& question) {
  switch (question.header.kind) {
    case MessageKind::list_homes:
    case MessageKind::request_ticket:
    case MessageKind::find_account: return true;
    case MessageKind::fetch_chain: {
      const auto request = unpack<FetchChain>(question.envelope);
      return request && !request.value().account.is_zero();
    }
    default: return false;
  }
}

bool is_wrong_group(const Result<Envelope>& answer) {
  const auto header = answer ? header_of(answer.value()) : answer.error();
  return header && header.value().kind == MessageKind::wrong_group;
}

}  // namespace

DirectoryMachine::DirectoryMachine(Config config, const WallClock& clock)
    : config_(std::move(config)), clock_(clock) {}

Effects<ToGroup> DirectoryMachine::start(Instant /*now*/) {
  refresh_map();
  Effects<Command> effects;
  effects.timers.push_back({expiry_timer, expiry_period});
  return effects;
}

Effects<ToGroup> DirectoryMachine::step(const TimerFired& /*input*/, Instant now) {
  presence_.expire(now);
  wrong_by_device_.expire(now);
  wrong_by_account_.expire(now);
  refresh_map();
  Effects<Command> effects;
  effects.timers.push_back({expiry_timer, expiry_period});
  return effects;
}

/// One that cannot be read is not what requests wait for: its group stops the node.
void DirectoryMachine::refresh_map() {
  const auto port = config_.groups.find(map_group);
  if (port == config_.groups.end()) {
    return;
  }
  const auto row = port->second.rows->row(AccountGroup::map_stream, AccountGroup::map_key);
  if (row && row.value()) {
    if (auto map = decode<GroupMap>(*row.value())) {
      config_.map->offer(std::move(map.value()));
    }
  }
}

Effects<ToGroup> DirectoryMachine::step(const PeerUp& input, Instant /*now*/) {
  if (!input.peer.source.empty()) {
    sources_.insert_or_assign(input.peer.node, Source{input.peer.source, input.peer.session});
  }
  if (input.peer.role == Role::directory) {
    sessions_.insert_or_assign(input.peer.node, input.peer.session);
  }
  return {};
}

/// What was asked after the connection broke would wait in the link for the next one: nobody shall
/// wait for a leader that may never come back.
Effects<ToGroup> DirectoryMachine::step(const PeerDown& input, Instant /*now*/) {
  const auto found = sources_.find(input.node);
  if (found != sources_.end() && found->second.session == input.session) {
    sources_.erase(found);
  }
  Effects<Command> effects;
  const auto session = sessions_.find(input.node);
  if (session == sessions_.end() || session->second != input.session) {
    return effects;
  }
  session->second = 0;
  std::vector<std::uint64_t> lost;
  for (const auto& [token, errand] : errands_) {
    if (errand.asked == input.node) {
      lost.push_back(token);
    }
  }
  for (const auto token : lost) {
    const Error unknown{ErrorCode::outcome_unknown, "the directory that leads is gone: ask again"};
    on_answer({token, unknown}, effects);
  }
  return effects;
}

bool DirectoryMachine::is_gone(const NodeId& directory) const {
  const auto session = sessions_.find(directory);
  return session != sessions_.end() && session->second == 0;
}

std::string DirectoryMachine::source_of(const NodeId& peer) const {
  const auto found = sources_.find(peer);
  return found == sources_.end() ? std::string() : found->second.address;
}

// ---- requests ----

Effects<ToGroup> DirectoryMachine::step(const Delivered& input, Instant now) {
  Effects<Command> effects;
  auto result = answer(input, now, effects);
  serve_lines(effects);
  if (result && !result.value()) {
    return effects;  // somebody else answers
  }
  if (!result && kind_of(result.error().code) == ErrorKind::fatal) {
    effects.stop = result.error();
    // What ails this node is no answer to the command: nothing was done, another may do it.
    result = Error{ErrorCode::stopping, "this directory cannot go on: ask again"};
  }
  if (input.reply_to) {
    effects.replies.push_back({*input.reply_to, std::move(result)});
  }
  return effects;
}

/// An empty envelope: somebody else answers.
Result<Envelope> DirectoryMachine::answer(const Delivered& input, Instant now,
                                          Effects<Command>& effects) {
  const auto header = header_of(input.envelope);
  if (!header) {
    return header.error();
  }
  switch (header.value().kind) {
    case MessageKind::report_presence:
      return answer_envelope(header.value(), on_report(input, now, effects));
    case MessageKind::presence_relayed:
      return answer_envelope(header.value(), on_relayed(input, now));
    case MessageKind::forwarded: return on_forwarded(input, now, effects);
    default: break;
  }
  Question question{
      {input.from, input.role, source_of(input.from)}, input.envelope, header.value()};
  if (auto known = answer_recent(question, now)) {
    return std::move(*known);
  }
  return begin(input, std::move(question), now, effects);
}

/// Of another directory, for a group that is led here as far as it knows.
Result<Envelope> DirectoryMachine::on_forwarded(const Delivered& input, Instant now,
                                                Effects<Command>& effects) {
  if (auto allowed = require(input.role, Role::directory); !allowed) {
    return allowed.error();
  }
  auto order = unpack<Forwarded>(input.envelope);
  auto inner = order ? Envelope::from_bytes(order.value().envelope) : order.error();
  const auto head = inner ? header_of(inner.value()) : inner.error();
  if (!head) {
    return head.error();
  }
  const auto& origin = order.value().origin;
  const Question question{
      {origin, order.value().role, order.value().source}, inner.value(), head.value()};
  if (is_for_a_front(question)) {
    if (head.value().from.node != origin) {
      return Error{ErrorCode::not_allowed, "forwarded in another's name"};
    }
    auto known = answer_recent(question, now);
    return known ? std::move(*known) : no_quorum();
  }
  const auto group = order.value().group;
  if (!config_.groups.contains(group)) {
    return Error{ErrorCode::not_leader, "this directory has no replica of the group"};
  }
  effects.commands.push_back({group, input});
  return Envelope{};
}

// ---- errands ----

Result<std::optional<Claim>> DirectoryMachine::claim_on(const ClaimKey& key) {
  const auto port = config_.groups.find(config_.map->get()->group_of(bucket_of(key.id.view())));
  return port == config_.groups.end() ? Result<std::optional<Claim>>(std::nullopt)
                                      : known_.claim(*port->second.rows, key);
}

Result<Envelope> DirectoryMachine::begin(const Delivered& input, Question question, Instant now,
                                         Effects<Command>& effects) {
  if (!input.reply_to) {
    return Envelope{};
  }
  if (question.envelope.bytes().size() > limits::forwarded_bytes_max) {
    return Error{ErrorCode::frame_oversized, "command is too long to pass on"};
  }
  const bool is_in_line = question.header.kind == MessageKind::append_event;
  UnderWay errand{{config_.self.id, std::move(question)}, *input.reply_to, {}, {}, 0, 0};
  if (is_in_line) {
    auto& line = lines_[input.from];
    if (line.size() >= line_max) {
      return Error{ErrorCode::overloaded, "too many events of one device wait"};
    }
    errand.place = ++place_last_;
    line.emplace(errand.place, std::nullopt);
  }
  // A claim that holds does so for good; of any other the key's group knows.
  const auto known = [this](const ClaimKey& key) -> Result<std::optional<AccountId>> {
    const auto claim = claim_on(key);
    if (!claim) {
      return claim.error();
    }
    return claim.value() && claim.value()->holds ? std::optional(claim.value()->account)
                                                 : std::nullopt;
  };
  auto next = errand.errand.begin(known, [this, now](const auto& account, const auto& key) {
    return signs(account, key, now);
  });
  return go_on(std::move(errand), std::move(next), effects);
}

/// Each event of a chain names the one before it: those that a device hands in reach its account in
/// that order, whatever has to be asked before. None waits for the answer to another.
bool DirectoryMachine::must_wait(const UnderWay& errand) const {
  return errand.place != 0 && errand.last.is_event &&
         lines_.at(errand.errand.question().asker.node).begin()->first != errand.place;
}

void DirectoryMachine::leave_line(UnderWay& errand) {
  if (const auto place = std::exchange(errand.place, 0); place != 0) {
    const auto line = lines_.find(errand.errand.question().asker.node);
    line->second.erase(place);
    if (line->second.empty()) {
      lines_.erase(line);
    } else {
      freed_.push_back(line->first);
    }
  }
}

void DirectoryMachine::serve_lines(Effects<Command>& effects) {
  while (!freed_.empty()) {
    const auto line = lines_.find(freed_.back());
    freed_.pop_back();
    if (line == lines_.end() || !line->second.begin()->second) {
      continue;  // the first will come by itself
    }
    auto first = std::move(*line->second.begin()->second);
    const auto asker = first.asker;
    auto result = send(std::move(first), effects);
    if (!result || result.value()) {
      effects.replies.push_back({asker, std::move(result)});
    }
  }
}

Result<Envelope> DirectoryMachine::go_on(UnderWay errand, Errand::Next next,
                                         Effects<Command>& effects) {
  tell_ended(errand.errand, effects);
  if (auto* answer = std::get_if<Result<Envelope>>(&next)) {
    leave_line(errand);
    return std::move(*answer);
  }
  errand.last = std::move(std::get<Errand::Send>(next));
  errand.redirected = 0;
  if (must_wait(errand)) {
    HEARTH_PROBE(true, "directory: an event waits for the one before it");
    const auto place = errand.place;
    lines_.at(errand.errand.question().asker.node).at(place) = std::move(errand);
    return Envelope{};
  }
  return send(std::move(errand), effects);
}

Result<Envelope> DirectoryMachine::send(UnderWay errand, Effects<Command>& effects) {
  const auto map = config_.map->get();
  auto& order = errand.last.order;
  order.group = errand.last.to_map_group ? map_group : map->group_of(order.bucket);
  order.map = map->version;
  const auto port = config_.groups.find(order.group);
  const auto leader = port == config_.groups.end() ? NodeId{} : port->second.leader();
  HEARTH_PROBE(is_gone(leader), "directory: a leader is gone, and nobody has said so yet");
  if (leader.is_zero() || is_gone(leader)) {
    HEARTH_PROBE(leader.is_zero(), "directory: no leader is known");
    leave_line(errand);
    return no_quorum();
  }
  const bool is_here = leader == config_.self.id;
  if (is_here && is_for_a_front(errand.errand.question()) && errand.last.is_last) {
    return no_quorum();  // what is known here is too old
  }
  // Events take one way, or they would overtake each other.
  if (is_here && errand.last.is_last && !errand.last.is_event) {
    order.map = ~std::uint64_t{0};  // who asked could make nothing of a map
    effects.commands.push_back({order.group,
                                {errand.asker, config_.self.id, Role::directory, 0,
                                 pack_order(config_.self.id, leader, order)}});
    return Envelope{};
  }
  if (errand.last.is_event) {
    leave_line(errand);
  }
  effects.asks.push_back({++token_last_, leader, order_budget, link::TrafficClass::command,
                          pack_order(config_.self.id, leader, order)});
  errand.asked = leader;
  errands_.emplace(token_last_, std::move(errand));
  return Envelope{};
}

/// One that is lost is made good by the claim's group, which asks in time.
void DirectoryMachine::tell_ended(Errand& errand, Effects<Command>& effects) {
  for (auto& order : errand.take_ended()) {
    const auto map = config_.map->get();
    order.group = map->group_of(order.bucket);
    order.map = map->version;
    const auto port = config_.groups.find(order.group);
    const auto leader = port == config_.groups.end() ? NodeId{} : port->second.leader();
    if (leader == config_.self.id) {
      effects.commands.push_back({order.group,
                                  {std::nullopt, config_.self.id, Role::directory, 0,
                                   pack_order(config_.self.id, leader, order)}});
    } else if (!leader.is_zero()) {
      effects.tells.push_back(
          {leader, link::TrafficClass::command, pack_order(config_.self.id, leader, order)});
    }
  }
}

Effects<ToGroup> DirectoryMachine::step(const Answered& input, Instant /*now*/) {
  Effects<Command> effects;
  on_answer(input, effects);
  return effects;
}

void DirectoryMachine::on_answer(const Answered& input, Effects<Command>& effects) {
  auto found = errands_.extract(input.token);
  if (!found) {
    return;
  }
  auto& errand = found.mapped();
  // While many are under way: no household would find its account otherwise.
  const bool is_crossed = HEARTH_MUTANT("answers-cross-askers") && errands_.size() > 3;
  const auto asker = is_crossed ? errands_.begin()->second.asker : errand.asker;
  Result<Envelope> result = Envelope{};
  if (is_wrong_group(input.answer)) {
    auto moved = unpack<WrongGroup>(input.answer.value());
    if (moved) {
      config_.map->offer(std::move(moved.value().map));
    }
    HEARTH_PROBE(true, "directory: a newer map is followed");
    if (moved && ++errand.redirected <= redirects_max) {
      result = send(std::move(errand), effects);
    } else {
      leave_line(errand);
      result = Error{ErrorCode::not_leader, "the map changes too often: ask again"};
    }
  } else {
    auto next = errand.errand.answered(input.answer);
    result = go_on(std::move(errand), std::move(next), effects);
  }
  if (!result || result.value()) {
    effects.replies.push_back({asker, std::move(result)});
  }
  serve_lines(effects);
}

// ---- presence ----

Effects<ToGroup> DirectoryMachine::step(const NodesListed& input, Instant /*now*/) {
  config_.nodes = input.nodes;
  presence_.keep_listed(config_.nodes);
  return {};
}

/// The directories of the node list, and members: each hears of the other side at another time.
std::set<NodeId> DirectoryMachine::others() const {
  std::set<NodeId> others;
  for (const auto& node : config_.nodes.nodes) {
    if (node.role == Role::directory) {
      others.insert(node.id());
    }
  }
  for (const auto& member : config_.members()) {
    others.insert(member);
  }
  others.erase(config_.self.id);
  return others;
}

Result<Accepted> DirectoryMachine::on_report(const Delivered& input, Instant now,
                                             Effects<Command>& effects) {
  if (auto allowed = require(input.role, Role::super_peer); !allowed) {
    return allowed.error();
  }
  auto report = unpack<ReportPresence>(input.envelope);
  if (!report) {
    return report.error();
  }
  if (!presence_.report(input.from, report.value(), now)) {
    HEARTH_PROBE(true, "directory: a report is of an earlier epoch");
    return Error{ErrorCode::not_allowed, "report of an earlier epoch"};
  }
  const PresenceRelayed relayed{input.from, std::move(report.value())};
  for (const auto& other : others()) {
    Header header;
    header.from = {config_.self.id, name};
    header.to = {other, name};
    effects.tells.push_back({other, link::TrafficClass::command, pack(header, relayed)});
  }
  return Accepted{};
}

/// One that is lost is made good by the next report of all homes.
Result<Accepted> DirectoryMachine::on_relayed(const Delivered& input, Instant now) {
  if (auto allowed = require(input.role, Role::directory); !allowed) {
    return allowed.error();
  }
  auto relayed = unpack<PresenceRelayed>(input.envelope);
  if (!relayed) {
    return relayed.error();
  }
  if (config_.nodes.find(relayed.value().super_peer) == nullptr) {
    return Accepted{};  // struck, or new: who relays has another list
  }
  const bool is_taken = presence_.report(relayed.value().super_peer, relayed.value().report, now);
  HEARTH_PROBE(!is_taken, "directory: a relayed report is of an earlier epoch");
  return Accepted{};
}

}  // namespace hearth::directory
