// LibraryMachine: what clients ask of it.

#include "actors/home/library_machine.hpp"
#include "actors/runtime/answer_header.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"
#include "messages/envelope/codec.hpp"

#include <type_traits>
#include <utility>

namespace hearth::home {

namespace {

StreamHeader refusal(ErrorCode code) {
  StreamHeader header;
  header.error = static_cast<std::uint16_t>(code);
  return header;
}

bool looks_for_items(MessageKind kind) {
  return kind == MessageKind::browse_items || kind == MessageKind::search_items ||
         kind == MessageKind::show_item;
}

}  // namespace

Result<Envelope> LibraryMachine::answer(const Header& header, const Envelope& question,
                                        const LibraryScope& scope, HomeEffects& effects) {
  const auto with = [&]<class Message>(std::type_identity<Message>, auto handle) {
    const auto query = unpack<Message>(question);
    return query ? answer_envelope(header, handle(query.value())) : Result<Envelope>(query.error());
  };
  if (!scope.is_all() && !looks_for_items(header.kind)) {
    return Error{ErrorCode::not_allowed, "a guest may look for items, no more"};
  }
  const LibraryView view(catalogue_, scope);
  switch (header.kind) {
    case MessageKind::browse_items:
      return with(std::type_identity<BrowseItems>{},
                  [&](const auto& query) { return index_.browse(query, view); });
    case MessageKind::search_items:
      return with(std::type_identity<SearchItems>{}, [&](const auto& query) {
        return index_.search(
            query, HEARTH_MUTANT("search-past-the-share") ? LibraryView(catalogue_) : view);
      });
    case MessageKind::show_item:
      return with(std::type_identity<ShowItem>{}, [&](const auto& query) -> Result<ItemsPage> {
        const auto entry = view.look_up(query.item);
        return entry ? Result<ItemsPage>(ItemsPage{{view.shown(*entry.value())}, {}})
                     : entry.error();
      });
    case MessageKind::find_folder:
      return with(std::type_identity<FindFolder>{},
                  [&](const auto& query) { return find_folder(query); });
    case MessageKind::start_rescan: start_scan(effects); [[fallthrough]];
    case MessageKind::show_scan: return pack(answer_header(header), shown());
    default: return Error{ErrorCode::message_malformed, "not a question about the library"};
  }
}

// ---- folders ----

Result<FolderFound> LibraryMachine::find_folder(const FindFolder& query) const {
  if (query.folder.is_zero()) {
    const auto found = walk(query.path);
    return found ? Result<FolderFound>(FolderFound{folders_.id_of(found.value()), query.path})
                 : found.error();
  }
  const auto* place = folders_.find(query.folder);
  const auto* entry =
      place == nullptr ? nullptr : catalogue_.find(item_id_of(place->folder, place->path));
  return entry == nullptr ? Error{ErrorCode::folder_unknown, "no such folder is there now"}
                          : Result<FolderFound>(FolderFound{query.folder, path_of(*entry)});
}

/// By titles, as people see them.
Result<ItemId> LibraryMachine::walk(std::string_view path) const {
  ItemId at;
  while (!path.empty()) {
    const auto slash = path.find('/');
    const auto title = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (title.empty()) {
      continue;
    }
    auto named = index_.containers_in(at, catalogue_);
    std::erase_if(named, [&](const auto& child) { return child.title != title; });
    if (named.size() > 1) {
      return Error{ErrorCode::value_invalid, "several folders have this path"};
    }
    if (named.empty()) {
      return Error{ErrorCode::folder_unknown, "no folder has this path"};
    }
    at = named.front().item;
  }
  return at.is_zero() ? Error{ErrorCode::folder_unknown, "the path is empty"} : Result<ItemId>(at);
}

std::string LibraryMachine::path_of(const CatalogueEntry& entry) const {
  auto path = entry.item.title;
  for (const auto* above = catalogue_.find(entry.item.parent); above != nullptr;
       above = catalogue_.find(above->item.parent)) {
    path = above->item.title + '/' + path;
  }
  return path.size() <= limits::path_bytes_max ? path : entry.item.title;
}

// ---- streams ----

LibraryMachine::Found LibraryMachine::find(const StreamRequest& request,
                                           const LibraryScope& scope) const {
  const LibraryView view(catalogue_,
                         HEARTH_MUTANT("stream-past-the-share") ? LibraryScope::all() : scope);
  const auto looked_up = view.look_up(request.item);
  if (!looked_up) {
    HEARTH_PROBE(!scope.is_all(), "home: a guest asks for what is not shared");
    return {refusal(looked_up.error().code), {}};
  }
  const auto& entry = *looked_up.value();
  const auto& item = entry.item;
  if (item.kind == ItemKind::container) {
    return {refusal(ErrorCode::item_unknown), {}};
  }
  if (!request.version.is_zero() && request.version != item.version) {
    return {refusal(ErrorCode::item_changed), {}};
  }
  if (request.part == StreamPart::art) {
    return find_art(entry, view.shown(entry), request);
  }
  if (request.offset > item.size || request.end > item.size ||
      (request.end != 0 && request.end < request.offset)) {
    return {refusal(ErrorCode::range_invalid), {}};
  }
  return {
      StreamHeader{0, item.version, item.size, request.offset, item.mime},
      StreamSource{entry.folder, entry.path, item.size, entry.mtime_ns, entry.inode, false, false}};
}

LibraryMachine::Found LibraryMachine::find_art(const CatalogueEntry& entry, const Item& shown,
                                               const StreamRequest& request) {
  if (shown.art_extension.empty()) {
    // Who asks for it was given it once: only such URLs are made.
    return {refusal(ErrorCode::item_gone), {}};
  }
  // Size and type are read from the cover itself when it is opened.
  const StreamHeader header{0, entry.item.version, 0, request.offset, {}};
  if (!entry.art_path.empty()) {
    return {header, StreamSource{entry.folder, entry.art_path, 0, 0, 0, false, true}};
  }
  return {header, StreamSource{entry.folder, entry.path, entry.item.size, entry.mtime_ns,
                               entry.inode, true, false}};
}

}  // namespace hearth::home
