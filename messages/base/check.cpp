#include "messages/base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace hearth {

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "hearth: broken invariant at %s:%d: %s\n", file, line, condition);
  std::abort();
}

}  // namespace hearth
