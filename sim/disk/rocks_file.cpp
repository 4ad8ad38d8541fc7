#include "sim/disk/rocks_file.hpp"

#include <algorithm>

namespace hearth::sim {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

IOStatus to_status(ErrorCode code, const std::string& path) {
  switch (code) {
    case ErrorCode::none: return IOStatus::OK();
    case ErrorCode::disk_full: return IOStatus::NoSpace(path, "of the simulation");
    default: return IOStatus::IOError(path, "of the simulation");
  }
}

IOStatus OpenFile::read(std::uint64_t offset, std::size_t bytes, Slice* result,
                        char* scratch) const {
  auto status = admit(DiskAction::read, offset, bytes);
  if (status.ok()) {
    const auto all = file->bytes();
    const auto found = all.substr(std::min<std::size_t>(offset, all.size()), bytes);
    std::copy(found.begin(), found.end(), scratch);
    *result = Slice(scratch, found.size());
  }
  return status;
}

IOStatus OpenFile::write(std::uint64_t offset, const Slice& data) const {
  return to_status(disk.write(life, path, *file, offset, {data.data(), data.size()}), path);
}

IOStatus OpenFile::sync() const {
  auto status = admit(DiskAction::sync);
  if (status.ok()) {
    file->sync();
  }
  return status;
}

IOStatus SequentialFile::Read(std::size_t bytes, const IOOptions& /*how*/, Slice* result,
                              char* scratch, IODebugContext* /*debug*/) {
  auto status = open_.read(position_, bytes, result, scratch);
  if (status.ok()) {
    position_ += result->size();
  }
  return status;
}

IOStatus SequentialFile::Skip(std::uint64_t bytes) {
  position_ += bytes;
  return IOStatus::OK();
}

IOStatus RandomAccessFile::Read(std::uint64_t offset, std::size_t bytes, const IOOptions& /*how*/,
                                Slice* result, char* scratch, IODebugContext* /*debug*/) const {
  return open_.read(offset, bytes, result, scratch);
}

IOStatus WritableFile::Append(const Slice& data, const IOOptions& /*how*/,
                              IODebugContext* /*debug*/) {
  return open_.write(open_.file->bytes().size(), data);
}

IOStatus WritableFile::Truncate(std::uint64_t size, const IOOptions& /*how*/,
                                IODebugContext* /*debug*/) {
  auto status = open_.admit(DiskAction::truncate, size);
  if (status.ok()) {
    open_.file->truncate(size);
  }
  return status;
}

IOStatus WritableFile::Close(const IOOptions& /*how*/, IODebugContext* /*debug*/) {
  return IOStatus::OK();
}

IOStatus WritableFile::Flush(const IOOptions& /*how*/, IODebugContext* /*debug*/) {
  return IOStatus::OK();
}

IOStatus WritableFile::Sync(const IOOptions& /*how*/, IODebugContext* /*debug*/) {
  return open_.sync();
}

std::uint64_t WritableFile::GetFileSize(const IOOptions& /*how*/, IODebugContext* /*debug*/) {
  return open_.file->bytes().size();
}

IOStatus RandomRwFile::Write(std::uint64_t offset, const Slice& data, const IOOptions& /*how*/,
                             IODebugContext* /*debug*/) {
  return open_.write(offset, data);
}

IOStatus RandomRwFile::Read(std::uint64_t offset, std::size_t bytes, const IOOptions& /*how*/,
                            Slice* result, char* scratch, IODebugContext* /*debug*/) const {
  return open_.read(offset, bytes, result, scratch);
}

IOStatus RandomRwFile::Flush(const IOOptions& /*how*/, IODebugContext* /*debug*/) {
  return IOStatus::OK();
}

IOStatus RandomRwFile::Sync(const IOOptions& /*how*/, IODebugContext* /*debug*/) {
  return open_.sync();
}

IOStatus RandomRwFile::Close(const IOOptions& /*how*/, IODebugContext* /*debug*/) {
  return IOStatus::OK();
}

IOStatus Folder::Fsync(const IOOptions& /*how*/, IODebugContext* /*debug*/) {
  auto status = open_.admit(DiskAction::sync_folder);
  if (status.ok()) {
    open_.disk.sync_folder(open_.path);
  }
  return status;
}

IOStatus Folder::Close(const IOOptions& /*how*/, IODebugContext* /*debug*/) {
  return IOStatus::OK();
}

}  // namespace hearth::sim
