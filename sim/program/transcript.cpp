#include "sim/program/transcript.hpp"

#include <chrono>
#include <fmt/format.h>

namespace hearth::sim {
namespace {

std::string columns(std::string_view number, std::string_view time, std::string_view node,
                    std::string_view actor, std::string_view kind, std::string_view detail) {
  auto line =
      fmt::format("{:>9} {:>10}  {:<20} {:<10} {:<20} {}", number, time, node, actor, kind, detail);
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

}  // namespace

std::string transcript_head() {
  return columns("event", "seconds", "node", "actor", "kind", "detail");
}

std::string transcript_line(const Trace::Line& line) {
  const auto ms = std::chrono::duration_cast<Millis>(line.at.time_since_epoch()).count();
  const auto detail = line.detail == nullptr ? std::string{} : (*line.detail)();
  return columns(std::to_string(line.number), fmt::format("{}.{:03}", ms / 1000, ms % 1000),
                 line.node, line.actor, line.kind, detail);
}

}  // namespace hearth::sim
