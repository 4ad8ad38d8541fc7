#include "storage/rocks_start.hpp"

#include "messages/base/probe.hpp"
#include "storage/key_codec.hpp"
#include "storage/rocks_status.hpp"
#include "storage/rocks_store.hpp"
#include "storage/value_codec.hpp"

#include <rocksdb/env.h>
#include <rocksdb/write_batch.h>

#include <string>
#include <utility>

namespace hearth::storage {

namespace {

using rocksdb::DB;
using rocksdb::FileSystem;

const rocksdb::IOOptions io;

FileSystem& files_of(const rocksdb::Options& rocks) {
  return *rocks.env->GetFileSystem();
}

bool exists(FileSystem& files, const std::string& path) {
  return files.FileExists(path, io, nullptr).ok();
}

Error lost(const std::string& folder, const std::string& what) {
  return {ErrorCode::log_lost,
          what + ". The data in " + folder +
              " is incomplete; nothing in it was changed. Keep a copy of the folder, then restore "
              "it from a backup"};
}

/// The lock of the folder, so that the check never reads a log while another process writes it.
/// A folder without lock file is left without.
class FolderLock final {
 public:
  FolderLock(FileSystem& files, const std::string& folder) : files_(files) {
    const auto path = folder + "/LOCK";
    free_ = !exists(files, path) || files.LockFile(path, io, &lock_, nullptr).ok();
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock() {
    if (lock_ != nullptr) {
      files_.UnlockFile(lock_, io, nullptr).PermitUncheckedError();
    }
  }

  [[nodiscard]] bool free() const { return free_; }

 private:
  FileSystem& files_;
  rocksdb::FileLock* lock_ = nullptr;
  bool free_ = false;
};

Error in_use(const std::string& folder) {
  return {ErrorCode::in_use, "another process has the log in " + folder + " open"};
}

Result<void> check_stored_format(DB& db) {
  const auto format = read_payload(db, view(format_key()));
  if (!format) {
    return format.error();
  }
  if (!format.value()) {
    return Error{ErrorCode::log_corrupt, "the log does not say which format it has"};
  }
  return check_format(*format.value());
}

/// The log as recovery would find it. Writes nothing.
Result<std::unique_ptr<DB>> peek(const rocksdb::Options& rocks, const std::string& folder) {
  DB* opened = nullptr;
  const auto status = DB::OpenForReadOnly(rocks, folder, &opened);
  HEARTH_PROBE(status.IsPathNotFound(), "log: a file is missing");
  if (status.IsPathNotFound()) {
    return lost(folder, "a file of the log is missing (" + status.ToString() + ")");
  }
  if (!status.ok()) {
    return to_error(status, "cannot read the log in " + folder);
  }
  return std::unique_ptr<DB>(opened);
}

Error not_created(const std::string& folder) {
  return {ErrorCode::not_found,
          "there is no event log in " + folder + "; `hearth node init` makes one"};
}

Error unmarked(const std::string& folder) {
  return {ErrorCode::log_corrupt, "the file `acked` is missing in " + folder +
                                      ": nobody can tell whether the log is complete"};
}

/// Errors: as `RocksEventLog::open`.
Result<void> check_against_mark(FileSystem& files, DB& db, const std::string& folder) {
  const auto found = read_last_batch(db);
  if (!found) {
    return found.error();
  }
  if (!exists(files, folder + "/" + AckedMark::file_name)) {
    return found.value() == 0 ? not_created(folder) : unmarked(folder);
  }
  if (auto known = check_stored_format(db); !known) {
    return known;
  }
  const auto acked = AckedMark::read(files, folder);
  if (!acked) {
    return acked.error();
  }
  HEARTH_PROBE(found.value() < acked.value(), "log: acknowledged batches are missing");
  if (found.value() < acked.value()) {
    return lost(folder, "batch " + std::to_string(acked.value()) +
                            " was acknowledged, but the log ends with batch " +
                            std::to_string(found.value()));
  }
  return {};
}

/// What keeps the log from being opened. Errors: as `RocksEventLog::open`.
Result<void> check_before_open(const rocksdb::Options& rocks, const std::string& folder) {
  auto& files = files_of(rocks);
  if (!exists(files, folder + "/CURRENT")) {
    const bool was_there = exists(files, folder + "/" + AckedMark::file_name);
    return was_there ? lost(folder, "the database of the log is missing") : not_created(folder);
  }
  const FolderLock lock(files, folder);
  if (!lock.free()) {
    return in_use(folder);
  }
  const auto db = peek(rocks, folder);
  return db ? check_against_mark(files, *db.value(), folder) : db.error();
}

Result<std::unique_ptr<DB>> open_database(const rocksdb::Options& rocks,
                                          const std::string& folder) {
  DB* opened = nullptr;
  const auto status = DB::Open(rocks, folder, &opened);
  if (!status.ok()) {
    return to_error(status, "cannot open the log in " + folder);
  }
  return std::unique_ptr<DB>(opened);
}

Result<void> write_format(DB& db) {
  const auto key = format_key();
  const auto payload = encode_format(log_format);
  const auto header = value_header(view(key), payload);
  rocksdb::WriteOptions how;
  how.sync = true;
  const std::string value(std::string(header.begin(), header.end()) +
                          slice(BytesView(payload)).ToString());
  return to_result(db.Put(how, slice(view(key)), value), "cannot write a new log");
}

/// Whether a log may be made in `folder`; a creation that never ended is in nobody's way.
Result<void> check_before_create(const rocksdb::Options& rocks, const std::string& folder) {
  const auto opens = check_before_open(rocks, folder);
  if (!opens && opens.error().code == ErrorCode::not_found) {
    return {};
  }
  if (!opens && opens.error().code == ErrorCode::in_use) {
    return opens;
  }
  return Error{ErrorCode::already_exists, "there is an event log in " + folder + " already"};
}

}  // namespace

Result<void> create_log(const RocksOptions& options) {
  auto rocks = rocks_options(options);
  if (auto allowed = check_before_create(rocks, options.folder); !allowed) {
    return allowed;
  }
  rocks.create_if_missing = true;
  const auto db = open_database(rocks, options.folder);
  if (!db) {
    return db.error();
  }
  if (auto written = write_format(*db.value()); !written) {
    return written;
  }
  // Last: with the mark there, the log is whole.
  return AckedMark::create(files_of(rocks), options.folder);
}

Result<OpenedLog> open_log(const RocksOptions& options) {
  const auto rocks = rocks_options(options);
  if (auto fit = check_before_open(rocks, options.folder); !fit) {
    return fit.error();
  }
  auto db = open_database(rocks, options.folder);
  if (!db) {
    return db.error();
  }
  auto mark = AckedMark::open(files_of(rocks), options.folder);
  if (!mark) {
    return mark.error();
  }
  const auto last = read_last_batch(*db.value());
  if (!last) {
    return last.error();
  }
  if (last.value() > mark.value()->number()) {
    HEARTH_PROBE(true, "log: recovery keeps more than was acknowledged");
    // Recovery kept more than was acknowledged. Actors begin from it, so from now on it counts.
    if (auto raised = mark.value()->set(last.value()); !raised) {
      return raised.error();
    }
  }
  return OpenedLog{std::move(db.value()), std::move(mark.value()), last.value()};
}

}  // namespace hearth::storage
