#include "nodes/support/config.hpp"

#include "messages/base/check.hpp"
#include "messages/base/nearest_key.hpp"
#include "nodes/support/files.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fmt/format.h>
#include <optional>
#include <sstream>
#include <toml++/toml.h>
#include <unistd.h>

namespace hearth {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t config_bytes_max = std::size_t{1} << 20U;

using Values = std::map<std::string, SettingValue>;

const Setting* find(const Schema& schema, const std::string& name) {
  const auto found = std::find_if(schema.begin(), schema.end(),
                                  [&name](const auto& setting) { return setting.name() == name; });
  return found == schema.end() ? nullptr : &*found;
}

Error unknown_key(const Schema& schema, const std::string& name, const std::string& place) {
  std::vector<std::string> known;
  for (const auto& setting : schema) {
    known.push_back(setting.name());
  }
  return {ErrorCode::value_invalid, fmt::format("{}: unknown key '{}'; did you mean '{}'?", place,
                                                name, nearest_key(name, known))};
}

Result<void> set(Values& values, const Setting& setting, std::vector<std::string> wanted,
                 std::string origin) {
  if (!setting.is_list && wanted.size() != 1) {
    return Error{ErrorCode::value_invalid,
                 fmt::format("{}: '{}' is one value, not a list", origin, setting.name())};
  }
  values[setting.name()] = SettingValue{std::move(wanted), std::move(origin)};
  return {};
}

/// The text of a TOML value, or nothing for tables, times and the like.
std::optional<std::string> scalar_text(const toml::node& node) {
  if (const auto* flag = node.as_boolean()) {
    return flag->get() ? "true" : "false";
  }
  if (const auto* number = node.as_integer()) {
    return std::to_string(number->get());
  }
  return node.value_exact<std::string>();
}

std::optional<std::vector<std::string>> texts_of(const toml::node& node) {
  std::vector<std::string> texts;
  if (const auto* array = node.as_array()) {
    for (const auto& element : *array) {
      const auto text = scalar_text(element);
      if (!text) {
        return std::nullopt;
      }
      texts.push_back(*text);
    }
    return texts;
  }
  if (auto text = scalar_text(node)) {
    texts.push_back(std::move(*text));
    return texts;
  }
  return std::nullopt;
}

Result<void> apply_table(Values& values, const Schema& schema, const toml::table& table,
                         const std::string& file) {
  for (const auto& [section, content] : table) {
    const auto section_place = fmt::format("{}:{}", file, content.source().begin.line);
    const auto* keys = content.as_table();
    if (keys == nullptr) {
      return unknown_key(schema, std::string(section.str()), section_place);
    }
    for (const auto& [key, node] : *keys) {
      const auto name = fmt::format("{}.{}", section.str(), key.str());
      const auto place = fmt::format("{}:{}", file, key.source().begin.line);
      const auto* setting = find(schema, name);
      if (setting == nullptr) {
        return unknown_key(schema, name, place);
      }
      auto texts = texts_of(node);
      if (!texts) {
        return Error{ErrorCode::value_invalid,
                     fmt::format("{}: '{}' is neither text, number nor list", place, name)};
      }
      if (auto done = set(values, *setting, std::move(*texts), place); !done) {
        return done;
      }
    }
  }
  return {};
}

Result<void> apply_file(Values& values, const Schema& schema, const fs::path& file) {
  auto bytes = read_file(file, config_bytes_max);
  if (!bytes) {
    return bytes.error().code == ErrorCode::not_found ? Result<void>()
                                                      : Result<void>(bytes.error());
  }
  try {
    const auto table = toml::parse(std::string(bytes.value().begin(), bytes.value().end()));
    return apply_table(values, schema, table, file.string());
  } catch (const toml::parse_error& error) {
    return Error{
        ErrorCode::value_invalid,
        fmt::format("{}:{}: {}", file.string(), error.source().begin.line, error.description())};
  }
}

std::vector<std::string> split_commas(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, ',');) {
    parts.push_back(part);
  }
  return parts;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

/// HEARTH_SUPER_PEER__DATA_LISTEN names super-peer.data_listen.
Result<void> apply_variable(Values& values, const Schema& schema, const ConfigSources& sources,
                            const std::string& entry) {
  constexpr std::string_view prefix = "HEARTH_";
  const auto equals = entry.find('=');
  const auto variable = entry.substr(0, equals);
  const auto split = variable.find("__");
  if (!variable.starts_with(prefix) || split == std::string::npos || equals == std::string::npos) {
    return {};
  }
  auto section = lower(variable.substr(prefix.size(), split - prefix.size()));
  std::replace(section.begin(), section.end(), '_', '-');
  if (std::count(sources.foreign_sections.begin(), sources.foreign_sections.end(), section) > 0) {
    return {};
  }
  const auto name = section + "." + lower(variable.substr(split + 2));
  const auto* setting = find(schema, name);
  if (setting == nullptr) {
    return unknown_key(schema, name, variable);
  }
  const auto text = entry.substr(equals + 1);
  return set(values, *setting,
             setting->is_list ? split_commas(text) : std::vector<std::string>{text}, variable);
}

}  // namespace

std::string Settings::text(const std::string& name) const {
  const auto& values = list(name);
  return values.empty() ? std::string{} : values.front();
}

const std::vector<std::string>& Settings::list(const std::string& name) const {
  const auto found = values_.find(name);
  HEARTH_CHECK(found != values_.end());
  return found->second.values;
}

const std::string& Settings::origin(const std::string& name) const {
  const auto found = values_.find(name);
  HEARTH_CHECK(found != values_.end());
  return found->second.origin;
}

ConfigSources config_sources_of(const std::string& role) {
  ConfigSources sources;
  sources.files.push_back(fs::path("/etc/hearth") / (role + ".toml"));
  const char* xdg = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  if (xdg != nullptr && *xdg != '\0') {
    sources.files.push_back(fs::path(xdg) / "hearth" / (role + ".toml"));
  } else if (home != nullptr && *home != '\0') {
    sources.files.push_back(fs::path(home) / ".config/hearth" / (role + ".toml"));
  }
  for (char** entry = environ; *entry != nullptr; ++entry) {
    sources.environment.emplace_back(*entry);
  }
  return sources;
}

Result<Settings> load_settings(const Schema& schema, const ConfigSources& sources) {
  Values values;
  for (const auto& setting : schema) {
    values[setting.name()] = SettingValue{setting.fallback, "default"};
  }
  for (const auto& file : sources.files) {
    if (auto applied = apply_file(values, schema, file); !applied) {
      return applied.error();
    }
  }
  for (const auto& entry : sources.environment) {
    if (auto applied = apply_variable(values, schema, sources, entry); !applied) {
      return applied.error();
    }
  }
  for (const auto& [name, texts] : sources.flags) {
    const auto* setting = find(schema, name);
    HEARTH_CHECK(setting != nullptr);
    if (auto applied = set(values, *setting, texts, "--" + setting->flag); !applied) {
      return applied.error();
    }
  }
  return Settings(std::move(values));
}

}  // namespace hearth
