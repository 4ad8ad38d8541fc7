#pragma once
// The data folder of one process: who may use it, and the keys in it.
//   lock      held by flock while a process uses the folder
//   role      which role and which version of the format; docs/configuration.md
//   identity  the node's keys, mode 0600; docs/formats/identity.md

#include "messages/base/result.hpp"
#include "messages/seal/identity.hpp"
#include "nodes/support/unique_fd.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace hearth {

/// Holds the folder's lock as long as it lives. Any thread.
class DataFolder {
 public:
  static constexpr int format = 1;

  /// Makes the folder where it is missing, takes the lock, checks the role and that something can
  /// be written. Nothing is changed in a folder that is refused. Waits up to a second for the
  /// lock: of a process that was killed it may be held for a moment after the process is gone.
  /// Errors: `in_use`, `wrong_role`, `format_newer`, `not_readable`, `disk_full`, `disk_failed`.
  [[nodiscard]] static Result<std::unique_ptr<DataFolder>> open(const std::filesystem::path& path,
                                                                std::string_view role);

  /// Likewise, but makes nothing: also `not_found`.
  [[nodiscard]] static Result<std::unique_ptr<DataFolder>> open_existing(
      const std::filesystem::path& path, std::string_view role);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// Errors: `not_found`, `message_malformed`, `not_readable` (its mode lets others read it).
  [[nodiscard]] Result<seal::Identity> identity() const;

  /// Errors: `already_exists`, and those of writing.
  [[nodiscard]] Result<seal::Identity> create_identity() const;

  /// The identity that is there, or a fresh one.
  [[nodiscard]] Result<seal::Identity> load_or_create_identity() const;

 private:
  DataFolder(std::filesystem::path path, UniqueFd lock);

  std::filesystem::path path_;
  UniqueFd lock_;
};

/// What the `role` file says, without taking the lock. Errors: `not_found`, `message_malformed`,
/// `format_newer`.
[[nodiscard]] Result<std::string> role_of_folder(const std::filesystem::path& path);

/// True while another process holds the lock.
[[nodiscard]] bool is_in_use(const std::filesystem::path& path);

/// A key file anywhere. Errors as `DataFolder::identity`.
[[nodiscard]] Result<seal::Identity> load_identity(const std::filesystem::path& path);

/// Fresh keys in a new file, mode 0600. Errors: `already_exists`, and those of writing.
[[nodiscard]] Result<seal::Identity> create_identity(const std::filesystem::path& path);

/// The keys in the file, or fresh ones in a new file.
[[nodiscard]] Result<seal::Identity> load_or_create_identity(const std::filesystem::path& path);

}  // namespace hearth
