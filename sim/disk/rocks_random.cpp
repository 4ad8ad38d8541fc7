#include "sim/disk/rocks_random.hpp"

namespace rocksdb {

/// As in RocksDB's util/random.h (6.0 to 10), which is not installed; the function is exported.
class Random {
 public:
  static Random* GetTLSInstance();

  void reset(std::uint32_t seed) { seed_ = seed; }

 private:
  std::uint32_t seed_;  // of a generator modulo 2^31 - 1, for which 0 is no state
};

}  // namespace rocksdb

namespace hearth::sim {

void seed_rocksdb(std::uint64_t seed) {
  constexpr std::uint64_t modulus = 2147483647;
  rocksdb::Random::GetTLSInstance()->reset(static_cast<std::uint32_t>(1 + seed % (modulus - 1)));
}

}  // namespace hearth::sim
