#include "nodes/client/terminal.hpp"

#include "nodes/support/exit_code.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <utility>

namespace hearth::cli {

std::string printable(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    const bool steers = byte < 0x20 || byte == 0x7F || (byte == 0xC2 && next < 0xA0);
    out += steers ? "?" : std::string{text[i]};
    i += steers && byte == 0xC2 ? 1 : 0;
  }
  return out;
}

ProgressBar::ProgressBar(std::string what)
    : what_(std::move(what)), visible_(::isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
  if (visible_ && percent_ >= 0) {
    write_stderr("\r\x1b[K");
  }
}

void ProgressBar::show(std::uint64_t done, std::uint64_t total) {
  constexpr std::size_t width = 30;
  const auto percent =
      total == 0 ? 0
                 : static_cast<int>(100.0 * static_cast<double>(done) / static_cast<double>(total));
  if (!visible_ || percent == std::exchange(percent_, percent)) {
    return;
  }
  const auto filled = width * static_cast<std::size_t>(percent) / 100;
  write_stderr(fmt::format("\r\x1b[K{} [{:=<{}}{: <{}}] {}%", what_, "", filled, "", width - filled,
                           percent));
}

}  // namespace hearth::cli
