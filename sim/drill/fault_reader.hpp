#pragma once
// The faults of a drill file.

#include "sim/drill/plan.hpp"
#include "sim/drill/table_reader.hpp"

#include <optional>

namespace hearth::drill {

/// Reads a table of `[[method]]`, or of `[[rollback]]`, whose faults have no time. Nothing where
/// its kind is not known.
[[nodiscard]] std::optional<Fault> read_fault(TableReader& reader, const Topology& topology,
                                              bool timed);

}  // namespace hearth::drill
