#pragma once
// Marks of rare branches: whether tests and simulations ever come that way.
//
//   HEARTH_PROBE(queue_.empty(), "relay: an OPEN found no home");
//
// counts how often the condition held where it was evaluated. That is all: a mark changes nothing,
// and nothing but `probe_counts` reads it, which only simulators and tests call. Texts are unique,
// "layer: what happens". Not in templates or inline functions: each mark is one place.
// Threads: any. Cost: the condition, and where it holds one relaxed increment.

#include <atomic>
#include <cstdint>
#include <string_view>
#include <vector>

namespace hearth {

struct ProbeSite {
  const char* text;
  std::atomic<std::uint64_t> hits;
};

struct ProbeCount {
  std::string_view text;
  std::uint64_t hits = 0;
};

/// Every mark that is linked into the program, met or not, in the order of their texts. Counts go
/// on from the program's start.
[[nodiscard]] std::vector<ProbeCount> probe_counts();

}  // namespace hearth

// The linker gathers the pointers of one section: so marks that are never met are known too.
#define HEARTH_PROBE(condition, text)                                            \
  do {                                                                           \
    static ::hearth::ProbeSite hearth_probe_site{text, {0}};                     \
    __attribute__((section("hearth_probes"),                                     \
                   used)) static ::hearth::ProbeSite* const hearth_probe_entry = \
        &hearth_probe_site;                                                      \
    if (condition) {                                                             \
      hearth_probe_entry->hits.fetch_add(1, std::memory_order_relaxed);          \
    }                                                                            \
  } while (false)
