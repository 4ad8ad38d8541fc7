#pragma once
// As much of JSON Schema as openapi.json uses: enough to find an answer that is not as documented.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>

namespace hearth::test {

namespace detail {

using Json = nlohmann::json;

inline bool has_type(const Json& value, const std::string& type) {
  return type == "object"    ? value.is_object()
         : type == "array"   ? value.is_array()
         : type == "string"  ? value.is_string()
         : type == "integer" ? value.is_number_integer()
         : type == "boolean" ? value.is_boolean()
                             : false;
}

inline std::string violation(const Json& document, const Json& schema, const Json& value,
                             const std::string& place);

inline std::string object_violation(const Json& document, const Json& schema, const Json& value,
                                    const std::string& place) {
  for (const auto& name : schema.value("required", Json::array())) {
    if (!value.contains(name.get<std::string>())) {
      return place + " lacks " + name.get<std::string>();
    }
  }
  const auto properties = schema.value("properties", Json::object());
  for (const auto& [name, part] : value.items()) {
    if (!properties.contains(name)) {
      return place + " has " + name + ", which is not documented";
    }
    if (auto found = violation(document, properties[name], part, place + "." + name);
        !found.empty()) {
      return found;
    }
  }
  return "";
}

inline std::string plain_violation(const Json& schema, const Json& value,
                                   const std::string& place) {
  if (schema.contains("enum") &&
      std::find(schema["enum"].begin(), schema["enum"].end(), value) == schema["enum"].end()) {
    return place + " is none of those listed";
  }
  if (schema.contains("pattern") &&
      !std::regex_search(value.get<std::string>(), std::regex(schema["pattern"]))) {
    return place + " does not match";
  }
  if (value.is_number() &&
      (value < schema.value("minimum", value) || value > schema.value("maximum", value))) {
    return place + " is out of bounds";
  }
  return "";
}

inline std::string violation(const Json& document, const Json& schema, const Json& value,
                             const std::string& place) {
  if (schema.contains("$ref")) {
    const auto target = schema["$ref"].get<std::string>().substr(1);  // without "#"
    return violation(document, document.at(Json::json_pointer(target)), value, place);
  }
  if (!has_type(value, schema.at("type"))) {
    return place + " is not of type " + schema["type"].get<std::string>();
  }
  if (value.is_object()) {
    return object_violation(document, schema, value, place);
  }
  if (value.is_array()) {
    for (const auto& part : value) {
      if (auto found = violation(document, schema.at("items"), part, place + "[]");
          !found.empty()) {
        return found;
      }
    }
    return "";
  }
  return plain_violation(schema, value, place);
}

}  // namespace detail

/// What of `value` is not as the document's schema `name` says; empty: nothing.
inline std::string schema_violation(const nlohmann::json& document, const std::string& name,
                                    const nlohmann::json& value) {
  return detail::violation(document, document.at("components").at("schemas").at(name), value, name);
}

}  // namespace hearth::test
