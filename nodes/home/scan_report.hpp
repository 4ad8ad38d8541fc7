#pragma once
// What people see of a run: a bar on a terminal, else a line of the log at its start and its end,
// and a line for every file that was left out.

#include "messages/base/types.hpp"
#include "messages/home/home_messages.hpp"

#include <cstdint>
#include <vector>

namespace hearth::home {

class ScanReport {
 public:
  ScanReport(std::uint64_t run, bool bar) : run_(run), bar_(bar) {}

  void begin() const;
  /// Draws the bar, not more often than is of use.
  void show(const ScanProgress& progress, Instant now);
  void end(const ScanProgress& progress, const std::vector<ScanProblem>& problems,
           std::uint64_t problems_left_out) const;

 private:
  void draw(const ScanProgress& progress) const;

  std::uint64_t run_;
  bool bar_;
  Instant drawn_at_{};
};

}  // namespace hearth::home
