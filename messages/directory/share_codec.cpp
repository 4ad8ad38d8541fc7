#include "messages/base/limits.hpp"
#include "messages/directory/directory_codec.hpp"
#include "messages/directory/share_messages.hpp"
#include "messages/envelope/wire_codec.hpp"

namespace hearth {

using namespace directory;  // NOLINT(google-build-using-namespace): specialisations live here.

template <>
struct Codec<Share> {
  using Wire = wire::Share;
  static void write(Wire::Builder to, const Share& from) {
    to.setNumber(from.number);
    to.setGrantee(data_of(from.granted.grantee));
    to.setHome(data_of(from.granted.home));
    if (!from.granted.folder.is_zero()) {
      to.setFolder(data_of(from.granted.folder));
    }
    to.setExpiresMs(from.granted.expires_ms);
  }
  static Share read(Wire::Reader from, FieldReader& in) {
    return {from.getNumber(),
            {in.id<AccountId>(from.getGrantee(), "grantee"), in.id<NodeId>(from.getHome(), "home"),
             in.id_or_zero<FolderId>(from.getFolder(), "folder"), from.getExpiresMs()}};
  }
};

template <>
struct Codec<FindAccount> {
  using Wire = wire::FindAccount;
  static void write(Wire::Builder to, const FindAccount& from) {
    to.setName(text_of(from.name));
    if (!from.account.is_zero()) {
      to.setAccount(data_of(from.account));
    }
  }
  static FindAccount read(Wire::Reader from, FieldReader& in) {
    return {in.text(from.getName(), limits::name_bytes_max, "name"),
            in.id_or_zero<AccountId>(from.getAccount(), "account")};
  }
};

template <>
struct Codec<AccountFound> {
  using Wire = wire::AccountFound;
  static void write(Wire::Builder to, const AccountFound& from) {
    to.setAccount(data_of(from.account));
    to.setName(text_of(from.name));
  }
  static AccountFound read(Wire::Reader from, FieldReader& in) {
    return {in.id<AccountId>(from.getAccount(), "account"),
            in.text(from.getName(), limits::name_bytes_max, "name")};
  }
};

template <>
struct Codec<SharedHome> {
  using Wire = wire::SharedHome;
  static void write(Wire::Builder to, const SharedHome& from) {
    Codec<PublicKeys>::write(to.initKeys(), from.keys);
    to.setExpiresMs(from.expires_ms);
  }
  static SharedHome read(Wire::Reader from, FieldReader& in) {
    return {Codec<PublicKeys>::read(from.getKeys(), in), from.getExpiresMs()};
  }
};

template <>
struct Codec<ShareNews> {
  using Wire = wire::ShareNews;
  static void write(Wire::Builder to, const ShareNews& from) {
    to.setGranter(data_of(from.granter));
    to.setName(text_of(from.name));
    to.setGrantee(data_of(from.grantee));
    to.setLength(from.length);
    write_list(to.initHomes(count_of(from.homes)), from.homes);
  }
  static ShareNews read(Wire::Reader from, FieldReader& in) {
    return {in.id<AccountId>(from.getGranter(), "granter"),
            in.text(from.getName(), limits::name_bytes_max, "name"),
            in.id<AccountId>(from.getGrantee(), "grantee"), from.getLength(),
            in.list<SharedHome>(from.getHomes(), limits::shares_per_account_max, "homes")};
  }
};

template <>
struct Codec<ShareEvent> {
  using Wire = wire::ShareEvent;
  static void write(Wire::Builder to, const ShareEvent& from) {
    if (const auto* written = std::get_if<NewsWritten>(&from)) {
      Codec<ShareNews>::write(to.initNewsWritten(), written->news);
    } else if (const auto* heard = std::get_if<NewsHeard>(&from)) {
      Codec<ShareNews>::write(to.initNewsHeard(), heard->news);
    } else {
      const auto& taken = std::get<NewsTaken>(from);
      auto out = to.initNewsTaken();
      out.setGranter(data_of(taken.granter));
      out.setGrantee(data_of(taken.grantee));
      out.setLength(taken.length);
    }
  }
  static ShareEvent read(Wire::Reader from, FieldReader& in) {
    switch (from.which()) {
      case Wire::NEWS_WRITTEN:
        return NewsWritten{Codec<ShareNews>::read(from.getNewsWritten(), in)};
      case Wire::NEWS_HEARD: return NewsHeard{Codec<ShareNews>::read(from.getNewsHeard(), in)};
      case Wire::NEWS_TAKEN: {
        const auto taken = from.getNewsTaken();
        return NewsTaken{in.id<AccountId>(taken.getGranter(), "granter"),
                         in.id<AccountId>(taken.getGrantee(), "grantee"), taken.getLength()};
      }
    }
    in.refuse("share event", "is of a later version");
    return {};
  }
};

HEARTH_RECORD_CODEC(Share);
HEARTH_RECORD_CODEC(ShareEvent);
HEARTH_MESSAGE_CODEC(FindAccount);
HEARTH_MESSAGE_CODEC(AccountFound);
HEARTH_MESSAGE_CODEC(ShareNews);

}  // namespace hearth
