#pragma once
// The atlas's rules about one fault alone.

#include "sim/drill/plan.hpp"

#include <optional>
#include <string>

namespace hearth::drill {

/// Why `fault` exceeds what is promised whatever else happens; empty if it does not.
[[nodiscard]] std::string excess_of(const Fault& fault, const Topology& topology);

/// The nodes that do no work while it lasts.
[[nodiscard]] std::optional<NodeChoice> taken_by(const FaultAction& action);

/// The links that carry nothing while it lasts.
[[nodiscard]] std::optional<LinkChoice> cut_by(const FaultAction& action);

/// The nodes whose logs cannot be read from then on.
[[nodiscard]] std::optional<NodeChoice> damaged_by(const FaultAction& action);

/// Whether `remedy` ends `action`.
[[nodiscard]] bool ends(const FaultAction& remedy, const FaultAction& action);

/// When the first remedy from `begin` on ends `action`.
[[nodiscard]] std::optional<Millis> remedied_at(const FaultPlan& method, const FaultAction& action,
                                                Millis begin);

}  // namespace hearth::drill
