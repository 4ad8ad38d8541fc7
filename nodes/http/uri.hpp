#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hearth::http {

/// Undoes percent-encoding. Nothing where a "%" is not followed by two hexadecimal digits.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

/// Encodes all but the unreserved characters of RFC 3986.
[[nodiscard]] std::string percent_encoded(std::string_view text);

/// The names and values of a query, decoded ("+" is a space), in order.
class Query {
 public:
  /// Nothing where the encoding is broken.
  [[nodiscard]] static std::optional<Query> parse(std::string_view text);

  [[nodiscard]] std::optional<std::string> find(std::string_view name) const;
  [[nodiscard]] std::size_t count(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> entries_;
};

}  // namespace hearth::http
