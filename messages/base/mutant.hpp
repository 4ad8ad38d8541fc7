#pragma once
// Mistakes on purpose, to prove that the simulator finds them: tests/mutants/README.md. Only the
// preset `mutants` can make them; in every other build HEARTH_MUTANT is `false` and leaves nothing
// behind.

#ifdef HEARTH_MUTANTS

#include <cstdlib>
#include <string_view>

namespace hearth {

/// The one mistake that this process makes, chosen before it starts by the environment.
inline bool is_mutant(std::string_view name) {
  static const char* const chosen = std::getenv("HEARTH_MUTANT");
  return chosen != nullptr && name == chosen;
}

}  // namespace hearth

#define HEARTH_MUTANT(name) ::hearth::is_mutant(name)

#else

#define HEARTH_MUTANT(name) false

#endif
