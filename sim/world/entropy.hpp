#pragma once

#include "sim/random.hpp"

namespace hearth::sim {

/// While it lives, libsodium's random source of the whole process draws from a seed. One at a time;
/// a process that has had one never gets the system's source back: it must not be a real node.
class Entropy final {
 public:
  explicit Entropy(Random random);
  Entropy(const Entropy&) = delete;
  Entropy& operator=(const Entropy&) = delete;
  ~Entropy();
};

}  // namespace hearth::sim
