#include "messages/directory/pairing_code.hpp"

#include "messages/base/limits.hpp"
#include "messages/seal/random.hpp"

#include <array>
#include <cstdint>

namespace hearth::directory {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
static_assert(alphabet.size() == 32, "a byte draws one evenly");

}  // namespace

std::string draw_pairing_code() {
  std::array<std::uint8_t, limits::pairing_code_size> drawn{};
  seal::random_bytes(drawn);
  std::string code;
  for (const auto byte : drawn) {
    code += alphabet[byte % alphabet.size()];
  }
  return code;
}

std::optional<std::string> read_pairing_code(std::string_view text) {
  std::string code;
  for (const char c : text) {
    if (c == ' ' || c == '-') {
      continue;
    }
    const char large = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    if (alphabet.find(large) == std::string_view::npos ||
        code.size() == limits::pairing_code_size) {
      return std::nullopt;
    }
    code += large;
  }
  return code.size() == limits::pairing_code_size ? std::optional(code) : std::nullopt;
}

}  // namespace hearth::directory
