#include "actors/home/folder_ids.hpp"

#include "messages/seal/folder_id.hpp"

#include <utility>

namespace hearth::home {

FolderId FolderIds::id_of(const ItemId& folder) const {
  return seal::folder_id(key_, folder);
}

void FolderIds::put(const CatalogueEntry& entry) {
  if (entry.item.kind == ItemKind::container) {
    places_.insert_or_assign(id_of(entry.item.id), LibraryPlace{entry.folder, entry.path});
  }
}

void FolderIds::apply(const CatalogueEvent& event) {
  if (const auto* added = std::get_if<ItemAdded>(&event)) {
    put(added->entry);
  } else if (const auto* changed = std::get_if<ItemChanged>(&event)) {
    put(changed->entry);
  } else if (const auto* removed = std::get_if<ItemRemoved>(&event)) {
    places_.erase(id_of(removed->item));
  }
}

void FolderIds::restore(const CatalogueMachine& machine) {
  places_.clear();
  for (const auto& [id, entry] : machine.entries()) {
    put(entry);
  }
}

const LibraryPlace* FolderIds::find(const FolderId& folder) const {
  const auto found = places_.find(folder);
  return found == places_.end() ? nullptr : &found->second;
}

LibraryScope FolderIds::scope_of(const std::vector<FolderId>& folders) const {
  std::vector<LibraryPlace> places;
  for (const auto& folder : folders) {
    if (folder.is_zero()) {
      return LibraryScope::all();
    }
    if (const auto* place = find(folder)) {
      places.push_back(*place);
    }
  }
  return LibraryScope(std::move(places));
}

}  // namespace hearth::home
