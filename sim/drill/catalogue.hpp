#pragma once
// All 34 disasters of the catalogue, and the drill files that ship for those that can run.

#include "messages/base/result.hpp"
#include "sim/drill/plan.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::drill {

struct CatalogueEntry {
  int number = 0;
  std::string_view name;
  std::string_view says;
  Tolerance tolerance = Tolerance::within;
  std::string_view waits_for;  ///< Empty: it ships as a file, and runs.

  [[nodiscard]] bool runnable() const { return waits_for.empty(); }
};

/// In the order of their numbers.
[[nodiscard]] std::span<const CatalogueEntry> catalogue();
[[nodiscard]] const CatalogueEntry* find_in_catalogue(std::string_view name);

/// The drill of a file, or of `NAME.toml` in the first of `folders` that has it. A word with a
/// slash or the ending ".toml" is a file. Errors: `not_found`, with the nearest name, or what the
/// disaster waits for; `not_readable`; `value_invalid`, with every problem of the file on a line of
/// its own.
[[nodiscard]] Result<Drill> load_drill(const std::string& name_or_file,
                                       std::span<const std::filesystem::path> folders);

/// One line of `hearth drill list`.
struct ListedDrill {
  std::string name;
  std::string says;
  Tolerance tolerance = Tolerance::within;
  bool runnable = true;
  std::string waits_for;
};

/// The catalogue, and what else lies in `folders`; by number, then by name.
/// Files with problems are left out: `load_drill` tells them.
[[nodiscard]] std::vector<ListedDrill> list_drills(std::span<const std::filesystem::path> folders);

/// `{"drills":[{"name","says","tolerance","runnable","waitsFor"}]}`; `waitsFor` is null for those
/// that run.
[[nodiscard]] std::string to_json(const std::vector<ListedDrill>& drills);

}  // namespace hearth::drill
