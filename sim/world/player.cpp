#include "sim/world/player.hpp"

#include <algorithm>
#include <utility>

namespace hearth::sim {

namespace {

using namespace std::chrono_literals;

constexpr Millis play_step{250};

Millis since(Instant begin, Instant now) {
  return std::chrono::duration_cast<Millis>(now - begin);
}

}  // namespace

template <class Action>
void Player::later(std::chrono::nanoseconds delay, Action action) {
  ports_.timers->after(delay, [this, alive = std::weak_ptr(alive_), action = std::move(action)] {
    if (!alive.expired() && !over_) {
      action();
    }
  });
}

Player::Player(PlayerPorts ports, PlaybackStart start, double rate, std::function<void()> ended)
    : ports_(std::move(ports)),
      start_(start),
      rate_(rate),
      ended_(std::move(ended)),
      policy_(ports_.timers->now()),
      offset_(start.offset),
      asked_at_(ports_.timers->now()),
      heard_at_(asked_at_) {
  ports_.observer->playback_asked(start_);
  plan();
  later(play_step, [this] { play(); });
}

Player::~Player() = default;

void Player::plan() {
  home::StreamRequest request;
  request.item = start_.item;
  request.version = header_ ? header_->version : ItemVersion{};
  request.offset = offset_;
  request.end = end_offset_;
  request.credit = client::credit_min;
  ports_.plan(client::PlanStream{start_.home, request, policy_.attempt()},
              [this, alive = std::weak_ptr(alive_),
               number = ++attempt_number_](Result<client::Answer> answer) {
                if (!alive.expired() && !over_ && number == attempt_number_) {
                  on_plan(std::move(answer));
                }
              });
}

void Player::on_plan(Result<client::Answer> answer) {
  if (!answer) {
    on_broken({answer.error(), client::worth_retrying(answer.error().code)});
    return;
  }
  auto& plan = std::get<client::StreamPlan>(answer.value());
  const auto to = plan.data.front();
  link::DataInitiator preface{plan.data_key,
                              relay::OpenStream{plan.home, plan.ticket, plan.sealed_request}};
  machine_.emplace(std::move(plan), std::move(preface));
  SocketHandlers handlers;
  const auto number = attempt_number_;
  handlers.connected = [this] { step(client::DataConnected{}); };
  handlers.bytes = [this](const Bytes& bytes) { step(client::DataArrived{bytes}); };
  handlers.finished = [this] { step(client::DataClosed{}); };
  handlers.closed = [this] { step(client::DataClosed{}); };
  socket_ = std::make_unique<SimSocket>(*ports_.network, *ports_.timers, ports_.host, to,
                                        std::move(handlers));
  later(3s, [this, number] {
    if (number == attempt_number_ && machine_ && socket_ && !header_) {
      step(client::DataClosed{});  // Connecting takes too long.
    }
  });
  later(client::receiver_tick, [this] { tick(); });
}

void Player::tick() {
  if (machine_) {
    step(client::ReceiverTick{});
  }
  if (machine_) {
    later(client::receiver_tick, [this, number = attempt_number_] {
      if (number == attempt_number_) {
        tick();
      }
    });
  }
}

void Player::step(const client::ReceiverInput& input) {
  if (!over_ && machine_) {
    on_effects(machine_->step(input, ports_.timers->now()));
  }
}

void Player::on_effects(client::ReceiverEffects effects) {
  if (!effects.send.empty()) {
    socket_->send(std::move(effects.send));
  }
  if (effects.header && !header_) {
    header_ = effects.header;
    end_offset_ = header_->size;
    ports_.observer->playback_began(start_.playback, since(asked_at_, ports_.timers->now()));
  }
  for (auto& bytes : effects.media) {
    on_media(std::move(bytes));
  }
  if (effects.finished) {
    ports_.observer->playback_ended(start_.playback);
    end();
  } else if (effects.broken) {
    on_broken(*effects.broken);
  }
}

void Player::on_media(Bytes bytes) {
  const auto now = ports_.timers->now();
  if (std::exchange(broken_, false)) {
    ports_.observer->playback_resumed(start_.playback, since(heard_at_, now));
  }
  heard_at_ = now;
  policy_.progressed(now);
  ports_.observer->bytes_played(start_.playback, header_->version, offset_, bytes);
  offset_ += bytes.size();
  untaken_ += bytes.size();
}

void Player::on_broken(const client::StreamBroken& broken) {
  machine_.reset();
  socket_.reset();
  old_untaken_ += std::exchange(untaken_, 0);
  broken_ = header_.has_value();
  ports_.observer->playback_broke(start_.playback, broken.error);
  const auto delay = policy_.after_break(broken, ports_.timers->now());
  if (!delay) {
    ports_.observer->playback_failed(start_.playback, broken.error);
    end();
    return;
  }
  later(*delay, [this] { plan(); });
}

/// Takes what a film of this bit rate takes.
void Player::play() {
  const auto want =
      static_cast<std::uint64_t>(rate_ * 0.001 * static_cast<double>(play_step.count()));
  const auto old = std::min(want, old_untaken_);
  const auto fresh = std::min(want - old, untaken_);
  old_untaken_ -= old;
  untaken_ -= fresh;
  if (header_) {
    ports_.observer->player_went_on(start_.playback, old + fresh < want && offset_ < end_offset_);
  }
  if (fresh > 0) {
    step(client::MediaTaken{fresh});
  }
  later(play_step, [this] { play(); });
}

void Player::end() {
  if (!std::exchange(over_, true)) {
    ended_();
  }
}

}  // namespace hearth::sim
