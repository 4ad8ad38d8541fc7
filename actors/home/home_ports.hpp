#pragma once
// What the home machine and its node say to each other: the scanner's findings come in, orders to
// scan and to serve streams go out.

#include "actors/home/library_scope.hpp"
#include "messages/base/ids.hpp"
#include "messages/base/result.hpp"
#include "messages/home/home_messages.hpp"
#include "messages/seal/node_list.hpp"
#include "messages/seal/stream_keys.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace hearth::home {

// ---- scanner to machine (external inputs) ----

/// One folder or file as the scanner saw it. Folders come before what they hold.
struct FileSeen {
  std::string folder;  ///< Absolute path of the media folder.
  std::string path;    ///< In `folder`; empty for the media folder itself. UTF-8.
  bool is_folder = false;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::uint64_t inode = 0;
};

/// A file that is new or changed, with what the prober read from it.
struct FileProbed {
  FileSeen file;
  Item item;  ///< Title, tags, kind, mime, its and its cover's extension; no ids, version, times.
  std::string art_path;  ///< As in `CatalogueEntry`.
};

/// A file with a media extension that no prober can open.
struct FileBroken {
  FileSeen file;
};

/// A file that did not change itself, beside which a folder cover came, went or changed its name.
struct CoverSeen {
  ItemId item;
  std::string art_path;       ///< As in `CatalogueEntry`.
  std::string art_extension;  ///< As in `Item`.
};

/// Some findings of a run. The machine answers each with `ContinueScan`, once durable, so that at
/// most one batch is under way.
struct ScanBatch {
  std::uint64_t run = 0;
  std::vector<FileProbed> probed;
  std::vector<FileBroken> broken;
  std::vector<CoverSeen> covers;
  ScanProgress progress;
};

/// The run saw everything. `seen` holds the ids of all that is there, unchanged and broken files
/// included: items that are not among them are gone, unless they are in a folder that could not be
/// read.
struct ScanFinished {
  std::uint64_t run = 0;
  ScanProgress progress;     ///< Idle; all files of the run.
  std::vector<ItemId> seen;  ///< Sorted.
  /// Absolute paths that could not be read, or not to the end: a media folder or a place in one.
  /// They and what is below them are kept as they are.
  std::vector<std::string> unreadable;
  std::vector<ScanProblem> problems;
  std::uint64_t problems_left_out = 0;
};

using HomeExternal = std::variant<ScanBatch, ScanFinished>;

// ---- machine to node (commands) ----

/// What the catalogue knows of a file, so that an unchanged one is not opened again.
struct KnownFile {
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::uint64_t inode = 0;
  std::string art_path;       ///< As in `CatalogueEntry`.
  bool embedded_art = false;  ///< It has its own cover: folder covers do not matter.
  bool rejected = false;      ///< No prober could open it; all else is as for an item.
};

struct StartScan {
  std::uint64_t run = 0;
  /// By `item_id_of(folder, path)`, sorted by id.
  std::vector<std::pair<ItemId, KnownFile>> known;
};

/// The findings of this run so far are durable: send the next batch.
struct ContinueScan {
  std::uint64_t run = 0;
};

/// Where the bytes of a stream are, and that they must still be the same file.
struct StreamSource {
  std::string folder;
  std::string path;
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::uint64_t inode = 0;
  bool embedded_art = false;  ///< The cover inside the file, not the file.
  bool art_file = false;      ///< `path` is a folder cover: size, mtime and inode are not checked.
};

/// Dial `data` with `data_key` and name `pair`; then send the stream.
struct ServeStream {
  std::vector<seal::Endpoint> data;  ///< Of the super-peer; tried in order.
  seal::DataKey data_key;
  std::uint64_t pair = 0;
  seal::StreamContext context;
  seal::StreamOpener grants;  ///< Of the client's direction, past the request: credit follows.
  StreamRequest request;
  StreamHeader header;  ///< `error` set: send it as the final frame and close.
  StreamSource source;
  NodeId client;
};

/// The client's device may no longer have all that it could: end its streams of what it may not, of
/// whatever session.
struct EndStreams {
  NodeId client;
  LibraryScope still = {};
};

/// The directories, or a device, tell another history of the account than was verified, or one that
/// only a later version can read: nothing new is trusted. For the log.
struct RaiseAlarm {
  Error why;
};

using HomeCommand = std::variant<StartScan, ContinueScan, ServeStream, EndStreams, RaiseAlarm>;

/// A media folder as machine and scanner name it: without a slash at the end.
[[nodiscard]] std::string media_folder_named(std::string folder);

/// Ids survive restarts and rescans, because they are drawn from the place alone.
[[nodiscard]] ItemId item_id_of(std::string_view folder, std::string_view path);
[[nodiscard]] ItemVersion item_version_of(const ItemId& id, std::uint64_t size,
                                          std::int64_t mtime_ns, std::uint64_t inode);

}  // namespace hearth::home
