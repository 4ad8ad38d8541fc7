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

template <>
struct Codec<CreateAccount> {
  using Wire = wire::CreateAccount;
  static void write(Wire::Builder to, const CreateAccount& from) {
    to.setName(text_of(from.name));
    Codec<Device>::write(to.initDevice(), from.device);
  }
  static CreateAccount read(Wire::Reader from, FieldReader& in) {
    return {in.text(from.getName(), limits::name_bytes_max, "name"),
            Codec<Device>::read(from.getDevice(), in)};
  }
};

template <>
struct Codec<EnrolDevice> {
  using Wire = wire::EnrolDevice;
  static void write(Wire::Builder to, const EnrolDevice& from) {
    Codec<Device>::write(to.initDevice(), from.device);
  }
  static EnrolDevice read(Wire::Reader from, FieldReader& in) {
    return {Codec<Device>::read(from.getDevice(), in)};
  }
};

template <>
struct Codec<RevokeDevice> {
  using Wire = wire::RevokeDevice;
  static void write(Wire::Builder to, const RevokeDevice& from) {
    to.setDevice(data_of(from.device));
  }
  static RevokeDevice read(Wire::Reader from, FieldReader& in) {
    return {in.id<NodeId>(from.getDevice(), "device")};
  }
};

template <>
struct Codec<RenameDevice> {
  using Wire = wire::RenameDevice;
  static void write(Wire::Builder to, const RenameDevice& from) {
    to.setDevice(data_of(from.device));
    to.setName(text_of(from.name));
  }
  static RenameDevice read(Wire::Reader from, FieldReader& in) {
    return {in.id<NodeId>(from.getDevice(), "device"),
            in.text(from.getName(), limits::name_bytes_max, "name")};
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
struct Codec<ListDevices> {
  using Wire = wire::ListDevices;
  static void write(Wire::Builder, const ListDevices&) {}
  static ListDevices read(Wire::Reader, FieldReader&) { return {}; }
};

template <>
struct Codec<DevicesListed> {
  using Wire = wire::DevicesListed;
  static void write(Wire::Builder to, const DevicesListed& from) {
    to.setAccount(data_of(from.account));
    to.setSequence(from.sequence);
    write_list(to.initDevices(count_of(from.devices)), from.devices);
    to.setName(text_of(from.name));
  }
  static DevicesListed read(Wire::Reader from, FieldReader& in) {
    return {in.id<AccountId>(from.getAccount(), "account"), from.getSequence(),
            in.list<Device>(from.getDevices(), limits::devices_per_account_max, "devices"),
            in.text(from.getName(), limits::name_bytes_max, "name")};
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
  }
  static HomeRecord read(Wire::Reader from, FieldReader& in) {
    return {Codec<PublicKeys>::read(from.getKeys(), in),
            in.ids<NodeId>(from.getSuperPeers(), limits::super_peers_per_home_max, "super_peers")};
  }
};

template <>
struct Codec<HomesListed> {
  using Wire = wire::HomesListed;
  static void write(Wire::Builder to, const HomesListed& from) {
    write_list(to.initHomes(count_of(from.homes)), from.homes);
  }
  static HomesListed read(Wire::Reader from, FieldReader& in) {
    return {in.list<HomeRecord>(from.getHomes(), limits::homes_per_account_max, "homes")};
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
  }
  static Forwarded read(Wire::Reader from, FieldReader& in) {
    return {in.id<NodeId>(from.getOrigin(), "origin"),
            in.enumeration(from.getRole(), Role::client, "role"),
            in.bytes(from.getEnvelope(), limits::forwarded_bytes_max, "envelope"),
            in.text(from.getSource(), limits::source_bytes_max, "source")};
  }
};

template <>
struct Codec<AccountCreated> {
  using Wire = wire::AccountCreated;
  static void write(Wire::Builder to, const AccountCreated& from) {
    to.setAccount(data_of(from.account));
    to.setName(text_of(from.name));
    Codec<Device>::write(to.initDevice(), from.device);
    to.setAtMs(from.at_ms);
  }
  static AccountCreated read(Wire::Reader from, FieldReader& in) {
    return {in.id<AccountId>(from.getAccount(), "account"),
            in.text(from.getName(), limits::name_bytes_max, "name"),
            Codec<Device>::read(from.getDevice(), in), from.getAtMs()};
  }
};

HEARTH_MESSAGE_CODEC(CreateAccount);
HEARTH_MESSAGE_CODEC(EnrolDevice);
HEARTH_MESSAGE_CODEC(RevokeDevice);
HEARTH_MESSAGE_CODEC(RenameDevice);
HEARTH_MESSAGE_CODEC(RegisterHome);
HEARTH_MESSAGE_CODEC(HomeRegistered);
HEARTH_MESSAGE_CODEC(ListDevices);
HEARTH_MESSAGE_CODEC(DevicesListed);
HEARTH_MESSAGE_CODEC(ListHomes);
HEARTH_MESSAGE_CODEC(HomesListed);
HEARTH_MESSAGE_CODEC(RequestTicket);
HEARTH_MESSAGE_CODEC(TicketIssued);
HEARTH_MESSAGE_CODEC(ReportPresence);
HEARTH_MESSAGE_CODEC(PresenceRelayed);
HEARTH_MESSAGE_CODEC(Forwarded);
HEARTH_MESSAGE_CODEC(AccountCreated);

// ---- events ----

template <>
struct Codec<DeviceEnrolled> {
  using Wire = wire::DeviceEnrolled;
  static void write(Wire::Builder to, const DeviceEnrolled& from) {
    Codec<Device>::write(to.initDevice(), from.device);
    to.setBy(data_of(from.by));
    to.setAtMs(from.at_ms);
    to.setAccount(data_of(from.account));
  }
  static DeviceEnrolled read(Wire::Reader from, FieldReader& in) {
    return {Codec<Device>::read(from.getDevice(), in), in.id<NodeId>(from.getBy(), "by"),
            from.getAtMs(), in.id<AccountId>(from.getAccount(), "account")};
  }
};

template <>
struct Codec<DeviceRevoked> {
  using Wire = wire::DeviceRevoked;
  static void write(Wire::Builder to, const DeviceRevoked& from) {
    to.setDevice(data_of(from.device));
    to.setBy(data_of(from.by));
    to.setAtMs(from.at_ms);
    to.setAccount(data_of(from.account));
  }
  static DeviceRevoked read(Wire::Reader from, FieldReader& in) {
    return {in.id<NodeId>(from.getDevice(), "device"), in.id<NodeId>(from.getBy(), "by"),
            from.getAtMs(), in.id<AccountId>(from.getAccount(), "account")};
  }
};

template <>
struct Codec<DeviceRenamed> {
  using Wire = wire::DeviceRenamed;
  static void write(Wire::Builder to, const DeviceRenamed& from) {
    to.setDevice(data_of(from.device));
    to.setName(text_of(from.name));
    to.setBy(data_of(from.by));
    to.setAtMs(from.at_ms);
    to.setAccount(data_of(from.account));
  }
  static DeviceRenamed read(Wire::Reader from, FieldReader& in) {
    return {in.id<NodeId>(from.getDevice(), "device"),
            in.text(from.getName(), limits::name_bytes_max, "name"),
            in.id<NodeId>(from.getBy(), "by"), from.getAtMs(),
            in.id<AccountId>(from.getAccount(), "account")};
  }
};

template <>
struct Codec<AccountEvent> {
  using Wire = wire::AccountEvent;
  static void write(Wire::Builder to, const AccountEvent& from) {
    if (const auto* created = std::get_if<AccountCreated>(&from)) {
      Codec<AccountCreated>::write(to.initAccountCreated(), *created);
    } else if (const auto* enrolled = std::get_if<DeviceEnrolled>(&from)) {
      Codec<DeviceEnrolled>::write(to.initDeviceEnrolled(), *enrolled);
    } else if (const auto* revoked = std::get_if<DeviceRevoked>(&from)) {
      Codec<DeviceRevoked>::write(to.initDeviceRevoked(), *revoked);
    } else {
      Codec<DeviceRenamed>::write(to.initDeviceRenamed(), std::get<DeviceRenamed>(from));
    }
  }
  static AccountEvent read(Wire::Reader from, FieldReader& in) {
    switch (from.which()) {
      case Wire::ACCOUNT_CREATED: return Codec<AccountCreated>::read(from.getAccountCreated(), in);
      case Wire::DEVICE_ENROLLED: return Codec<DeviceEnrolled>::read(from.getDeviceEnrolled(), in);
      case Wire::DEVICE_REVOKED: return Codec<DeviceRevoked>::read(from.getDeviceRevoked(), in);
      case Wire::DEVICE_RENAMED: return Codec<DeviceRenamed>::read(from.getDeviceRenamed(), in);
    }
    in.refuse("account event", "is of a later version");
    return {};
  }
};

template <>
struct Codec<NumberedAccountEvent> {
  using Wire = wire::NumberedAccountEvent;
  static void write(Wire::Builder to, const NumberedAccountEvent& from) {
    to.setSequence(from.sequence);
    Codec<AccountEvent>::write(to.initEvent(), from.event);
  }
  static NumberedAccountEvent read(Wire::Reader from, FieldReader& in) {
    return {from.getSequence(), Codec<AccountEvent>::read(from.getEvent(), in)};
  }
};

template <>
struct Codec<ListAccountEvents> {
  using Wire = wire::ListAccountEvents;
  static void write(Wire::Builder to, const ListAccountEvents& from) { to.setAfter(from.after); }
  static ListAccountEvents read(Wire::Reader from, FieldReader&) { return {from.getAfter()}; }
};

template <>
struct Codec<AccountEventsListed> {
  using Wire = wire::AccountEventsListed;
  static void write(Wire::Builder to, const AccountEventsListed& from) {
    to.setLast(from.last);
    write_list(to.initEvents(count_of(from.events)), from.events);
  }
  static AccountEventsListed read(Wire::Reader from, FieldReader& in) {
    return {from.getLast(),
            in.list<NumberedAccountEvent>(from.getEvents(), limits::account_events_page, "events")};
  }
};

template <>
struct Codec<AccountState> {
  using Wire = wire::AccountState;
  static void write(Wire::Builder to, const AccountState& from) {
    to.setAccount(data_of(from.account));
    to.setName(text_of(from.name));
    to.setSequence(from.sequence);
    to.setEnrolled(from.enrolled);
  }
  static AccountState read(Wire::Reader from, FieldReader& in) {
    return {in.id<AccountId>(from.getAccount(), "account"),
            in.text(from.getName(), limits::name_bytes_max, "name"), from.getSequence(),
            from.getEnrolled()};
  }
};

HEARTH_MESSAGE_CODEC(ListAccountEvents);
HEARTH_MESSAGE_CODEC(AccountEventsListed);
HEARTH_RECORD_CODEC(AccountEvent);
HEARTH_RECORD_CODEC(AccountState);
HEARTH_RECORD_CODEC(Device);

}  // namespace hearth
