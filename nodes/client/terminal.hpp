#pragma once
// What people see of a command.

#include <cstdint>
#include <string>
#include <string_view>

namespace hearth::cli {

/// `text` without characters that could steer a terminal.
[[nodiscard]] std::string printable(std::string_view text);

/// One line on stderr that is written over again; nothing where stderr is no terminal.
class ProgressBar {
 public:
  explicit ProgressBar(std::string what);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();  ///< Takes the line away.

  /// `total` 0: not known.
  void show(std::uint64_t done, std::uint64_t total);

 private:
  std::string what_;
  bool visible_;
  int percent_ = -1;
};

}  // namespace hearth::cli
