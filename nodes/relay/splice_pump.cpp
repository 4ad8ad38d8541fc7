#include "nodes/relay/splice_pump.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace hearth {
namespace {

/// Steps of one turn: about 2 MiB, so that streams share the thread fairly.
constexpr int quantum = 16;
constexpr std::size_t scratch_bytes = 128U << 10U;
constexpr unsigned splice_flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK;

bool would_block() {
  return errno == EAGAIN || errno == EINTR;
}

}  // namespace

SplicePump::SplicePump(PipePool& pipes) : pipes_(pipes), scratch_(scratch_bytes) {}

PumpResult SplicePump::run(Leg& from) {
  PumpResult result;
  Step step = Step::went_on;
  for (int i = 0; i < quantum && step == Step::went_on; ++i) {
    step = next(from, result);
  }
  if (from.in_pipe == 0 && from.pipe) {
    pipes_.give_back(std::exchange(from.pipe, {}));
  }
  switch (step) {
    case Step::went_on: result.outcome = Pumped::more; break;
    case Step::blocked: result.outcome = Pumped::blocked; break;
    case Step::ended: result.outcome = Pumped::drained; break;
    case Step::from_broken: result.outcome = Pumped::from_broken; break;
    case Step::to_broken: result.outcome = Pumped::to_broken; break;
    case Step::muted: result.outcome = Pumped::muted; break;
  }
  return result;
}

SplicePump::Step SplicePump::next(Leg& from, PumpResult& result) {
  // Nothing is taken out of a socket before the other one has room for it: back-pressure stays in
  // TCP, and idle directions hold no pipe.
  if (!from.other->writable || from.muted) {
    return Step::blocked;
  }
  if (from.in_pipe > 0) {
    return empty(from, result);
  }
  if (from.finished || !from.readable) {
    return Step::blocked;
  }
  if (!from.pipe) {
    auto pipe = pipes_.take();
    if (!pipe) {
      return copy(from, result);
    }
    from.pipe = std::move(*pipe);
  }
  return fill(from);
}

SplicePump::Step SplicePump::fill(Leg& from) {
  const auto count = ::splice(from.fd.get(), nullptr, from.pipe.write_end.get(), nullptr,
                              from.pipe.bytes, splice_flags);
  if (count > 0) {
    from.in_pipe = static_cast<std::size_t>(count);
    return Step::went_on;
  }
  if (count == 0) {
    from.finished = true;
    return Step::ended;
  }
  from.readable = false;
  return would_block() ? Step::blocked : Step::from_broken;
}

SplicePump::Step SplicePump::empty(Leg& from, PumpResult& result) {
  const auto count = ::splice(from.pipe.read_end.get(), nullptr, from.other->fd.get(), nullptr,
                              from.in_pipe, splice_flags);
  if (count > 0) {
    from.in_pipe -= static_cast<std::size_t>(count);
    result.moved += static_cast<std::size_t>(count);
    return Step::went_on;
  }
  return refused(from);
}

SplicePump::Step SplicePump::refused(Leg& from) {
  from.other->writable = false;
  if (would_block()) {
    return Step::blocked;
  }
  // EPIPE: a reset after the other side's end. A reset before it is ECONNRESET.
  from.muted = errno == EPIPE;
  return from.muted ? Step::muted : Step::to_broken;
}

SplicePump::Step SplicePump::copy(Leg& from, PumpResult& result) {
  // Look, send, then discard what was taken: no byte needs a place of its own in between.
  const auto seen =
      ::recv(from.fd.get(), scratch_.data(), scratch_.size(), MSG_PEEK | MSG_DONTWAIT);
  if (seen == 0) {
    from.finished = true;
    return Step::ended;
  }
  if (seen < 0) {
    from.readable = false;
    return would_block() ? Step::blocked : Step::from_broken;
  }
  const auto sent = ::send(from.other->fd.get(), scratch_.data(), static_cast<std::size_t>(seen),
                           MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0) {
    return refused(from);
  }
  result.moved += static_cast<std::size_t>(sent);
  result.copied += static_cast<std::size_t>(sent);
  const auto gone =
      ::recv(from.fd.get(), nullptr, static_cast<std::size_t>(sent), MSG_TRUNC | MSG_DONTWAIT);
  return gone == sent ? Step::went_on : Step::from_broken;
}

void SplicePump::drop(Leg& from) {
  if (!from.pipe) {
    return;
  }
  if (std::exchange(from.in_pipe, 0) > 0) {
    pipes_.discard(std::exchange(from.pipe, {}));
  } else {
    pipes_.give_back(std::exchange(from.pipe, {}));
  }
}

}  // namespace hearth
