#include "sim/memory.hpp"

#include <malloc.h>

namespace hearth::sim {

void keep_freed_memory() {
  constexpr int largest = 32 << 20;  // glibc takes no larger one
  constexpr int kept = 1 << 30;
  ::mallopt(M_MMAP_THRESHOLD, largest);
  ::mallopt(M_TRIM_THRESHOLD, kept);
}

}  // namespace hearth::sim
