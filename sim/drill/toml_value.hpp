#pragma once
// TOML text as plain values that know where they stand. The only file behind this that knows
// toml++, whose headers cost more than all the rest of the layer.

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hearth::drill {

/// Counted from 1, as editors do.
struct Place {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

/// One thing that is wrong with a file.
struct Problem {
  Place place;
  std::string what;
};

struct TomlEntry;
struct TomlValue;
using TomlArray = std::vector<TomlValue>;
using TomlTable = std::vector<TomlEntry>;

struct TomlValue {
  Place place;
  /// Nothing: a date or time, which no drill needs.
  std::variant<std::monostate, bool, std::int64_t, double, std::string, TomlArray, TomlTable>
      content;
};

struct TomlEntry {
  std::string key;
  Place place;
  TomlValue value;
};

/// The root table, or the one place where the syntax breaks.
[[nodiscard]] std::variant<TomlTable, Problem> parse_toml(std::string_view text);

}  // namespace hearth::drill
