#include "sim/disk/sim_disk.hpp"

#include "messages/base/check.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace hearth::sim {

namespace {

std::string_view folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

DiskUse use_of(DiskAction action) {
  switch (action) {
    case DiskAction::read: return DiskUse::read;
    case DiskAction::sync:
    case DiskAction::sync_folder: return DiskUse::sync;
    default: return DiskUse::write;
  }
}

}  // namespace

std::string_view name_of(DiskAction action) {
  switch (action) {
    case DiskAction::create: return "create";
    case DiskAction::remove: return "remove";
    case DiskAction::rename: return "rename";
    case DiskAction::make_folder: return "make_folder";
    case DiskAction::sync_folder: return "sync_folder";
    case DiskAction::read: return "read";
    case DiskAction::write: return "write";
    case DiskAction::truncate: return "truncate";
    case DiskAction::sync: return "sync";
  }
  return "";
}

ErrorCode SimDisk::admit(Life life, const DiskStep& step) {
  if (life != life_) {
    return ErrorCode::disk_failed;
  }
  if (trace_) {
    trace_(step);
  }
  return faults_.fails(use_of(step.action)) ? ErrorCode::disk_failed : ErrorCode::none;
}

ErrorCode SimDisk::write(Life life, std::string_view path, DiskFile& file, std::size_t offset,
                         std::string_view data) {
  if (life != life_) {
    return ErrorCode::disk_failed;
  }
  auto outcome = admit(life, {DiskAction::write, path, offset, data.size()});
  if (outcome != ErrorCode::none) {
    data = data.substr(0, faults_.random().below(data.size() + 1));
  }
  if (const auto room = room_from(file, offset); data.size() > room) {
    data = data.substr(0, room);
    outcome = outcome == ErrorCode::none ? ErrorCode::disk_full : outcome;
  }
  file.write(offset, data);
  return outcome;
}

/// What is in the file already needs no room.
std::uint64_t SimDisk::room_from(const DiskFile& file, std::size_t offset) const {
  if (capacity_ == unlimited) {
    return unlimited;
  }
  const auto used = used_bytes();
  const auto size = file.bytes().size();
  return (capacity_ > used ? capacity_ - used : 0) + (size > offset ? size - offset : 0);
}

SimDisk::FilePtr SimDisk::find(std::string_view path) const {
  const auto found = live_.find(path);
  return found == live_.end() ? nullptr : found->second;
}

bool SimDisk::exists(std::string_view path) const {
  return path == "/" || live_.contains(path);
}

bool SimDisk::is_folder(std::string_view path) const {
  return exists(path) && find(path) == nullptr;
}

std::vector<std::string> SimDisk::names_in(std::string_view folder) const {
  std::vector<std::string> names;
  for (const auto& [path, file] : live_) {
    if (folder_of(path) == folder) {
      names.push_back(path.substr(path.rfind('/') + 1));
    }
  }
  return names;
}

SimDisk::FilePtr SimDisk::create(const std::string& path) {
  auto file = std::make_shared<DiskFile>();
  change({{}, path, file});
  return file;
}

void SimDisk::make_folder(const std::string& path) {
  change({{}, path, nullptr});
}

void SimDisk::remove(const std::string& path) {
  change({path, {}, nullptr});
}

void SimDisk::rename(const std::string& from, const std::string& to) {
  HEARTH_CHECK(folder_of(from) == folder_of(to));
  change({from, to, find(from)});
}

void SimDisk::sync_folder(std::string_view path) {
  const auto is_elsewhere = [path](const Change& change) {
    return folder_of(change.to.empty() ? change.from : change.to) != path;
  };
  const auto synced = std::stable_partition(unsynced_.begin(), unsynced_.end(), is_elsewhere);
  for (auto change = synced; change != unsynced_.end(); ++change) {
    apply(durable_, *change);
  }
  unsynced_.erase(synced, unsynced_.end());
}

bool SimDisk::lock(const std::string& path) {
  return locks_.insert(path).second;
}

void SimDisk::unlock(const std::string& path) {
  locks_.erase(path);
}

void SimDisk::crash() {
  ++life_;
  locks_.clear();
}

void SimDisk::lose_power() {
  crash();
  auto& random = faults_.random();
  // A journal keeps changes in order: some of the first survive.
  for (const auto& change : std::exchange(unsynced_, {})) {
    if (!random.chance(faults_.power_loss().folder_change_kept)) {
      break;
    }
    apply(durable_, change);
  }
  live_.clear();
  for (const auto& [path, file] : durable_) {  // a folder comes before what is in it
    if (is_folder(folder_of(path))) {
      live_.emplace(path, file);
    }
  }
  durable_ = live_;
  for (const auto& [path, file] : live_) {
    if (file != nullptr) {
      file->lose_power(faults_.power_loss(), random);
    }
  }
}

std::uint64_t SimDisk::used_bytes() const {
  std::uint64_t used = 0;
  for (const auto& [path, file] : live_) {
    used += file == nullptr ? 0 : file->bytes().size();
  }
  return used;
}

bool SimDisk::rot(const ChoosesPath& chooses, unsigned bits) {
  std::vector<FilePtr> chosen;
  for (const auto& [path, file] : durable_) {
    if (file != nullptr && file->durable_bytes() > 0 && chooses(path)) {
      chosen.push_back(file);
    }
  }
  if (chosen.empty()) {
    return false;
  }
  auto& random = faults_.random();
  for (unsigned bit = 0; bit < bits; ++bit) {
    const auto& file = chosen[random.below(chosen.size())];
    const auto offset = random.below(std::min(file->durable_bytes(), file->bytes().size()));
    const auto mask = static_cast<unsigned char>(1U << random.below(8));
    file->flip(offset, mask);
    rotten_.push_back({file, offset, mask});
  }
  return true;
}

void SimDisk::heal_rot() {
  for (const auto& rotten : std::exchange(rotten_, {})) {
    const auto file = rotten.file.lock();
    if (file != nullptr && rotten.offset < file->bytes().size()) {
      file->flip(rotten.offset, rotten.mask);
    }
  }
}

void SimDisk::change(Change change) {
  apply(live_, change);
  unsynced_.push_back(std::move(change));
}

void SimDisk::apply(Entries& entries, const Change& change) {
  if (!change.from.empty()) {
    entries.erase(change.from);
  }
  if (!change.to.empty()) {
    entries.insert_or_assign(change.to, change.file);
  }
}

}  // namespace hearth::sim
