#include "sim/random.hpp"

#include "messages/base/check.hpp"

#include <bit>

namespace hearth::sim {

namespace {

std::uint64_t splitmix(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15U;
  auto mixed = state;
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
  return mixed ^ (mixed >> 31U);
}

/// FNV-1a.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return hash;
}

}  // namespace

Random::Random(std::uint64_t seed) : seed_(seed) {
  for (auto& word : state_) {
    word = splitmix(seed);
  }
}

std::uint64_t Random::next() {
  const auto result = std::rotl(state_[1] * 5, 7) * 9;
  const auto shifted = state_[1] << 17U;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t Random::below(std::uint64_t end) {
  HEARTH_CHECK(end > 0);
  const auto unfair = (0 - end) % end;  // so many numbers would come up once more than the rest
  auto drawn = next();
  while (drawn < unfair) {
    drawn = next();
  }
  return drawn % end;
}

std::uint64_t Random::between(std::uint64_t first, std::uint64_t last) {
  HEARTH_CHECK(first <= last && last - first + 1 != 0);
  return first + below(last - first + 1);
}

bool Random::chance(double probability) {
  constexpr double steps = 9007199254740992.0;  // 2^53: all that a double tells apart
  return static_cast<double>(next() >> 11U) < probability * steps;
}

Random Random::fork(std::string_view label) const {
  return fork(label, 0);
}

Random Random::fork(std::string_view label, std::uint64_t number) const {
  auto mixed = seed_ ^ hash_of(label);
  mixed = splitmix(mixed) ^ number;
  return Random(splitmix(mixed));
}

}  // namespace hearth::sim
