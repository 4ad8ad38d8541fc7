#include "messages/envelope/wire_codec.hpp"
#include "messages/relay/relay_messages.hpp"
#include "messages/schema/relay.capnp.h"

namespace hearth {

using namespace relay;  // NOLINT(google-build-using-namespace): specialisations live here.

template <>
struct Codec<AttachHome> {
  using Wire = wire::AttachHome;
  static void write(Wire::Builder to, const AttachHome& from) {
    to.setCertificate(data_of(from.certificate));
  }
  static AttachHome read(Wire::Reader from, FieldReader& in) {
    return {in.bytes(from.getCertificate(), limits::ticket_bytes_max, "certificate")};
  }
};

template <>
struct Codec<OpenTunnel> {
  using Wire = wire::OpenTunnel;
  static void write(Wire::Builder to, const OpenTunnel& from) {
    to.setHome(data_of(from.home));
    to.setTunnel(from.tunnel);
    to.setTicket(data_of(from.ticket));
  }
  static OpenTunnel read(Wire::Reader from, FieldReader& in) {
    return {in.id<NodeId>(from.getHome(), "home"), from.getTunnel(),
            in.bytes(from.getTicket(), limits::ticket_bytes_max, "ticket")};
  }
};

template <>
struct Codec<OfferTunnel> {
  using Wire = wire::OfferTunnel;
  static void write(Wire::Builder to, const OfferTunnel& from) {
    to.setTunnel(from.tunnel);
    to.setClient(data_of(from.client));
  }
  static OfferTunnel read(Wire::Reader from, FieldReader& in) {
    return {from.getTunnel(), in.id<NodeId>(from.getClient(), "client")};
  }
};

template <>
struct Codec<OrderDial> {
  using Wire = wire::OrderDial;
  static void write(Wire::Builder to, const OrderDial& from) {
    to.setPair(from.pair);
    to.setClient(data_of(from.client));
    to.setSealedRequest(data_of(from.sealed_request));
  }
  static OrderDial read(Wire::Reader from, FieldReader& in) {
    return {from.getPair(), in.id<NodeId>(from.getClient(), "client"),
            in.bytes(from.getSealedRequest(), limits::sealed_request_bytes_max, "sealed_request")};
  }
};

template <>
struct Codec<PresentTicket> {
  using Wire = wire::PresentTicket;
  static void write(Wire::Builder to, const PresentTicket& from) {
    to.setHome(data_of(from.home));
    to.setTicket(data_of(from.ticket));
  }
  static PresentTicket read(Wire::Reader from, FieldReader& in) {
    return {in.id<NodeId>(from.getHome(), "home"),
            in.bytes(from.getTicket(), limits::ticket_bytes_max, "ticket")};
  }
};

template <>
struct Codec<OpenStream> {
  using Wire = wire::OpenStream;
  static void write(Wire::Builder to, const OpenStream& from) {
    to.setHome(data_of(from.home));
    to.setTicket(data_of(from.ticket));
    to.setSealedRequest(data_of(from.sealed_request));
  }
  static OpenStream read(Wire::Reader from, FieldReader& in) {
    return {in.id<NodeId>(from.getHome(), "home"),
            in.bytes(from.getTicket(), limits::ticket_bytes_max, "ticket"),
            in.bytes(from.getSealedRequest(), limits::sealed_request_bytes_max, "sealed_request")};
  }
};

template <>
struct Codec<AcceptStream> {
  using Wire = wire::AcceptStream;
  static void write(Wire::Builder to, const AcceptStream& from) { to.setPair(from.pair); }
  static AcceptStream read(Wire::Reader from, FieldReader&) { return {from.getPair()}; }
};

HEARTH_MESSAGE_CODEC(AttachHome);
HEARTH_MESSAGE_CODEC(OpenTunnel);
HEARTH_MESSAGE_CODEC(OfferTunnel);
HEARTH_MESSAGE_CODEC(OrderDial);
HEARTH_MESSAGE_CODEC(PresentTicket);
HEARTH_MESSAGE_CODEC(OpenStream);
HEARTH_MESSAGE_CODEC(AcceptStream);

// ---- events ----

template <>
struct Codec<BytesMetered> {
  using Wire = wire::BytesMetered;
  static void write(Wire::Builder to, const BytesMetered& from) {
    to.setClient(data_of(from.client));
    to.setHome(data_of(from.home));
    to.setToClient(from.to_client);
    to.setToHome(from.to_home);
    to.setAtMs(from.at_ms);
  }
  static BytesMetered read(Wire::Reader from, FieldReader& in) {
    return {in.id<NodeId>(from.getClient(), "client"), in.id<NodeId>(from.getHome(), "home"),
            from.getToClient(), from.getToHome(), from.getAtMs()};
  }
};

template <>
struct Codec<RelayEvent> {
  using Wire = wire::RelayEvent;
  static void write(Wire::Builder to, const RelayEvent& from) {
    if (const auto* metered = std::get_if<BytesMetered>(&from)) {
      Codec<BytesMetered>::write(to.initBytesMetered(), *metered);
    } else {
      to.initEpochBegun().setEpoch(std::get<EpochBegun>(from).epoch);
    }
  }
  static RelayEvent read(Wire::Reader from, FieldReader& in) {
    switch (from.which()) {
      case Wire::BYTES_METERED: return Codec<BytesMetered>::read(from.getBytesMetered(), in);
      case Wire::EPOCH_BEGUN: return EpochBegun{from.getEpochBegun().getEpoch()};
    }
    in.refuse("relay event", "is of a later version");
    return {};
  }
};

HEARTH_RECORD_CODEC(RelayEvent);

}  // namespace hearth
