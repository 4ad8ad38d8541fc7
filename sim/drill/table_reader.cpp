#include "sim/drill/table_reader.hpp"

#include "messages/base/nearest_key.hpp"
#include "sim/drill/words.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace hearth::drill {
namespace {

/// What a value is, for "must be text, not ...".
std::string_view kind_of(const TomlValue& value) {
  static constexpr std::string_view kinds[] = {
      "a date", "true or false", "a whole number", "a number", "text", "a list", "a table"};
  return kinds[value.content.index()];
}

std::optional<double> number_in(const TomlValue& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value.content)) {
    return static_cast<double>(*whole);
  }
  const auto* real = std::get_if<double>(&value.content);
  return real == nullptr ? std::nullopt : std::optional(*real);
}

}  // namespace

std::string not_one_of(std::string_view word, const std::vector<std::string>& known) {
  return fmt::format("\"{}\"; did you mean \"{}\"?", word, nearest_key(std::string(word), known));
}

std::vector<std::string> strings(std::span<const std::string_view> words) {
  return {words.begin(), words.end()};
}

TableReader::TableReader(const TomlTable& table, Place place, std::string name,
                         std::vector<Problem>& problems)
    : table_(table), place_(place), name_(std::move(name)), problems_(problems) {}

const TomlEntry* TableReader::find(std::string_view key) {
  if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
    known_.emplace_back(key);
  }
  const auto found = std::find_if(table_.begin(), table_.end(),
                                  [key](const TomlEntry& entry) { return entry.key == key; });
  return found == table_.end() ? nullptr : &*found;
}

const TomlEntry* TableReader::need(std::string_view key) {
  const auto* entry = find(key);
  if (entry == nullptr) {
    problem(place_, fmt::format("{} has no \"{}\"", name_, key));
  }
  return entry;
}

bool TableReader::text(std::string_view key, std::string& target, bool required) {
  const auto* entry = required ? need(key) : find(key);
  if (entry == nullptr) {
    return false;
  }
  const auto* found = std::get_if<std::string>(&entry->value.content);
  if (found == nullptr) {
    wrong_type(*entry, "text");
    return false;
  }
  target = *found;
  return true;
}

bool TableReader::texts(std::string_view key, std::vector<std::string>& target) {
  const auto* entry = find(key);
  if (entry == nullptr) {
    return false;
  }
  const auto* array = std::get_if<TomlArray>(&entry->value.content);
  const bool right =
      array != nullptr && std::all_of(array->begin(), array->end(), [](const TomlValue& value) {
        return std::holds_alternative<std::string>(value.content);
      });
  if (!right) {
    wrong_type(*entry, "a list of texts");
    return false;
  }
  target.clear();
  for (const auto& value : *array) {
    target.push_back(std::get<std::string>(value.content));
  }
  return true;
}

bool TableReader::flag(std::string_view key, bool& target) {
  const auto* entry = find(key);
  const auto* found = entry == nullptr ? nullptr : std::get_if<bool>(&entry->value.content);
  if (entry != nullptr && found == nullptr) {
    wrong_type(*entry, "true or false");
  }
  target = found == nullptr ? target : *found;
  return found != nullptr;
}

bool TableReader::number(std::string_view key, double& target, NumberRule rule) {
  const auto* entry = rule.required ? need(key) : find(key);
  if (entry == nullptr) {
    return false;
  }
  const auto found = number_in(entry->value);
  if (!found) {
    wrong_type(*entry, "a number");
    return false;
  }
  if (!in_range(*entry, *found, rule)) {
    return false;
  }
  target = *found;
  return true;
}

bool TableReader::integer(std::string_view key, std::uint64_t& target, NumberRule rule) {
  const auto* entry = rule.required ? need(key) : find(key);
  if (entry == nullptr) {
    return false;
  }
  const auto* found = std::get_if<std::int64_t>(&entry->value.content);
  if (found == nullptr) {
    wrong_type(*entry, "a whole number");
    return false;
  }
  if (!in_range(*entry, static_cast<double>(*found), rule)) {
    return false;
  }
  target = static_cast<std::uint64_t>(*found);
  return true;
}

