#include "nodes/http/uri.hpp"

#include "messages/base/fixed_bytes.hpp"
#include "nodes/http/text.hpp"

#include <algorithm>
#include <cstdint>

namespace hearth::http {

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    const auto hex = text.substr(i + 1, 2);
    const auto byte = hex.size() == 2 ? from_hex(hex) : std::nullopt;
    if (!byte) {
      return std::nullopt;
    }
    out.push_back(static_cast<char>(byte->front()));
    i += 2;
  }
  return out;
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const char lower = to_lower(c);
    if (is_digit(c) || (lower >= 'a' && lower <= 'z') || c == '-' || c == '.' || c == '_' ||
        c == '~') {
      out.push_back(c);
    } else {
      const auto byte = static_cast<std::uint8_t>(c);
      out.append("%").append(to_hex(BytesView{&byte, 1}));
    }
  }
  return out;
}

std::optional<Query> Query::parse(std::string_view text) {
  Query query;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find('&', begin), text.size());
    std::string entry{text.substr(begin, end - begin)};
    begin = end + 1;
    if (entry.empty()) {
      continue;
    }
    std::replace(entry.begin(), entry.end(), '+', ' ');
    const auto equals = std::min(entry.find('='), entry.size());
    const auto name = percent_decoded(std::string_view{entry}.substr(0, equals));
    const auto value =
        percent_decoded(std::string_view{entry}.substr(std::min(equals + 1, entry.size())));
    if (!name || !value) {
      return std::nullopt;
    }
    query.entries_.emplace_back(*name, *value);
  }
  return query;
}

std::optional<std::string> Query::find(std::string_view name) const {
  for (const auto& [known, value] : entries_) {
    if (known == name) {
      return value;
    }
  }
  return std::nullopt;
}

std::size_t Query::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(),
                    [&name](const auto& entry) { return entry.first == name; }));
}

}  // namespace hearth::http
