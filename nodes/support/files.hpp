#pragma once
// Small files that must be whole after a crash: keys, roles, lists, ready files.
// Errors of every function: `not_found`, `not_readable` (permission, read-only), `disk_full`,
// `disk_failed`, `value_invalid` (a name that is too long); the detail names the path.

#include "messages/base/result.hpp"
#include "messages/base/types.hpp"

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <sys/types.h>

namespace hearth {

/// The error of a system call on `path` that failed with `error_number`.
[[nodiscard]] Error file_error(int error_number, const std::filesystem::path& path,
                               std::string_view doing);

/// `path` from the root on, without "." and "..". Errors: only `value_invalid`: it is empty, or
/// the current folder is gone.
[[nodiscard]] Result<std::filesystem::path> absolute_path(const std::filesystem::path& path);

/// True if `path` is there. What cannot be told is taken as no: whoever opens it hears why.
[[nodiscard]] bool is_there(const std::filesystem::path& path);

/// Errors: `not_readable` when others than its owner may read or write the file, which is there.
[[nodiscard]] Result<void> check_private(const std::filesystem::path& path);

/// Also `value_invalid` for files longer than `bytes_max`.
[[nodiscard]] Result<Bytes> read_file(const std::filesystem::path& path, std::size_t bytes_max);

/// Replaces `path` by rename after a sync: readers see the old bytes or the new ones.
[[nodiscard]] Result<void> write_file(const std::filesystem::path& path, BytesView bytes,
                                      mode_t mode);
[[nodiscard]] Result<void> write_file(const std::filesystem::path& path, std::string_view text,
                                      mode_t mode);

/// Makes `path` and what is missing above it; mode 0700 for those that are new.
[[nodiscard]] Result<void> make_folder(const std::filesystem::path& path);

/// Writes and removes a file of `bytes` in `folder`: tells at start that no space is left.
[[nodiscard]] Result<void> probe_space(const std::filesystem::path& folder, std::size_t bytes);

}  // namespace hearth
