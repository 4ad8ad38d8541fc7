@0xe54c1f6d413fe91f;
# What a client says to a home inside their session, and what a home remembers.

using Cxx = import "/capnp/c++.capnp";
using Directory = import "directory.capnp";
$Cxx.namespace("hearth::wire");

enum ItemKind {
  container @0;
  audio @1;
  video @2;
  image @3;
}

struct Item {
  # Numbers are 0 and texts empty where they do not apply or are not known.
  id @0 :Data;           # ItemId, 16 bytes.
  parent @1 :Data;       # ItemId, 16 bytes. Absent: stands at the root.
  kind @2 :ItemKind;
  title @3 :Text;        # UTF-8, at most `title_bytes_max` bytes; so are artist and album.
  artist @4 :Text;
  album @5 :Text;
  track @6 :UInt32;
  durationMs @7 :UInt64;
  width @8 :UInt32;      # Pixels.
  height @9 :UInt32;     # Pixels.
  taken :union {
    unknown @10 :Void;
    atS @11 :Int64;      # EXIF local time read as UTC, Unix seconds.
  }
  size @12 :UInt64;      # Bytes.
  mime @13 :Text;
  extension @14 :Text;   # Lower case, without the dot.
  addedAtMs @15 :Int64;  # Unix time, UTC, milliseconds.
  version @16 :Data;     # ItemVersion, 16 bytes. Absent: all zero, has no bytes of its own.
  artExtension @17 :Text;  # Of its cover's type, as `extension`; empty: it has none.
}

enum ScanState {
  idle @0;
  scanning @1;
}

struct ScanProgress {
  state @0 :ScanState;
  done @1 :UInt64;   # Files looked at in this run.
  total @2 :UInt64;  # Files found so far in this run.
}

# ---- questions and answers ----

struct DescribeHome {
}

struct HomeDescribed {
  name @0 :Text;  # UTF-8, at most `name_bytes_max` bytes.
  scan @1 :ScanProgress;
  accountSequence @2 :UInt64;  # Of the account's events, up to which this home knows the devices.
  accountHead @3 :Data;        # Hash of the last of them, 32 bytes.
}

struct HandEvents {
  events @0 :List(Directory.RecordedEvent);  # At most `chain_page`.
}

struct FindFolder {
  # By a device of the home's account.
  path @0 :Text;    # Titles from the root on, with '/' between them. Absent: by `folder`.
  folder @1 :Data;  # FolderId, 16 bytes. Absent: by `path`.
}

struct FolderFound {
  folder @0 :Data;  # FolderId, 16 bytes.
  path @1 :Text;    # At most `path_bytes_max` bytes.
}

struct BrowseItems {
  parent @0 :Data;   # ItemId, 16 bytes. Absent: the root.
  cursor @1 :Text;   # Empty: from the start.
  limit @2 :UInt32;  # Items of a page. Out of 1 to `page_items_max`: refused by the home.
}

struct SearchItems {
  query @0 :Text;    # UTF-8, at most `query_bytes_max` bytes.
  cursor @1 :Text;   # Empty: from the start.
  limit @2 :UInt32;  # As in BrowseItems.
}

struct ShowItem {
  item @0 :Data;  # ItemId, 16 bytes.
}

struct ItemsPage {
  items @0 :List(Item);  # At most `page_items_max`.
  next @1 :Text;         # Cursor. Empty: this is the last page.
}

struct StartRescan {
}

struct ShowScan {
}

struct ScanProblem {
  path @0 :Data;    # As the file system gives it, at most `path_bytes_max` bytes.
  reason @1 :Text;  # A stable word, at most `name_bytes_max` bytes.
}

struct ScanShown {
  progress @0 :ScanProgress;
  run @1 :UInt64;              # The run that goes on, or the last one. 0: none yet.
  finished @2 :UInt64;         # The last run that ended; what follows is about it. 0: none yet.
  added @3 :UInt64;            # Items.
  changed @4 :UInt64;          # Items.
  removed @5 :UInt64;          # Items.
  problems @6 :List(ScanProblem);  # In order of path, at most `scan_problems_max`.
  problemsLeftOut @7 :UInt64;
}

struct RenewTicket {
}

# ---- streams ----

enum StreamPart {
  media @0;
  art @1;
}

struct StreamRequest {
  item @0 :Data;      # ItemId, 16 bytes.
  part @1 :StreamPart;
  version @2 :Data;   # ItemVersion, 16 bytes. Absent: whichever there is.
  offset @3 :UInt64;  # First byte wanted.
  end @4 :UInt64;     # First byte not wanted. 0: to the end of the file.
  credit @5 :UInt64;  # Plain bytes that the home may send before the next grant.
}

struct StreamHeader {
  error @0 :UInt16;   # An `ErrorCode`. 0: bytes follow.
  version @1 :Data;   # ItemVersion, 16 bytes. Absent: all zero.
  size @2 :UInt64;    # Bytes of the whole file.
  offset @3 :UInt64;  # Of the first byte that follows.
  mime @4 :Text;
}

# ---- events of the streams "catalogue" and "trust" ----

struct CatalogueEntry {
  item @0 :Item;
  folder @1 :Data;   # Absolute path of the media folder; each path at most `path_bytes_max` bytes.
  path @2 :Data;     # In `folder`, no leading slash.
  mtimeNs @3 :Int64; # Unix time, UTC, nanoseconds.
  inode @4 :UInt64;
  artPath @5 :Data;  # In `folder`. Empty: embedded in the file, if item.artExtension.
}

struct ItemAdded {
  entry @0 :CatalogueEntry;
}

struct ItemChanged {
  entry @0 :CatalogueEntry;
}

struct ItemRemoved {
  item @0 :Data;  # ItemId, 16 bytes.
}

struct FileRejected {
  # A file that no prober can open; not tried again before it changes.
  item @0 :Data;  # ItemId, 16 bytes.
  size @1 :UInt64;
  mtimeNs @2 :Int64;
  inode @3 :UInt64;
}

struct CatalogueEvent {
  # One log record of the stream "catalogue".
  union {
    itemAdded @0 :ItemAdded;
    itemChanged @1 :ItemChanged;
    itemRemoved @2 :ItemRemoved;
    fileRejected @3 :FileRejected;
  }
}

struct GoneItem {
  item @0 :Data;  # ItemId, 16 bytes, once given and now without a file.
  addedAtMs @1 :Int64;
}

struct CatalogueSnapshot {
  # The catalogue as it stands at one sequence of its stream. May be larger than an envelope.
  entries @0 :List(CatalogueEntry);
  gone @1 :List(GoneItem);
  rejected @2 :List(FileRejected);
}

struct CertificateReceived {
  account @0 :Data;      # AccountId, 32 bytes.
  certificate @1 :Data;  # Signed by a directory: docs/formats/ticket.md. Opaque here.
}

struct TrustEvent {
  # One log record of the stream "trust".
  union {
    chainExtended @0 :Directory.ChainExtended;
    certificateReceived @1 :CertificateReceived;
    accountFollowed @2 :Directory.AccountFollowed;  # Of an account that a share is granted to.
    accountForgotten @3 :Directory.AccountForgotten;
  }
}
