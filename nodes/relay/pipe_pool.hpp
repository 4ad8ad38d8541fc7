#pragma once
// Pipes for splice(2). A direction of a stream holds one only while bytes of it are inside, so
// that few serve many. Big ones first: they cost a fifth less CPU per byte than small ones (whose
// slots fill up). But an unprivileged process gets only 64 MiB of pipe pages from a stock kernel
// (fs.pipe-user-pages-soft), and slow readers keep theirs: so few are big. One thread.

#include "nodes/support/unique_fd.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace hearth {

/// Sizes are powers of two; counts are of pipes that exist at a time.
struct PipeBounds {
  std::size_t big_bytes = std::size_t{1} << 20U;
  std::size_t big_max = 24;
  std::size_t small_bytes = 256U << 10U;
  std::size_t small_max = 1000;
};

struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
  std::size_t bytes = 0;  ///< That it was made for.

  explicit operator bool() const { return static_cast<bool>(read_end); }
};

class PipePool {
 public:
  explicit PipePool(const PipeBounds& bounds);

  /// An empty pipe, both ends non-blocking. Nothing when the pool is dry: by its bounds, or
  /// because the kernel gives no more; then the caller copies.
  [[nodiscard]] std::optional<Pipe> take();
  /// Precondition: `pipe` came from `take` and is empty.
  void give_back(Pipe pipe);
  /// Closes a pipe that still holds bytes.
  void discard(Pipe pipe);

 private:
  /// Pipes of one size.
  struct Kind {
    std::size_t bytes = 0;
    std::size_t max = 0;
    std::size_t made = 0;
    std::vector<Pipe> free = {};
  };

  std::optional<Pipe> take(Kind& kind);
  [[nodiscard]] Kind& kind_of(const Pipe& pipe);

  Kind big_;
  Kind small_;
  int patience_ = 0;  ///< Takes until the kernel is asked again, after it refused.
};

}  // namespace hearth
