#pragma once
// Characters and lists of RFC 9110 section 5.6, ASCII only whatever the locale.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::http {

[[nodiscard]] constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] constexpr bool is_token_char(char c) {
  const char lower = to_lower(c);
  return is_digit(c) || (lower >= 'a' && lower <= 'z') ||
         std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

[[nodiscard]] inline std::string lower_case(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), to_lower);
  return out;
}

[[nodiscard]] inline bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

[[nodiscard]] inline bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

/// Without spaces and tabs at both ends.
[[nodiscard]] inline std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string_view::npos
             ? std::string_view{}
             : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The elements between commas, trimmed, empty ones left out (RFC 9110 5.6.1.2).
[[nodiscard]] inline std::vector<std::string_view> list_elements(std::string_view text) {
  std::vector<std::string_view> elements;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    if (const auto element = trimmed(text.substr(begin, end - begin)); !element.empty()) {
      elements.push_back(element);
    }
    begin = end + 1;
  }
  return elements;
}

}  // namespace hearth::http
