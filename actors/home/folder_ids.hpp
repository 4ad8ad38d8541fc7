#pragma once
// The folders of a library under the names that shares have for them. Ids are drawn from the place
// of a folder, as those of items are, so that nothing of it has to be kept, and a share never comes
// to mean another folder than was chosen. Pure projection of the catalogue's events.

#include "actors/home/catalogue_machine.hpp"
#include "actors/home/library_scope.hpp"
#include "messages/base/ids.hpp"
#include "messages/seal/identity.hpp"

#include <map>
#include <vector>

namespace hearth::home {

class FolderIds {
 public:
  explicit FolderIds(const seal::SecretKey& folder_key) : key_(folder_key) {}

  void apply(const CatalogueEvent& event);
  /// Takes the place of all that was applied before.
  void restore(const CatalogueMachine& machine);

  [[nodiscard]] FolderId id_of(const ItemId& folder) const;
  /// What `folders` mean now; those that are not there mean nothing.
  [[nodiscard]] LibraryScope scope_of(const std::vector<FolderId>& folders) const;
  /// Null: not there.
  [[nodiscard]] const LibraryPlace* find(const FolderId& folder) const;

 private:
  void put(const CatalogueEntry& entry);

  seal::SecretKey key_;
  std::map<FolderId, LibraryPlace> places_;
};

}  // namespace hearth::home
