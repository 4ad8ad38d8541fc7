#include "messages/home/home_codec.hpp"

#include "messages/directory/directory_codec.hpp"
#include "messages/envelope/wire_codec.hpp"

namespace hearth {

using namespace home;  // NOLINT(google-build-using-namespace): specialisations live here.

namespace {

/// Pointers count twice: what they point to may stand in another segment, behind a second pointer.
template <class WireStruct>
constexpr std::size_t struct_bytes() {
  constexpr auto size = capnp::_::structSize<WireStruct>();
  return sizeof(capnp::word) * (std::size_t{size.data} + 2 * std::size_t{size.pointers});
}

/// Of a text or data with its terminator, rounded up to words.
std::size_t blob_bytes(std::size_t size) {
  return (size / sizeof(capnp::word) + 1) * sizeof(capnp::word);
}

std::optional<std::int64_t> read_taken(wire::Item::Taken::Reader from) {
  return from.isAtS() ? std::optional(from.getAtS()) : std::nullopt;
}

}  // namespace

std::size_t home::encoded_bytes_max(const Item& item) {
  return struct_bytes<wire::Item>() + 3 * blob_bytes(ItemId::size) + blob_bytes(item.title.size()) +
         blob_bytes(item.artist.size()) + blob_bytes(item.album.size()) +
         blob_bytes(item.mime.size()) + blob_bytes(item.extension.size()) +
         blob_bytes(item.art_extension.size());
}

std::size_t home::encoded_bytes_max(const ScanProblem& problem) {
  return struct_bytes<wire::ScanProblem>() + blob_bytes(problem.path.size()) +
         blob_bytes(problem.reason.size());
}

void Codec<Item>::write(Wire::Builder to, const Item& from) {
  to.setId(data_of(from.id));
  if (!from.parent.is_zero()) {
    to.setParent(data_of(from.parent));
  }
  to.setKind(static_cast<wire::ItemKind>(from.kind));
  to.setTitle(text_of(from.title));
  to.setArtist(text_of(from.artist));
  to.setAlbum(text_of(from.album));
  to.setTrack(from.track);
  to.setDurationMs(from.duration_ms);
  to.setWidth(from.width);
  to.setHeight(from.height);
  if (from.taken_at_s) {
    to.getTaken().setAtS(*from.taken_at_s);
  }
  to.setSize(from.size);
  to.setMime(text_of(from.mime));
  to.setExtension(text_of(from.extension));
  to.setAddedAtMs(from.added_at_ms);
  if (!from.version.is_zero()) {
    to.setVersion(data_of(from.version));
  }
  to.setArtExtension(text_of(from.art_extension));
}

Item Codec<Item>::read(Wire::Reader from, FieldReader& in) {
  return {
      .id = in.id<ItemId>(from.getId(), "id"),
      .parent = in.id_or_zero<ItemId>(from.getParent(), "parent"),
      .kind = in.enumeration(from.getKind(), ItemKind::image, "kind"),
      .title = in.text(from.getTitle(), limits::title_bytes_max, "title"),
      .artist = in.text(from.getArtist(), limits::title_bytes_max, "artist"),
      .album = in.text(from.getAlbum(), limits::title_bytes_max, "album"),
      .track = from.getTrack(),
      .duration_ms = from.getDurationMs(),
      .width = from.getWidth(),
      .height = from.getHeight(),
      .taken_at_s = read_taken(from.getTaken()),
      .size = from.getSize(),
      .mime = in.text(from.getMime(), limits::name_bytes_max, "mime"),
      .extension = in.text(from.getExtension(), limits::name_bytes_max, "extension"),
      .added_at_ms = from.getAddedAtMs(),
      .version = in.id_or_zero<ItemVersion>(from.getVersion(), "version"),
      .art_extension = in.text(from.getArtExtension(), limits::name_bytes_max, "art extension"),
  };
}

template <>
struct Codec<DescribeHome> {
  using Wire = wire::DescribeHome;
  static void write(Wire::Builder, const DescribeHome&) {}
  static DescribeHome read(Wire::Reader, FieldReader&) { return {}; }
};

template <>
struct Codec<ScanProgress> {
  using Wire = wire::ScanProgress;
  static void write(Wire::Builder to, const ScanProgress& from) {
    to.setState(static_cast<wire::ScanState>(from.state));
    to.setDone(from.done);
    to.setTotal(from.total);
  }
  static ScanProgress read(Wire::Reader from, FieldReader& in) {
    return {in.enumeration(from.getState(), ScanState::scanning, "state"), from.getDone(),
            from.getTotal()};
  }
};

template <>
struct Codec<HomeDescribed> {
  using Wire = wire::HomeDescribed;
  static void write(Wire::Builder to, const HomeDescribed& from) {
    to.setName(text_of(from.name));
    Codec<ScanProgress>::write(to.initScan(), from.scan);
    to.setAccountSequence(from.account_sequence);
    to.setAccountHead(data_of(from.account_head));
  }
  static HomeDescribed read(Wire::Reader from, FieldReader& in) {
    return {in.text(from.getName(), limits::name_bytes_max, "name"),
            Codec<ScanProgress>::read(from.getScan(), in), from.getAccountSequence(),
            in.id<directory::ChainHash>(from.getAccountHead(), "account_head")};
  }
};

template <>
struct Codec<HandEvents> {
  using Wire = wire::HandEvents;
  static void write(Wire::Builder to, const HandEvents& from) {
    write_list(to.initEvents(count_of(from.events)), from.events);
  }
  static HandEvents read(Wire::Reader from, FieldReader& in) {
    return {in.list<directory::RecordedEvent>(from.getEvents(), limits::chain_page, "events")};
  }
};

template <>
struct Codec<FindFolder> {
  using Wire = wire::FindFolder;
  static void write(Wire::Builder to, const FindFolder& from) {
    to.setPath(text_of(from.path));
    if (!from.folder.is_zero()) {
      to.setFolder(data_of(from.folder));
    }
  }
  static FindFolder read(Wire::Reader from, FieldReader& in) {
    return {in.text(from.getPath(), limits::path_bytes_max, "path"),
            in.id_or_zero<FolderId>(from.getFolder(), "folder")};
  }
};

template <>
struct Codec<FolderFound> {
  using Wire = wire::FolderFound;
  static void write(Wire::Builder to, const FolderFound& from) {
    to.setFolder(data_of(from.folder));
    to.setPath(text_of(from.path));
  }
  static FolderFound read(Wire::Reader from, FieldReader& in) {
    return {in.id<FolderId>(from.getFolder(), "folder"),
            in.text(from.getPath(), limits::path_bytes_max, "path")};
  }
};

template <>
struct Codec<BrowseItems> {
  using Wire = wire::BrowseItems;
  static void write(Wire::Builder to, const BrowseItems& from) {
    if (!from.parent.is_zero()) {
      to.setParent(data_of(from.parent));
    }
    to.setCursor(text_of(from.cursor));
    to.setLimit(from.limit);
  }
  static BrowseItems read(Wire::Reader from, FieldReader& in) {
    return {in.id_or_zero<ItemId>(from.getParent(), "parent"),
            in.text(from.getCursor(), limits::cursor_bytes_max, "cursor"), from.getLimit()};
  }
};

template <>
struct Codec<SearchItems> {
  using Wire = wire::SearchItems;
  static void write(Wire::Builder to, const SearchItems& from) {
    to.setQuery(text_of(from.query));
    to.setCursor(text_of(from.cursor));
    to.setLimit(from.limit);
  }
  static SearchItems read(Wire::Reader from, FieldReader& in) {
    return {in.text(from.getQuery(), limits::query_bytes_max, "query"),
            in.text(from.getCursor(), limits::cursor_bytes_max, "cursor"), from.getLimit()};
  }
};

template <>
struct Codec<ShowItem> {
  using Wire = wire::ShowItem;
  static void write(Wire::Builder to, const ShowItem& from) { to.setItem(data_of(from.item)); }
  static ShowItem read(Wire::Reader from, FieldReader& in) {
    return {in.id<ItemId>(from.getItem(), "item")};
  }
};

template <>
struct Codec<ItemsPage> {
  using Wire = wire::ItemsPage;
  static void write(Wire::Builder to, const ItemsPage& from) {
    write_list(to.initItems(count_of(from.items)), from.items);
    to.setNext(text_of(from.next));
  }
  static ItemsPage read(Wire::Reader from, FieldReader& in) {
    return {in.list<Item>(from.getItems(), limits::page_items_max, "items"),
            in.text(from.getNext(), limits::cursor_bytes_max, "next")};
  }
};

template <>
struct Codec<StartRescan> {
  using Wire = wire::StartRescan;
  static void write(Wire::Builder, const StartRescan&) {}
  static StartRescan read(Wire::Reader, FieldReader&) { return {}; }
};

template <>
struct Codec<ShowScan> {
  using Wire = wire::ShowScan;
  static void write(Wire::Builder, const ShowScan&) {}
  static ShowScan read(Wire::Reader, FieldReader&) { return {}; }
};

template <>
struct Codec<ScanProblem> {
  using Wire = wire::ScanProblem;
  static void write(Wire::Builder to, const ScanProblem& from) {
    to.setPath(data_of(from.path));
    to.setReason(text_of(from.reason));
  }
  static ScanProblem read(Wire::Reader from, FieldReader& in) {
    return {in.bytes(from.getPath(), limits::path_bytes_max, "path"),
            in.text(from.getReason(), limits::name_bytes_max, "reason")};
  }
};

template <>
struct Codec<ScanShown> {
  using Wire = wire::ScanShown;
  static void write(Wire::Builder to, const ScanShown& from) {
    Codec<ScanProgress>::write(to.initProgress(), from.progress);
    to.setRun(from.run);
    to.setFinished(from.finished);
    to.setAdded(from.added);
    to.setChanged(from.changed);
    to.setRemoved(from.removed);
    write_list(to.initProblems(count_of(from.problems)), from.problems);
    to.setProblemsLeftOut(from.problems_left_out);
  }
  static ScanShown read(Wire::Reader from, FieldReader& in) {
    return {
        .progress = Codec<ScanProgress>::read(from.getProgress(), in),
        .run = from.getRun(),
        .finished = from.getFinished(),
        .added = from.getAdded(),
        .changed = from.getChanged(),
        .removed = from.getRemoved(),
        .problems = in.list<ScanProblem>(from.getProblems(), scan_problems_max, "problems"),
        .problems_left_out = from.getProblemsLeftOut(),
    };
  }
};

template <>
struct Codec<RenewTicket> {
  using Wire = wire::RenewTicket;
  static void write(Wire::Builder, const RenewTicket&) {}
  static RenewTicket read(Wire::Reader, FieldReader&) { return {}; }
};

template <>
struct Codec<StreamRequest> {
  using Wire = wire::StreamRequest;
  static void write(Wire::Builder to, const StreamRequest& from) {
    to.setItem(data_of(from.item));
    to.setPart(static_cast<wire::StreamPart>(from.part));
    if (!from.version.is_zero()) {
      to.setVersion(data_of(from.version));
    }
    to.setOffset(from.offset);
    to.setEnd(from.end);
    to.setCredit(from.credit);
  }
  static StreamRequest read(Wire::Reader from, FieldReader& in) {
    return {
        .item = in.id<ItemId>(from.getItem(), "item"),
        .part = in.enumeration(from.getPart(), StreamPart::art, "part"),
        .version = in.id_or_zero<ItemVersion>(from.getVersion(), "version"),
        .offset = from.getOffset(),
        .end = from.getEnd(),
        .credit = from.getCredit(),
    };
  }
};

template <>
struct Codec<StreamHeader> {
  using Wire = wire::StreamHeader;
  static void write(Wire::Builder to, const StreamHeader& from) {
    to.setError(from.error);
    if (!from.version.is_zero()) {
      to.setVersion(data_of(from.version));
    }
    to.setSize(from.size);
    to.setOffset(from.offset);
    to.setMime(text_of(from.mime));
  }
  static StreamHeader read(Wire::Reader from, FieldReader& in) {
    return {
        .error = from.getError(),
        .version = in.id_or_zero<ItemVersion>(from.getVersion(), "version"),
        .size = from.getSize(),
        .offset = from.getOffset(),
        .mime = in.text(from.getMime(), limits::name_bytes_max, "mime"),
    };
  }
};

HEARTH_MESSAGE_CODEC(DescribeHome);
HEARTH_MESSAGE_CODEC(HomeDescribed);
HEARTH_MESSAGE_CODEC(HandEvents);
HEARTH_MESSAGE_CODEC(FindFolder);
HEARTH_MESSAGE_CODEC(FolderFound);
HEARTH_MESSAGE_CODEC(BrowseItems);
HEARTH_MESSAGE_CODEC(SearchItems);
HEARTH_MESSAGE_CODEC(ShowItem);
HEARTH_MESSAGE_CODEC(ItemsPage);
HEARTH_MESSAGE_CODEC(StartRescan);
HEARTH_MESSAGE_CODEC(ShowScan);
HEARTH_MESSAGE_CODEC(ScanShown);
HEARTH_MESSAGE_CODEC(RenewTicket);
HEARTH_MESSAGE_CODEC(StreamRequest);
HEARTH_MESSAGE_CODEC(StreamHeader);

}  // namespace hearth
