#include "sim/drill/json_reader.hpp"

#include <fmt/format.h>
#include <utility>

namespace hearth::drill {
namespace {

const Json nothing = nullptr;

/// A number of the file as whole milliseconds or a count; nothing beyond what both can hold.
std::optional<std::int64_t> whole(const Json& json) {
  constexpr std::uint64_t most = std::uint64_t{1} << 53U;
  if (json.is_number_unsigned() && json.get<std::uint64_t>() <= most) {
    return static_cast<std::int64_t>(json.get<std::uint64_t>());
  }
  if (json.is_number_integer() && json.get<std::int64_t>() < 0 &&
      json.get<std::int64_t>() >= -static_cast<std::int64_t>(most)) {
    return json.get<std::int64_t>();
  }
  return std::nullopt;
}

}  // namespace

JsonReader::JsonReader(const Json& json, std::string path, std::string& problem)
    : json_(json), path_(std::move(path)), problem_(problem) {
  if (!json_.is_object() && problem_.empty()) {
    problem_ = fmt::format("{} must be an object", path_.empty() ? "the file" : path_);
  }
}

const Json* JsonReader::find(std::string_view key) const {
  if (!json_.is_object()) {
    return nullptr;
  }
  const auto found = json_.find(std::string(key));
  return found == json_.end() ? nullptr : &*found;
}

void JsonReader::wrong(std::string_view key, std::string_view wanted) {
  if (problem_.empty()) {
    problem_ = fmt::format("{} must be {}", path_of(key), wanted);
  }
}

std::string JsonReader::path_of(std::string_view key) const {
  return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

std::string JsonReader::element_path(std::string_view key, std::size_t index) const {
  return fmt::format("{}[{}]", path_of(key), index);
}

bool JsonReader::is_null(std::string_view key) const {
  const auto* found = find(key);
  return found != nullptr && found->is_null();
}

void JsonReader::read(std::string_view key, std::string& target) {
  const auto* found = find(key);
  if (found == nullptr || !found->is_string()) {
    return wrong(key, "text");
  }
  target = found->get<std::string>();
}

void JsonReader::read(std::string_view key, std::uint64_t& target) {
  const auto* found = find(key);
  if (found == nullptr || !found->is_number_unsigned()) {
    return wrong(key, "a whole number from 0");
  }
  target = found->get<std::uint64_t>();
}

void JsonReader::read(std::string_view key, double& target) {
  const auto* found = find(key);
  if (found == nullptr || !found->is_number()) {
    return wrong(key, "a number");
  }
  target = found->get<double>();
}

void JsonReader::read(std::string_view key, Millis& target) {
  const auto* found = find(key);
  const auto count = found == nullptr ? std::nullopt : whole(*found);
  if (!count) {
    return wrong(key, "whole milliseconds");
  }
  target = Millis(*count);
}

void JsonReader::read(std::string_view key, std::optional<double>& target) {
  if (!is_null(key)) {
    read(key, target.emplace());
  }
}

void JsonReader::read(std::string_view key, std::optional<Millis>& target) {
  if (!is_null(key)) {
    read(key, target.emplace());
  }
}

void JsonReader::read(std::string_view key, std::optional<std::string>& target) {
  if (!is_null(key)) {
    read(key, target.emplace());
  }
}

void JsonReader::read(std::string_view key, std::vector<std::string>& target) {
  const auto* list = list_of(key);
  for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
    if (!(*list)[i].is_string()) {
      return wrong(key, "a list of texts");
    }
    target.push_back((*list)[i].get<std::string>());
  }
}

JsonReader JsonReader::object(std::string_view key) {
  const auto* found = find(key);
  return {found == nullptr ? nothing : *found, path_of(key), problem_};
}

const Json* JsonReader::list_of(std::string_view key) {
  const auto* found = find(key);
  if (found == nullptr || !found->is_array()) {
    wrong(key, "a list");
    return nullptr;
  }
  return found;
}

}  // namespace hearth::drill
