#include "tests/sim/drill/json_shape.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>

namespace hearth::drill {
namespace {

using Json = nlohmann::json;

bool is_of(const Json& value, const std::string& type) {
  return (type == "null" && value.is_null()) || (type == "boolean" && value.is_boolean()) ||
         (type == "string" && value.is_string()) || (type == "array" && value.is_array()) ||
         (type == "object" && value.is_object()) || (type == "number" && value.is_number()) ||
         (type == "integer" && value.is_number_integer());
}

class Checker final {
 public:
  explicit Checker(const Json& root) : root_(root) {}

  void check(const Json& value, const Json& schema, const std::string& at) {
    if (schema.contains("$ref")) {
      const auto name = schema["$ref"].get<std::string>();
      check(value, root_.at(Json::json_pointer(name.substr(1))), at);
      return;
    }
    expect(has_type(value, schema), at + ": wrong type " + value.dump().substr(0, 40));
    if (schema.contains("enum")) {
      const auto& words = schema["enum"];
      expect(std::find(words.begin(), words.end(), value) != words.end(), at + ": not in the enum");
    }
    if (schema.contains("const")) {
      expect(schema["const"] == value, at + ": another constant");
    }
    if (schema.contains("pattern") && value.is_string()) {
      expect(std::regex_search(value.get<std::string>(),
                               std::regex(schema["pattern"].get<std::string>())),
             at + ": no match");
    }
    if (schema.contains("minimum") && value.is_number()) {
      expect(value >= schema["minimum"], at + ": too small");
    }
    check_object(value, schema, at);
    check_array(value, schema, at);
  }

  std::vector<std::string> take() { return std::move(errors_); }

 private:
  static bool has_type(const Json& value, const Json& schema) {
    if (!schema.contains("type")) {
      return true;
    }
    const auto& types = schema["type"];
    return types.is_string() ? is_of(value, types)
                             : std::any_of(types.begin(), types.end(), [&value](const Json& type) {
                                 return is_of(value, type);
                               });
  }

  void check_object(const Json& value, const Json& schema, const std::string& at) {
    if (!value.is_object()) {
      return;
    }
    for (const auto& key : schema.value("required", Json::array())) {
      expect(value.contains(key), at + ": no " + key.get<std::string>());
    }
    const auto properties = schema.value("properties", Json::object());
    for (const auto& [key, part] : value.items()) {
      const auto below = at + "/" + key;
      if (properties.contains(key)) {
        check(part, properties[key], below);
      } else if (schema.contains("additionalProperties")) {
        const auto& others = schema["additionalProperties"];
        others.is_boolean() ? expect(others.get<bool>(), below + ": not in the schema")
                            : check(part, others, below);
      }
    }
  }

  void check_array(const Json& value, const Json& schema, const std::string& at) {
    if (!value.is_array()) {
      return;
    }
    expect(value.size() >= schema.value("minItems", std::size_t{0}), at + ": too few");
    for (std::size_t i = 0; schema.contains("items") && i < value.size(); ++i) {
      check(value[i], schema["items"], at + "/" + std::to_string(i));
    }
  }

  void expect(bool right, const std::string& error) {
    if (!right) {
      errors_.push_back(error);
    }
  }

  const Json& root_;
  std::vector<std::string> errors_;
};

}  // namespace

std::vector<std::string> schema_errors(const Json& value, const Json& schema) {
  Checker checker(schema);
  checker.check(value, schema, "");
  return checker.take();
}

}  // namespace hearth::drill
