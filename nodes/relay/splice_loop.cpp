#include "nodes/relay/splice_loop.hpp"

#include "nodes/relay/socket_setup.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <optional>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

namespace hearth {
namespace {

constexpr int events_max = 512;
constexpr int accepts_per_turn = 64;
constexpr std::uint64_t bell_tag = ~std::uint64_t{0};
constexpr std::uint64_t listener_tag = std::uint64_t{1} << 63U;  ///< Above every connection id.

bool watch(int epoll, int fd, std::uint32_t events, std::uint64_t tag) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag;
  return ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

/// Linux reports EPIPE for a reset that came after the peer's FIN: all it sent is still here.
bool closed_after_its_end(int socket) {
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
  return error == EPIPE || error == 0;
}

/// A home may have said all before it is joined: that is for the client.
bool has_unread(int socket) {
  std::uint8_t byte = 0;
  return ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

}  // namespace

void OrderQueue::ring() const {
  const std::uint64_t one = 1;
  // EAGAIN: it rings already.
  [[maybe_unused]] const auto written = ::write(bell.get(), &one, sizeof one);
}

SpliceLoop::SpliceLoop(std::vector<UniqueFd> listeners, const SpliceEngineOptions& options,
                       SpliceEngine::Report report, OrderQueue& queue, SpliceCounters& counters)
    : listeners_(std::move(listeners)),
      machine_(options.limits),
      report_(std::move(report)),
      queue_(queue),
      counters_(counters),
      pipes_(options.pipes),
      pump_(pipes_) {}

Result<void> SpliceLoop::prepare() {
  epoll_ = UniqueFd(::epoll_create1(EPOLL_CLOEXEC));
  spare_ = UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  bool ready = epoll_ && spare_ && watch(epoll_.get(), queue_.bell.get(), EPOLLIN, bell_tag);
  for (const auto& listener : listeners_) {
    const auto tag = listener_tag | static_cast<std::uint64_t>(listener.get());
    ready = ready && watch(epoll_.get(), listener.get(), EPOLLIN, tag);
  }
  return ready ? Result<void>() : Error{ErrorCode::limit_reached, "descriptors of the relay"};
}

void SpliceLoop::run() {
  std::array<epoll_event, events_max> events{};
  for (bool going = true; going;) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), events_max, wait_ms());
    now_ = std::chrono::steady_clock::now();
    for (int i = 0; i < count; ++i) {
      const auto& event = events[static_cast<std::size_t>(i)];
      if (event.data.u64 == bell_tag) {
        going = take_orders();
      } else {
        on_event(event);
      }
    }
    read_wanted();
    run_queue();
    if (const auto due = machine_.next_tick(); due && *due <= now_) {
      apply(machine_.tick(now_));
    }
    show_counts();
  }
  apply(machine_.stop());
  show_counts();
}

