#include "sim/world/light_arithmetic.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace hearth::sim::light {

namespace {

constexpr std::size_t block_bytes = lanes * sizeof(Word);
constexpr std::size_t key_bytes = 32;

/// Source: splitmix64, https://prng.di.unimi.it.
Word mixed(Word value) {
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111eb;
  return value ^ (value >> 31U);
}

Block whole_block(const unsigned char* from) {
  Block block;
  std::memcpy(block.data(), from, block_bytes);
  return block;
}

/// What is left, followed by zeros.
Block last_block(Octets rest) {
  Block block{};
  std::copy(rest.begin(), rest.end(), reinterpret_cast<unsigned char*>(block.data()));
  return block;
}

}  // namespace

// ---- sums ----

void Sum::add(Octets input) {
  const auto length = input.size();
  for (; input.size() >= block_bytes; input = input.subspan(block_bytes)) {
    roll(whole_block(input.data()));
  }
  roll(last_block(input));
  // Upper bits reach lower ones here: a product alone never lets them.
  for (std::size_t i = 0; i < lanes; ++i) {
    state_[i] = mixed(state_[i] + length);
  }
}

Word Sum::word(Word number) const {
  for (const auto lane : state_) {
    number = mixed(number + lane);
  }
  return number;
}

void Sum::write(unsigned char* to, std::size_t bytes) const {
  for (std::size_t at = 0; at < bytes; at += sizeof(Word)) {
    const auto each = word(at + 1);
    std::memcpy(to + at, &each, std::min(sizeof each, bytes - at));
  }
}

// ---- frames ----

Frame::Frame(Octets key, Octets nonce, Octets associated) {
  sum_.add(key);
  sum_.add(nonce);
  sum_.add(associated);
  sum_.write(reinterpret_cast<unsigned char*>(pad_.data()), block_bytes);
}

template <bool opens>
void Frame::turn(unsigned char* to, Octets from) {
  const auto length = from.size();
  const auto turned = [this](const Block& in) {
    Block out = in;
    for (std::size_t i = 0; i < lanes; ++i) {
      out[i] ^= pad_[i];
    }
    return out;
  };
  auto sum = sum_;  // kept in registers
  for (; from.size() >= block_bytes; from = from.subspan(block_bytes), to += block_bytes) {
    const auto in = whole_block(from.data());
    const auto out = turned(in);
    sum.roll(opens ? in : out);
    std::memcpy(to, out.data(), block_bytes);
  }
  const auto in = last_block(from);
  auto out = turned(in);
  auto* const bytes = reinterpret_cast<unsigned char*>(out.data());
  std::copy_n(bytes, from.size(), to);
  std::fill(bytes + from.size(), bytes + block_bytes, std::uint8_t{0});
  sum.roll(opens ? in : out);
  sum.add(Octets(reinterpret_cast<const unsigned char*>(&length), sizeof length));
  sum_ = sum;
}

template void Frame::turn<false>(unsigned char*, Octets);
template void Frame::turn<true>(unsigned char*, Octets);

bool Frame::has_tag(const unsigned char* tag) const {
  std::array<unsigned char, tag_bytes> right{};
  write_tag(right.data());
  return std::equal(right.begin(), right.end(), tag);
}

// ---- key exchange ----

namespace {

constexpr Word prime = (Word{1} << 61U) - 1;
constexpr Word generator = 37;

Word product(Word a, Word b) {
  __extension__ using Wide = unsigned __int128;
  const Wide wide = static_cast<Wide>(a) * b;
  const Word sum = (static_cast<Word>(wide) & prime) + static_cast<Word>(wide >> 61U);
  return sum >= prime ? sum - prime : sum;
}

Word power(Word base, Word exponent) {
  Word result = 1;
  for (; exponent > 0; exponent >>= 1U) {
    if ((exponent & 1U) != 0) {
      result = product(result, base);
    }
    base = product(base, base);
  }
  return result;
}

Word exponent_of(const unsigned char* secret) {
  Sum sum;
  sum.add({secret, key_bytes});
  return sum.word(0) % (prime - 1);
}

/// The number, then filler: keys differ in more than a few bytes.
void write_point(unsigned char* to, Word point) {
  std::memcpy(to, &point, sizeof point);
  for (std::size_t i = 1; i < lanes; ++i) {
    const auto filler = mixed(point + i);
    std::memcpy(to + i * sizeof(Word), &filler, sizeof filler);
  }
}

}  // namespace

void write_public_point(unsigned char* to, const unsigned char* secret) {
  write_point(to, power(generator, exponent_of(secret)));
}

bool write_shared_point(unsigned char* to, const unsigned char* secret,
                        const unsigned char* point) {
  Word number = 0;
  std::memcpy(&number, point, sizeof number);
  if (number <= 1 || number >= prime) {
    return false;
  }
  write_point(to, power(number, exponent_of(secret)));
  return true;
}

}  // namespace hearth::sim::light
