#pragma once
// What a client says to a home inside their session, and what a home remembers of its library.

#include "messages/base/ids.hpp"
#include "messages/base/types.hpp"
#include "messages/directory/directory_messages.hpp"
#include "messages/envelope/message_kind.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace hearth::home {

/// Numbers are stored: append only.
enum class ItemKind : std::uint8_t { container = 0, audio = 1, video = 2, image = 3 };

/// One thing in the library as clients see it. Numbers are 0 and texts empty where they do not
/// apply or are not known.
struct Item {
  ItemId id;
  ItemId parent;  ///< Zero: stands at the root.
  ItemKind kind = ItemKind::container;
  std::string title;  ///< From the tags, else the file name without extension. UTF-8, NFC.
  std::string artist;
  std::string album;
  std::uint32_t track = 0;
  std::uint64_t duration_ms = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::optional<std::int64_t> taken_at_s;  ///< EXIF local time read as UTC, Unix seconds.
  std::uint64_t size = 0;                  ///< Bytes.
  std::string mime;
  std::string extension;  ///< Of the file, lower case, without the dot: URLs end in it.
  std::int64_t added_at_ms = 0;
  ItemVersion version;
  std::string art_extension;  ///< Of its cover, likewise; empty: it has none.

  friend bool operator==(const Item&, const Item&) = default;
};

struct DescribeHome {
  static constexpr MessageKind kind = MessageKind::describe_home;
  friend bool operator==(const DescribeHome&, const DescribeHome&) = default;
};

enum class ScanState : std::uint8_t { idle = 0, scanning = 1 };

struct ScanProgress {
  ScanState state = ScanState::idle;
  std::uint64_t done = 0;   ///< Files looked at in this run.
  std::uint64_t total = 0;  ///< Files found so far in this run.
  friend bool operator==(const ScanProgress&, const ScanProgress&) = default;
};

struct HomeDescribed {
  static constexpr MessageKind kind = MessageKind::home_described;
  std::string name;
  ScanProgress scan;
  std::uint64_t account_sequence = 0;  ///< Length of the account's chain, as it knows it.
  directory::ChainHash account_head;   ///< Of the last event of that.
  friend bool operator==(const HomeDescribed&, const HomeDescribed&) = default;
};

/// To a home that knows less of the account's chain than the client: the events behind those that
/// it has. It takes what it can verify. Answer: `Accepted`.
struct HandEvents {
  static constexpr MessageKind kind = MessageKind::hand_events;
  std::vector<directory::RecordedEvent> events;  ///< At most `limits::chain_page`.
  friend bool operator==(const HandEvents&, const HandEvents&) = default;
};

/// By a device of the home's account, about a folder that is to be shared, or is: what is empty, or
/// zero, is asked for. Answer: `FolderFound`. Refused: `folder_unknown`, `value_invalid` (several
/// have this path).
struct FindFolder {
  static constexpr MessageKind kind = MessageKind::find_folder;
  std::string path;  ///< Titles from the root on, with '/' between them.
  FolderId folder;
  friend bool operator==(const FindFolder&, const FindFolder&) = default;
};

struct FolderFound {
  static constexpr MessageKind kind = MessageKind::folder_found;
  FolderId folder;
  std::string path;
  friend bool operator==(const FolderFound&, const FolderFound&) = default;
};

/// The children of `parent` (zero: the root) after `cursor`. Answer: `ItemsPage`.
/// Refused: `item_unknown`, `item_gone`, `cursor_invalid`, `value_invalid` (limit).
struct BrowseItems {
  static constexpr MessageKind kind = MessageKind::browse_items;
  ItemId parent;
  std::string cursor;  ///< Empty: from the start. Else the `next` of a page of the same parent.
  std::uint32_t limit = 0;
  friend bool operator==(const BrowseItems&, const BrowseItems&) = default;
};

/// Items, containers included, whose title, artist or album contain every word of `query`
/// (NFC, case-folded), in any order and across these fields. Answer: `ItemsPage`.
struct SearchItems {
  static constexpr MessageKind kind = MessageKind::search_items;
  std::string query;
  std::string cursor;
  std::uint32_t limit = 0;
  friend bool operator==(const SearchItems&, const SearchItems&) = default;
};

/// Answer: `ItemsPage` with the one item.
struct ShowItem {
  static constexpr MessageKind kind = MessageKind::show_item;
  ItemId item;
  friend bool operator==(const ShowItem&, const ShowItem&) = default;
};

/// At most `limits::page_items_max` items, and no more than `encoded_bytes_max` of them says fit
/// into `limits::list_bytes_max`.
struct ItemsPage {
  static constexpr MessageKind kind = MessageKind::items_page;
  std::vector<Item> items;
  std::string next;  ///< Empty: this is the last page.
  friend bool operator==(const ItemsPage&, const ItemsPage&) = default;
};

/// Starts a scan; while one runs, another one after it, as it may be past what has changed since.
/// Answer: `ScanShown` with the number of that run.
struct StartRescan {
  static constexpr MessageKind kind = MessageKind::start_rescan;
  friend bool operator==(const StartRescan&, const StartRescan&) = default;
};

/// Answer: `ScanShown`.
struct ShowScan {
  static constexpr MessageKind kind = MessageKind::show_scan;
  friend bool operator==(const ShowScan&, const ShowScan&) = default;
};

