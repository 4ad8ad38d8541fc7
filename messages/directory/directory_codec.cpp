#include "messages/directory/directory_codec.hpp"

#include "messages/envelope/wire_codec.hpp"

namespace hearth {

using namespace directory;  // NOLINT(google-build-using-namespace): specialisations live here.

void Codec<PublicKeys>::write(Wire::Builder to, const PublicKeys& from) {
  to.setSigning(data_of(from.signing));
  to.setExchange(data_of(from.exchange));
}

PublicKeys Codec<PublicKeys>::read(Wire::Reader from, FieldReader& in) {
  return {in.id<SigningKey>(from.getSigning(), "signing"),
          in.id<ExchangeKey>(from.getExchange(), "exchange")};
}

void Codec<Device>::write(Wire::Builder to, const Device& from) {
  Codec<PublicKeys>::write(to.initKeys(), from.keys);
  to.setKind(static_cast<wire::DeviceKind>(from.kind));
  to.setName(text_of(from.name));
}

Device Codec<Device>::read(Wire::Reader from, FieldReader& in) {
  return {Codec<PublicKeys>::read(from.getKeys(), in),
          in.enumeration(from.getKind(), DeviceKind::home, "kind"),
          in.text(from.getName(), limits::name_bytes_max, "name")};
}

void Codec<RecordedEvent>::write(Wire::Builder to, const RecordedEvent& from) {
  Codec<SignedEvent>::write(to.initEvent(), from.event);
  to.setAtMs(from.at_ms);
}

RecordedEvent Codec<RecordedEvent>::read(Wire::Reader from, FieldReader& in) {
  return {Codec<SignedEvent>::read(from.getEvent(), in), from.getAtMs()};
}

void Codec<SignedEvent>::write(Wire::Builder to, const SignedEvent& from) {
  to.setBody(data_of(from.body));
  to.setSignature(data_of(from.signature));
}

SignedEvent Codec<SignedEvent>::read(Wire::Reader from, FieldReader& in) {
  return {in.bytes(from.getBody(), limits::chain_event_bytes_max, "body"),
          in.id<Signature>(from.getSignature(), "signature")};
}

void Codec<ChainExtended>::write(Wire::Builder to, const ChainExtended& from) {
  write_list(to.initEvents(count_of(from.events)), from.events);
}

ChainExtended Codec<ChainExtended>::read(Wire::Reader from, FieldReader& in) {
  return {in.list<RecordedEvent>(from.getEvents(), limits::chain_page, "events")};
}

void Codec<AccountFollowed>::write(Wire::Builder to, const AccountFollowed& from) {
  to.setAccount(data_of(from.account));
  write_list(to.initEvents(count_of(from.events)), from.events);
}

AccountFollowed Codec<AccountFollowed>::read(Wire::Reader from, FieldReader& in) {
  return {in.id<AccountId>(from.getAccount(), "account"),
          in.list<RecordedEvent>(from.getEvents(), limits::chain_page, "events")};
}

void Codec<AccountForgotten>::write(Wire::Builder to, const AccountForgotten& from) {
  to.setAccount(data_of(from.account));
}

AccountForgotten Codec<AccountForgotten>::read(Wire::Reader from, FieldReader& in) {
  return {in.id<AccountId>(from.getAccount(), "account")};
}

template <>
struct Codec<AppendEvent> {
  using Wire = wire::AppendEvent;
  static void write(Wire::Builder to, const AppendEvent& from) {
    Codec<SignedEvent>::write(to.initEvent(), from.event);
    to.setCode(text_of(from.code));
  }
  static AppendEvent read(Wire::Reader from, FieldReader& in) {
    return {Codec<SignedEvent>::read(from.getEvent(), in),
            in.text(from.getCode(), limits::pairing_code_size, "code")};
  }
};

template <>
struct Codec<EventAppended> {
  using Wire = wire::EventAppended;
  static void write(Wire::Builder to, const EventAppended& from) {
    to.setAccount(data_of(from.account));
    to.setNumber(from.number);
  }
  static EventAppended read(Wire::Reader from, FieldReader& in) {
    return {in.id<AccountId>(from.getAccount(), "account"), from.getNumber()};
  }
};

template <>
struct Codec<FetchChain> {
  using Wire = wire::FetchChain;
  static void write(Wire::Builder to, const FetchChain& from) {
    to.setAfter(from.after);
    if (!from.recovery.is_zero()) {
      to.setRecovery(data_of(from.recovery));
    }
    if (!from.proof.is_zero()) {
      to.setProof(data_of(from.proof));
    }
    if (!from.account.is_zero()) {
      to.setAccount(data_of(from.account));
    }
  }
  static FetchChain read(Wire::Reader from, FieldReader& in) {
    return {from.getAfter(), in.id_or_zero<SigningKey>(from.getRecovery(), "recovery"),
            in.id_or_zero<Signature>(from.getProof(), "proof"),
            in.id_or_zero<AccountId>(from.getAccount(), "account")};
  }
};

template <>
struct Codec<ChainPage> {
  using Wire = wire::ChainPage;
  static void write(Wire::Builder to, const ChainPage& from) {
    to.setAccount(data_of(from.account));
    to.setLength(from.length);
    to.setHead(data_of(from.head));
    write_list(to.initEvents(count_of(from.events)), from.events);
  }
  static ChainPage read(Wire::Reader from, FieldReader& in) {
    return {in.id<AccountId>(from.getAccount(), "account"), from.getLength(),
            in.id<ChainHash>(from.getHead(), "head"),
            in.list<RecordedEvent>(from.getEvents(), limits::chain_page, "events")};
  }
};

template <>
struct Codec<RegisterHome> {
  using Wire = wire::RegisterHome;
  static void write(Wire::Builder, const RegisterHome&) {}
  static RegisterHome read(Wire::Reader, FieldReader&) { return {}; }
};

template <>
struct Codec<HomeRegistered> {
  using Wire = wire::HomeRegistered;
  static void write(Wire::Builder to, const HomeRegistered& from) {
    to.setAccount(data_of(from.account));
    to.setCertificate(data_of(from.certificate));
  }
  static HomeRegistered read(Wire::Reader from, FieldReader& in) {
    return {in.id<AccountId>(from.getAccount(), "account"),
            in.bytes(from.getCertificate(), limits::ticket_bytes_max, "certificate")};
  }
};

template <>
struct Codec<ListHomes> {
  using Wire = wire::ListHomes;
  static void write(Wire::Builder, const ListHomes&) {}
  static ListHomes read(Wire::Reader, FieldReader&) { return {}; }
};

template <>
struct Codec<HomeRecord> {
  using Wire = wire::HomeRecord;
  static void write(Wire::Builder to, const HomeRecord& from) {
    Codec<PublicKeys>::write(to.initKeys(), from.keys);
    write_ids(to.initSuperPeers(count_of(from.super_peers)), from.super_peers);
    if (!from.owner.is_zero()) {
      to.setOwner(data_of(from.owner));
    }
  }
  static HomeRecord read(Wire::Reader from, FieldReader& in) {
    return {Codec<PublicKeys>::read(from.getKeys(), in),
            in.ids<NodeId>(from.getSuperPeers(), limits::super_peers_per_home_max, "super_peers"),
            in.id_or_zero<AccountId>(from.getOwner(), "owner")};
  }
};

template <>
struct Codec<Granter> {
  using Wire = wire::Granter;
  static void write(Wire::Builder to, const Granter& from) {
    to.setAccount(data_of(from.account));
    to.setName(text_of(from.name));
    to.setLength(from.length);
  }
  static Granter read(Wire::Reader from, FieldReader& in) {
    return {in.id<AccountId>(from.getAccount(), "account"),
            in.text(from.getName(), limits::name_bytes_max, "name"), from.getLength()};
  }
};

template <>
struct Codec<HomesListed> {
  using Wire = wire::HomesListed;
  static void write(Wire::Builder to, const HomesListed& from) {
    write_list(to.initHomes(count_of(from.homes)), from.homes);
    to.setLength(from.length);
    write_list(to.initGranters(count_of(from.granters)), from.granters);
  }
  static HomesListed read(Wire::Reader from, FieldReader& in) {
    return {in.list<HomeRecord>(from.getHomes(), limits::homes_per_account_max, "homes"),
            from.getLength(),
            in.list<Granter>(from.getGranters(), limits::granters_per_account_max, "granters")};
  }
};

template <>
struct Codec<RequestTicket> {
  using Wire = wire::RequestTicket;
  static void write(Wire::Builder to, const RequestTicket& from) { to.setHome(data_of(from.home)); }
  static RequestTicket read(Wire::Reader from, FieldReader& in) {
    return {in.id<NodeId>(from.getHome(), "home")};
  }
};

template <>
struct Codec<TicketIssued> {
  using Wire = wire::TicketIssued;
  static void write(Wire::Builder to, const TicketIssued& from) {
    to.setTicket(data_of(from.ticket));
  }
  static TicketIssued read(Wire::Reader from, FieldReader& in) {
    return {in.bytes(from.getTicket(), limits::ticket_bytes_max, "ticket")};
  }
};

template <>
struct Codec<ReportPresence> {
  using Wire = wire::ReportPresence;
  static void write(Wire::Builder to, const ReportPresence& from) {
    to.setEpoch(from.epoch);
    to.setComplete(from.complete);
    write_ids(to.initArrivals(count_of(from.arrivals)), from.arrivals);
    write_ids(to.initDepartures(count_of(from.departures)), from.departures);
  }
  static ReportPresence read(Wire::Reader from, FieldReader& in) {
    return {from.getEpoch(), from.getComplete(),
            in.ids<NodeId>(from.getArrivals(), limits::presence_homes_max, "arrivals"),
            in.ids<NodeId>(from.getDepartures(), limits::presence_homes_max, "departures")};
  }
};

template <>
struct Codec<PresenceRelayed> {
  using Wire = wire::PresenceRelayed;
  static void write(Wire::Builder to, const PresenceRelayed& from) {
    to.setSuperPeer(data_of(from.super_peer));
    Codec<ReportPresence>::write(to.initReport(), from.report);
  }
  static PresenceRelayed read(Wire::Reader from, FieldReader& in) {
    return {in.id<NodeId>(from.getSuperPeer(), "super_peer"),
            Codec<ReportPresence>::read(from.getReport(), in)};
  }
};

template <>
struct Codec<Forwarded> {
  using Wire = wire::Forwarded;
  static void write(Wire::Builder to, const Forwarded& from) {
    to.setOrigin(data_of(from.origin));
    to.setRole(static_cast<wire::Role>(from.role));
    to.setEnvelope(data_of(from.envelope));
    to.setSource(text_of(from.source));
    to.setGroup(static_cast<std::uint32_t>(from.group));
    to.setBucket(from.bucket);
    to.setMap(from.map);
    to.setStep(static_cast<wire::ForwardStep>(from.step));
    to.setAccount(data_of(from.account));
    to.setNameClaim(from.name_claim);
    to.setDeviceClaim(from.device_claim);
    to.setRecoveryClaim(from.recovery_claim);
  }
  static Forwarded read(Wire::Reader from, FieldReader& in) {
    return {in.id<NodeId>(from.getOrigin(), "origin"),
            in.enumeration(from.getRole(), Role::client, "role"),
            in.bytes(from.getEnvelope(), limits::forwarded_bytes_max, "envelope"),
            in.text(from.getSource(), limits::source_bytes_max, "source"),
            GroupId{from.getGroup()},
            read_bucket(from.getBucket(), in),
            from.getMap(),
            in.enumeration(from.getStep(), ForwardStep::offer, "step"),
            in.id_or_zero<AccountId>(from.getAccount(), "account"),
            from.getNameClaim(),
            from.getDeviceClaim(),
            from.getRecoveryClaim()};
  }
};

template <>
struct Codec<AccountState> {
  using Wire = wire::AccountState;
  static void write(Wire::Builder to, const AccountState& from) {
    to.setAccount(data_of(from.account));
    to.setName(text_of(from.name));
    to.setLength(from.length);
    to.setHead(data_of(from.head));
    to.setRecovery(data_of(from.recovery));
    to.setEnrolled(from.enrolled);
    to.setManagersFrom(from.managers_from);
  }
  static AccountState read(Wire::Reader from, FieldReader& in) {
    return {in.id<AccountId>(from.getAccount(), "account"),
            in.text(from.getName(), limits::name_bytes_max, "name"),
            from.getLength(),
            in.id<ChainHash>(from.getHead(), "head"),
            in.id<SigningKey>(from.getRecovery(), "recovery"),
            from.getEnrolled(),
            from.getManagersFrom()};
  }
};

HEARTH_MESSAGE_CODEC(AppendEvent);
HEARTH_MESSAGE_CODEC(EventAppended);
HEARTH_MESSAGE_CODEC(FetchChain);
HEARTH_MESSAGE_CODEC(ChainPage);
HEARTH_MESSAGE_CODEC(RegisterHome);
HEARTH_MESSAGE_CODEC(HomeRegistered);
HEARTH_MESSAGE_CODEC(ListHomes);
HEARTH_MESSAGE_CODEC(HomesListed);
HEARTH_MESSAGE_CODEC(RequestTicket);
HEARTH_MESSAGE_CODEC(TicketIssued);
HEARTH_MESSAGE_CODEC(ReportPresence);
HEARTH_MESSAGE_CODEC(PresenceRelayed);
HEARTH_MESSAGE_CODEC(Forwarded);
HEARTH_RECORD_CODEC(RecordedEvent);
HEARTH_RECORD_CODEC(AccountState);
HEARTH_RECORD_CODEC(Device);

}  // namespace hearth
