#include "actors/home/home_machine.hpp"

#include "actors/runtime/answer_header.hpp"
#include "actors/runtime/placement.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/relay/relay_messages.hpp"
#include "messages/seal/folder_id.hpp"
#include "messages/seal/identity.hpp"
#include "messages/seal/random.hpp"
#include "messages/seal/ticket.hpp"

#include <algorithm>
#include <utility>

namespace hearth::home {

namespace {

constexpr std::uint32_t tick_timer = 1;
/// There is little to do, and there are many homes to a machine that rehearses them. Whoever is no
/// longer trusted goes within this time.
constexpr Millis tick_calm{5000};
/// A revocation is heard within this time while a directory is in contact (P3 allows 60 s).
constexpr Millis devices_period{5000};
constexpr Millis retry_first{500};
constexpr Millis retry_most{15'000};
constexpr std::chrono::hours certificate_renewal{10 * 24};
/// Until a home whose certificate is refused asks for another.
constexpr Millis certificate_patience{2000};
constexpr Millis ask_budget{3000};

/// What they may see of it is for the library to say.
bool is_for_guests(MessageKind kind) {
  switch (kind) {
    case MessageKind::describe_home:
    case MessageKind::renew_ticket:
    case MessageKind::browse_items:
    case MessageKind::search_items:
    case MessageKind::show_item: return true;
    default: return false;
  }
}

}  // namespace

HomeMachine::HomeMachine(Config config, const WallClock& clock)
    : config_(std::move(config)),
      clock_(clock),
      directories_(nearest(Role::directory, directories_wanted)),
      trust_(config_.self.id),
      library_(config_.home_name, config_.media_folders,
               seal::folder_key(config_.self.signing_seed), config_.library),
      choice_(nearest(Role::super_peer, limits::super_peers_per_home_max)) {}

std::vector<NodeId> HomeMachine::nearest(Role role, std::size_t count) const {
  return choose_nodes(config_.nodes, role, config_.region, config_.self.id, count);
}

Header HomeMachine::header_to(const NodeId& node, const char* actor) const {
  Header header;
  header.from = {config_.self.id, name};
  header.to = {node, actor};
  return header;
}

Result<void> HomeMachine::recover(const storage::LogReader& log) {
  const auto visit = [this](storage::Sequence, BytesView record) -> Result<void> {
    auto event = decode<TrustEvent>(record);
    if (!event) {
      return event.error();
    }
    return trust_.apply(event.value());
  };
  if (auto replayed = log.replay(trust_stream, 0, visit); !replayed) {
    return replayed;
  }
  return library_.recover(log);
}

HomeEffects HomeMachine::start(Instant now) {
  devices_heard_ = now;
  HomeEffects effects;
  for (const auto& nodes : {directories_, choice_.chosen()}) {
    for (const auto& id : nodes) {
      effects.link.emplace_back(Dial{id});
    }
  }
  wake_within(tick_busy, now, effects);
  library_.start_scan(effects);
  return effects;
}

void HomeMachine::wake_within(Millis wait, Instant now, HomeEffects& effects) {
  if (timer_at_ && *timer_at_ <= now + wait) {
    return;
  }
  timer_at_ = now + wait;
  effects.timers.push_back({tick_timer, wait});
}

HomeEffects HomeMachine::step(const NodesListed& input, Instant now) {
  HomeEffects effects;
  config_.nodes = input.nodes;
  const auto directories =
      std::exchange(directories_, nearest(Role::directory, directories_wanted));
  move_connections(directories, directories_, effects.link);
  const auto super_peers = choice_.chosen();
  choice_.replace(nearest(Role::super_peer, limits::super_peers_per_home_max));
  move_connections(super_peers, choice_.chosen(), effects.link);
  const auto certificate = seal::peek_certificate(trust_.certificate());
  if (certificate && config_.nodes.find(certificate.value().issuer) == nullptr) {
    HEARTH_PROBE(true, "home: who signed its certificate is struck");
    certificate_due_ = now;
    ask_directory(now, effects);
  }
  wake_within(tick_busy, now, effects);
  return effects;
}

HomeEffects HomeMachine::step(const HomeExternal& input, Instant /*now*/) {
  HomeEffects effects;
  if (const auto* batch = std::get_if<ScanBatch>(&input)) {
    library_.take(*batch, clock_.now(), effects);
  } else {
    library_.take(std::get<ScanFinished>(input), effects);
  }
  return effects;
}

HomeEffects HomeMachine::step(const TimerFired& /*input*/, Instant now) {
  HomeEffects effects;
  if (timer_at_ && *timer_at_ <= now) {
    timer_at_.reset();
  }
  ask_directory(now, effects);
  drop_strangers(now, effects);
  review_super_peers(now, effects);
  for (const auto& [id, peer] : super_peers_up_) {
    attach(id, effects);
  }
  wake_within(is_settled() ? tick_calm : tick_busy, now, effects);
  return effects;
}

/// Nothing is missing that a later tick could bring.
bool HomeMachine::is_settled() const {
  return !directories_up_.empty() && !trust_.certificate().empty() && choice_.is_settled() &&
         attached_.size() == super_peers_up_.size();
}

HomeEffects HomeMachine::step(const PeerUp& input, Instant now) {
  HomeEffects effects;
  const auto& peer = input.peer;
  if (peer.role == Role::client) {
    on_client(peer, now, effects);
    return effects;
  }
  time_.observe(peer.wall, now);
  wake_within(tick_busy, now, effects);
  if (peer.role == Role::directory) {
    directories_up_.insert_or_assign(peer.node, peer);
    devices_due_ = now;
    certificate_due_ = trust_.certificate().empty() ? now : certificate_due_;
    ask_directory(now, effects);
  } else if (peer.role == Role::super_peer) {
    super_peers_up_.insert_or_assign(peer.node, peer);
    attach(peer.node, effects);
  }
  return effects;
}

HomeEffects HomeMachine::step(const PeerDown& input, Instant now) {
  HomeEffects effects;
  const auto forget = [&](std::map<NodeId, PeerInfo>& peers) {
    const auto found = peers.find(input.node);
    if (found != peers.end() && found->second.session == input.session) {
      peers.erase(found);
    }
  };
  forget(directories_up_);
  forget(super_peers_up_);
  std::erase_if(attached_, [&](const auto& entry) { return entry.second == input.session; });
  sessions_.remove(input.session);
  wake_within(tick_busy, now, effects);
  return effects;
}

HomeEffects HomeMachine::step(const Delivered& input, Instant now) {
  HomeEffects effects;
  auto result = answer({input.from, input.role, input.session}, input.envelope, now, effects);
  if (input.reply_to) {
    effects.replies.push_back({*input.reply_to, std::move(result)});
  }
  return effects;
}

Result<Envelope> HomeMachine::answer(const Asker& asker, const Envelope& request, Instant now,
                                     HomeEffects& effects) {
  const auto header = header_of(request);
  if (!header) {
    return header.error();
  }
  if (asker.role == Role::super_peer) {
    if (header.value().kind == MessageKind::offer_tunnel) {
      return on_tunnel(asker, header.value(), request, now, effects);
    }
    return on_dial(asker, header.value(), request, now, effects);
  }
  if (!sessions_.has(asker.node)) {
    return Error{ErrorCode::not_allowed, "device is not trusted by this home"};
  }
  return answer_client(asker, header.value(), request, now, effects);
}

Result<Envelope> HomeMachine::answer_client(const Asker& asker, const Header& header,
                                            const Envelope& request, Instant now,
                                            HomeEffects& effects) {
  const bool is_guest = trust_.find(asker.node) == nullptr;
  if (is_guest && !is_for_guests(header.kind)) {
    return Error{ErrorCode::not_allowed, "not for guests"};
  }
  switch (header.kind) {
    case MessageKind::renew_ticket: return new_ticket(asker, header, now);
    case MessageKind::describe_home: return describe(header, is_guest);
    case MessageKind::hand_events: return on_handed(header, request, now, effects);
    default: return library_.answer(header, request, scope_of(asker.node, now), effects);
  }
}

/// How large the library is, a guest must not see in its scan.
Result<Envelope> HomeMachine::describe(const Header& header, bool is_guest) const {
  auto described = library_.describe();
  described.account_sequence = trust_.chain().length();
  described.account_head = trust_.chain().head();
  described.scan = is_guest ? ScanProgress{} : described.scan;
  return pack(answer_header(header), described);
}

Result<Envelope> HomeMachine::on_tunnel(const Asker& asker, const Header& header,
                                        const Envelope& request, Instant now,
                                        HomeEffects& effects) {
  const auto offer = unpack<relay::OfferTunnel>(request);
  if (!offer) {
    return offer.error();
  }
  if (!may_come_in(offer.value().client, now)) {
    devices_due_ = {};  // it may have been enrolled a moment ago: ask at the next tick
    hasten_grantees();
    wake_within(tick_busy, now, effects);
    return Error{ErrorCode::not_allowed, "device is not trusted by this home"};
  }
  effects.link.emplace_back(AttachTunnel{
      asker.node, asker.session, offer.value().tunnel, offer.value().client, {}, false});
  return pack(answer_header(header), Accepted{});
}

Result<Envelope> HomeMachine::on_dial(const Asker& asker, const Header& header,
                                      const Envelope& request, Instant now, HomeEffects& effects) {
  const auto order = unpack<relay::OrderDial>(request);
  if (!order) {
    return order.error();
  }
  const auto* listed = config_.nodes.find(asker.node);
  const auto super_peer = super_peers_up_.find(asker.node);
  if (listed == nullptr || super_peer == super_peers_up_.end()) {
    return Error{ErrorCode::not_allowed, "dial order of a super-peer that is not ours"};
  }
  if (!may_come_in(order.value().client, now)) {
    return Error{ErrorCode::not_allowed, "device is not trusted by this home"};
  }
  auto opened = sessions_.open(order.value().client, order.value().sealed_request);
  if (!opened) {
    return opened.error();
  }
  auto& stream = opened.value();
  auto found = library_.find(stream.request, scope_of(order.value().client, now));
  effects.commands.emplace_back(
      ServeStream{listed->data, seal::data_key(super_peer->second.exported), order.value().pair,
                  std::move(stream.context), std::move(stream.grants), stream.request,
                  std::move(found.header), std::move(found.source), order.value().client});
  return pack(answer_header(header), Accepted{});
}

Result<Envelope> HomeMachine::new_ticket(const Asker& asker, const Header& header, Instant now) {
  const auto time = time_.at(now);
  const auto keys = keys_of(asker.node);
  if (!time || !keys || attached_.empty() || HEARTH_MUTANT("leave-tickets-to-others")) {
    return Error{ErrorCode::home_offline, "home is attached to no super-peer"};
  }
  seal::Ticket ticket;
  ticket.issuer = config_.self.id;
  ticket.client = asker.node;
  ticket.client_exchange = keys->exchange;
  ticket.home = config_.self.id;
  for (const auto& id : choice_.chosen()) {
    if (attached_.contains(id) && ticket.super_peers.size() < limits::super_peers_per_ticket_max) {
      ticket.super_peers.push_back(id);
    }
  }
  ticket.not_before = *time;
  ticket.not_after = *time + limits::ticket_life;
  ticket.serial = seal::random_u64();
  return pack(answer_header(header),
              directory::TicketIssued{seal::sign_ticket(ticket, config_.self.signing_seed)});
}

void HomeMachine::ask_directory(Instant now, HomeEffects& effects) {
  const auto up = std::find_if(directories_.begin(), directories_.end(),
                               [&](const auto& id) { return directories_up_.contains(id); });
  if (up == directories_.end()) {
    return;
  }
  const auto header = header_to(*up, "accounts");
  if (now >= certificate_due_ && !is_pending(Purpose::certificate, *up)) {
    ask(Purpose::certificate, *up, pack(header, directory::RegisterHome{}), effects);
  }
  if (now >= devices_due_ && !is_pending(Purpose::devices, *up)) {
    devices_due_ = now + devices_period;
    ask(Purpose::devices, *up, pack(header, directory::FetchChain{trust_.chain().length(), {}, {}}),
        effects);
  }
  ask_grantees(*up, now, effects);
}

void HomeMachine::attach(const NodeId& super_peer, HomeEffects& effects) {
  const auto session = super_peers_up_.at(super_peer).session;
  const auto attached = attached_.find(super_peer);
  if (trust_.certificate().empty() || is_pending(Purpose::attachment, super_peer) ||
      (attached != attached_.end() && attached->second == session)) {
    return;
  }
  ask(Purpose::attachment, super_peer,
      pack(header_to(super_peer, "relay"), relay::AttachHome{trust_.certificate()}), effects);
}

void HomeMachine::review_super_peers(Instant now, HomeEffects& effects) {
  const auto is_up = [this](const NodeId& id) { return super_peers_up_.contains(id); };
  const auto change = choice_.review(is_up, now);
  if (change.stand_in) {
    effects.link.emplace_back(Dial{*change.stand_in});
  }
  for (const auto& id : change.let_go) {
    effects.link.emplace_back(LetGo{id});
  }
}

HomeEffects HomeMachine::step(const Answered& input, Instant now) {
  HomeEffects effects;
  if (HEARTH_MUTANT("never-ask-again") && !input.answer &&
      kind_of(input.answer.error().code) == ErrorKind::transient) {
    return effects;
  }
  if (take_grantee(input, now, effects)) {
    return effects;
  }
  const auto taken = pending_.extract(input.token);
  if (!taken || !input.answer) {
    HEARTH_PROBE(taken && !input.answer, "home: a directory or super-peer does not answer");
    if (taken && (taken.mapped().purpose == Purpose::certificate ||
                  taken.mapped().purpose == Purpose::devices)) {
      ask_later(taken.mapped().purpose, now);
    }
    if (taken && input.answer.error().code == ErrorCode::certificate_invalid) {
      HEARTH_PROBE(true, "home: its certificate is worth nothing any more");
      // Whoever signed it may have been struck; or the super-peer knows the signer not yet.
      certificate_due_ = std::min(certificate_due_, now + certificate_patience);
    }
    wake_within(tick_busy, now, effects);  // the tick asks again
    return effects;
  }
  const auto& [purpose, to] = taken.mapped();
  unheard_ = purpose == Purpose::attachment ? unheard_ : 0;
  if (purpose == Purpose::attachment) {
    if (const auto peer = super_peers_up_.find(to); peer != super_peers_up_.end()) {
      attached_[to] = peer->second.session;
    }
  } else if (purpose == Purpose::devices) {
    if (const auto page = unpack<directory::ChainPage>(input.answer.value())) {
      on_page(page.value(), to, now, effects);
    }
  } else if (purpose == Purpose::handing) {
    devices_due_ = now;  // whether there is more to hand
  } else if (const auto registered = unpack<directory::HomeRegistered>(input.answer.value())) {
    certificate_due_ = now + certificate_renewal;
    trust(trust_.decide(registered.value()), effects);
    for (const auto& [id, peer] : super_peers_up_) {
      attach(id, effects);
    }
  }
  return effects;
}

/// Ten thousand homes that nobody has enrolled yet must not keep a directory busy.
void HomeMachine::ask_later(Purpose purpose, Instant now) {
  const auto pause = std::min(retry_most, retry_first * (1U << std::min(unheard_, 6U)));
  ++unheard_;
  (purpose == Purpose::certificate ? certificate_due_ : devices_due_) = now + pause;
}

std::uint64_t HomeMachine::ask(Purpose purpose, const NodeId& to, Envelope envelope,
                               HomeEffects& effects) {
  const auto token = ++token_last_;
  pending_.emplace(token, Pending{purpose, to});
  effects.asks.push_back({token, to, ask_budget, link::TrafficClass::command, std::move(envelope)});
  return token;
}

bool HomeMachine::is_pending(Purpose purpose, const NodeId& to) const {
  return std::any_of(pending_.begin(), pending_.end(), [&](const auto& entry) {
    return entry.second.purpose == purpose && entry.second.to == to;
  });
}

}  // namespace hearth::home
