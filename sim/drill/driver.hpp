#pragma once
// Who makes faults happen. One plan, two drivers: the simulator (sim/run) and a live cluster
// (nodes/drill).

#include "messages/base/result.hpp"
#include "sim/drill/plan.hpp"

namespace hearth::drill {

/// Told of moments by whoever runs a drill; knows no time itself.
///
/// Choices of `count` or `percent` are drawn in `begin` and kept until `end`, so that the nodes
/// that were struck are those that heal.
class FaultDriver {
 public:
  FaultDriver() = default;
  FaultDriver(const FaultDriver&) = delete;
  FaultDriver& operator=(const FaultDriver&) = delete;
  virtual ~FaultDriver() = default;

  /// False: the report lists the fault as simulated only, and a live run leaves it out.
  [[nodiscard]] virtual bool supports(const FaultAction& action) const = 0;

  /// `moment.fault` is the fault's place in its plan: its name towards `end`.
  /// Errors: `not_found` where the choice means no node.
  virtual Result<void> begin(const Fault& fault, const Moment& moment) = 0;
  virtual void end(const Fault& fault, const Moment& moment) = 0;

  /// Everything that can heal does, whatever began it.
  virtual void heal_all() = 0;
};

/// What a live cluster can be made to suffer: what signals, an emptied data folder and an emulated
/// network between the processes can do on one host.
[[nodiscard]] bool has_live_form(const FaultAction& action);

}  // namespace hearth::drill
