#pragma once
// The disk of one simulated node: files and folders as the node sees them, and as they would be
// after a power loss. The bytes of a file are durable after its sync, a new, renamed or deleted
// name after a sync of its folder; neither brings the other, as POSIX has it.
//
// A process uses the disk as long as its `Life` is the current one. A crash ends the life: whatever
// the dead process still tries, its destructors included, fails and changes nothing.

#include "messages/base/error.hpp"
#include "sim/disk/disk_faults.hpp"
#include "sim/disk/disk_file.hpp"

#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::sim {

enum class DiskAction : std::uint8_t {
  create,
  remove,
  rename,
  make_folder,
  sync_folder,
  read,
  write,
  truncate,
  sync
};

[[nodiscard]] std::string_view name_of(DiskAction action);

/// Of a trace: everything but the bytes, which hold random numbers of RocksDB. The same for the
/// same seed.
struct DiskStep {
  DiskAction action{};
  std::string_view path;
  std::size_t offset = 0;
  std::size_t bytes = 0;
};

/// Threads: one. Paths are absolute, without a slash at the end; "/" is there from the beginning.
class SimDisk final {
 public:
  using Life = std::uint64_t;
  using FilePtr = std::shared_ptr<DiskFile>;
  using Trace = std::function<void(const DiskStep&)>;
  static constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

  /// `faults` outlive the disk.
  explicit SimDisk(DiskFaults& faults) : faults_(faults) {}
  SimDisk(const SimDisk&) = delete;
  SimDisk& operator=(const SimDisk&) = delete;

  // For the process. Codes: `none`, `disk_failed`, `disk_full`.

  [[nodiscard]] Life life() const { return life_; }

  /// Before every step of a process: traces it, and says whether the disk does it.
  ErrorCode admit(Life life, const DiskStep& step);

  /// A full disk takes as much as fits, one that fails some of it.
  ErrorCode write(Life life, std::string_view path, DiskFile& file, std::size_t offset,
                  std::string_view data);

  /// Nothing where there is no such file.
  [[nodiscard]] FilePtr find(std::string_view path) const;
  [[nodiscard]] bool exists(std::string_view path) const;
  [[nodiscard]] bool is_folder(std::string_view path) const;
  [[nodiscard]] std::vector<std::string> names_in(std::string_view folder) const;

  FilePtr create(const std::string& path);
  void make_folder(const std::string& path);
  void remove(const std::string& path);
  void rename(const std::string& from, const std::string& to);
  void sync_folder(std::string_view path);

  /// False where the lock is held. A crash releases all.
  bool lock(const std::string& path);
  void unlock(const std::string& path);

  // For the simulator.

  /// The process dies. All it wrote stays.
  void crash();

  /// The process dies, and what was not synced with it, as the faults' PowerLossOptions have it.
  void lose_power();

  /// Room for so many bytes of files; takes nothing away.
  void set_capacity(std::uint64_t bytes) { capacity_ = bytes; }
  [[nodiscard]] std::uint64_t used_bytes() const;

  using ChoosesPath = std::function<bool(std::string_view path)>;
  /// Flips `bits` durable bits in files that `chooses` takes. False where these have none.
  bool rot(const ChoosesPath& chooses, unsigned bits);
  /// Flips them back, as a better copy would; but not in files that are gone or were shortened.
  void heal_rot();

  void set_trace(Trace trace) { trace_ = std::move(trace); }

 private:
  using Entries = std::map<std::string, FilePtr, std::less<>>;  // a folder has no file
  struct Change {
    std::string from;  // the name that goes; empty: none
    std::string to;    // the name that comes; empty: none
    FilePtr file;
  };
  struct RottenByte {
    std::weak_ptr<DiskFile> file;
    std::size_t offset;
    unsigned char mask;
  };

  [[nodiscard]] std::uint64_t room_from(const DiskFile& file, std::size_t offset) const;
  void change(Change change);
  static void apply(Entries& entries, const Change& change);

  DiskFaults& faults_;
  Trace trace_;
  Life life_ = 1;
  Entries live_;
  Entries durable_;
  std::vector<Change> unsynced_;  // of folders, in order
  std::set<std::string, std::less<>> locks_;
  std::vector<RottenByte> rotten_;
  std::uint64_t capacity_ = unlimited;
};

}  // namespace hearth::sim
