#include "messages/directory/directory_codec.hpp"
#include "messages/envelope/wire_codec.hpp"
#include "messages/home/home_codec.hpp"

namespace hearth {

using namespace home;  // NOLINT(google-build-using-namespace): specialisations live here.

namespace {

/// Of a list in a snapshot. The smallest element takes 32 bytes: a snapshot that is not too large
/// has no list that is too long, and memory stays in proportion to what was read.
constexpr std::size_t snapshot_list_max = CatalogueSnapshot::encoded_bytes_max / 32;

}  // namespace

template <>
struct Codec<CatalogueEntry> {
  using Wire = wire::CatalogueEntry;
  static void write(Wire::Builder to, const CatalogueEntry& from) {
    Codec<Item>::write(to.initItem(), from.item);
    to.setFolder(data_of(from.folder));
    to.setPath(data_of(from.path));
    to.setMtimeNs(from.mtime_ns);
    to.setInode(from.inode);
    to.setArtPath(data_of(from.art_path));
  }
  static CatalogueEntry read(Wire::Reader from, FieldReader& in) {
    return {
        .item = Codec<Item>::read(from.getItem(), in),
        .folder = in.path(from.getFolder(), "folder"),
        .path = in.path(from.getPath(), "path"),
        .mtime_ns = from.getMtimeNs(),
        .inode = from.getInode(),
        .art_path = in.path(from.getArtPath(), "art_path"),
    };
  }
};

template <>
struct Codec<FileRejected> {
  using Wire = wire::FileRejected;
  static void write(Wire::Builder to, const FileRejected& from) {
    to.setItem(data_of(from.item));
    to.setSize(from.size);
    to.setMtimeNs(from.mtime_ns);
    to.setInode(from.inode);
  }
  static FileRejected read(Wire::Reader from, FieldReader& in) {
    return {in.id<ItemId>(from.getItem(), "item"), from.getSize(), from.getMtimeNs(),
            from.getInode()};
  }
};

template <>
struct Codec<CatalogueEvent> {
  using Wire = wire::CatalogueEvent;
  static void write(Wire::Builder to, const CatalogueEvent& from) {
    if (const auto* added = std::get_if<ItemAdded>(&from)) {
      Codec<CatalogueEntry>::write(to.initItemAdded().initEntry(), added->entry);
    } else if (const auto* changed = std::get_if<ItemChanged>(&from)) {
      Codec<CatalogueEntry>::write(to.initItemChanged().initEntry(), changed->entry);
    } else if (const auto* removed = std::get_if<ItemRemoved>(&from)) {
      to.initItemRemoved().setItem(data_of(removed->item));
    } else {
      Codec<FileRejected>::write(to.initFileRejected(), std::get<FileRejected>(from));
    }
  }
  static CatalogueEvent read(Wire::Reader from, FieldReader& in) {
    switch (from.which()) {
      case Wire::ITEM_ADDED:
        return ItemAdded{Codec<CatalogueEntry>::read(from.getItemAdded().getEntry(), in)};
      case Wire::ITEM_CHANGED:
        return ItemChanged{Codec<CatalogueEntry>::read(from.getItemChanged().getEntry(), in)};
      case Wire::ITEM_REMOVED:
        return ItemRemoved{in.id<ItemId>(from.getItemRemoved().getItem(), "item")};
      case Wire::FILE_REJECTED: return Codec<FileRejected>::read(from.getFileRejected(), in);
    }
    in.refuse("catalogue event", "is of a later version");
    return {};
  }
};

template <>
struct Codec<GoneItem> {
  using Wire = wire::GoneItem;
  static void write(Wire::Builder to, const GoneItem& from) {
    to.setItem(data_of(from.item));
    to.setAddedAtMs(from.added_at_ms);
  }
  static GoneItem read(Wire::Reader from, FieldReader& in) {
    return {in.id<ItemId>(from.getItem(), "item"), from.getAddedAtMs()};
  }
};

template <>
struct Codec<CatalogueSnapshot> {
  using Wire = wire::CatalogueSnapshot;
  static void write(Wire::Builder to, const CatalogueSnapshot& from) {
    write_list(to.initEntries(count_of(from.entries)), from.entries);
    write_list(to.initGone(count_of(from.gone)), from.gone);
    write_list(to.initRejected(count_of(from.rejected)), from.rejected);
  }
  static CatalogueSnapshot read(Wire::Reader from, FieldReader& in) {
    return {in.list<CatalogueEntry>(from.getEntries(), snapshot_list_max, "entries"),
            in.list<GoneItem>(from.getGone(), snapshot_list_max, "gone"),
            in.list<FileRejected>(from.getRejected(), snapshot_list_max, "rejected")};
  }
};

template <>
struct Codec<TrustEvent> {
  using Wire = wire::TrustEvent;
  static void write(Wire::Builder to, const TrustEvent& from) {
    if (const auto* extended = std::get_if<directory::ChainExtended>(&from)) {
      Codec<directory::ChainExtended>::write(to.initChainExtended(), *extended);
    } else if (const auto* followed = std::get_if<directory::AccountFollowed>(&from)) {
      Codec<directory::AccountFollowed>::write(to.initAccountFollowed(), *followed);
    } else if (const auto* forgotten = std::get_if<directory::AccountForgotten>(&from)) {
      Codec<directory::AccountForgotten>::write(to.initAccountForgotten(), *forgotten);
    } else {
      const auto& received = std::get<CertificateReceived>(from);
      auto out = to.initCertificateReceived();
      out.setAccount(data_of(received.account));
      out.setCertificate(data_of(received.certificate));
    }
  }
  static TrustEvent read(Wire::Reader from, FieldReader& in) {
    switch (from.which()) {
      case Wire::CHAIN_EXTENDED:
        return Codec<directory::ChainExtended>::read(from.getChainExtended(), in);
      case Wire::ACCOUNT_FOLLOWED:
        return Codec<directory::AccountFollowed>::read(from.getAccountFollowed(), in);
      case Wire::ACCOUNT_FORGOTTEN:
        return Codec<directory::AccountForgotten>::read(from.getAccountForgotten(), in);
      case Wire::CERTIFICATE_RECEIVED: {
        const auto received = from.getCertificateReceived();
        return CertificateReceived{
            in.id<AccountId>(received.getAccount(), "account"),
            in.bytes(received.getCertificate(), limits::ticket_bytes_max, "certificate")};
      }
    }
    in.refuse("trust event", "is of a later version");
    return {};
  }
};

HEARTH_RECORD_CODEC(CatalogueEvent);
HEARTH_RECORD_CODEC(CatalogueSnapshot);
HEARTH_RECORD_CODEC(TrustEvent);

}  // namespace hearth