bool TableReader::integer(std::string_view key, std::uint32_t& target, NumberRule rule) {
  std::uint64_t wide = target;
  const bool found = integer(key, wide, rule);
  target = static_cast<std::uint32_t>(wide);
  return found;
}

bool TableReader::duration(std::string_view key, Millis& target, DurationRule rule) {
  std::string said;
  const auto* entry = rule.required ? need(key) : find(key);
  if (entry == nullptr) {
    return false;
  }
  const auto* found = std::get_if<std::string>(&entry->value.content);
  if (found == nullptr) {
    wrong_type(*entry, "a duration such as \"10s\"");
    return false;
  }
  const auto read = duration_from(*found);
  if (!read) {
    problem(
        entry->value.place,
        fmt::format("\"{}\" must be a duration such as \"400ms\", \"10s\" or \"2m\", not \"{}\"",
                    key, *found));
  } else if (*read < rule.least || *read > rule.most) {
    problem(entry->value.place,
            fmt::format("\"{}\" must be {} to {}, not {}", key, duration_text(rule.least),
                        duration_text(rule.most), *found));
  } else {
    target = *read;
    return true;
  }
  return false;
}

bool TableReader::word(std::string_view key, std::size_t& index,
                       std::span<const std::string_view> words, bool required) {
  std::string said;
  if (!text(key, said, required)) {
    return false;
  }
  const auto found = std::find(words.begin(), words.end(), said);
  if (found == words.end()) {
    problem(find(key)->value.place,
            fmt::format("\"{}\" must be one of {}, not {}", key, fmt::join(words, ", "),
                        not_one_of(said, strings(words))));
    return false;
  }
  index = static_cast<std::size_t>(found - words.begin());
  return true;
}

const TomlTable* TableReader::table(std::string_view key) {
  const auto* entry = find(key);
  if (entry == nullptr) {
    return nullptr;
  }
  const auto* found = std::get_if<TomlTable>(&entry->value.content);
  if (found == nullptr) {
    wrong_type(*entry, "a table");
  }
  return found;
}

std::vector<const TomlValue*> TableReader::tables(std::string_view key) {
  std::vector<const TomlValue*> found;
  const auto* entry = find(key);
  if (entry == nullptr) {
    return found;
  }
  const auto* array = std::get_if<TomlArray>(&entry->value.content);
  if (array == nullptr) {
    wrong_type(*entry, "a list of tables");
    return found;
  }
  for (const auto& value : *array) {
    if (std::holds_alternative<TomlTable>(value.content)) {
      found.push_back(&value);
    } else {
      problem(value.place, fmt::format("\"{}\" must be a list of tables", key));
    }
  }
  return found;
}

void TableReader::finish() {
  for (const auto& entry : table_) {
    if (std::find(known_.begin(), known_.end(), entry.key) == known_.end()) {
      problem(entry.place, "unknown key " + not_one_of(entry.key, known_));
    }
  }
}

void TableReader::problem(Place place, std::string what) {
  problems_.push_back({place, std::move(what)});
}

void TableReader::wrong_type(const TomlEntry& entry, std::string_view wanted) {
  problem(entry.value.place,
          fmt::format("\"{}\" must be {}, not {}", entry.key, wanted, kind_of(entry.value)));
}

bool TableReader::in_range(const TomlEntry& entry, double value, NumberRule rule) {
  if (value >= rule.least && value <= rule.most) {  // Not so for NaN.
    return true;
  }
  problem(entry.value.place,
          fmt::format("\"{}\" must be {} to {}, not {}", entry.key, number_text(rule.least),
                      number_text(rule.most), number_text(value)));
  return false;
}

}  // namespace hearth::drill
