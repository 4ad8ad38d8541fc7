#pragma once
// How the programs of one user find that user's running nodes. A node keeps a unix socket,
// FOLDER/NAME.sock of mode 0600 in a folder of mode 0700, and gives a line of text to whoever
// connects: who may read it is the file system's business, and a node that was killed answers
// nobody. docs/configuration.md says what the lines hold.

#include "messages/base/result.hpp"
#include "nodes/support/unique_fd.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace hearth {

/// `XDG_RUNTIME_DIR`/hearth. Where that variable is not set: hearth/ in /run/user/UID if that is
/// there, else /tmp/hearth-UID.
[[nodiscard]] std::filesystem::path runtime_folder(std::string_view xdg_runtime_dir);

/// Answers as long as it lives, on a thread of its own.
class RuntimeSocket final {
 public:
  static constexpr std::size_t text_bytes_max = 4096;

  /// Makes `folder` where it is missing, and takes the place of a socket of that name.
  /// Precondition: `text` has at most `text_bytes_max` bytes, `name` no slash.
  /// Errors: `not_readable` (the folder is another user's, or may not be written), `not_found`,
  /// `disk_full`, `disk_failed`; the detail names the path.
  [[nodiscard]] static Result<std::unique_ptr<RuntimeSocket>> serve(
      const std::filesystem::path& folder, const std::string& name, std::string text);
  RuntimeSocket(const RuntimeSocket&) = delete;
  RuntimeSocket& operator=(const RuntimeSocket&) = delete;
  ~RuntimeSocket();

 private:
  RuntimeSocket(UniqueFd folder, std::string file, UniqueFd listener, UniqueFd stop,
                std::string text);
  void answer();

  UniqueFd folder_;
  std::string file_;
  UniqueFd listener_;
  UniqueFd stop_;
  std::string text_;
  std::thread thread_;
};

/// What the nodes with a socket in `folder` say, in the order of their names. Sockets that nobody
/// listens at are removed; who does not answer within 2 s is left out. No folder: no nodes.
/// Errors: `not_readable`: the folder is another user's.
[[nodiscard]] Result<std::vector<std::string>> ask_runtime_sockets(
    const std::filesystem::path& folder);

}  // namespace hearth
