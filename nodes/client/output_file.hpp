#pragma once

#include "messages/base/result.hpp"
#include "messages/base/types.hpp"
#include "nodes/support/unique_fd.hpp"

#include <filesystem>

namespace hearth::cli {

/// A file that appears under its name only when it is whole: until then it is NAME.part. What is
/// there already and is no regular file, as a device or a pipe, is written as it is.
/// Errors: as in nodes/support/files.hpp.
class OutputFile {
 public:
  /// Whether `create` would make sense. Errors: `value_invalid` for a folder.
  [[nodiscard]] static Result<void> check(const std::filesystem::path& path);
  [[nodiscard]] static Result<OutputFile> create(const std::filesystem::path& path);
  OutputFile(OutputFile&&) noexcept = default;
  OutputFile& operator=(OutputFile&&) noexcept = default;
  /// Takes an unfinished file away.
  ~OutputFile();

  [[nodiscard]] Result<void> write(BytesView bytes);
  /// Syncs and gives the file its name.
  [[nodiscard]] Result<void> finish();

 private:
  OutputFile(std::filesystem::path path, std::filesystem::path part, UniqueFd file);

  std::filesystem::path path_;
  std::filesystem::path part_;  ///< Empty when it is written as it is.
  UniqueFd file_;               ///< None when finished or moved from.
};

}  // namespace hearth::cli
