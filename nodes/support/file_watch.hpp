#pragma once

#include <cstdint>
#include <filesystem>

namespace hearth {

/// Tells when a file has become another one. Looks only when it is asked.
class FileWatch {
 public:
  /// The file as it is now is the known one.
  explicit FileWatch(std::filesystem::path path);

  /// True once for each change. A file that is gone has not changed: its successor will have.
  [[nodiscard]] bool changed();

 private:
  struct State {
    std::uint64_t inode = 0;
    std::int64_t size = -1;
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;
    friend bool operator==(const State&, const State&) = default;
  };
  [[nodiscard]] State look() const;

  std::filesystem::path path_;
  State known_;
};

}  // namespace hearth
