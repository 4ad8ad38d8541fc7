#pragma once
// The catalogue as somebody sees it. What is outside of the scope is not told from what was never
// there: not by an error, a parent or a cover.

#include "actors/home/catalogue_machine.hpp"
#include "actors/home/library_scope.hpp"

namespace hearth::home {

/// `machine` outlives it. For one answer: nothing changes meanwhile.
class LibraryView {
 public:
  explicit LibraryView(const CatalogueMachine& machine, LibraryScope scope = LibraryScope::all());

  [[nodiscard]] const LibraryScope& scope() const { return scope_; }
  /// Null: not there.
  [[nodiscard]] const CatalogueEntry* find(const ItemId& id) const;
  /// Errors: `item_unknown`, and for who sees all `item_gone`.
  [[nodiscard]] Result<const CatalogueEntry*> look_up(const ItemId& id) const;
  /// Of what was found. One whose parent is not in the scope stands at the root.
  [[nodiscard]] Item shown(const CatalogueEntry& entry) const;

 private:
  [[nodiscard]] bool has(const CatalogueEntry& entry) const;

  const CatalogueMachine& machine_;
  LibraryScope scope_;
};

}  // namespace hearth::home