/// A file that the library leaves out.
struct ScanProblem {
  Bytes path;          ///< As the file system gives it: perhaps not UTF-8.
  std::string reason;  ///< A stable word: symlink, unreadable, not_utf8, broken, empty, special.
  friend bool operator==(const ScanProblem&, const ScanProblem&) = default;
};

/// `added` to `problems` are those of the run `finished`, the last that ended. A run that was asked
/// for during the one before counts the changes of both.
struct ScanShown {
  static constexpr MessageKind kind = MessageKind::scan_shown;
  ScanProgress progress;
  std::uint64_t run =
      0;  ///< The last one that was asked for. 0: none yet. Begins anew with the home.
  std::uint64_t finished = 0;  ///< 0: none yet.
  std::uint64_t added = 0;
  std::uint64_t changed = 0;
  std::uint64_t removed = 0;
  /// In order of path; at most `scan_problems_max`, and as many as `encoded_bytes_max` of them says
  /// fit into `limits::list_bytes_max`.
  std::vector<ScanProblem> problems;
  std::uint64_t problems_left_out = 0;  ///< Past that bound.
  friend bool operator==(const ScanShown&, const ScanShown&) = default;
};

inline constexpr std::size_t scan_problems_max = 1000;

/// What one element costs in an envelope, never too little: whoever fills a list adds these up and
/// stops at `limits::list_bytes_max`.
[[nodiscard]] std::size_t encoded_bytes_max(const Item& item);
[[nodiscard]] std::size_t encoded_bytes_max(const ScanProblem& problem);

/// A ticket for the next 45 s. Answer: `directory::TicketIssued`, signed by the home.
struct RenewTicket {
  static constexpr MessageKind kind = MessageKind::renew_ticket;
  friend bool operator==(const RenewTicket&, const RenewTicket&) = default;
};

// ---- streams ----

enum class StreamPart : std::uint8_t { media = 0, art = 1 };

/// The first message of the client's direction of a stream.
struct StreamRequest {
  static constexpr MessageKind kind = MessageKind::stream_request;
  ItemId item;
  StreamPart part = StreamPart::media;
  ItemVersion version;  ///< Zero: whichever there is. Else another one fails, `item_changed`.
  std::uint64_t offset = 0;
  std::uint64_t end = 0;     ///< First byte not wanted; 0: to the end of the file.
  std::uint64_t credit = 0;  ///< Plain bytes that the home may send before the next grant.
  friend bool operator==(const StreamRequest&, const StreamRequest&) = default;
};

/// The first message of the home's direction: how the request was taken.
struct StreamHeader {
  static constexpr MessageKind kind = MessageKind::stream_header;
  std::uint16_t error = 0;  ///< An `ErrorCode`, 0 when bytes follow.
  ItemVersion version;
  std::uint64_t size = 0;  ///< Of the whole file.
  std::uint64_t offset = 0;
  std::string mime;
  friend bool operator==(const StreamHeader&, const StreamHeader&) = default;
};

// ---- events ----

/// An item as the home remembers it: what clients see, and where the bytes are.
struct CatalogueEntry {
  Item item;
  std::string folder;  ///< Absolute path of the media folder.
  std::string path;    ///< Of the file or folder in it, no leading slash.
  std::int64_t mtime_ns = 0;
  std::uint64_t inode = 0;
  std::string art_path;  ///< Of a folder cover in `folder`; empty: embedded, if the item has art.
  friend bool operator==(const CatalogueEntry&, const CatalogueEntry&) = default;
};

struct ItemAdded {
  CatalogueEntry entry;
  friend bool operator==(const ItemAdded&, const ItemAdded&) = default;
};
struct ItemChanged {
  CatalogueEntry entry;
  friend bool operator==(const ItemChanged&, const ItemChanged&) = default;
};
struct ItemRemoved {
  ItemId item;
  friend bool operator==(const ItemRemoved&, const ItemRemoved&) = default;
};
/// A file that no prober can open, as it is: it is not tried again before it changes. It is no
/// item; an item that it was before is removed first. `ItemRemoved` also ends this.
struct FileRejected {
  ItemId item;  ///< That it would be.
  std::uint64_t size = 0;
  std::int64_t mtime_ns = 0;
  std::uint64_t inode = 0;
  friend bool operator==(const FileRejected&, const FileRejected&) = default;
};
/// Stream "catalogue".
using CatalogueEvent = std::variant<ItemAdded, ItemChanged, ItemRemoved, FileRejected>;

/// An id once given whose file is not there. It keeps its first date for the day it comes back.
struct GoneItem {
  ItemId item;
  std::int64_t added_at_ms = 0;
  friend bool operator==(const GoneItem&, const GoneItem&) = default;
};

/// What the events of the stream "catalogue" add up to; each list sorted by id.
struct CatalogueSnapshot {
  /// Of `encode`'s result; `decode` refuses more. About half a million items.
  static constexpr std::size_t encoded_bytes_max = std::size_t{256} << 20U;
  std::vector<CatalogueEntry> entries;
  std::vector<GoneItem> gone;
  std::vector<FileRejected> rejected;
  friend bool operator==(const CatalogueSnapshot&, const CatalogueSnapshot&) = default;
};

/// The directory certified this home.
struct CertificateReceived {
  AccountId account;
  Bytes certificate;
  friend bool operator==(const CertificateReceived&, const CertificateReceived&) = default;
};
/// Stream "trust".
using TrustEvent = std::variant<directory::ChainExtended, CertificateReceived,
                                directory::AccountFollowed, directory::AccountForgotten>;

}  // namespace hearth::home
