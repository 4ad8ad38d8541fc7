#include "messages/base/probe.hpp"

#include <algorithm>

// The linker's names for the ends of the section; weak, for programs without a mark.
extern "C" {
extern hearth::ProbeSite* const __start_hearth_probes[] __attribute__((weak));
extern hearth::ProbeSite* const __stop_hearth_probes[] __attribute__((weak));
}

namespace hearth {

std::vector<ProbeCount> probe_counts() {
  std::vector<ProbeCount> counts;
  for (auto* const* site = __start_hearth_probes; site != __stop_hearth_probes; ++site) {
    counts.push_back({(*site)->text, (*site)->hits.load(std::memory_order_relaxed)});
  }
  std::sort(counts.begin(), counts.end(),
            [](const ProbeCount& a, const ProbeCount& b) { return a.text < b.text; });
  return counts;
}

}  // namespace hearth
