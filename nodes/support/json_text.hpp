#pragma once
// JSON for those who write a handful of fields. Who reads JSON, or writes trees of it, uses
// nlohmann::json, which costs seconds of compile time a file.

#include "messages/base/types.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hearth {

/// `text` as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::string json_text(std::string_view text);

/// Likewise, but `null` where `text` is empty.
[[nodiscard]] std::string json_text_or_null(std::string_view text);

/// `path` with every byte that is not UTF-8, and every backslash, as \xHH: nothing is ambiguous.
[[nodiscard]] std::string path_text(BytesView path);

[[nodiscard]] std::string json_bool(bool value);

/// An object of names and values; the values are JSON already.
[[nodiscard]] std::string json_object(
    const std::vector<std::pair<std::string_view, std::string>>& fields);

/// An array of JSON values.
[[nodiscard]] std::string json_array(const std::vector<std::string>& values);

}  // namespace hearth
