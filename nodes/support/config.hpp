#pragma once
// Where the settings of a process come from, the later ones winning:
//   defaults < /etc/hearth/ROLE.toml < $XDG_CONFIG_HOME/hearth/ROLE.toml
//            < HEARTH_SECTION__KEY < flags
// All values are text here; whoever uses one gives it a meaning. A list that is set anywhere
// replaces the whole list below it. docs/configuration.md has every key.

#include "messages/base/result.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hearth {

/// One key of a role.
struct Setting {
  std::string section;
  std::string key;
  std::string flag;                   ///< Without the dashes before it.
  bool is_list = false;               ///< In the environment: separated by commas.
  std::vector<std::string> fallback;  ///< At most one for those that are no lists.
  std::string help;

  [[nodiscard]] std::string name() const { return section + "." + key; }
};

using Schema = std::vector<Setting>;

struct SettingValue {
  std::vector<std::string> values;
  std::string origin;  ///< "default", "FILE:LINE", "HEARTH_SECTION__KEY" or "--flag".
};

/// Values by `Setting::name()`; every setting of the schema is there.
class Settings {
 public:
  explicit Settings(std::map<std::string, SettingValue> values) : values_(std::move(values)) {}

  /// Empty where neither set nor a default. Precondition: `name` is in the schema.
  [[nodiscard]] std::string text(const std::string& name) const;
  [[nodiscard]] const std::vector<std::string>& list(const std::string& name) const;
  [[nodiscard]] const std::string& origin(const std::string& name) const;
  [[nodiscard]] const std::map<std::string, SettingValue>& all() const { return values_; }

 private:
  std::map<std::string, SettingValue> values_;
};

struct ConfigSources {
  std::vector<std::filesystem::path> files;  ///< In rising precedence; missing ones are skipped.
  std::vector<std::string> environment;      ///< As in `environ`.
  /// Sections of other roles: their variables are none of this role's business.
  std::vector<std::string> foreign_sections;
  std::map<std::string, std::vector<std::string>> flags;  ///< By `Setting::name()`.
};

/// The files of `role` on this machine, and its environment; no flags.
[[nodiscard]] ConfigSources config_sources_of(const std::string& role);

/// Errors: `value_invalid`: syntax, an unknown key (the detail has place and nearest key), a list
/// where one value is wanted; `not_readable`.
[[nodiscard]] Result<Settings> load_settings(const Schema& schema, const ConfigSources& sources);

}  // namespace hearth
