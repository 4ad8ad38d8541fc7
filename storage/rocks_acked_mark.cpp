#include "storage/rocks_acked_mark.hpp"

#include "messages/base/little_endian.hpp"
#include "storage/crc32c.hpp"
#include "storage/rocks_status.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace hearth::storage {

namespace {

using rocksdb::IOStatus;
using rocksdb::Slice;
using Slot = AckedMark::Slot;

constexpr std::size_t file_bytes = 2 * AckedMark::slot_bytes;
constexpr std::array<std::uint8_t, 8> magic{'H', 'M', 'A', 'R', 'K', 0, 0, 1};
constexpr std::size_t number_at = 8;
constexpr std::size_t checksum_at = AckedMark::slot_bytes - 4;

const rocksdb::IOOptions io;

Slice slice(const Slot& slot) {
  return {reinterpret_cast<const char*>(slot.data()), slot.size()};
}

std::string path_in(const std::string& folder) {
  return folder + "/" + AckedMark::file_name;
}

std::optional<BatchNumber> decode(BytesView slot) {
  const bool whole = slot.size() == AckedMark::slot_bytes &&
                     std::equal(magic.begin(), magic.end(), slot.begin()) &&
                     get_le<std::uint32_t>(&slot[checksum_at]) == crc32c(slot.first(checksum_at));
  if (!whole) {
    return std::nullopt;
  }
  return get_le<BatchNumber>(&slot[number_at]);
}

IOStatus write_new(rocksdb::FileSystem& files, const std::string& path) {
  std::unique_ptr<rocksdb::FSWritableFile> file;
  auto status = files.NewWritableFile(path, {}, &file, nullptr);
  for (int slot = 0; status.ok() && slot < 2; ++slot) {
    status = file->Append(slice(AckedMark::encode(0)), io, nullptr);
  }
  if (status.ok()) {
    status = file->Fsync(io, nullptr);
  }
  return status.ok() ? file->Close(io, nullptr) : status;
}

IOStatus sync_folder(rocksdb::FileSystem& files, const std::string& folder) {
  std::unique_ptr<rocksdb::FSDirectory> directory;
  const auto status = files.NewDirectory(folder, io, &directory, nullptr);
  return status.ok() ? directory->Fsync(io, nullptr) : status;
}

std::string parent_of(const std::string& folder) {
  const auto slash = folder.rfind('/', folder.find_last_not_of('/'));
  if (slash == std::string::npos) {
    return ".";
  }
  return slash == 0 ? "/" : folder.substr(0, slash);
}

struct Slots {
  std::array<std::optional<BatchNumber>, 2> numbers;

  [[nodiscard]] std::size_t newest() const { return numbers[1] > numbers[0] ? 1 : 0; }
};

Result<Slots> read_slots(rocksdb::FileSystem& files, const std::string& folder) {
  std::unique_ptr<rocksdb::FSRandomAccessFile> file;
  std::array<char, file_bytes> buffer{};
  Slice found;
  auto status = files.NewRandomAccessFile(path_in(folder), {}, &file, nullptr);
  if (status.ok()) {
    status = file->Read(0, file_bytes, io, &found, buffer.data(), nullptr);
  }
  if (!status.ok()) {
    return to_error(status, "cannot read " + path_in(folder));
  }
  const BytesView bytes(reinterpret_cast<const std::uint8_t*>(found.data()), found.size());
  if (bytes.size() != file_bytes) {
    return Error{ErrorCode::log_corrupt, path_in(folder) + " has the wrong size"};
  }
  const Slots slots{
      {decode(bytes.first(AckedMark::slot_bytes)), decode(bytes.subspan(AckedMark::slot_bytes))}};
  if (!slots.numbers[slots.newest()]) {
    return Error{ErrorCode::log_corrupt, "both slots of " + path_in(folder) + " are damaged"};
  }
  return slots;
}

}  // namespace

AckedMark::Slot AckedMark::encode(BatchNumber number) {
  Slot slot{};
  std::copy(magic.begin(), magic.end(), slot.begin());
  put_le(&slot[number_at], number);
  put_le(&slot[checksum_at], crc32c(BytesView(slot).first(checksum_at)));
  return slot;
}

Result<void> AckedMark::create(rocksdb::FileSystem& files, const std::string& folder) {
  const auto path = path_in(folder);
  auto status = write_new(files, path + ".new");
  if (status.ok()) {
    status = files.RenameFile(path + ".new", path, io, nullptr);
  }
  if (status.ok()) {
    status = sync_folder(files, folder);
  }
  if (status.ok()) {
    // The folder may be new, and RocksDB syncs what is in it, not its name.
    status = sync_folder(files, parent_of(folder));
  }
  return to_result(status, "cannot create " + path);
}

Result<BatchNumber> AckedMark::read(rocksdb::FileSystem& files, const std::string& folder) {
  const auto slots = read_slots(files, folder);
  if (!slots) {
    return slots.error();
  }
  return *slots.value().numbers[slots.value().newest()];
}

Result<std::unique_ptr<AckedMark>> AckedMark::open(rocksdb::FileSystem& files,
                                                   const std::string& folder) {
  const auto slots = read_slots(files, folder);
  if (!slots) {
    return slots.error();
  }
  std::unique_ptr<rocksdb::FSRandomRWFile> file;
  const auto status = files.NewRandomRWFile(path_in(folder), {}, &file, nullptr);
  if (!status.ok()) {
    return to_error(status, "cannot open " + path_in(folder));
  }
  const auto newest = slots.value().newest();
  return std::unique_ptr<AckedMark>(
      new AckedMark(std::move(file), *slots.value().numbers[newest], 1 - newest));
}

Result<void> AckedMark::set(BatchNumber number) {
  auto status = file_->Write(next_slot_ * slot_bytes, slice(encode(number)), io, nullptr);
  if (status.ok()) {
    status = file_->Sync(io, nullptr);
  }
  if (!status.ok()) {
    return to_error(status, "cannot write the mark of acknowledged batches");
  }
  number_ = number;
  next_slot_ = 1 - next_slot_;
  return {};
}

}  // namespace hearth::storage
