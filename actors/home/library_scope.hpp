#pragma once
// How much of a library somebody may see.

#include <string>
#include <string_view>
#include <vector>

namespace hearth::home {

/// A folder, by where it is.
struct LibraryPlace {
  std::string folder;  ///< Absolute path of the media folder.
  std::string path;    ///< In `folder`; empty: all of it.
  friend auto operator<=>(const LibraryPlace&, const LibraryPlace&) = default;
};

/// Nothing of it, unless more is said.
class LibraryScope {
 public:
  LibraryScope() = default;
  /// These folders with all that is in them.
  explicit LibraryScope(std::vector<LibraryPlace> places);
  [[nodiscard]] static LibraryScope all();

  [[nodiscard]] bool is_all() const { return is_all_; }
  /// Whether the file or folder is in it.
  [[nodiscard]] bool contains(std::string_view folder, std::string_view path) const;
  /// None is in another.
  [[nodiscard]] const std::vector<LibraryPlace>& places() const { return places_; }

  friend bool operator==(const LibraryScope&, const LibraryScope&) = default;

 private:
  bool is_all_ = false;
  std::vector<LibraryPlace> places_;
};

}  // namespace hearth::home
