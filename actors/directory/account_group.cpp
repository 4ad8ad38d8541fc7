#include "actors/directory/account_group.hpp"

#include "actors/runtime/answer_header.hpp"
#include "messages/base/probe.hpp"

#include <utility>

namespace hearth::directory {

namespace {

constexpr std::uint32_t expiry_timer = 1;
constexpr Millis expiry_period{1000};

/// Of what the map's group has for all: no account's bucket matters.
bool is_about_an_offer(MessageKind kind, ForwardStep step) {
  const bool pairs = kind == MessageKind::offer_pairing || kind == MessageKind::show_pairing;
  return (pairs && step == ForwardStep::whole) ||
         (kind == MessageKind::append_event &&
          (step == ForwardStep::offer || step == ForwardStep::close));
}

}  // namespace

AccountGroup::AccountGroup(Config config, const WallClock& clock)
    : config_(std::move(config)), clock_(clock), cache_(stream, config_.accounts_held) {}

Result<void> AccountGroup::recover(const storage::LogReader& log) {
  log_ = &log;
  cache_.reset(log);
  return {};
}

// ---- leadership ----

Effects<std::monostate> AccountGroup::step(const LeadershipChanged& input, Instant now) {
  Effects<Command> effects;
  decides_ = input.decides;
  asked_.clear();
  told_.clear();
  cache_.reset(*log_);
  if (!decides_) {
    return effects;
  }
  const auto last = log_->last_sequence(stream);
  auto read = last ? claims_.reset(*log_, now) : last.error();
  read = read ? shares_.reset(*log_) : read;
  if (read && config_.group == map_group) {
    read = pairings_.reset(*log_);
    const auto map = log_->row(map_stream, map_key);
    if (map && !map.value()) {
      const auto first = encode(*config_.map->get());
      effects.appends.push_back({map_stream, 0, {first}, {{map_key, first}}, {}, 0});
    }
    read = map ? read : map.error();
  }
  if (!read) {
    effects.stop = read.error();
    return effects;
  }
  sequence_ = last.value();
  look_after(effects);
  return effects;
}

Effects<std::monostate> AccountGroup::step(const TimerFired& /*input*/, Instant now) {
  Effects<Command> effects;
  is_timed_ = false;
  cache_.forget_durable();
  if (decides_) {
    claims_.forget_durable();
    shares_.forget_durable();
    pairings_.expire(clock_.now(), now, effects.appends);
    ask_holders(now, effects);
    tell_news(effects);
  }
  look_after(effects);
  return effects;
}

void AccountGroup::look_after(Effects<Command>& effects) {
  const bool is_busy =
      cache_.index_rows() > 0 || cache_.accounts() > config_.accounts_held ||
      (decides_ && (!claims_.is_idle() || !shares_.is_idle() || !pairings_.is_idle()));
  if (is_busy && !std::exchange(is_timed_, true)) {
    effects.timers.push_back({expiry_timer, expiry_period});
  }
}

// ---- requests ----

Effects<std::monostate> AccountGroup::step(const Delivered& input, Instant now) {
  Effects<Command> effects;
  auto result = answer(input, now, effects.appends);
  if (!result && kind_of(result.error().code) == ErrorKind::fatal) {
    effects.stop = result.error();
    // What ails this node is no answer to the command: nothing was done, another may do it.
    result = Error{ErrorCode::stopping, "this directory cannot go on: ask again"};
  }
  // Who does not decide has nothing to wait for.
  effects.exact = decides_;
  if (input.reply_to) {
    effects.replies.push_back({*input.reply_to, std::move(result)});
  }
  look_after(effects);
  return effects;
}

Result<AccountGroup::Request> AccountGroup::unwrap(const Delivered& input) const {
  auto order = unpack<Forwarded>(input.envelope);
  if (!order) {
    return order.error();
  }
  auto inner = Envelope::from_bytes(order.value().envelope);
  if (!inner) {
    return inner.error();
  }
  const auto head = header_of(inner.value());
  if (!head) {
    return head.error();
  }
  const auto origin = order.value().origin;
  const auto role = order.value().role;
  const bool is_own = role == Role::directory && origin == input.from;
  if (input.role != Role::directory || head.value().from.node != origin ||
      head.value().kind == MessageKind::forwarded || (role == Role::directory && !is_own)) {
    return Error{ErrorCode::not_allowed, "forwarded in another's name"};
  }
  Asker asker{origin, role, std::move(order.value().source)};
  return Request{std::move(asker), std::move(order.value()), std::move(inner.value()),
                 head.value()};
}

Result<Envelope> AccountGroup::answer(const Delivered& input, Instant now, Appends& appends) {
  auto request = unwrap(input);
  if (!request) {
    return request.error();
  }
  if (!decides_) {
    return Error{ErrorCode::not_leader, "another directory leads: ask again"};
  }
  const auto& [asker, order, envelope, header] = request.value();
  const auto map = config_.map->get();
  const bool is_ours = is_about_an_offer(header.kind, order.step)
                           ? config_.group == map_group
                           : map->group_of(order.bucket) == config_.group;
  if (!is_ours) {
    HEARTH_PROBE(true, "directory: a request is for another group");
    return order.map < map->version
               ? Result<Envelope>(pack(answer_header(header), WrongGroup{*map}))
               : Error{ErrorCode::not_leader, "this directory has an old map: ask again"};
  }
  return asker.role == Role::directory ? decide_claim(request.value(), now, appends)
                                       : decide(request.value(), now, appends);
}

}  // namespace hearth::directory
