#include "nodes/home/scan_report.hpp"

#include "nodes/support/exit_code.hpp"
#include "nodes/support/json_text.hpp"
#include "nodes/support/logging.hpp"

#include <chrono>
#include <fmt/format.h>
#include <string>

namespace hearth::home {

namespace {

using namespace std::chrono_literals;

constexpr auto redraw_after = 100ms;
constexpr std::uint64_t bar_width = 30;

}  // namespace

void ScanReport::begin() const {
  if (!bar_) {
    logs::info("scan.started", "looking for media files", {{"run", std::to_string(run_)}});
  }
}

void ScanReport::show(const ScanProgress& progress, Instant now) {
  if (bar_ && now - drawn_at_ >= redraw_after) {
    drawn_at_ = now;
    draw(progress);
  }
}

void ScanReport::draw(const ScanProgress& progress) const {
  const auto total = std::max<std::uint64_t>(progress.total, 1);
  const auto full = std::min(bar_width, progress.done * bar_width / total);
  write_stderr(fmt::format("\r\x1b[Kscanning [{:#<{}}{:-<{}}] {} of {} files", "", full, "",
                           bar_width - full, progress.done, progress.total));
}

void ScanReport::end(const ScanProgress& progress, const std::vector<ScanProblem>& problems,
                     std::uint64_t problems_left_out) const {
  if (bar_) {
    draw(progress);
    write_stderr("\n");
  }
  for (const auto& problem : problems) {
    logs::warning("scan.rejected", "a file was left out of the library",
                  {{"path", path_text(problem.path)}, {"reason", problem.reason}});
  }
  logs::info("scan.finished", "the library is up to date",
             {{"run", std::to_string(run_)},
              {"files", std::to_string(progress.total)},
              {"left_out", std::to_string(problems.size() + problems_left_out)}});
}

}  // namespace hearth::home
