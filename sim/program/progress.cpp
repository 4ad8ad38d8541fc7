#include "sim/program/progress.hpp"

#include "sim/drill/words.hpp"

#include <algorithm>
#include <cstdio>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>

namespace hearth::sim {

Progress::Progress(std::string what, std::size_t total)
    : what_(std::move(what)),
      total_(total),
      visible_(::isatty(STDERR_FILENO) == 1),
      begin_(std::chrono::steady_clock::now()) {}

Progress::~Progress() {
  if (visible_) {
    fmt::print(stderr, "\r\x1b[K");
  }
}

std::chrono::milliseconds Progress::elapsed() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               begin_);
}

void Progress::show(std::size_t done, const std::string& remark) const {
  constexpr std::size_t width = 30;
  if (!visible_) {
    return;
  }
  const auto filled = width * std::min(done, total_) / total_;
  const auto rest = static_cast<std::int64_t>(total_ - std::min(done, total_));
  const auto left = done == 0 ? std::string("?")
                              : drill::spoken(std::chrono::ceil<std::chrono::seconds>(
                                    elapsed() * rest / static_cast<std::int64_t>(done)));
  fmt::print(stderr, "\r\x1b[K[{:=<{}}{: <{}}] {} of {} {}, {}, {} left", "", filled, "",
             width - filled, done, total_, what_, remark, left);
  std::fflush(stderr);
}

}  // namespace hearth::sim
