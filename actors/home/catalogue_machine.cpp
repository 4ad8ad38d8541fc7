#include "actors/home/catalogue_machine.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace hearth::home {

namespace {

std::string_view parent_path(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

/// Whether `path` in `folder` or something above it is one of `places`, which are absolute.
bool is_below_any(const std::set<std::string_view>& places, const std::string& folder,
                  const std::string& path) {
  if (places.empty()) {
    return false;
  }
  const auto whole = path.empty() ? folder : folder + '/' + path;
  for (std::string_view place = whole; !place.empty() && place.size() >= folder.size();
       place = parent_path(place)) {
    if (places.contains(place)) {
      return true;
    }
  }
  return false;
}

bool has_embedded_art(const CatalogueEntry& entry) {
  return !entry.item.art_extension.empty() && entry.art_path.empty();
}

bool same_file(const FileSeen& file, const FileRejected& rejected) {
  return file.size == rejected.size && file.mtime_ns == rejected.mtime_ns &&
         file.inode == rejected.inode;
}

}  // namespace

CatalogueMachine::CatalogueMachine(std::vector<std::string> media_folders)
    : media_folders_(std::move(media_folders)) {
  std::ranges::transform(media_folders_, media_folders_.begin(), media_folder_named);
}

// ---- decide ----

ScanOutcome CatalogueMachine::decide(const ScanBatch& batch, WallTime now) const {
  ScanOutcome outcome;
  for (const auto& probed : batch.probed) {
    decide_on(probed, now, outcome);
  }
  for (const auto& broken : batch.broken) {
    decide_on(broken, outcome);
  }
  for (const auto& cover : batch.covers) {
    decide_on(cover, outcome);
  }
  return outcome;
}

ScanOutcome CatalogueMachine::decide(const ScanFinished& finished) const {
  ScanOutcome outcome;
  const auto is_there = [&](const ItemId& id) {
    return std::binary_search(finished.seen.begin(), finished.seen.end(), id);
  };
  const std::set<std::string_view> unreadable(finished.unreadable.begin(),
                                              finished.unreadable.end());
  for (const auto& [id, entry] : entries_) {
    const bool ours = is_ours(entry.folder) && !(entry.path.empty() && media_folders_.size() == 1);
    if (!ours || (!is_there(id) && !is_below_any(unreadable, entry.folder, entry.path))) {
      outcome.events.push_back(ItemRemoved{id});
      outcome.removed += entry.item.kind == ItemKind::container ? 0U : 1U;
    } else if (const auto parent = parent_of(entry.folder, entry.path);
               parent != entry.item.parent) {  // One media folder became several, or the reverse.
      auto moved = entry;
      moved.item.parent = parent;
      outcome.events.push_back(ItemChanged{std::move(moved)});
    }
  }
  for (const auto& [id, rejected] : rejected_) {
    if (unreadable.empty() && !is_there(id)) {  // where it lay is not known
      outcome.events.push_back(ItemRemoved{id});
    }
  }
  return outcome;
}

void CatalogueMachine::decide_on(const FileProbed& probed, WallTime now,
                                 ScanOutcome& outcome) const {
  if (!is_ours(probed.file.folder) || is_hidden(probed.file)) {
    return;
  }
  const auto id = item_id_of(probed.file.folder, probed.file.path);
  auto entry = entry_of(probed, id, now);
  const std::uint64_t one = probed.file.is_folder ? 0 : 1;
  const auto found = entries_.find(id);
  if (found == entries_.end()) {
    outcome.events.push_back(ItemAdded{std::move(entry)});
    outcome.added += one;
  } else if (found->second != entry) {
    outcome.events.push_back(ItemChanged{std::move(entry)});
    outcome.changed += one;
  }
}

void CatalogueMachine::decide_on(const FileBroken& broken, ScanOutcome& outcome) const {
  if (!is_ours(broken.file.folder)) {
    return;
  }
  const auto id = item_id_of(broken.file.folder, broken.file.path);
  if (entries_.contains(id)) {
    outcome.events.push_back(ItemRemoved{id});
    ++outcome.removed;
  }
  const auto known = rejected_.find(id);
  if (known == rejected_.end() || !same_file(broken.file, known->second)) {
    outcome.events.push_back(
        FileRejected{id, broken.file.size, broken.file.mtime_ns, broken.file.inode});
  }
}

void CatalogueMachine::decide_on(const CoverSeen& cover, ScanOutcome& outcome) const {
  const auto* known = find(cover.item);
  const bool embedded = known != nullptr && has_embedded_art(*known);
  if (known == nullptr || embedded || known->art_path == cover.art_path) {
    return;
  }
  auto entry = *known;
  entry.art_path = cover.art_path;
  entry.item.art_extension = cover.art_extension;
  outcome.events.push_back(ItemChanged{std::move(entry)});
  ++outcome.changed;
}

CatalogueEntry CatalogueMachine::entry_of(const FileProbed& probed, const ItemId& id,
                                          WallTime now) const {
  const auto& file = probed.file;
  CatalogueEntry entry{probed.item, file.folder, file.path, 0, 0, probed.art_path};
  entry.item.id = id;
  entry.item.parent = parent_of(file.folder, file.path);
  if (file.is_folder) {  // Its size and mtime follow its content, which has entries of its own.
    entry.item.kind = ItemKind::container;
    entry.item.size = 0;
    entry.item.version = {};
  } else {
    entry.item.size = file.size;
    entry.mtime_ns = file.mtime_ns;
    entry.inode = file.inode;
    entry.item.version = item_version_of(id, file.size, file.mtime_ns, file.inode);
  }
  const auto alive = entries_.find(id);
  const auto gone = added_at_by_gone_.find(id);
  entry.item.added_at_ms = alive != entries_.end()           ? alive->second.item.added_at_ms
                           : gone != added_at_by_gone_.end() ? gone->second
                                                             : now.time_since_epoch().count();
  return entry;
}

bool CatalogueMachine::is_ours(const std::string& folder) const {
  return std::ranges::find(media_folders_, folder) != media_folders_.end();
}

bool CatalogueMachine::is_hidden(const FileSeen& file) const {
  return file.path.empty() && media_folders_.size() == 1;
}

ItemId CatalogueMachine::parent_of(const std::string& folder, const std::string& path) const {
  const auto above = parent_path(path);
  if (path.empty() || (above.empty() && media_folders_.size() == 1)) {
    return {};
  }
  return item_id_of(folder, above);
}

// ---- apply ----

void CatalogueMachine::apply(const CatalogueEvent& event) {
  std::visit([&](const auto& body) { apply_one(body); }, event);
}

void CatalogueMachine::apply_one(const ItemAdded& event) {
  entries_[event.entry.item.id] = event.entry;
  forget_gone(event.entry.item.id);
  rejected_.erase(event.entry.item.id);
}

void CatalogueMachine::apply_one(const ItemChanged& event) {
  apply_one(ItemAdded{event.entry});
}

void CatalogueMachine::apply_one(const ItemRemoved& event) {
  if (const auto found = entries_.find(event.item); found != entries_.end()) {
    remember_gone(event.item, found->second.item.added_at_ms);
    entries_.erase(found);
  }
  rejected_.erase(event.item);
}

void CatalogueMachine::apply_one(const FileRejected& event) {
  rejected_[event.item] = event;
}

void CatalogueMachine::remember_gone(const ItemId& item, std::int64_t added_at_ms) {
  forget_gone(item);
  added_at_by_gone_.emplace(item, added_at_ms);
  gone_by_date_.emplace(added_at_ms, item);
  if (gone_by_date_.size() > gone_max) {
    forget_gone(gone_by_date_.begin()->second);
  }
}

void CatalogueMachine::forget_gone(const ItemId& item) {
  if (const auto gone = added_at_by_gone_.extract(item)) {
    gone_by_date_.erase({gone.mapped(), gone.key()});
  }
}

// ---- state ----

CatalogueSnapshot CatalogueMachine::snapshot() const {
  CatalogueSnapshot snapshot;
  for (const auto& [id, entry] : entries_) {
    snapshot.entries.push_back(entry);
  }
  for (const auto& [id, added_at_ms] : added_at_by_gone_) {
    snapshot.gone.push_back({id, added_at_ms});
  }
  for (const auto& [id, rejected] : rejected_) {
    snapshot.rejected.push_back(rejected);
  }
  return snapshot;
}

void CatalogueMachine::restore(const CatalogueSnapshot& snapshot) {
  entries_.clear();
  added_at_by_gone_.clear();
  gone_by_date_.clear();
  rejected_.clear();
  for (const auto& entry : snapshot.entries) {
    entries_[entry.item.id] = entry;
  }
  for (const auto& gone : snapshot.gone) {
    remember_gone(gone.item, gone.added_at_ms);
  }
  for (const auto& rejected : snapshot.rejected) {
    rejected_[rejected.item] = rejected;
  }
}

const CatalogueEntry* CatalogueMachine::find(const ItemId& id) const {
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : &found->second;
}

Result<const CatalogueEntry*> CatalogueMachine::look_up(const ItemId& id) const {
  if (const auto* entry = find(id)) {
    return entry;
  }
  if (added_at_by_gone_.contains(id)) {
    return Error{ErrorCode::item_gone, "the file of item " + to_text(id) + " is not there"};
  }
  return Error{ErrorCode::item_unknown, "no item " + to_text(id)};
}

std::vector<std::pair<ItemId, KnownFile>> CatalogueMachine::known() const {
  std::vector<std::pair<ItemId, KnownFile>> known;
  known.reserve(entries_.size() + rejected_.size());
  for (const auto& [id, entry] : entries_) {
    known.push_back({id, KnownFile{entry.item.size, entry.mtime_ns, entry.inode, entry.art_path,
                                   has_embedded_art(entry), false}});
  }
  for (const auto& [id, rejected] : rejected_) {
    known.push_back(
        {id, KnownFile{rejected.size, rejected.mtime_ns, rejected.inode, {}, false, true}});
  }
  std::ranges::sort(known, {}, &std::pair<ItemId, KnownFile>::first);
  return known;
}

}  // namespace hearth::home
