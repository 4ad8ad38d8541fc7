#pragma once
// The fault atlas: what Hearth promises to survive today, and so how bad a drill may be before
// "it did not hold" is no news.
//
// Accounts are replicated by all directories; what a home or super-peer remembers is on its own
// disk alone. They survive crashes and power loss, not the loss of that disk; a directory that lost
// its disk never comes back, and another one takes its place. Playing goes on without any
// directory, but not without any super-peer. Every rule here names the promise it comes from.

#include "sim/drill/plan.hpp"

#include <string>
#include <vector>

namespace hearth::drill {

/// Why a plan is more than is promised.
struct Excess {
  std::size_t fault = 0;  ///< Index in the method.
  std::string why;
};

/// Empty: within. In the order of the method, at most one a fault. Where a fault draws its nodes,
/// the worst draw counts.
[[nodiscard]] std::vector<Excess> excesses(const Topology& topology, const FaultPlan& method,
                                           const FaultPlan& rollback);

struct DrawOptions {
  double intensity = 1;    ///< From 0, one fault, upwards; 1: up to eight.
  Millis horizon{60'000};  ///< All faults end by then: the plan's last is `all.heal`.
};

/// A random plan within the atlas. The same draws give the same plan.
[[nodiscard]] FaultPlan draw_faults(const Chance& chance, const Topology& topology,
                                    const DrawOptions& options);

}  // namespace hearth::drill
