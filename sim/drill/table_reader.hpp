#pragma once
// One TOML table, read key by key. Whatever is wrong becomes a problem with its place, and reading
// goes on with the default: a file is told all that is wrong with it at once.

#include "sim/drill/fault_fields.hpp"
#include "sim/drill/toml_value.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::drill {

/// `"x", did you mean "y"?` for a word that is none of `known`.
[[nodiscard]] std::string not_one_of(std::string_view word, const std::vector<std::string>& known);

/// The words of an array, to a vector of strings.
[[nodiscard]] std::vector<std::string> strings(std::span<const std::string_view> words);

class TableReader final {
 public:
  /// `name`: how messages call it, such as "[topology]". All arguments outlive the reader.
  TableReader(const TomlTable& table, Place place, std::string name,
              std::vector<Problem>& problems);

  /// The entry of `key`, if it is there. Every key asked for is a known one.
  const TomlEntry* find(std::string_view key);
  /// As `find`; a problem if it is missing.
  const TomlEntry* need(std::string_view key);

  // Each leaves its target alone where the key is missing or wrong. True: it was there and right.
  bool text(std::string_view key, std::string& target, bool required = false);
  bool texts(std::string_view key, std::vector<std::string>& target);
  bool flag(std::string_view key, bool& target);
  bool number(std::string_view key, double& target, NumberRule rule);
  bool integer(std::string_view key, std::uint64_t& target, NumberRule rule);
  bool integer(std::string_view key, std::uint32_t& target, NumberRule rule);
  bool duration(std::string_view key, Millis& target, DurationRule rule);
  bool word(std::string_view key, std::size_t& index, std::span<const std::string_view> words,
            bool required = false);

  /// Nothing where the key is missing or no table (a problem).
  const TomlTable* table(std::string_view key);
  /// Tables of an array of them; others are problems.
  [[nodiscard]] std::vector<const TomlValue*> tables(std::string_view key);

  /// Reports every key that nobody asked for.
  void finish();

  void problem(Place place, std::string what);
  [[nodiscard]] Place place() const { return place_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::vector<Problem>& problems() { return problems_; }

 private:
  void wrong_type(const TomlEntry& entry, std::string_view wanted);
  bool in_range(const TomlEntry& entry, double value, NumberRule rule);

  const TomlTable& table_;
  Place place_;
  std::string name_;
  std::vector<Problem>& problems_;
  std::vector<std::string> known_;
};

}  // namespace hearth::drill
