#pragma once
// Pages over the catalogue: children of a container, and search.
//
// A page goes on after a position, and the position of an item never changes while the item is
// there: it is drawn from its path and id alone, as the id is, not from tags, which a rescan may
// change. So whatever comes, goes or changes between two pages, an item that is present
// throughout is given exactly once.

#include "actors/home/catalogue_machine.hpp"
#include "actors/home/library_view.hpp"
#include "messages/base/ids.hpp"
#include "messages/base/result.hpp"
#include "messages/home/home_messages.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace hearth::home {

/// The place of one item in both orders. Keys end in the id, so no two are equal.
struct CataloguePosition {
  ItemId item;
  ItemId parent;
  std::string among_siblings;  ///< Containers first; then by name, numbers by value, folded.
  std::string in_library;      ///< By path, numbers by value, folded.
  std::string words;           ///< Title, artist, album, folded: what a search looks at.
};

/// Pure projection of the catalogue's events. Holds no entries: pages take them from the view of
/// who asks. To who sees only some folders these stand at the root.
class CatalogueIndex {
 public:
  void apply(const CatalogueEvent& event);
  /// Takes the place of all that was applied before.
  void restore(const CatalogueMachine& machine);

  /// Errors: `item_unknown`, `item_gone`, `cursor_invalid`, `value_invalid` (`limit`, or a parent
  /// that is no container). A page may be shorter than `limit` so that it fits an envelope.
  [[nodiscard]] Result<ItemsPage> browse(const BrowseItems& query, const LibraryView& view) const;
  /// Errors: `cursor_invalid`, `value_invalid` (`limit`; a query that is too long, not UTF-8, or
  /// without a word).
  [[nodiscard]] Result<ItemsPage> search(const SearchItems& query, const LibraryView& view) const;

  struct Child {
    ItemId item;
    std::string title;
  };
  /// The containers in `parent` (zero: the root), for who sees all.
  [[nodiscard]] std::vector<Child> containers_in(const ItemId& parent,
                                                 const CatalogueMachine& machine) const;

 private:
  template <std::string CataloguePosition::*Key>
  struct Before {
    using is_transparent = void;
    using Pointer = const CataloguePosition*;
    bool operator()(Pointer a, Pointer b) const { return a->*Key < b->*Key; }
    bool operator()(Pointer a, const std::string& b) const { return a->*Key < b; }
    bool operator()(const std::string& a, Pointer b) const { return a < b->*Key; }
  };
  using Siblings = std::set<const CataloguePosition*, Before<&CataloguePosition::among_siblings>>;
  using Library = std::set<const CataloguePosition*, Before<&CataloguePosition::in_library>>;

  [[nodiscard]] Siblings roots_of(const LibraryScope& scope) const;
  [[nodiscard]] Result<ItemsPage> search_shared(const std::vector<std::string>& words,
                                                const SearchItems& query,
                                                const LibraryView& view) const;

  void put(const CatalogueEntry& entry);
  void remove(const ItemId& id);

  std::map<ItemId, std::unique_ptr<const CataloguePosition>> positions_;
  std::map<ItemId, Siblings> siblings_by_parent_;
  Library library_;
};

}  // namespace hearth::home
