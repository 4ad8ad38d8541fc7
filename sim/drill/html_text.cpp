#include "sim/drill/html_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace hearth::drill {

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return out;
}

std::string shown(ProbeUnit unit, std::optional<double> value, std::string_view nothing) {
  return value ? value_text(unit, *value) : std::string(nothing);
}

std::string pill(bool good, std::string_view text) {
  return fmt::format(R"(<span class="pill {}">{}</span>)", good ? "good" : "bad", escaped(text));
}

std::string table(const std::vector<std::string>& columns,
                  const std::vector<std::vector<std::string>>& rows, std::string_view kind) {
  auto out = fmt::format(R"(<div class="scroll"><table class="{}"><thead><tr>)", kind);
  for (const auto& column : columns) {
    out += fmt::format(R"(<th scope="col">{}</th>)", escaped(column));
  }
  out += "</tr></thead><tbody>";
  for (const auto& row : rows) {
    out += "<tr>";
    for (std::size_t i = 0; i < row.size(); ++i) {
      // On a phone rows become cards, whose cells are told apart by this.
      const auto label = i < columns.size() ? escaped(columns[i]) : std::string{};
      out += fmt::format(R"(<td data-label="{}">{}</td>)", label, row[i]);
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string section(std::string_view title, std::string_view intro, const std::string& content) {
  return fmt::format(
      "<h2>{}</h2>\n{}{}\n", title,
      intro.empty() ? std::string{} : fmt::format(R"(<p class="soft">{}</p>)", intro), content);
}

std::string list_of(const std::vector<std::string>& texts, std::string_view style) {
  std::string out = fmt::format(R"(<ul class="{}">)", style);
  for (const auto& text : texts) {
    out += fmt::format("<li>{}</li>", escaped(text));
  }
  return out + "</ul>";
}

std::string time_axis(Millis length) {
  constexpr std::int64_t steps_s[] = {1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 1800, 3600};
  constexpr std::int64_t ticks_max = 5;
  const auto s = std::max<std::int64_t>(length.count() / 1000, 1);
  auto step = steps_s[0];
  for (const auto wider : steps_s) {
    step = s / step > ticks_max ? wider : step;
  }
  step = std::max(step, s / ticks_max / 3600 * 3600);
  std::string out = R"(<div class="axis times">)";
  for (std::int64_t at = 0; at <= s; at += step) {
    const auto left = 100 * static_cast<double>(at) / static_cast<double>(s);
    const auto text = step < 60 ? fmt::format("{} s", at) : spoken(Millis(at * 1000));
    out += fmt::format(R"(<span class="{}" style="left:{:.2f}%">{}</span>)",
                       at == 0     ? "first"
                       : left > 95 ? "last"
                                   : "",
                       left, at == 0 ? "0 s" : text);
  }
  return out + "</div>";
}

}  // namespace hearth::drill
