#pragma once
// What the home knows of its library: one entry for every file and folder that clients may see,
// drawn from what the scanner finds. The aggregate of the stream "catalogue".

#include "actors/home/home_ports.hpp"
#include "messages/base/ids.hpp"
#include "messages/base/types.hpp"
#include "messages/home/home_messages.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace hearth::home {

/// What findings of the scanner come to. The numbers count files, not folders.
struct ScanOutcome {
  std::vector<CatalogueEvent> events;  ///< Real changes only: none for what is known already.
  std::uint64_t added = 0;
  std::uint64_t changed = 0;
  std::uint64_t removed = 0;
};

/// Pure: `decide` changes nothing, `apply` cannot fail.
///
/// With one media folder its content stands at the root and the folder itself is no item; with
/// several, each is a container at the root. An id once given stays known when its file goes
/// (gone, not unknown) and is alive again, with its first date, when the file comes back.
class CatalogueMachine {
 public:
  /// So many ids whose files are gone stay known; then those with the oldest date are forgotten.
  static constexpr std::size_t gone_max = 200'000;

  /// `media_folders`: absolute paths, as the scanner names them. Entries of other folders go
  /// with the next run.
  explicit CatalogueMachine(std::vector<std::string> media_folders);

  /// Findings under folders that are not ours are left out.
  [[nodiscard]] ScanOutcome decide(const ScanBatch& batch, WallTime now) const;
  [[nodiscard]] ScanOutcome decide(const ScanFinished& finished) const;

  void apply(const CatalogueEvent& event);

  [[nodiscard]] CatalogueSnapshot snapshot() const;
  /// Takes the place of all that was applied before.
  void restore(const CatalogueSnapshot& snapshot);

  /// Nothing for ids that were never given and for those that are gone.
  [[nodiscard]] const CatalogueEntry* find(const ItemId& id) const;
  /// The entry, or `item_gone` for an id once given, or `item_unknown`.
  [[nodiscard]] Result<const CatalogueEntry*> look_up(const ItemId& id) const;
  /// Sorted by id; for `StartScan`.
  [[nodiscard]] std::vector<std::pair<ItemId, KnownFile>> known() const;
  /// In order of id.
  [[nodiscard]] const std::map<ItemId, CatalogueEntry>& entries() const { return entries_; }

 private:
  [[nodiscard]] bool is_ours(const std::string& folder) const;
  [[nodiscard]] bool is_hidden(const FileSeen& file) const;
  [[nodiscard]] ItemId parent_of(const std::string& folder, const std::string& path) const;
  [[nodiscard]] CatalogueEntry entry_of(const FileProbed& probed, const ItemId& id,
                                        WallTime now) const;
  void decide_on(const FileProbed& probed, WallTime now, ScanOutcome& outcome) const;
  void decide_on(const FileBroken& broken, ScanOutcome& outcome) const;
  void decide_on(const CoverSeen& cover, ScanOutcome& outcome) const;

  void apply_one(const ItemAdded& event);
  void apply_one(const ItemChanged& event);
  void apply_one(const ItemRemoved& event);
  void apply_one(const FileRejected& event);
  void remember_gone(const ItemId& item, std::int64_t added_at_ms);
  void forget_gone(const ItemId& item);

  std::vector<std::string> media_folders_;
  std::map<ItemId, CatalogueEntry> entries_;
  std::map<ItemId, std::int64_t> added_at_by_gone_;
  std::set<std::pair<std::int64_t, ItemId>> gone_by_date_;
  std::map<ItemId, FileRejected> rejected_;
};

}  // namespace hearth::home
