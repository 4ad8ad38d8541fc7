#pragma once

#include "sim/disk/disk_faults.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace hearth::sim {

/// The bytes of a file, as its node reads them and as the disk would have them after a power loss.
class DiskFile final {
 public:
  static constexpr std::size_t sector_bytes = 512;

  [[nodiscard]] std::string_view bytes() const { return bytes_; }

  /// The first so many bytes stay at a power loss, but for those that were changed since.
  [[nodiscard]] std::size_t durable_bytes() const { return durable_bytes_; }

  /// What lies between the end of the file and `offset` becomes zero.
  void write(std::size_t offset, std::string_view data);
  void truncate(std::size_t size);
  void sync();
  void lose_power(const PowerLossOptions& how, Random& random);

  /// Rot. Precondition: `offset` is within the file.
  void flip(std::size_t offset, unsigned char mask);

 private:
  void remember(std::size_t begin, std::size_t end);
  void restore(const std::string& written, Random& random);

  std::string bytes_;
  std::size_t durable_bytes_ = 0;
  std::map<std::size_t, std::string> overwritten_;  // durable bytes of changed sectors, by number
};

}  // namespace hearth::sim
