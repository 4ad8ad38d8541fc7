#include "sim/program/places.hpp"

#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <system_error>

namespace hearth::sim {
namespace {

namespace fs = std::filesystem;

/// Empty: not set.
fs::path from_environment(const char* name) {
  const auto* value = std::getenv(name);
  return value == nullptr ? fs::path{} : fs::path(value);
}

}  // namespace

std::vector<fs::path> drill_folders() {
  std::vector<fs::path> folders;
  std::error_code error;
  if (const auto program = fs::read_symlink("/proc/self/exe", error); !error) {
    folders.push_back(program.parent_path() / "drills");
    folders.push_back(program.parent_path().parent_path() / "share/hearth/drills");
  }
  folders.emplace_back(HEARTH_DRILLS);
  return folders;
}

fs::path default_profile_file() {
  auto data = from_environment("XDG_DATA_HOME");
  if (!data.is_absolute()) {  // As its specification says.
    data = from_environment("HOME") / ".local/share";
  }
  return data / "hearth/drill-profile.toml";
}

void say(const std::string& line) {
  fmt::print(stderr, "hearth: {}\n", line);
}

bool make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error && fs::is_directory(folder, error)) {
    return true;
  }
  say(fmt::format("cannot make the folder {}{}", folder.string(),
                  error ? ": " + error.message() : ""));
  return false;
}

bool can_write(const fs::path& path) {
  if (path.has_parent_path() && !make_folder(path.parent_path())) {
    return false;
  }
  std::error_code error;
  const bool was_there = fs::exists(path, error);
  const std::ofstream file(path, std::ios::binary | std::ios::app);
  if (!file) {
    say(fmt::format("cannot write {}", path.string()));
  } else if (!was_there) {
    fs::remove(path, error);
  }
  return static_cast<bool>(file);
}

bool write_file(const fs::path& path, const std::string& text) {
  if (path.has_parent_path() && !make_folder(path.parent_path())) {
    return false;
  }
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) {
    say(fmt::format("cannot write {}", path.string()));
  }
  return static_cast<bool>(file);
}

}  // namespace hearth::sim
