#include "nodes/support/json_text.hpp"

#include "messages/base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace hearth {

std::string json_text(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string json_text_or_null(std::string_view text) {
  return text.empty() ? "null" : json_text(text);
}

std::string path_text(BytesView path) {
  std::string_view rest{reinterpret_cast<const char*>(path.data()), path.size()};
  std::string text;
  while (!rest.empty()) {
    std::size_t length = 1;
    while (length <= std::min<std::size_t>(rest.size(), 4) && !is_utf8(rest.substr(0, length))) {
      ++length;
    }
    const bool readable = length <= std::min<std::size_t>(rest.size(), 4) && rest.front() != '\\';
    if (readable) {
      text.append(rest.substr(0, length));
      rest.remove_prefix(length);
    } else {
      text += fmt::format("\\x{:02x}", static_cast<std::uint8_t>(rest.front()));
      rest.remove_prefix(1);
    }
  }
  return text;
}

std::string json_bool(bool value) {
  return value ? "true" : "false";
}

std::string json_object(const std::vector<std::pair<std::string_view, std::string>>& fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    text += (text.empty() ? "" : ",") + json_text(name) + ":" + value;
  }
  return "{" + text + "}";
}

std::string json_array(const std::vector<std::string>& values) {
  std::string text;
  for (const auto& value : values) {
    text += (text.empty() ? "" : ",") + value;
  }
  return "[" + text + "]";
}

}  // namespace hearth
