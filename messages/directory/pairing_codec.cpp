#include "messages/directory/directory_codec.hpp"
#include "messages/directory/pairing_messages.hpp"
#include "messages/envelope/wire_codec.hpp"

namespace hearth {

using namespace directory;  // NOLINT(google-build-using-namespace): specialisations live here.

template <>
struct Codec<OfferPairing> {
  using Wire = wire::OfferPairing;
  static void write(Wire::Builder to, const OfferPairing& from) {
    Codec<Device>::write(to.initDevice(), from.device);
  }
  static OfferPairing read(Wire::Reader from, FieldReader& in) {
    return {Codec<Device>::read(from.getDevice(), in)};
  }
};

template <>
struct Codec<PairingOffered> {
  using Wire = wire::PairingOffered;
  static void write(Wire::Builder to, const PairingOffered& from) {
    to.setCode(text_of(from.code));
    to.setLifeMs(from.life_ms);
  }
  static PairingOffered read(Wire::Reader from, FieldReader& in) {
    return {in.text(from.getCode(), limits::pairing_code_size, "code"), from.getLifeMs()};
  }
};

template <>
struct Codec<ShowPairing> {
  using Wire = wire::ShowPairing;
  static void write(Wire::Builder to, const ShowPairing& from) { to.setCode(text_of(from.code)); }
  static ShowPairing read(Wire::Reader from, FieldReader& in) {
    return {in.text(from.getCode(), limits::pairing_code_size, "code")};
  }
};

template <>
struct Codec<PairingShown> {
  using Wire = wire::PairingShown;
  static void write(Wire::Builder to, const PairingShown& from) {
    Codec<Device>::write(to.initDevice(), from.device);
    to.setSource(text_of(from.source));
    to.setLifeMs(from.life_ms);
  }
  static PairingShown read(Wire::Reader from, FieldReader& in) {
    return {Codec<Device>::read(from.getDevice(), in),
            in.text(from.getSource(), limits::source_bytes_max, "source"), from.getLifeMs()};
  }
};

template <>
struct Codec<PairingOffer> {
  using Wire = wire::PairingOffer;
  static void write(Wire::Builder to, const PairingOffer& from) {
    to.setCode(text_of(from.code));
    Codec<Device>::write(to.initDevice(), from.device);
    to.setSource(text_of(from.source));
    to.setUntilMs(from.until_ms);
  }
  static PairingOffer read(Wire::Reader from, FieldReader& in) {
    return {in.text(from.getCode(), limits::pairing_code_size, "code"),
            Codec<Device>::read(from.getDevice(), in),
            in.text(from.getSource(), limits::source_bytes_max, "source"), from.getUntilMs()};
  }
};

template <>
struct Codec<PairingClosed> {
  using Wire = wire::PairingClosed;
  static void write(Wire::Builder to, const PairingClosed& from) {
    to.setCode(text_of(from.code));
    to.setAccount(data_of(from.account));
  }
  static PairingClosed read(Wire::Reader from, FieldReader& in) {
    return {in.text(from.getCode(), limits::pairing_code_size, "code"),
            in.id<AccountId>(from.getAccount(), "account")};
  }
};

template <>
struct Codec<PairingEvent> {
  using Wire = wire::PairingEvent;
  static void write(Wire::Builder to, const PairingEvent& from) {
    if (const auto* opened = std::get_if<PairingOffer>(&from)) {
      Codec<PairingOffer>::write(to.initPairingOpened(), *opened);
    } else {
      Codec<PairingClosed>::write(to.initPairingClosed(), std::get<PairingClosed>(from));
    }
  }
  static PairingEvent read(Wire::Reader from, FieldReader& in) {
    switch (from.which()) {
      case Wire::PAIRING_OPENED: return Codec<PairingOffer>::read(from.getPairingOpened(), in);
      case Wire::PAIRING_CLOSED: return Codec<PairingClosed>::read(from.getPairingClosed(), in);
    }
    in.refuse("pairing event", "is of a later version");
    return {};
  }
};

HEARTH_MESSAGE_CODEC(OfferPairing);
HEARTH_MESSAGE_CODEC(PairingOffered);
HEARTH_MESSAGE_CODEC(ShowPairing);
HEARTH_MESSAGE_CODEC(PairingShown);
HEARTH_RECORD_CODEC(PairingOffer);
HEARTH_RECORD_CODEC(PairingEvent);

}  // namespace hearth
