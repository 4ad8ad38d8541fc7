#include "sim/drill/toml_value.hpp"

// Without exceptions, and so not the compiled form, which has them.
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace hearth::drill {
namespace {

Place place_of(const toml::source_region& region) {
  return {region.begin.line, region.begin.column};
}

TomlValue value_of(const toml::node& node);

TomlTable table_of(const toml::table& table) {
  TomlTable entries;
  for (const auto& [key, node] : table) {
    entries.push_back({std::string(key.str()), place_of(key.source()), value_of(node)});
  }
  return entries;
}

TomlValue value_of(const toml::node& node) {
  TomlValue value{place_of(node.source()), {}};
  if (const auto* table = node.as_table()) {
    value.content = table_of(*table);
  } else if (const auto* array = node.as_array()) {
    TomlArray elements;
    for (const auto& element : *array) {
      elements.push_back(value_of(element));
    }
    value.content = std::move(elements);
  } else if (const auto* text = node.as_string()) {
    value.content = text->get();
  } else if (const auto* integer = node.as_integer()) {
    value.content = integer->get();
  } else if (const auto* number = node.as_floating_point()) {
    value.content = number->get();
  } else if (const auto* flag = node.as_boolean()) {
    value.content = flag->get();
  }
  return value;
}

}  // namespace

std::variant<TomlTable, Problem> parse_toml(std::string_view text) {
  const auto parsed = toml::parse(text);
  if (!parsed) {
    return Problem{place_of(parsed.error().source()), std::string(parsed.error().description())};
  }
  return table_of(parsed.table());
}

}  // namespace hearth::drill
