#include "nodes/relay/pipe_pool.hpp"

#include <array>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace hearth {
namespace {

/// Asking in vain costs as much as copying a few KiB.
constexpr int takes_between_refusals = 256;

std::optional<Pipe> make(std::size_t bytes) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) != 0) {
    return std::nullopt;
  }
  Pipe pipe{UniqueFd(ends[0]), UniqueFd(ends[1]), bytes};
  // EPERM: past the user's share. A tiny pipe would cost more system calls than copying.
  if (::fcntl(ends[0], F_SETPIPE_SZ, static_cast<int>(bytes)) < 0) {
    return std::nullopt;
  }
  return pipe;
}

}  // namespace

PipePool::PipePool(const PipeBounds& bounds)
    : big_{bounds.big_bytes, bounds.big_max}, small_{bounds.small_bytes, bounds.small_max} {}

std::optional<Pipe> PipePool::take() {
  patience_ -= patience_ > 0 ? 1 : 0;
  auto pipe = take(big_);
  return pipe ? std::move(pipe) : take(small_);
}

std::optional<Pipe> PipePool::take(Kind& kind) {
  if (!kind.free.empty()) {
    auto pipe = std::move(kind.free.back());
    kind.free.pop_back();
    return pipe;
  }
  if (kind.made >= kind.max || patience_ > 0) {
    return std::nullopt;
  }
  auto pipe = make(kind.bytes);
  if (pipe) {
    ++kind.made;
  } else if (&kind == &big_) {
    big_.max = big_.made;  // Small ones may still be had, and serve.
  } else {
    patience_ = takes_between_refusals;
  }
  return pipe;
}

PipePool::Kind& PipePool::kind_of(const Pipe& pipe) {
  return pipe.bytes == big_.bytes ? big_ : small_;
}

void PipePool::give_back(Pipe pipe) {
  kind_of(pipe).free.push_back(std::move(pipe));
}

void PipePool::discard(Pipe pipe) {
  --kind_of(pipe).made;
}

}  // namespace hearth
