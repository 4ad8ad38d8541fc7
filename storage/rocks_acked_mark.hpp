#pragma once
// The tripwire against amnesia: a file beside the database that holds the number of the last batch
// that was acknowledged. A database that ends below it has lost synced data; what is damaged above
// it was never promised to anybody. Recovery of RocksDB alone cannot tell these apart: it opens
// silently when its write-ahead log is gone.
//
// Two slots of 512 bytes, each with a checksum, written in turn and in place: a torn write hurts
// one of them, and the other holds the mark before. docs/formats/event_log.md has the bytes.

#include "storage/event_log.hpp"

#include <rocksdb/file_system.h>

#include <array>
#include <memory>
#include <string>

namespace hearth::storage {

/// Threads: one at a time.
class AckedMark final {
 public:
  static constexpr const char* file_name = "acked";
  static constexpr std::size_t slot_bytes = 512;
  using Slot = std::array<std::uint8_t, slot_bytes>;

  /// Makes the mark 0 of a new log in `folder`. On return it is there, whole, after any crash; a
  /// crash before leaves none. Errors: `disk_full`, `disk_failed`.
  static Result<void> create(rocksdb::FileSystem& files, const std::string& folder);

  /// Reads and changes nothing. Errors: `log_corrupt`, `disk_failed`.
  static Result<BatchNumber> read(rocksdb::FileSystem& files, const std::string& folder);

  /// Errors: as `read`.
  static Result<std::unique_ptr<AckedMark>> open(rocksdb::FileSystem& files,
                                                 const std::string& folder);

  /// Blocks until the mark is on the disk. Errors: `disk_full`, `disk_failed`; as after any failed
  /// sync, do not try again.
  Result<void> set(BatchNumber number);

  /// What the mark stands at, or stood at before `set` failed.
  [[nodiscard]] BatchNumber number() const { return number_; }

  [[nodiscard]] static Slot encode(BatchNumber number);

 private:
  AckedMark(std::unique_ptr<rocksdb::FSRandomRWFile> file, BatchNumber number,
            std::size_t next_slot)
      : file_(std::move(file)), number_(number), next_slot_(next_slot) {}

  std::unique_ptr<rocksdb::FSRandomRWFile> file_;
  BatchNumber number_;
  std::size_t next_slot_;  // the older one
};

}  // namespace hearth::storage
