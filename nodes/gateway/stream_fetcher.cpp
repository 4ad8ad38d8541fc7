#include "nodes/gateway/stream_fetcher.hpp"

#include <algorithm>
#include <utility>

namespace hearth::gateway {

namespace {

constexpr Millis plan_budget{5000};
/// A consumer that has so much untaken is in no hurry: resuming waits for it. Below the least
/// that a stream at the end of its credit leaves.
constexpr auto full_bytes = client::credit_min / 2;

}  // namespace

StreamFetcher::StreamFetcher(http::EventLoop& loop, Resolver& resolver, LibraryClient& library,
                             Fetch fetch, StreamConsumer& consumer)
    : loop_(loop),
      resolver_(resolver),
      library_(library),
      fetch_(fetch),
      consumer_(&consumer),
      policy_(http::EventLoop::now()) {}

void StreamFetcher::start() {
  plan();
}

void StreamFetcher::cancel() {
  consumer_ = nullptr;
  connection_.reset();
  retry_.reset();
}

void StreamFetcher::plan() {
  home::StreamRequest request;
  request.item = fetch_.item;
  request.part = fetch_.part;
  request.version = fetch_.version;
  request.offset = fetch_.offset;
  request.end = fetch_.end;
  request.credit = client::credit_min;
  library_.ask(
      client::PlanStream{fetch_.home, request, policy_.attempt()},
      [weak = weak_from_this()](Result<client::Answer> answer) {
        if (const auto self = weak.lock(); self && self->consumer_ != nullptr) {
          self->on_plan(std::move(answer));
        }
      },
      plan_budget);
}

void StreamFetcher::on_plan(Result<client::Answer> answer) {
  if (!answer) {
    on_broken({answer.error(), client::worth_retrying(answer.error().code)});
    return;
  }
  auto* plan = std::get_if<client::StreamPlan>(&answer.value());
  if (plan == nullptr) {
    fail({ErrorCode::message_malformed, "the client session answered something else"});
    return;
  }
  connection_ = connect_stream(loop_, resolver_, std::move(*plan),
                               [weak = weak_from_this()](client::ReceiverEffects effects) {
                                 if (const auto self = weak.lock()) {
                                   self->on_effects(std::move(effects));
                                 }
                               });
}

void StreamFetcher::on_effects(client::ReceiverEffects effects) {
  if (effects.header && consumer_ != nullptr) {
    on_header(*effects.header);
  }
  for (auto& bytes : effects.media) {
    if (consumer_ == nullptr) {
      return;
    }
    policy_.progressed(http::EventLoop::now());
    fetch_.offset += bytes.size();
    new_untaken_ += bytes.size();
    consumer_->on_media(std::move(bytes));
  }
  if (consumer_ == nullptr) {
    return;
  }
  if (effects.finished) {
    connection_.reset();
    std::exchange(consumer_, nullptr)->on_end();
  } else if (effects.broken) {
    on_broken(*effects.broken);
  }
}

void StreamFetcher::on_header(const home::StreamHeader& header) {
  fetch_.version = header.version;
  if (!std::exchange(header_told_, true)) {
    // A resume asks for the same bytes even if a cover has grown meanwhile.
    fetch_.end = fetch_.end == 0 ? header.size : fetch_.end;
    consumer_->on_header(header);
  }
}

void StreamFetcher::on_broken(const client::StreamBroken& broken) {
  connection_.reset();
  old_untaken_ += std::exchange(new_untaken_, 0);
  resting_ = broken.resumable && old_untaken_ >= full_bytes;
  if (resting_) {
    return;
  }
  const auto delay = policy_.after_break(broken, http::EventLoop::now());
  if (!delay) {
    fail(broken.error);
    return;
  }
  retry_ = loop_.after(*delay, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) {
      self->plan();
    }
  });
}

void StreamFetcher::taken(std::uint64_t bytes) {
  const auto old = std::min(bytes, old_untaken_);
  old_untaken_ -= old;
  new_untaken_ -= std::min(bytes - old, new_untaken_);
  if (connection_ && bytes > old) {
    connection_->taken(bytes - old);
  }
  if (resting_ && old_untaken_ < full_bytes) {
    resting_ = false;
    policy_.progressed(http::EventLoop::now());
    plan();
  }
}

void StreamFetcher::fail(const Error& error) {
  connection_.reset();
  if (auto* consumer = std::exchange(consumer_, nullptr)) {
    consumer->on_failed(error);
  }
}

}  // namespace hearth::gateway