int SpliceLoop::wait_ms() const {
  if (!turns_.empty() || !wanted_.empty()) {
    return 0;
  }
  const auto due = machine_.next_tick();
  if (!due) {
    return -1;
  }
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(*due - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

void SpliceLoop::show_counts() {
  const auto counts = machine_.counts();
  counters_.rejected.store(counts.rejected, std::memory_order_relaxed);
  counters_.connections.store(counts.connections, std::memory_order_relaxed);
  counters_.unproven.store(counts.unproven, std::memory_order_relaxed);
  counters_.pairs.store(counts.pairs, std::memory_order_relaxed);
}

Leg* SpliceLoop::find(relay::ConnectionId id) {
  const auto at = legs_.find(id);
  return at == legs_.end() ? nullptr : at->second.get();
}

// ---- events ----

bool SpliceLoop::take_orders() {
  std::uint64_t rings = 0;
  [[maybe_unused]] const auto read = ::read(queue_.bell.get(), &rings, sizeof rings);
  std::vector<relay::RelayCommand> orders;
  bool stop = false;
  {
    const std::lock_guard lock(queue_.mutex);
    orders.swap(queue_.orders);
    stop = queue_.stop;
  }
  for (const auto& order : orders) {
    apply(machine_.order(order, now_));
  }
  return !stop;
}

void SpliceLoop::on_event(const epoll_event& event) {
  if ((event.data.u64 & listener_tag) != 0) {
    return accept_all(static_cast<int>(event.data.u64 & ~listener_tag));
  }
  if (auto* leg = find(event.data.u64); leg != nullptr) {
    on_leg(*leg, event.events);
  }
}

void SpliceLoop::on_leg(Leg& leg, std::uint32_t events) {
  constexpr std::uint32_t over = EPOLLHUP | EPOLLERR;
  leg.readable |= (events & (EPOLLIN | EPOLLRDHUP | over)) != 0;
  leg.writable |= (events & (EPOLLOUT | over)) != 0;
  leg.hung_up |= (events & (EPOLLRDHUP | over)) != 0;
  if ((events & EPOLLERR) != 0 && !closed_after_its_end(leg.fd.get())) {
    return on_broken(leg.id);
  }
  if (leg.other == nullptr) {
    return read_preface(leg);
  }
  // Either pump may close both legs; the machine answers for ids, not for references.
  const auto other = leg.other->id;
  pump(leg);
  if (auto* to_here = find(other); to_here != nullptr && to_here->other != nullptr) {
    pump(*to_here);
  }
}

void SpliceLoop::accept_all(int listener) {
  for (int i = 0; i < accepts_per_turn; ++i) {
    UniqueFd socket(::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket) {
      return errno == EMFILE || errno == ENFILE ? shed(listener) : void();
    }
    counters_.accepted.fetch_add(1, std::memory_order_relaxed);
    const auto id = ++last_id_;
    if (!watch(epoll_.get(), socket.get(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, id)) {
      continue;
    }
    auto leg = std::make_unique<Leg>();
    leg->id = id;
    leg->fd = std::move(socket);
    legs_.emplace(id, std::move(leg));
    apply(machine_.accepted(id, now_));
  }
}

void SpliceLoop::shed(int listener) {
  // Otherwise the waiting connection would wake us again and again.
  spare_.reset();
  UniqueFd(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC)).reset();
  spare_ = UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

// ---- effects ----

void SpliceLoop::apply(relay::EngineEffects effects) {
  for (;;) {
    for (auto& effect : effects) {
      std::visit([this](auto& what) { perform(what); }, effect);
    }
    if (broken_.empty()) {
      return;
    }
    const auto id = broken_.back();
    broken_.pop_back();
    close_leg(id, true);
    effects = machine_.broken(id, now_);
  }
}

void SpliceLoop::perform(const relay::ReadUpTo& effect) {
  if (auto* leg = find(effect.connection); leg != nullptr) {
    leg->wanted = effect.bytes;
    wanted_.push_back(leg->id);
  }
}

void SpliceLoop::perform(const relay::SendBytes& effect) {
  auto* leg = find(effect.connection);
  if (leg == nullptr) {
    return;
  }
  const auto& bytes = effect.bytes;
  const auto sent = ::send(leg->fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent != static_cast<ssize_t>(bytes.size())) {
    broken_.push_back(leg->id);
  }
}

void SpliceLoop::perform(const relay::Join& effect) {
  auto* client = find(effect.client);
  auto* home = find(effect.home);
  if (client == nullptr || home == nullptr) {
    return;  // The machine is about to hear that one is broken.
  }
  client->other = home;
  home->other = client;
  home->is_home = true;
  enqueue(*client);  // Edges that came before count.
  enqueue(*home);
}

void SpliceLoop::perform(const relay::ShutDown& effect) {
  if (auto* leg = find(effect.connection); leg != nullptr) {
    ::shutdown(leg->fd.get(), SHUT_WR);
  }
}

void SpliceLoop::perform(const relay::Close& effect) {
  close_leg(effect.connection, effect.abort);
}

void SpliceLoop::perform(relay::RelayExternal& effect) {
  report_(std::move(effect));
}

void SpliceLoop::close_leg(relay::ConnectionId id, bool abort) {
  const auto at = legs_.find(id);
  if (at == legs_.end()) {
    return;
  }
  auto& leg = *at->second;
  pump_.drop(leg);
  if (leg.other != nullptr) {
    leg.other->other = nullptr;
  }
  if (abort) {
    reset_on_close(leg.fd.get());
  }
  legs_.erase(at);
}

// ---- bytes ----

void SpliceLoop::read_wanted() {
  // A preface is a few steps; each may order the next.
  while (!wanted_.empty()) {
    const auto id = wanted_.back();
    wanted_.pop_back();
    if (auto* leg = find(id); leg != nullptr && leg->other == nullptr) {
      read_preface(*leg);
    }
  }
}

void SpliceLoop::read_preface(Leg& leg) {
  if (leg.wanted == 0) {
    if (leg.hung_up && !has_unread(leg.fd.get())) {  // It waits for the other side, and is gone.
      on_broken(leg.id);
    }
    return;
  }
  if (!leg.readable) {
    return;
  }
  std::array<std::uint8_t, link::data_frame_bytes_max> buffer{};
  const auto size = std::min(leg.wanted, buffer.size());
  const auto count = ::recv(leg.fd.get(), buffer.data(), size, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
    leg.readable = false;
    return;
  }
  if (count <= 0) {
    return on_broken(leg.id);
  }
  leg.wanted = 0;
  const auto got = BytesView(buffer).first(static_cast<std::size_t>(count));
  const auto id = leg.id;
  apply(machine_.bytes(id, got, now_));
  if (auto* same = find(id); same != nullptr && same->wanted == 0 && same->other == nullptr) {
    read_preface(*same);
  }
}

void SpliceLoop::enqueue(Leg& leg) {
  if (!leg.queued) {
    leg.queued = true;
    turns_.push_back(leg.id);
  }
}

void SpliceLoop::run_queue() {
  const auto turns = std::exchange(turns_, {});
  for (const auto id : turns) {
    if (auto* leg = find(id); leg != nullptr && leg->other != nullptr) {
      leg->queued = false;
      pump(*leg);
    }
  }
}

void SpliceLoop::pump(Leg& from) {
  if (from.queued) {
    return;  // Its turn comes.
  }
  const auto id = from.id;
  const auto to = from.other->id;
  const auto result = pump_.run(from);
  if (result.moved > 0) {
    machine_.moved(id, result.moved);
    auto& counter = from.is_home ? counters_.bytes_to_clients : counters_.bytes_to_homes;
    counter.fetch_add(result.moved, std::memory_order_relaxed);
    if (result.copied > 0) {
      counters_.bytes_copied.fetch_add(result.copied, std::memory_order_relaxed);
    }
  }
  switch (result.outcome) {
    case Pumped::blocked: return;
    case Pumped::more: return enqueue(from);
    case Pumped::drained: return on_drained(from);
    case Pumped::from_broken: return on_broken(id);
    case Pumped::to_broken: return on_broken(to);
    case Pumped::muted: return from.other->finished ? on_broken(to) : void();
  }
}

void SpliceLoop::on_broken(relay::ConnectionId id) {
  broken_.push_back(id);
  apply({});
}

void SpliceLoop::on_drained(Leg& leg) {
  const auto id = leg.id;
  const bool nobody_listens = leg.other->muted;
  apply(machine_.drained(id, now_));
  if (nobody_listens) {  // The other direction will never finish.
    on_broken(id);
  }
}

}  // namespace hearth
