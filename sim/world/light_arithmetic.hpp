#pragma once
// Sums, frames and key exchange of a few instructions a word: enough to tell what was changed,
// moved or sealed for another place. No secrets are safe with it.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace hearth::sim {

using Octets = std::span<const unsigned char>;

namespace light {

using Word = std::uint64_t;
inline constexpr std::size_t lanes = 4;
using Block = std::array<Word, lanes>;
inline constexpr std::size_t tag_bytes = 16;
/// Odd: times one of them, a difference stays one.
inline constexpr Block factors{0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f, 0x165667b19e3779f9,
                               0xd6e8feb86659fd93};

/// A rolling sum. Every input ends with its length: two inputs do not run together.
class Sum {
 public:
  void add(Octets input);
  /// Of blocks in a row that are no input of their own. Here, or its callers would have the state
  /// in memory instead of in registers.
  void roll(const Block& block) {
    for (std::size_t i = 0; i < lanes; ++i) {
      state_[i] = (state_[i] ^ block[i]) * factors[i];
    }
  }
  [[nodiscard]] Word word(Word number) const;
  /// As many bytes as are wanted.
  void write(unsigned char* to, std::size_t bytes) const;

 private:
  Block state_{1, 2, 3, 4};
};

/// One frame: a pad that repeats hides its bytes, and a tag speaks for key, nonce, associated data
/// and what lies on the way.
class Frame {
 public:
  Frame(Octets key, Octets nonce, Octets associated);
  /// `to` may be where `from` is. Called again: the frame goes on.
  void seal(unsigned char* to, Octets from) { turn<false>(to, from); }
  void open(unsigned char* to, Octets from) { turn<true>(to, from); }
  void write_tag(unsigned char* to) const { sum_.write(to, tag_bytes); }
  [[nodiscard]] bool has_tag(const unsigned char* tag) const;

 private:
  template <bool opens>
  void turn(unsigned char* to, Octets from);

  Sum sum_;
  Block pad_{};
};

/// Diffie and Hellman over the numbers modulo 2^61 - 1. Points and secrets have 32 bytes.
void write_public_point(unsigned char* to, const unsigned char* secret);
/// False: `point` is none.
[[nodiscard]] bool write_shared_point(unsigned char* to, const unsigned char* secret,
                                      const unsigned char* point);

}  // namespace light
}  // namespace hearth::sim
