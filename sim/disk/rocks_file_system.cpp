#include "sim/disk/rocks_file_system.hpp"

#include <utility>

namespace hearth::sim {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

namespace {

/// RocksDB doubles slashes and puts some at the end.
std::string path_of(const std::string& name) {
  std::string path;
  for (const char c : name) {
    if (c != '/' || path.empty() || path.back() != '/') {
      path += c;
    }
  }
  if (path.size() > 1 && path.back() == '/') {
    path.pop_back();
  }
  return path;
}

struct Lock final : rocksdb::FileLock {
  explicit Lock(std::string locked) : path(std::move(locked)) {}
  const std::string path;
};

}  // namespace

OpenFile RocksFileSystem::opened(const std::string& name) const {
  auto path = path_of(name);
  auto file = disk_.find(path);
  return {disk_, life_, std::move(path), std::move(file)};
}

IOStatus RocksFileSystem::admit(DiskAction action, const std::string& path) const {
  return to_status(disk_.admit(life_, {action, path}), path);
}

template <class File, class Result>
IOStatus RocksFileSystem::open(const std::string& name, Result* result) const {
  auto open = opened(name);
  if (open.file == nullptr) {
    return IOStatus::PathNotFound(name, "of the simulation");
  }
  auto status = open.admit(DiskAction::read);
  if (status.ok()) {
    *result = std::make_unique<File>(std::move(open));
  }
  return status;
}

IOStatus RocksFileSystem::NewSequentialFile(const std::string& name, const FileOptions& /*how*/,
                                            std::unique_ptr<rocksdb::FSSequentialFile>* result,
                                            IODebugContext* /*debug*/) {
  return open<SequentialFile>(name, result);
}

IOStatus RocksFileSystem::NewRandomAccessFile(const std::string& name, const FileOptions& /*how*/,
                                              std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                                              IODebugContext* /*debug*/) {
  return open<RandomAccessFile>(name, result);
}

IOStatus RocksFileSystem::NewWritableFile(const std::string& name, const FileOptions& /*how*/,
                                          std::unique_ptr<rocksdb::FSWritableFile>* result,
                                          IODebugContext* /*debug*/) {
  const auto path = path_of(name);
  auto status = admit(DiskAction::create, path);
  if (status.ok()) {
    *result = std::make_unique<WritableFile>(OpenFile{disk_, life_, path, disk_.create(path)});
  }
  return status;
}

IOStatus RocksFileSystem::ReopenWritableFile(const std::string& name, const FileOptions& how,
                                             std::unique_ptr<rocksdb::FSWritableFile>* result,
                                             IODebugContext* debug) {
  if (disk_.find(path_of(name)) == nullptr) {
    return NewWritableFile(name, how, result, debug);
  }
  return open<WritableFile>(name, result);
}

IOStatus RocksFileSystem::NewRandomRWFile(const std::string& name, const FileOptions& /*how*/,
                                          std::unique_ptr<rocksdb::FSRandomRWFile>* result,
                                          IODebugContext* /*debug*/) {
  return open<RandomRwFile>(name, result);
}

IOStatus RocksFileSystem::NewDirectory(const std::string& name, const IOOptions& /*how*/,
                                       std::unique_ptr<rocksdb::FSDirectory>* result,
                                       IODebugContext* /*debug*/) {
  auto open = opened(name);
  if (!disk_.is_folder(open.path)) {
    return IOStatus::PathNotFound(name, "of the simulation");
  }
  *result = std::make_unique<Folder>(std::move(open));
  return IOStatus::OK();
}

IOStatus RocksFileSystem::FileExists(const std::string& name, const IOOptions& /*how*/,
                                     IODebugContext* /*debug*/) {
  return disk_.exists(path_of(name)) ? IOStatus::OK() : IOStatus::NotFound(name);
}

IOStatus RocksFileSystem::GetChildren(const std::string& folder, const IOOptions& /*how*/,
                                      std::vector<std::string>* result, IODebugContext* /*debug*/) {
  const auto path = path_of(folder);
  if (!disk_.is_folder(path)) {
    return IOStatus::NotFound(folder);
  }
  *result = disk_.names_in(path);
  return IOStatus::OK();
}

IOStatus RocksFileSystem::GetFileSize(const std::string& name, const IOOptions& /*how*/,
                                      std::uint64_t* size, IODebugContext* /*debug*/) {
  const auto file = disk_.find(path_of(name));
  if (file == nullptr) {
    return IOStatus::NotFound(name);
  }
  *size = file->bytes().size();
  return IOStatus::OK();
}

IOStatus RocksFileSystem::GetFileModificationTime(const std::string& /*name*/,
                                                  const IOOptions& /*how*/, std::uint64_t* time,
                                                  IODebugContext* /*debug*/) {
  *time = 0;
  return IOStatus::OK();
}

IOStatus RocksFileSystem::IsDirectory(const std::string& name, const IOOptions& /*how*/,
                                      bool* is_directory, IODebugContext* /*debug*/) {
  *is_directory = disk_.is_folder(path_of(name));
  return IOStatus::OK();
}

IOStatus RocksFileSystem::GetAbsolutePath(const std::string& name, const IOOptions& /*how*/,
                                          std::string* path, IODebugContext* /*debug*/) {
  *path = path_of(name);
  return IOStatus::OK();
}

IOStatus RocksFileSystem::GetTestDirectory(const IOOptions& /*how*/, std::string* path,
                                           IODebugContext* /*debug*/) {
  *path = "/";
  return IOStatus::OK();
}

IOStatus RocksFileSystem::DeleteFile(const std::string& name, const IOOptions& /*how*/,
                                     IODebugContext* /*debug*/) {
  const auto path = path_of(name);
  if (disk_.find(path) == nullptr) {
    return IOStatus::NotFound(name);
  }
  auto status = admit(DiskAction::remove, path);
  if (status.ok()) {
    disk_.remove(path);
  }
  return status;
}

IOStatus RocksFileSystem::CreateDir(const std::string& name, const IOOptions& /*how*/,
                                    IODebugContext* /*debug*/) {
  const auto path = path_of(name);
  auto status = admit(DiskAction::make_folder, path);
  if (status.ok()) {
    disk_.make_folder(path);
  }
  return status;
}

IOStatus RocksFileSystem::CreateDirIfMissing(const std::string& name, const IOOptions& how,
                                             IODebugContext* debug) {
  return disk_.is_folder(path_of(name)) ? IOStatus::OK() : CreateDir(name, how, debug);
}

IOStatus RocksFileSystem::DeleteDir(const std::string& name, const IOOptions& /*how*/,
                                    IODebugContext* /*debug*/) {
  return IOStatus::NotSupported(name, "the event log deletes no folder");
}

IOStatus RocksFileSystem::RenameFile(const std::string& from, const std::string& to,
                                     const IOOptions& /*how*/, IODebugContext* /*debug*/) {
  const auto old_path = path_of(from);
  const auto new_path = path_of(to);
  if (disk_.find(old_path) == nullptr) {
    return IOStatus::NotFound(from);
  }
  auto status = admit(DiskAction::rename, new_path);
  if (status.ok()) {
    disk_.rename(old_path, new_path);
  }
  return status;
}

IOStatus RocksFileSystem::LockFile(const std::string& name, const IOOptions& /*how*/,
                                   rocksdb::FileLock** lock, IODebugContext* /*debug*/) {
  const auto path = path_of(name);
  if (disk_.find(path) == nullptr) {
    auto status = admit(DiskAction::create, path);
    if (!status.ok()) {
      return status;
    }
    disk_.create(path);
  }
  if (life_ != disk_.life() || !disk_.lock(path)) {
    return IOStatus::IOError(path, "is locked");
  }
  *lock = new Lock(path);  // UnlockFile deletes it
  return IOStatus::OK();
}

IOStatus RocksFileSystem::UnlockFile(rocksdb::FileLock* lock, const IOOptions& /*how*/,
                                     IODebugContext* /*debug*/) {
  const std::unique_ptr<Lock> held(static_cast<Lock*>(lock));
  if (life_ == disk_.life()) {
    disk_.unlock(held->path);
  }
  return IOStatus::OK();
}

}  // namespace hearth::sim
