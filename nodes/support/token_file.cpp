#include "nodes/support/token_file.hpp"

#include "messages/seal/random.hpp"
#include "nodes/support/files.hpp"

#include <array>

namespace hearth {
namespace {

constexpr std::size_t token_bytes_max = 1024;
constexpr std::string_view blank = " \t\r\n";

Result<TokenFile> create(const std::filesystem::path& path) {
  std::array<std::uint8_t, 32> bytes{};
  seal::random_bytes(bytes);
  TokenFile token{to_hex(bytes), true};
  if (auto written = write_file(path, token.text, 0600); !written) {
    return written.error();
  }
  return token;
}

}  // namespace

Result<TokenFile> load_or_create_token(const std::filesystem::path& path) {
  auto bytes = read_file(path, token_bytes_max);
  if (!bytes) {
    return bytes.error().code == ErrorCode::not_found ? create(path) : bytes.error();
  }
  if (auto hidden = check_private(path); !hidden) {
    return hidden.error();
  }
  std::string text(bytes.value().begin(), bytes.value().end());
  text.erase(text.find_last_not_of(blank) + 1);
  text.erase(0, text.find_first_not_of(blank));
  if (text.empty()) {
    return Error{ErrorCode::value_invalid, path.string() + " holds no token"};
  }
  return TokenFile{std::move(text), false};
}

}  // namespace hearth
