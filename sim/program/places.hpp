#pragma once
// Where this program's files are, wherever it was copied to.

#include <filesystem>
#include <string>
#include <vector>

namespace hearth::sim {

/// Folders of drill files, the first that has one counts: `drills` beside the program,
/// `../share/hearth/drills` of an installation, the source tree that it was built from.
[[nodiscard]] std::vector<std::filesystem::path> drill_folders();

/// `$XDG_DATA_HOME/hearth/drill-profile.toml`, by default below `~/.local/share`.
[[nodiscard]] std::filesystem::path default_profile_file();

/// "hearth: LINE" on stderr.
void say(const std::string& line);

/// False: it was said why.
[[nodiscard]] bool make_folder(const std::filesystem::path& folder);

/// Makes the folder of `path` too, and leaves the file as it is. False: it was said why.
[[nodiscard]] bool can_write(const std::filesystem::path& path);

/// Makes the folder of `path` too. False: it was said why.
[[nodiscard]] bool write_file(const std::filesystem::path& path, const std::string& text);

}  // namespace hearth::sim
