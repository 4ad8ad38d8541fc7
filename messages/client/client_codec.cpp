#include "messages/client/client_messages.hpp"
#include "messages/directory/directory_codec.hpp"
#include "messages/envelope/wire_codec.hpp"
#include "messages/schema/client.capnp.h"

namespace hearth {

using namespace client;  // NOLINT(google-build-using-namespace): specialisations live here.

template <>
struct Codec<HomeRemembered> {
  using Wire = wire::HomeRemembered;
  static void write(Wire::Builder to, const HomeRemembered& from) {
    Codec<PublicKeys>::write(to.initKeys(), from.keys);
    to.setName(text_of(from.name));
    if (!from.owner.is_zero()) {
      to.setOwner(data_of(from.owner));
    }
    if (!from.owner_name.empty()) {
      to.setOwnerName(text_of(from.owner_name));
    }
  }
  static HomeRemembered read(Wire::Reader from, FieldReader& in) {
    return {Codec<PublicKeys>::read(from.getKeys(), in),
            in.text(from.getName(), limits::name_bytes_max, "name"),
            in.id_or_zero<AccountId>(from.getOwner(), "owner"),
            in.text(from.getOwnerName(), limits::name_bytes_max, "owner_name")};
  }
};

template <>
struct Codec<ClientEvent> {
  using Wire = wire::ClientEvent;
  static void write(Wire::Builder to, const ClientEvent& from) {
    if (const auto* remembered = std::get_if<HomeRemembered>(&from)) {
      Codec<HomeRemembered>::write(to.initHomeRemembered(), *remembered);
    } else if (const auto* forgotten = std::get_if<HomeForgotten>(&from)) {
      to.initHomeForgotten().setHome(data_of(forgotten->home));
    } else if (const auto* followed = std::get_if<directory::AccountFollowed>(&from)) {
      Codec<directory::AccountFollowed>::write(to.initAccountFollowed(), *followed);
    } else if (const auto* other = std::get_if<directory::AccountForgotten>(&from)) {
      Codec<directory::AccountForgotten>::write(to.initAccountForgotten(), *other);
    } else {
      Codec<directory::ChainExtended>::write(to.initChainExtended(),
                                             std::get<directory::ChainExtended>(from));
    }
  }
  static ClientEvent read(Wire::Reader from, FieldReader& in) {
    switch (from.which()) {
      case Wire::HOME_REMEMBERED: return Codec<HomeRemembered>::read(from.getHomeRemembered(), in);
      case Wire::HOME_FORGOTTEN:
        return HomeForgotten{in.id<NodeId>(from.getHomeForgotten().getHome(), "home")};
      case Wire::CHAIN_EXTENDED:
        return Codec<directory::ChainExtended>::read(from.getChainExtended(), in);
      case Wire::ACCOUNT_FOLLOWED:
        return Codec<directory::AccountFollowed>::read(from.getAccountFollowed(), in);
      case Wire::ACCOUNT_FORGOTTEN:
        return Codec<directory::AccountForgotten>::read(from.getAccountForgotten(), in);
    }
    in.refuse("client event", "is of a later version");
    return {};
  }
};

HEARTH_RECORD_CODEC(ClientEvent);

}  // namespace hearth
