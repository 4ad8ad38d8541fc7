#pragma once
// The search behind linearizability.hpp, which knows neither operations nor states: both are
// numbers here.
//
// An order is built operation by operation: next may come any whose call is before the first return
// of those still missing. Where none fits, the last is taken back. Configurations, which are the
// set of operations in the order so far with the state they lead to, are remembered, and none is
// visited twice: without that the search takes exponential time on histories people really have.
// A read that fits is never taken back for its own sake: whatever fits without it fits after it.
// Sources: Wing and Gong 1993; Lowe, "Testing for linearizability", 2017.

#include "messages/base/types.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace hearth::sim {

/// When an operation was under way. Without return nobody knows whether it took effect.
struct Interval {
  Instant called;
  std::optional<Instant> returned;
  bool is_read = false;  ///< It changes no state, whichever it meets.
};

enum class Verdict : std::uint8_t {
  linearizable,
  not_linearizable,
  undecided  ///< The search was given up.
};

class LinearizationSearch final {
 public:
  using State = std::uint32_t;
  /// The state after the operation of that index, where it can have come then.
  using Step = std::function<std::optional<State>(State, std::size_t operation)>;

  struct Placed {
    std::size_t operation;
    State after;
  };
  struct Outcome {
    Verdict verdict = Verdict::linearizable;
    std::vector<Placed> order;         ///< All of them, or the longest that was found.
    std::uint64_t configurations = 0;  ///< That were visited.
  };

  /// `intervals` and `step` outlive this. What returns in the moment of a call counts as
  /// concurrent with it.
  LinearizationSearch(const std::vector<Interval>& intervals, const Step& step)
      : intervals_(intervals), step_(step) {}

  /// Of the history as it was known at `end`: what was called later is not in it, what returned
  /// later had not returned. Begins in state 0, and gives up after so many configurations.
  [[nodiscard]] Outcome run(Instant end, std::uint64_t configurations_max) const;
  [[nodiscard]] Outcome run(std::uint64_t configurations_max) const {
    return run(Instant::max(), configurations_max);
  }

 private:
  const std::vector<Interval>& intervals_;
  const Step& step_;
};

}  // namespace hearth::sim
