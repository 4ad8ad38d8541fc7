#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace hearth::sim {

/// One line on stderr that is written over again: what was done of how many, failures, how long it
/// still takes. Nothing where stderr is no terminal.
class Progress final {
 public:
  /// `what`: of what there are `total`, such as "seeds".
  Progress(std::string what, std::size_t total);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();  ///< Takes the line away.

  /// `remark`: what else there is to say now.
  void show(std::size_t done, const std::string& remark) const;
  [[nodiscard]] std::chrono::milliseconds elapsed() const;

 private:
  std::string what_;
  std::size_t total_;
  bool visible_;
  std::chrono::steady_clock::time_point begin_;
};

}  // namespace hearth::sim
