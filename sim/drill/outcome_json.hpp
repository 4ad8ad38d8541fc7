#pragma once
// One run as JSON, there and back: for the report, and between the processes that play runs.

#include "sim/drill/json_reader.hpp"
#include "sim/drill/outcome.hpp"

namespace hearth::drill {

/// Samples, and the marked places that the run met, are most of a run: reports of a thousand runs
/// leave them out.
enum class Samples : std::uint8_t { with, without };

[[nodiscard]] Json json_of(std::optional<double> number);
[[nodiscard]] Json json_of(std::optional<Millis> duration);
[[nodiscard]] Json json_of(const std::vector<ProbeSeries>& probes, Samples samples);
[[nodiscard]] Json json_of(const RunOutcome& run, Samples samples);

[[nodiscard]] std::vector<ProbeSeries> read_probes(JsonReader& reader);
[[nodiscard]] RunOutcome read_outcome(JsonReader& reader);

}  // namespace hearth::drill
