#pragma once
// Open files of RocksDB on a simulated disk.

#include "sim/disk/sim_disk.hpp"

#include <rocksdb/file_system.h>

#include <string>
#include <utility>

namespace hearth::sim {

[[nodiscard]] rocksdb::IOStatus to_status(ErrorCode code, const std::string& path);

/// A file that a process has open.
struct OpenFile {
  SimDisk& disk;
  SimDisk::Life life;
  std::string path;
  SimDisk::FilePtr file;

  [[nodiscard]] rocksdb::IOStatus admit(DiskAction action, std::size_t offset = 0,
                                        std::size_t bytes = 0) const {
    return to_status(disk.admit(life, {action, path, offset, bytes}), path);
  }

  [[nodiscard]] rocksdb::IOStatus read(std::uint64_t offset, std::size_t bytes,
                                       rocksdb::Slice* result, char* scratch) const;
  [[nodiscard]] rocksdb::IOStatus write(std::uint64_t offset, const rocksdb::Slice& data) const;
  [[nodiscard]] rocksdb::IOStatus sync() const;
};

class SequentialFile final : public rocksdb::FSSequentialFile {
 public:
  explicit SequentialFile(OpenFile open) : open_(std::move(open)) {}

  rocksdb::IOStatus Read(std::size_t bytes, const rocksdb::IOOptions& how, rocksdb::Slice* result,
                         char* scratch, rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Skip(std::uint64_t bytes) override;

 private:
  OpenFile open_;
  std::uint64_t position_ = 0;
};

class RandomAccessFile final : public rocksdb::FSRandomAccessFile {
 public:
  explicit RandomAccessFile(OpenFile open) : open_(std::move(open)) {}

  rocksdb::IOStatus Read(std::uint64_t offset, std::size_t bytes, const rocksdb::IOOptions& how,
                         rocksdb::Slice* result, char* scratch,
                         rocksdb::IODebugContext* debug) const override;

 private:
  OpenFile open_;
};

class WritableFile final : public rocksdb::FSWritableFile {
 public:
  explicit WritableFile(OpenFile open) : open_(std::move(open)) {}

  using rocksdb::FSWritableFile::Append;
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& how,
                           rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Truncate(std::uint64_t size, const rocksdb::IOOptions& how,
                             rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Close(const rocksdb::IOOptions& how, rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Flush(const rocksdb::IOOptions& how, rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& how, rocksdb::IODebugContext* debug) override;
  [[nodiscard]] bool IsSyncThreadSafe() const override { return true; }
  std::uint64_t GetFileSize(const rocksdb::IOOptions& how, rocksdb::IODebugContext* debug) override;

 private:
  OpenFile open_;
};

class RandomRwFile final : public rocksdb::FSRandomRWFile {
 public:
  explicit RandomRwFile(OpenFile open) : open_(std::move(open)) {}

  rocksdb::IOStatus Write(std::uint64_t offset, const rocksdb::Slice& data,
                          const rocksdb::IOOptions& how, rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Read(std::uint64_t offset, std::size_t bytes, const rocksdb::IOOptions& how,
                         rocksdb::Slice* result, char* scratch,
                         rocksdb::IODebugContext* debug) const override;
  rocksdb::IOStatus Flush(const rocksdb::IOOptions& how, rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& how, rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Close(const rocksdb::IOOptions& how, rocksdb::IODebugContext* debug) override;

 private:
  OpenFile open_;
};

class Folder final : public rocksdb::FSDirectory {
 public:
  explicit Folder(OpenFile open) : open_(std::move(open)) {}

  rocksdb::IOStatus Fsync(const rocksdb::IOOptions& how, rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus Close(const rocksdb::IOOptions& how, rocksdb::IODebugContext* debug) override;

 private:
  OpenFile open_;  // without file
};

}  // namespace hearth::sim
