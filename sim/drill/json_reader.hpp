#pragma once
// JSON that somebody may have edited, read member by member: the first thing that is wrong becomes
// a problem with its path, and reading goes on with what was there before.

#include "messages/base/types.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::drill {

using Json = nlohmann::ordered_json;

/// One object. `json` and `problem` outlive the reader.
class JsonReader final {
 public:
  /// `path`: how problems call the object; empty for the root.
  JsonReader(const Json& json, std::string path, std::string& problem);

  // Members that are missing or of another type are problems; optional ones may be null.
  void read(std::string_view key, std::string& target);
  void read(std::string_view key, std::uint64_t& target);
  void read(std::string_view key, double& target);
  void read(std::string_view key, Millis& target);
  void read(std::string_view key, std::optional<double>& target);
  void read(std::string_view key, std::optional<Millis>& target);
  void read(std::string_view key, std::optional<std::string>& target);
  void read(std::string_view key, std::vector<std::string>& target);

  /// Calls `each` with a reader of every object in the list.
  template <class Each>
  void objects(std::string_view key, const Each& each) {
    const auto* list = list_of(key);
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      each(JsonReader((*list)[i], element_path(key, i), problem_));
    }
  }
  [[nodiscard]] JsonReader object(std::string_view key);
  /// Null, and a problem, where it is no list.
  [[nodiscard]] const Json* list_of(std::string_view key);
  [[nodiscard]] const Json* find(std::string_view key) const;
  void wrong(std::string_view key, std::string_view wanted);
  [[nodiscard]] const Json& json() const { return json_; }

 private:
  [[nodiscard]] std::string path_of(std::string_view key) const;
  [[nodiscard]] std::string element_path(std::string_view key, std::size_t index) const;
  [[nodiscard]] bool is_null(std::string_view key) const;

  const Json& json_;
  std::string path_;
  std::string& problem_;
};

}  // namespace hearth::drill
