#include "actors/home/catalogue_index.hpp"

#include "actors/home/catalogue_order.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/text.hpp"

#include <algorithm>

namespace hearth::home {

namespace {

constexpr std::size_t sibling_key_bytes_max = 320;
constexpr std::size_t library_key_bytes_max = 640;

std::string_view name_in(const CatalogueEntry& entry) {
  const std::string_view place = entry.path.empty() ? entry.folder : entry.path;
  return place.substr(place.rfind('/') + 1);
}

std::string with_id(std::string key, const ItemId& id) {
  key.push_back('\0');
  key.append(id.bytes.begin(), id.bytes.end());
  return key;
}

/// Folders sort before what they hold, and before names that go on after theirs.
std::string library_key(const CatalogueEntry& entry) {
  std::string place = entry.folder.substr(entry.folder.rfind('/') + 1) + '/' + entry.path;
  std::ranges::replace(place, '/', '\x01');
  return natural_key(place, library_key_bytes_max);
}

CataloguePosition position_of(const CatalogueEntry& entry) {
  const auto& item = entry.item;
  const std::string rank(1, item.kind == ItemKind::container ? '0' : '1');
  const auto words = item.title + '\n' + item.artist + '\n' + item.album;
  return {item.id, item.parent,
          with_id(rank + natural_key(name_in(entry), sibling_key_bytes_max), item.id),
          with_id(library_key(entry), item.id), fold_case(words).value_or(words)};
}

Result<void> check_limit(std::uint32_t limit) {
  if (limit < 1 || limit > limits::page_items_max) {
    return Error{ErrorCode::value_invalid, "limit must be 1 to 500"};
  }
  return {};
}

/// Positions of `list` after `cursor` of which `wanted` says yes and that `view` has, as a page.
template <std::string CataloguePosition::*Key, class List, class Wanted>
Result<ItemsPage> page_of(const List& list, std::string_view scope, std::string_view cursor,
                          std::uint32_t limit, const LibraryView& view, const Wanted& wanted) {
  auto at = list.begin();
  if (!cursor.empty()) {
    auto position = read_cursor(scope, cursor);
    if (!position) {
      return position.error();
    }
    at = list.upper_bound(position.value());
  }
  ItemsPage page;
  const CataloguePosition* last = nullptr;
  for (std::size_t bytes = 0; at != list.end(); ++at) {
    if (!wanted(**at)) {
      continue;
    }
    const auto* entry = view.find((*at)->item);
    if (entry == nullptr) {
      continue;
    }
    auto item = view.shown(*entry);
    bytes += encoded_bytes_max(item);
    if (page.items.size() == limit || bytes > limits::list_bytes_max) {
      page.next = make_cursor(scope, last->*Key);
      break;
    }
    page.items.push_back(std::move(item));
    last = *at;
  }
  return page;
}

Result<std::vector<std::string>> wanted_words(const std::string& query) {
  if (query.size() > limits::query_bytes_max) {
    return Error{ErrorCode::value_invalid, "the query is longer than 1024 bytes"};
  }
  const auto folded = fold_case(query);
  if (!folded) {
    return Error{ErrorCode::value_invalid, "the query is not UTF-8"};
  }
  auto words = words_of(*folded);
  if (words.empty()) {
    return Error{ErrorCode::value_invalid, "the query has no word"};
  }
  return words;
}

bool has_words(const CataloguePosition& position, const std::vector<std::string>& words) {
  return std::ranges::all_of(words, [&](const std::string& word) {
    return position.words.find(word) != std::string::npos;
  });
}

/// Of one query, whatever the spaces and the order of its words.
std::string search_scope(std::vector<std::string> words) {
  std::ranges::sort(words);
  std::string scope = "search";
  for (const auto& word : words) {
    scope += '\n' + word;
  }
  return scope;
}

}  // namespace

void CatalogueIndex::apply(const CatalogueEvent& event) {
  if (const auto* added = std::get_if<ItemAdded>(&event)) {
    put(added->entry);
  } else if (const auto* changed = std::get_if<ItemChanged>(&event)) {
    put(changed->entry);
  } else if (const auto* removed = std::get_if<ItemRemoved>(&event)) {
    remove(removed->item);
  }
}

void CatalogueIndex::restore(const CatalogueMachine& machine) {
  library_.clear();
  siblings_by_parent_.clear();
  positions_.clear();
  for (const auto& [id, entry] : machine.entries()) {
    put(entry);
  }
}

void CatalogueIndex::put(const CatalogueEntry& entry) {
  remove(entry.item.id);
  auto position = std::make_unique<const CataloguePosition>(position_of(entry));
  siblings_by_parent_[position->parent].insert(position.get());
  library_.insert(position.get());
  positions_.emplace(entry.item.id, std::move(position));
}

void CatalogueIndex::remove(const ItemId& id) {
  const auto found = positions_.find(id);
  if (found == positions_.end()) {
    return;
  }
  const auto* position = found->second.get();
  const auto siblings = siblings_by_parent_.find(position->parent);
  siblings->second.erase(position);
  if (siblings->second.empty()) {
    siblings_by_parent_.erase(siblings);
  }
  library_.erase(position);
  positions_.erase(found);
}

Result<ItemsPage> CatalogueIndex::browse(const BrowseItems& query, const LibraryView& view) const {
  if (auto checked = check_limit(query.limit); !checked) {
    return checked.error();
  }
  if (!query.parent.is_zero()) {
    const auto parent = view.look_up(query.parent);
    if (!parent) {
      return parent.error();
    }
    if (parent.value()->item.kind != ItemKind::container) {
      return Error{ErrorCode::value_invalid, "the parent is no container"};
    }
  }
  const auto page_in = [&](const Siblings& siblings) {
    return page_of<&CataloguePosition::among_siblings>(
        siblings, "browse\n" + to_text(query.parent), query.cursor, query.limit, view,
        [](const CataloguePosition&) { return true; });
  };
  if (query.parent.is_zero() && !view.scope().is_all()) {
    return page_in(roots_of(view.scope()));
  }
  static const Siblings none;
  const auto found = siblings_by_parent_.find(query.parent);
  return page_in(found == siblings_by_parent_.end() ? none : found->second);
}

CatalogueIndex::Siblings CatalogueIndex::roots_of(const LibraryScope& scope) const {
  Siblings roots;
  for (const auto& [folder, path] : scope.places()) {
    if (const auto found = positions_.find(item_id_of(folder, path)); found != positions_.end()) {
      roots.insert(found->second.get());
    }
  }
  return roots;
}

Result<ItemsPage> CatalogueIndex::search(const SearchItems& query, const LibraryView& view) const {
  if (auto checked = check_limit(query.limit); !checked) {
    return checked.error();
  }
  const auto words = wanted_words(query.query);
  if (!words) {
    return words.error();
  }
  if (!view.scope().is_all()) {
    return search_shared(words.value(), query, view);
  }
  return page_of<&CataloguePosition::in_library>(
      library_, search_scope(words.value()), query.cursor, query.limit, view,
      [&](const CataloguePosition& position) { return has_words(position, words.value()); });
}

/// In order of their names: that of their paths would tell, in a cursor, where the folders are that
/// were shared.
Result<ItemsPage> CatalogueIndex::search_shared(const std::vector<std::string>& words,
                                                const SearchItems& query,
                                                const LibraryView& view) const {
  Siblings found;
  for (const auto* position : library_) {
    if (has_words(*position, words) && view.find(position->item) != nullptr) {
      found.insert(position);
    }
  }
  return page_of<&CataloguePosition::among_siblings>(found, search_scope(words), query.cursor,
                                                     query.limit, view,
                                                     [](const CataloguePosition&) { return true; });
}

std::vector<CatalogueIndex::Child> CatalogueIndex::containers_in(
    const ItemId& parent, const CatalogueMachine& machine) const {
  std::vector<Child> containers;
  const auto found = siblings_by_parent_.find(parent);
  if (found == siblings_by_parent_.end()) {
    return containers;
  }
  for (const auto* position : found->second) {
    const auto* entry = machine.find(position->item);
    if (entry != nullptr && entry->item.kind == ItemKind::container) {
      containers.push_back({position->item, entry->item.title});
    }
  }
  return containers;
}

}  // namespace hearth::home
