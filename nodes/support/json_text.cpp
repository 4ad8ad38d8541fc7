#include "nodes/support/json_text.hpp"

#include <nlohmann/json.hpp>

namespace hearth {

std::string json_text(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string json_text_or_null(std::string_view text) {
  return text.empty() ? "null" : json_text(text);
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
