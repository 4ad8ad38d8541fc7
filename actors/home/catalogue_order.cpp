#include "actors/home/catalogue_order.hpp"

#include "messages/base/limits.hpp"
#include "messages/base/text.hpp"
#include "messages/seal/digest.hpp"

#include <algorithm>
#include <array>

namespace hearth::home {

namespace {

// A cursor is the hexadecimal of: version 1 byte | check 4 bytes | position. The check keeps out
// typing errors and cursors of other lists; it is no secret, because a position opens nothing.
constexpr char cursor_version = 1;
constexpr std::size_t check_bytes = 4;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The run of digits at `at`, at most 255 without leading zeros; moves `at` past it.
std::string_view take_number(std::string_view text, std::size_t& at) {
  while (at + 1 < text.size() && text[at] == '0' && is_digit(text[at + 1])) {
    ++at;
  }
  const auto begin = at;
  while (at < text.size() && is_digit(text[at]) && at - begin < 255) {
    ++at;
  }
  return text.substr(begin, at - begin);
}

std::string check_of(std::string_view scope, std::string_view position) {
  Bytes message(scope.begin(), scope.end());
  message.push_back(0);
  message.insert(message.end(), position.begin(), position.end());
  std::array<std::uint8_t, 16> digest{};
  seal::digest_into(digest, message);
  return {digest.begin(), digest.begin() + check_bytes};
}

/// Bytes of the white space at `at`, 0 for none.
std::size_t space_at(std::string_view text, std::size_t at) {
  constexpr std::string_view ideographic_space = "\xE3\x80\x80";
  constexpr std::string_view no_break_space = "\xC2\xA0";
  const auto rest = text.substr(at);
  if (rest.starts_with(ideographic_space)) {
    return ideographic_space.size();
  }
  if (rest.starts_with(no_break_space)) {
    return no_break_space.size();
  }
  return std::string_view(" \t\n\r\v\f").find(rest.front()) != std::string_view::npos ? 1 : 0;
}

}  // namespace

std::string natural_key(std::string_view text, std::size_t bytes_max) {
  const auto folded = fold_case(text).value_or(std::string(text));
  std::string key;
  for (std::size_t at = 0; at < folded.size() && key.size() < bytes_max;) {
    if (!is_digit(folded[at])) {
      key.push_back(folded[at++]);
      continue;
    }
    const auto number = take_number(folded, at);
    key.push_back('0');  // Numbers stand where digits do, the longer ones after the shorter.
    key.push_back(static_cast<char>(number.size()));
    key += number;
  }
  key.resize(std::min(key.size(), bytes_max));
  return key;
}

std::string make_cursor(std::string_view scope, std::string_view position) {
  std::string token(1, cursor_version);
  token += check_of(scope, position);
  token += position;
  return to_hex(BytesView(reinterpret_cast<const std::uint8_t*>(token.data()), token.size()));
}

Result<std::string> read_cursor(std::string_view scope, std::string_view cursor) {
  const Error invalid{ErrorCode::cursor_invalid, "not a cursor of this list"};
  if (cursor.size() > limits::cursor_bytes_max) {
    return invalid;
  }
  const auto token = from_hex(cursor);
  if (!token || token->size() <= 1 + check_bytes || token->front() != cursor_version) {
    return invalid;
  }
  const std::string check(token->begin() + 1, token->begin() + 1 + check_bytes);
  std::string position(token->begin() + 1 + check_bytes, token->end());
  if (check != check_of(scope, position)) {
    return invalid;
  }
  return position;
}

std::vector<std::string> words_of(std::string_view folded) {
  std::vector<std::string> words;
  std::string word;
  for (std::size_t at = 0; at < folded.size();) {
    const auto space = space_at(folded, at);
    if (space == 0) {
      word.push_back(folded[at++]);
      continue;
    }
    if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
    at += space;
  }
  if (!word.empty()) {
    words.push_back(std::move(word));
  }
  return words;
}

}  // namespace hearth::home
