#pragma once
// Small parts of the report's page. Everything that is not a literal of ours goes through
// `escaped`.

#include "sim/drill/words.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::drill {

/// For text and for attributes in double quotes. Control characters become spaces.
[[nodiscard]] std::string escaped(std::string_view text);

/// "3.2 s", or what stands for nothing.
[[nodiscard]] std::string shown(ProbeUnit unit, std::optional<double> value,
                                std::string_view nothing = "–");

/// A pill: `good` or bad.
[[nodiscard]] std::string pill(bool good, std::string_view text);

/// `<table>` in a box that scrolls by itself. Cells are HTML; `columns` are text.
[[nodiscard]] std::string table(const std::vector<std::string>& columns,
                                const std::vector<std::vector<std::string>>& rows,
                                std::string_view kind = "");

/// `<h2>`, an introduction unless it is empty, and content that is HTML.
[[nodiscard]] std::string section(std::string_view title, std::string_view intro,
                                  const std::string& content);

/// `<ul>` of texts.
[[nodiscard]] std::string list_of(const std::vector<std::string>& texts, std::string_view style);

/// A line of times below something that is as long as a run.
[[nodiscard]] std::string time_axis(Millis length);

/// The style sheet.
[[nodiscard]] std::string_view report_style();

}  // namespace hearth::drill
