#include "messages/seal/init.hpp"

#include <sodium/core.h>

namespace hearth::seal {

bool init() {
  static const bool ready = sodium_init() >= 0;
  return ready;
}

}  // namespace hearth::seal
