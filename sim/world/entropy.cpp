#include "sim/world/entropy.hpp"

#include "messages/base/check.hpp"
#include "messages/seal/init.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <optional>

namespace hearth::sim {

namespace {

std::optional<Random> source;

std::uint32_t draw_word() {
  HEARTH_CHECK(source);
  return static_cast<std::uint32_t>(source->next());
}

void draw_bytes(void* to, std::size_t size) {
  auto* bytes = static_cast<std::uint8_t*>(to);
  while (size > 0) {
    HEARTH_CHECK(source);
    const auto word = source->next();
    const auto count = std::min(size, sizeof word);
    std::memcpy(bytes, &word, count);
    bytes += count;
    size -= count;
  }
}

const char* name_of_source() {
  return "hearth simulation";
}

// Not const: libsodium takes a pointer to a mutable one.
randombytes_implementation implementation{name_of_source, draw_word,  nullptr,
                                          nullptr,        draw_bytes, nullptr};

}  // namespace

Entropy::Entropy(Random random) {
  HEARTH_CHECK(!source);
  source.emplace(random.fork("process"));
  randombytes_set_implementation(&implementation);
  HEARTH_CHECK(seal::init());
  // The first time, that draws a number for the process: no world may see a difference.
  source.emplace(std::move(random));
}

Entropy::~Entropy() {
  source.reset();
}

}  // namespace hearth::sim
