#include "messages/base/nearest_key.hpp"
#include "sim/drill/catalogue.hpp"
#include "sim/drill/parser.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>

namespace hearth::drill {
namespace {

namespace fs = std::filesystem;

Result<std::string> read_text(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream || fs::is_directory(file)) {
    return Error{ErrorCode::not_readable, fmt::format("cannot read {}", file.string())};
  }
  std::string text(drill_file_bytes_max + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

Result<Drill> read_drill(const fs::path& file) {
  auto text = read_text(file);
  if (!text) {
    return text.error();
  }
  auto parsed = parse_drill(text.value(), file.string());
  if (!parsed.ok()) {
    return Error{ErrorCode::value_invalid, fmt::format("{}", fmt::join(parsed.problems, "\n"))};
  }
  return std::move(parsed.drill);
}

std::vector<fs::path> files_in(std::span<const fs::path> folders) {
  std::vector<fs::path> files;
  for (const auto& folder : folders) {
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      if (at->path().extension() == ".toml") {
        files.push_back(at->path());
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

Error unknown_drill(const std::string& name, std::span<const fs::path> folders) {
  if (const auto* entry = find_in_catalogue(name); entry != nullptr && !entry->runnable()) {
    return {ErrorCode::not_found,
            fmt::format("{} cannot run yet: it waits for {}", name, entry->waits_for)};
  }
  std::vector<std::string> known;
  for (const auto& listed : list_drills(folders)) {
    known.push_back(listed.name);
  }
  return {ErrorCode::not_found,
          fmt::format("no drill \"{}\"; did you mean \"{}\"?", name, nearest_key(name, known))};
}

bool is_listed(const std::vector<ListedDrill>& drills, const std::string& name) {
  return std::any_of(drills.begin(), drills.end(),
                     [&name](const ListedDrill& listed) { return listed.name == name; });
}

}  // namespace

Result<Drill> load_drill(const std::string& name_or_file, std::span<const fs::path> folders) {
  const bool is_file =
      name_or_file.find('/') != std::string::npos || name_or_file.ends_with(".toml");
  std::error_code error;
  if (is_file) {
    return fs::exists(name_or_file, error)
               ? read_drill(name_or_file)
               : Result<Drill>(Error{ErrorCode::not_found, "no such file: " + name_or_file});
  }
  for (const auto& folder : folders) {
    if (const auto file = folder / (name_or_file + ".toml"); fs::exists(file, error)) {
      return read_drill(file);
    }
  }
  return unknown_drill(name_or_file, folders);
}

std::vector<ListedDrill> list_drills(std::span<const fs::path> folders) {
  std::vector<ListedDrill> drills;
  for (const auto& entry : catalogue()) {
    drills.push_back({std::string(entry.name), std::string(entry.says), entry.tolerance,
                      entry.runnable(), std::string(entry.waits_for)});
  }
  for (const auto& file : files_in(folders)) {
    const auto drill = read_drill(file);
    if (drill && !is_listed(drills, drill.value().name)) {
      const auto& found = drill.value();
      drills.push_back({found.name, found.says, found.tolerance, found.runnable(),
                        fmt::format("{}", fmt::join(found.waits_for, ", "))});
    }
  }
  return drills;
}

std::string to_json(const std::vector<ListedDrill>& drills) {
  auto rows = nlohmann::ordered_json::array();
  for (const auto& drill : drills) {
    nlohmann::ordered_json row;
    row["name"] = drill.name;
    row["says"] = drill.says;
    row["tolerance"] = drill.tolerance == Tolerance::within ? "within" : "beyond";
    row["runnable"] = drill.runnable;
    row["waitsFor"] = nullptr;
    if (!drill.runnable) {
      row["waitsFor"] = drill.waits_for;
    }
    rows.push_back(std::move(row));
  }
  nlohmann::ordered_json document;
  document["drills"] = std::move(rows);
  return document.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace hearth::drill
