#include "actors/home/library_view.hpp"

#include <utility>

namespace hearth::home {

LibraryView::LibraryView(const CatalogueMachine& machine, LibraryScope scope)
    : machine_(machine), scope_(std::move(scope)) {}

bool LibraryView::has(const CatalogueEntry& entry) const {
  return scope_.contains(entry.folder, entry.path);
}

const CatalogueEntry* LibraryView::find(const ItemId& id) const {
  const auto* entry = machine_.find(id);
  return entry != nullptr && has(*entry) ? entry : nullptr;
}

Result<const CatalogueEntry*> LibraryView::look_up(const ItemId& id) const {
  if (scope_.is_all()) {
    return machine_.look_up(id);
  }
  // Where a file was that is gone, nothing says any more.
  const auto* entry = find(id);
  return entry != nullptr ? Result<const CatalogueEntry*>(entry)
                          : Error{ErrorCode::item_unknown, "no item " + to_text(id)};
}

Item LibraryView::shown(const CatalogueEntry& entry) const {
  auto item = entry.item;
  if (scope_.is_all()) {
    return item;
  }
  if (find(item.parent) == nullptr) {
    item.parent = {};
  }
  if (!entry.art_path.empty() && !scope_.contains(entry.folder, entry.art_path)) {
    item.art_extension.clear();
  }
  return item;
}

}  // namespace hearth::home
