#include "sim/world/served_stream.hpp"

#include <utility>

namespace hearth::sim {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::nanoseconds dial_timeout = 5s;
constexpr std::chrono::nanoseconds linger_max = 10s;
constexpr std::size_t kernel_takes = std::size_t{128} << 10U;  ///< TCP_NOTSENT_LOWAT of a home.

}  // namespace

ServedStream::ServedStream(Network& network, Timers& timers, HostId host, const Media& media,
                           home::ServeStream order, std::function<void()> ended)
    : network_(network),
      timers_(timers),
      media_(media),
      order_(std::move(order)),
      ended_(std::move(ended)) {
  SocketHandlers handlers;
  handlers.connected = [this] { connected(); };
  handlers.bytes = [this](const Bytes& bytes) { arrived(bytes); };
  handlers.finished = [this] { end(); };
  handlers.closed = [this] { end(); };
  handlers.room = [this](std::size_t under_way) { writable_when(under_way); };
  socket_ = std::make_unique<SimSocket>(network_, timers_, host, order_.data.front(),
                                        std::move(handlers));
  timers_.after(dial_timeout, [this, alive = std::weak_ptr(alive_)] {
    if (!alive.expired() && !machine_) {
      end();
    }
  });
}

ServedStream::~ServedStream() = default;

void ServedStream::end() {
  if (!std::exchange(over_, true)) {
    socket_->close(!closing_);
    ended_();
  }
}

void ServedStream::connected() {
  preface_.emplace(order_.data_key, relay::AcceptStream{order_.pair});
  socket_->send(preface_->first_flight());
}

void ServedStream::arrived(BytesView bytes) {
  while (!over_ && !machine_ && preface_ && !bytes.empty()) {
    const auto part = bytes.first(std::min(bytes.size(), preface_->wants()));
    auto answer = preface_->feed(part);
    if (!answer) {
      return end();
    }
    socket_->send(std::move(answer.value()));
    bytes = bytes.subspan(part.size());
    if (preface_->done()) {
      begin();
    }
  }
  if (!over_ && machine_ && !bytes.empty() && !closing_) {
    perform(machine_->step(home::StreamBytes{bytes}, timers_.now()));
  }
}

void ServedStream::begin() {
  if (order_.header.error == 0 && !is_unchanged()) {
    order_.header.error = static_cast<std::uint16_t>(media_.find(order_.source.path) == nullptr
                                                         ? ErrorCode::item_gone
                                                         : ErrorCode::item_changed);
  }
  machine_.emplace(
      home::StreamPlan{order_.context, std::move(order_.grants), order_.request, order_.header});
  perform(machine_->step(home::StreamConnected{}, timers_.now()));
  tick();
}

bool ServedStream::is_unchanged() const {
  const auto* file = media_.find(order_.source.path);
  return file != nullptr && file->inode == order_.source.inode &&
         file->size == order_.source.size && file->mtime_ns == order_.source.mtime_ns;
}

void ServedStream::perform(home::StreamEffects effects) {
  if (over_) {
    return;
  }
  const bool sends = !effects.send.empty();
  if (sends) {
    writing_ = true;
    socket_->send(std::move(effects.send));
  }
  if (effects.close) {
    closing_ = effects.close->code == ErrorCode::none;
    if (!closing_) {
      return end();
    }
    socket_->shut_down();
    timers_.after(linger_max, [this, alive = std::weak_ptr(alive_)] {
      if (!alive.expired()) {
        end();
      }
    });
    return;
  }
  if (effects.read) {
    if (!is_unchanged()) {
      return end();
    }
    Bytes chunk(effects.read->bytes);
    fill_media(order_.source.inode, effects.read->offset, chunk);
    perform(machine_->step(home::ChunkRead{chunk}, timers_.now()));
    return;
  }
  if (sends) {
    timers_.after(1us, [this, alive = std::weak_ptr(alive_)] {
      if (!alive.expired()) {
        writable_when(socket_->under_way());
      }
    });
  }
}

/// The kernel takes so much more; a socket that is fuller tells when it has room.
void ServedStream::writable_when(std::size_t under_way) {
  if (!over_ && !closing_ && machine_ && writing_ && under_way < kernel_takes) {
    writing_ = false;
    perform(machine_->step(home::StreamWritable{}, timers_.now()));
  }
}

void ServedStream::tick() {
  timers_.after(home::stream_tick, [this, alive = std::weak_ptr(alive_)] {
    if (!alive.expired() && !over_ && !closing_) {
      perform(machine_->step(home::StreamTick{}, timers_.now()));
      if (!over_ && !closing_) {
        writable_when(socket_->under_way());
        tick();
      }
    }
  });
}

}  // namespace hearth::sim
