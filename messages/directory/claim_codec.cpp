#include "messages/directory/claim_messages.hpp"
#include "messages/directory/directory_codec.hpp"
#include "messages/envelope/wire_codec.hpp"

namespace hearth {

using namespace directory;  // NOLINT(google-build-using-namespace): specialisations live here.

Bucket read_bucket(std::uint16_t number, FieldReader& in) {
  if (number >= buckets) {
    in.refuse("bucket", "is none of 4096");
  }
  return number % buckets;
}

template <>
struct Codec<BucketRun> {
  using Wire = wire::BucketRun;
  static void write(Wire::Builder to, const BucketRun& from) {
    to.setFirst(from.first);
    to.setGroup(static_cast<std::uint32_t>(from.group));
  }
  static BucketRun read(Wire::Reader from, FieldReader& in) {
    return {read_bucket(from.getFirst(), in), GroupId{from.getGroup()}};
  }
};

template <>
struct Codec<GroupMap> {
  using Wire = wire::GroupMap;
  static void write(Wire::Builder to, const GroupMap& from) {
    to.setVersion(from.version);
    write_list(to.initRuns(count_of(from.runs)), from.runs);
  }
  static GroupMap read(Wire::Reader from, FieldReader& in) {
    GroupMap map{from.getVersion(), in.list<BucketRun>(from.getRuns(), buckets, "runs")};
    int before = -1;
    for (const auto& run : map.runs) {
      if (run.first <= before || (before < 0 && run.first != 0) ||
          static_cast<std::uint32_t>(run.group) >= GroupMap::groups_max) {
        in.refuse("runs", "are no map of all buckets");
      }
      before = run.first;
    }
    if (map.runs.empty()) {
      in.refuse("runs", "are no map of all buckets");
    }
    return map;
  }
};

template <>
struct Codec<WrongGroup> {
  using Wire = wire::WrongGroup;
  static void write(Wire::Builder to, const WrongGroup& from) {
    Codec<GroupMap>::write(to.initMap(), from.map);
  }
  static WrongGroup read(Wire::Reader from, FieldReader& in) {
    return {Codec<GroupMap>::read(from.getMap(), in)};
  }
};

template <>
struct Codec<ClaimKey> {
  using Wire = wire::ClaimKey;
  static void write(Wire::Builder to, const ClaimKey& from) {
    to.setKind(static_cast<wire::ClaimKind>(from.kind));
    to.setId(data_of(from.id));
  }
  static ClaimKey read(Wire::Reader from, FieldReader& in) {
    return {in.enumeration(from.getKind(), ClaimKind::recovery, "kind"),
            in.id<decltype(ClaimKey::id)>(from.getId(), "id")};
  }
};

template <>
struct Codec<Claim> {
  using Wire = wire::Claim;
  static void write(Wire::Builder to, const Claim& from) {
    Codec<ClaimKey>::write(to.initKey(), from.key);
    to.setAccount(data_of(from.account));
    to.setBy(data_of(from.by));
    to.setNumber(from.number);
    to.setHolds(from.holds);
  }
  static Claim read(Wire::Reader from, FieldReader& in) {
    return {Codec<ClaimKey>::read(from.getKey(), in),
            in.id<AccountId>(from.getAccount(), "account"), in.id<NodeId>(from.getBy(), "by"),
            from.getNumber(), from.getHolds()};
  }
};

template <>
struct Codec<ReserveClaim> {
  using Wire = wire::ReserveClaim;
  static void write(Wire::Builder to, const ReserveClaim& from) {
    Codec<Claim>::write(to.initClaim(), from.claim);
  }
  static ReserveClaim read(Wire::Reader from, FieldReader& in) {
    return {Codec<Claim>::read(from.getClaim(), in)};
  }
};

template <>
struct Codec<FindClaim> {
  using Wire = wire::FindClaim;
  static void write(Wire::Builder to, const FindClaim& from) {
    Codec<ClaimKey>::write(to.initKey(), from.key);
  }
  static FindClaim read(Wire::Reader from, FieldReader& in) {
    return {Codec<ClaimKey>::read(from.getKey(), in)};
  }
};

template <>
struct Codec<ClaimShown> {
  using Wire = wire::ClaimShown;
  static void write(Wire::Builder to, const ClaimShown& from) {
    if (from.claim) {
      Codec<Claim>::write(to.initClaim(), *from.claim);
    }
  }
  static ClaimShown read(Wire::Reader from, FieldReader& in) {
    return {from.hasClaim() ? std::optional(Codec<Claim>::read(from.getClaim(), in))
                            : std::nullopt};
  }
};

template <>
struct Codec<EndClaim> {
  using Wire = wire::EndClaim;
  static void write(Wire::Builder to, const EndClaim& from) {
    Codec<ClaimKey>::write(to.initKey(), from.key);
    to.setNumber(from.number);
    to.setHolds(from.holds);
  }
  static EndClaim read(Wire::Reader from, FieldReader& in) {
    return {Codec<ClaimKey>::read(from.getKey(), in), from.getNumber(), from.getHolds()};
  }
};

template <>
struct Codec<SettleClaim> {
  using Wire = wire::SettleClaim;
  static void write(Wire::Builder to, const SettleClaim& from) {
    Codec<ClaimKey>::write(to.initKey(), from.key);
    to.setAccount(data_of(from.account));
    to.setNumber(from.number);
  }
  static SettleClaim read(Wire::Reader from, FieldReader& in) {
    return {Codec<ClaimKey>::read(from.getKey(), in),
            in.id<AccountId>(from.getAccount(), "account"), from.getNumber()};
  }
};

template <>
struct Codec<ClaimSettled> {
  using Wire = wire::ClaimSettled;
  static void write(Wire::Builder to, const ClaimSettled& from) { to.setHolds(from.holds); }
  static ClaimSettled read(Wire::Reader from, FieldReader&) { return {from.getHolds()}; }
};

template <>
struct Codec<MayGoOn> {
  using Wire = wire::MayGoOn;
  static void write(Wire::Builder to, const MayGoOn& from) { to.setAccount(data_of(from.account)); }
  static MayGoOn read(Wire::Reader from, FieldReader& in) {
    return {in.id<AccountId>(from.getAccount(), "account")};
  }
};

template <>
struct Codec<ClaimRefused> {
  using Wire = wire::ClaimRefused;
  static void write(Wire::Builder to, const ClaimRefused& from) {
    Codec<ClaimKey>::write(to.initKey(), from.key);
    to.setAccount(data_of(from.account));
    to.setNumber(from.number);
  }
  static ClaimRefused read(Wire::Reader from, FieldReader& in) {
    return {Codec<ClaimKey>::read(from.getKey(), in),
            in.id<AccountId>(from.getAccount(), "account"), from.getNumber()};
  }
};

template <>
struct Codec<ClaimEvent> {
  using Wire = wire::ClaimEvent;
  static void write(Wire::Builder to, const ClaimEvent& from) {
    if (const auto* reserved = std::get_if<Claim>(&from)) {
      Codec<Claim>::write(to.initClaimReserved(), *reserved);
    } else if (const auto* ended = std::get_if<EndClaim>(&from)) {
      Codec<EndClaim>::write(to.initClaimEnded(), *ended);
    } else {
      Codec<ClaimRefused>::write(to.initClaimRefused(), std::get<ClaimRefused>(from));
    }
  }
  static ClaimEvent read(Wire::Reader from, FieldReader& in) {
    switch (from.which()) {
      case Wire::CLAIM_RESERVED: return Codec<Claim>::read(from.getClaimReserved(), in);
      case Wire::CLAIM_ENDED: return Codec<EndClaim>::read(from.getClaimEnded(), in);
      case Wire::CLAIM_REFUSED: return Codec<ClaimRefused>::read(from.getClaimRefused(), in);
    }
    in.refuse("claim event", "is of a later version");
    return {};
  }
};

HEARTH_RECORD_CODEC(GroupMap);
HEARTH_MESSAGE_CODEC(WrongGroup);
HEARTH_MESSAGE_CODEC(ReserveClaim);
HEARTH_MESSAGE_CODEC(FindClaim);
HEARTH_MESSAGE_CODEC(ClaimShown);
HEARTH_MESSAGE_CODEC(EndClaim);
HEARTH_MESSAGE_CODEC(SettleClaim);
HEARTH_MESSAGE_CODEC(ClaimSettled);
HEARTH_MESSAGE_CODEC(MayGoOn);
HEARTH_RECORD_CODEC(Claim);
HEARTH_RECORD_CODEC(ClaimRefused);
HEARTH_RECORD_CODEC(ClaimEvent);

}  // namespace hearth
