#include "nodes/support/time_text.hpp"

#include <chrono>
#include <ctime>
#include <fmt/chrono.h>

namespace hearth {

std::string time_text(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(static_cast<std::time_t>(seconds.count())));
}

}  // namespace hearth
