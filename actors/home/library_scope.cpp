#include "actors/home/library_scope.hpp"

#include <algorithm>
#include <utility>

namespace hearth::home {

namespace {

bool is_in(const LibraryPlace& place, std::string_view folder, std::string_view path) {
  const std::string_view top = place.path;
  return place.folder == folder &&
         (top.empty() || path == top ||
          (path.size() > top.size() && path.starts_with(top) && path[top.size()] == '/'));
}

}  // namespace

LibraryScope LibraryScope::all() {
  LibraryScope scope;
  scope.is_all_ = true;
  return scope;
}

/// What is in another comes behind it.
LibraryScope::LibraryScope(std::vector<LibraryPlace> places) {
  std::sort(places.begin(), places.end());
  for (auto& place : places) {
    if (!contains(place.folder, place.path)) {
      places_.push_back(std::move(place));
    }
  }
}

bool LibraryScope::contains(std::string_view folder, std::string_view path) const {
  return is_all_ || std::any_of(places_.begin(), places_.end(), [&](const LibraryPlace& place) {
           return is_in(place, folder, path);
         });
}

}  // namespace hearth::home
