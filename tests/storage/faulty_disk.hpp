#pragma once

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

namespace hearth::test {

/// A disk that works until `fault` says otherwise. `fault` gets what is about to be done ("append",
/// "sync", "create", "rename") and to which file. Any thread.
class FaultyDisk final : public rocksdb::FileSystemWrapper {
 public:
  using Fault = std::function<rocksdb::IOStatus(const std::string& what, const std::string& file)>;

  explicit FaultyDisk(const std::shared_ptr<rocksdb::FileSystem>& target)
      : rocksdb::FileSystemWrapper(target) {}

  const char* Name() const override { return "FaultyDisk"; }

  void set(Fault fault) {
    const std::lock_guard lock(mutex_);
    fault_ = std::move(fault);
  }

  rocksdb::IOStatus check(const char* what, const std::string& file) {
    const std::lock_guard lock(mutex_);
    return fault_ ? fault_(what, file) : rocksdb::IOStatus::OK();
  }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& how,
                                    std::unique_ptr<rocksdb::FSWritableFile>* file,
                                    rocksdb::IODebugContext* debug) override {
    auto status = check("create", name);
    if (status.ok()) {
      status = FileSystemWrapper::NewWritableFile(name, how, file, debug);
    }
    if (status.ok()) {
      *file = std::make_unique<WritableFile>(std::move(*file), *this, name);
    }
    return status;
  }

  rocksdb::IOStatus NewRandomRWFile(const std::string& name, const rocksdb::FileOptions& how,
                                    std::unique_ptr<rocksdb::FSRandomRWFile>* file,
                                    rocksdb::IODebugContext* debug) override {
    auto status = FileSystemWrapper::NewRandomRWFile(name, how, file, debug);
    if (status.ok()) {
      *file = std::make_unique<RandomRWFile>(std::move(*file), *this, name);
    }
    return status;
  }

  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& how,
                               rocksdb::IODebugContext* debug) override {
    const auto status = check("rename", to);
    return status.ok() ? FileSystemWrapper::RenameFile(from, to, how, debug) : status;
  }

 private:
  class WritableFile final : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    WritableFile(std::unique_ptr<rocksdb::FSWritableFile> file, FaultyDisk& disk, std::string name)
        : FSWritableFileOwnerWrapper(std::move(file)), disk_(disk), name_(std::move(name)) {}

    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& how,
                             rocksdb::IODebugContext* debug) override {
      const auto status = disk_.check("append", name_);
      return status.ok() ? FSWritableFileOwnerWrapper::Append(data, how, debug) : status;
    }
    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& how,
                             const rocksdb::DataVerificationInfo& /*sum*/,
                             rocksdb::IODebugContext* debug) override {
      return Append(data, how, debug);
    }
    rocksdb::IOStatus Sync(const rocksdb::IOOptions& how, rocksdb::IODebugContext* debug) override {
      const auto status = disk_.check("sync", name_);
      return status.ok() ? FSWritableFileOwnerWrapper::Sync(how, debug) : status;
    }
    rocksdb::IOStatus Fsync(const rocksdb::IOOptions& how,
                            rocksdb::IODebugContext* debug) override {
      return Sync(how, debug);
    }

   private:
    FaultyDisk& disk_;
    std::string name_;
  };

  class RandomRWFile final : public rocksdb::FSRandomRWFileOwnerWrapper {
   public:
    RandomRWFile(std::unique_ptr<rocksdb::FSRandomRWFile> file, FaultyDisk& disk, std::string name)
        : FSRandomRWFileOwnerWrapper(std::move(file)), disk_(disk), name_(std::move(name)) {}

    rocksdb::IOStatus Write(std::uint64_t offset, const rocksdb::Slice& data,
                            const rocksdb::IOOptions& how,
                            rocksdb::IODebugContext* debug) override {
      const auto status = disk_.check("append", name_);
      return status.ok() ? FSRandomRWFileOwnerWrapper::Write(offset, data, how, debug) : status;
    }
    rocksdb::IOStatus Sync(const rocksdb::IOOptions& how, rocksdb::IODebugContext* debug) override {
      const auto status = disk_.check("sync", name_);
      return status.ok() ? FSRandomRWFileOwnerWrapper::Sync(how, debug) : status;
    }

   private:
    FaultyDisk& disk_;
    std::string name_;
  };

  std::mutex mutex_;
  Fault fault_;
};

}  // namespace hearth::test
