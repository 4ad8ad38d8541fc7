#pragma once
// Values of every message: empty, with every field set, and as large as the limits allow.

#include "messages/base/limits.hpp"
#include "tests/support/filler.hpp"
#include "tests/support/group_samples.hpp"
#include "tests/support/message_types.hpp"
#include "tests/support/replication_samples.hpp"

#include <variant>
#include <vector>

namespace hearth::test {

inline void fill(Filler& f, PublicKeys& to) {
  f.id(to.signing);
  f.id(to.exchange);
}

inline void fill(Filler& f, directory::Device& to) {
  fill(f, to.keys);
  to.kind = f.largest() ? directory::DeviceKind::home : directory::DeviceKind::gateway;
  f.text(to.name, limits::name_bytes_max);
}

inline void fill(Filler& f, directory::SignedEvent& to) {
  f.bytes(to.body, limits::chain_event_bytes_max);
  f.id(to.signature);
}

inline void fill(Filler& f, directory::RecordedEvent& to) {
  fill(f, to.event);
  f.number(to.at_ms);
}

inline void fill(Filler& f, directory::AppendEvent& to) {
  fill(f, to.event);
  to.code = f.largest() ? "999999" : "K7M2PX";
}

inline void fill(Filler& f, directory::EventAppended& to) {
  f.id(to.account);
  f.number(to.number);
}

inline void fill(Filler& f, directory::FetchChain& to) {
  f.number(to.after);
  f.id(to.recovery);
  f.id(to.proof);
  f.id(to.account);
}

inline void fill(Filler& f, directory::ChainPage& to) {
  f.id(to.account);
  f.number(to.length);
  f.id(to.head);
  f.list(to.events, limits::chain_page);
}

inline void fill(Filler& f, directory::ChainExtended& to) {
  f.list(to.events, limits::chain_page);
}

inline void fill(Filler& f, directory::AccountFollowed& to) {
  f.id(to.account);
  f.list(to.events, limits::chain_page);
}

inline void fill(Filler& f, directory::AccountForgotten& to) {
  f.id(to.account);
}

inline void fill(Filler& f, directory::Share& to) {
  f.number(to.number);
  f.id(to.granted.grantee);
  f.id(to.granted.home);
  f.id(to.granted.folder);
  f.number(to.granted.expires_ms);
}

inline void fill(Filler& f, directory::FindAccount& to) {
  f.text(to.name, limits::name_bytes_max);
  f.id(to.account);
}

inline void fill(Filler& f, directory::AccountFound& to) {
  f.id(to.account);
  f.text(to.name, limits::name_bytes_max);
}

inline void fill(Filler& f, directory::AccountState& to) {
  f.id(to.account);
  f.text(to.name, limits::name_bytes_max);
  f.number(to.length);
  f.id(to.head);
  f.id(to.recovery);
  f.number(to.enrolled);
  f.number(to.managers_from);
}

inline void fill(Filler& f, home::HandEvents& to) {
  f.list(to.events, limits::chain_page);
}

inline void fill(Filler& f, directory::HomeRegistered& to) {
  f.id(to.account);
  f.bytes(to.certificate, limits::ticket_bytes_max);
}

inline void fill(Filler& f, directory::HomeRecord& to) {
  fill(f, to.keys);
  f.list(to.super_peers, limits::super_peers_per_home_max);
  f.id(to.owner);
}

inline void fill(Filler& f, directory::Granter& to) {
  f.id(to.account);
  f.text(to.name, limits::name_bytes_max);
  f.number(to.length);
}

inline void fill(Filler& f, directory::HomesListed& to) {
  f.list(to.homes, limits::homes_per_account_max);
  f.number(to.length);
  f.list(to.granters, limits::granters_per_account_max);
}

inline void fill(Filler& f, directory::RequestTicket& to) {
  f.id(to.home);
}

inline void fill(Filler& f, directory::TicketIssued& to) {
  f.bytes(to.ticket, limits::ticket_bytes_max);
}

inline void fill(Filler& f, directory::ReportPresence& to) {
  f.number(to.epoch);
  to.complete = true;
  f.list(to.arrivals, limits::presence_homes_max);
  f.list(to.departures, limits::presence_homes_max);
}

inline void fill(Filler& f, directory::PresenceRelayed& to) {
  f.id(to.super_peer);
  fill(f, to.report);
}

inline void fill(Filler& f, directory::Forwarded& to) {
  f.id(to.origin);
  to.role = f.largest() ? Role::client : Role::home;
  f.bytes(to.envelope, limits::forwarded_bytes_max);
  f.text(to.source, limits::source_bytes_max);
  to.group = GroupId{f.largest() ? ~0U : 3U};
  to.bucket = f.largest() ? directory::buckets - 1 : 700;
  f.number(to.map);
  to.step = f.largest() ? directory::ForwardStep::offer : directory::ForwardStep::commit;
  f.id(to.account);
  f.number(to.name_claim);
  f.number(to.device_claim);
  f.number(to.recovery_claim);
}

inline void fill(Filler& f, directory::OfferPairing& to) {
  fill(f, to.device);
}

inline void fill(Filler& f, directory::PairingOffered& to) {
  to.code = f.largest() ? "999999" : "K7M2PX";
  f.number(to.life_ms);
}

inline void fill(Filler& f, directory::ShowPairing& to) {
  to.code = f.largest() ? "999999" : "K7M2PX";
}

inline void fill(Filler& f, directory::PairingShown& to) {
  fill(f, to.device);
  f.text(to.source, limits::source_bytes_max);
  f.number(to.life_ms);
}

inline void fill(Filler& f, directory::PairingOffer& to) {
  to.code = f.largest() ? "999999" : "K7M2PX";
  fill(f, to.device);
  f.text(to.source, limits::source_bytes_max);
  f.number(to.until_ms);
}

inline void fill(Filler& f, directory::PairingClosed& to) {
  to.code = f.largest() ? "999999" : "K7M2PX";
  f.id(to.account);
}

inline void fill(Filler& f, relay::AttachHome& to) {
  f.bytes(to.certificate, limits::ticket_bytes_max);
}

inline void fill(Filler& f, relay::OpenTunnel& to) {
  f.id(to.home);
  f.number(to.tunnel);
  f.bytes(to.ticket, limits::ticket_bytes_max);
}

inline void fill(Filler& f, relay::OfferTunnel& to) {
  f.number(to.tunnel);
  f.id(to.client);
}

inline void fill(Filler& f, relay::OrderDial& to) {
  f.number(to.pair);
  f.id(to.client);
  f.bytes(to.sealed_request, limits::sealed_request_bytes_max);
}

inline void fill(Filler& f, relay::PresentTicket& to) {
  f.id(to.home);
  f.bytes(to.ticket, limits::ticket_bytes_max);
}

inline void fill(Filler& f, relay::OpenStream& to) {
  f.id(to.home);
  f.bytes(to.ticket, limits::ticket_bytes_max);
  f.bytes(to.sealed_request, limits::sealed_request_bytes_max);
}

inline void fill(Filler& f, relay::AcceptStream& to) {
  f.number(to.pair);
}

inline void fill(Filler& f, relay::BytesMetered& to) {
  f.id(to.client);
  f.id(to.home);
  f.number(to.to_client);
  f.number(to.to_home);
  f.number(to.at_ms);
}

inline void fill(Filler& f, relay::EpochBegun& to) {
  f.number(to.epoch);
}

inline void fill(Filler& f, home::Item& to) {
  f.id(to.id);
  f.id(to.parent);
  to.kind = f.largest() ? home::ItemKind::image : home::ItemKind::audio;
  f.text(to.title, limits::title_bytes_max);
  f.text(to.artist, limits::title_bytes_max);
  f.text(to.album, limits::title_bytes_max);
  f.number(to.track);
  f.number(to.duration_ms);
  f.number(to.width);
  f.number(to.height);
  f.number(to.taken_at_s.emplace());
  f.number(to.size);
  f.text(to.mime, limits::name_bytes_max);
  f.text(to.extension, limits::name_bytes_max);
  f.number(to.added_at_ms);
  f.id(to.version);
  f.text(to.art_extension, limits::name_bytes_max);
}

inline void fill(Filler& f, home::ScanProgress& to) {
  to.state = home::ScanState::scanning;
  f.number(to.done);
  f.number(to.total);
}

inline void fill(Filler& f, home::HomeDescribed& to) {
  f.text(to.name, limits::name_bytes_max);
  fill(f, to.scan);
  f.number(to.account_sequence);
  f.id(to.account_head);
}

inline void fill(Filler& f, home::FindFolder& to) {
  f.text(to.path, limits::path_bytes_max);
  f.id(to.folder);
}

inline void fill(Filler& f, home::FolderFound& to) {
  f.id(to.folder);
  f.text(to.path, limits::path_bytes_max);
}

inline void fill(Filler& f, home::BrowseItems& to) {
  f.id(to.parent);
  f.text(to.cursor, limits::cursor_bytes_max);
  f.number(to.limit);
}

inline void fill(Filler& f, home::SearchItems& to) {
  f.text(to.query, limits::query_bytes_max);
  f.text(to.cursor, limits::cursor_bytes_max);
  f.number(to.limit);
}

inline void fill(Filler& f, home::ShowItem& to) {
  f.id(to.item);
}

inline void fill(Filler& f, home::ItemsPage& to) {
  home::Item largest;
  fill(f, largest);
  f.list(to.items, limits::list_bytes_max / 2 / encoded_bytes_max(largest));
  if (f.largest()) {  // As many as may be, and about as much as fits.
    to.items.resize(limits::page_items_max);
  }
  f.text(to.next, limits::cursor_bytes_max);
}

inline void fill(Filler& f, home::ScanProblem& to) {
  f.bytes(to.path, limits::path_bytes_max);
  f.text(to.reason, limits::name_bytes_max);
}

inline void fill(Filler& f, home::ScanShown& to) {
  fill(f, to.progress);
  f.number(to.run);
  f.number(to.finished);
  f.number(to.added);
  f.number(to.changed);
  f.number(to.removed);
  f.list(to.problems, 200);
  if (f.largest()) {  // As many as may be, and about as much as fits.
    to.problems.resize(home::scan_problems_max);
  }
  f.number(to.problems_left_out);
}

inline void fill(Filler& f, home::StreamRequest& to) {
  f.id(to.item);
  to.part = home::StreamPart::art;
  f.id(to.version);
  f.number(to.offset);
  f.number(to.end);
  f.number(to.credit);
}

inline void fill(Filler& f, home::StreamHeader& to) {
  f.number(to.error);
  f.id(to.version);
  f.number(to.size);
  f.number(to.offset);
  f.text(to.mime, limits::name_bytes_max);
}

inline void fill(Filler& f, home::CatalogueEntry& to) {
  fill(f, to.item);
  f.path(to.folder);
  f.path(to.path);
  f.number(to.mtime_ns);
  f.number(to.inode);
  f.path(to.art_path);
}

inline void fill(Filler& f, home::ItemAdded& to) {
  fill(f, to.entry);
}
inline void fill(Filler& f, home::ItemChanged& to) {
  fill(f, to.entry);
}
inline void fill(Filler& f, home::ItemRemoved& to) {
  f.id(to.item);
}

inline void fill(Filler& f, home::FileRejected& to) {
  f.id(to.item);
  f.number(to.size);
  f.number(to.mtime_ns);
  f.number(to.inode);
}

inline void fill(Filler& f, home::GoneItem& to) {
  f.id(to.item);
  f.number(to.added_at_ms);
}

inline void fill(Filler& f, home::CatalogueSnapshot& to) {
  f.list(to.entries, 500);  // Some MiB: more than an envelope, and not all that a disk can hold.
  f.list(to.gone, 500);
  f.list(to.rejected, 500);
}

inline void fill(Filler& f, home::CertificateReceived& to) {
  f.id(to.account);
  f.bytes(to.certificate, limits::ticket_bytes_max);
}

inline void fill(Filler& f, client::HomeRemembered& to) {
  fill(f, to.keys);
  f.text(to.name, limits::name_bytes_max);
  f.id(to.owner);
  f.text(to.owner_name, limits::name_bytes_max);
}

inline void fill(Filler& f, client::HomeForgotten& to) {
  f.id(to.home);
}

template <class T>
[[nodiscard]] T sample(Filler::Size size) {
  Filler filler(size);
  T value;
  fill(filler, value);
  return value;
}

/// Every field set to something of its own.
template <class T>
[[nodiscard]] T usual() {
  return sample<T>(Filler::Size::usual);
}

namespace detail {

template <class T>
struct SamplesOf {
  static std::vector<T> make() { return {T{}, usual<T>(), sample<T>(Filler::Size::largest)}; }
};

template <class... Alternatives>
struct SamplesOf<std::variant<Alternatives...>> {
  using Variant = std::variant<Alternatives...>;
  static std::vector<Variant> make() {
    std::vector<Variant> samples;
    for_each(TypeList<Alternatives...>{}, [&samples](auto type) {
      for (auto& value : SamplesOf<typename decltype(type)::type>::make()) {
        samples.emplace_back(std::move(value));
      }
    });
    return samples;
  }
};

}  // namespace detail

/// Empty, usual and largest; of a variant, these three of each alternative.
template <class T>
[[nodiscard]] std::vector<T> samples() {
  return detail::SamplesOf<T>::make();
}

/// A header with every field set.
[[nodiscard]] inline Header usual_header() {
  Filler filler(Filler::Size::usual);
  Header header;
  filler.id(header.from.node);
  header.from.actor = "home";
  filler.id(header.to.node);
  header.to.actor = "account/0123abc-d";
  filler.id(header.request.session);
  filler.number(header.request.counter);
  filler.id(header.trace);
  return header;
}

}  // namespace hearth::test
