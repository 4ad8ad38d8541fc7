#pragma once
// A directory, a super-peer and a home without CAF, each with everybody around it who may come to
// send something: authorization_table.hpp. A place has
//   request(kind)              a message that would be right, if who sends it were one to send it
//   send(reply_to, envelope)   its answer
//   trace()                    which is another one when the actor has written, ordered, asked or
//                              told something

#include "actors/home/home_machine.hpp"
#include "actors/relay/relay_machine.hpp"
#include "messages/home/sealed_request.hpp"
#include "messages/relay/relay_messages.hpp"
#include "messages/seal/ticket.hpp"
#include "tests/support/authorization_table.hpp"
#include "tests/support/directory_place.hpp"
#include "tests/support/message_samples.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hearth::matrix {

using hearth::testing::identity_of;
using hearth::testing::secret_of;
using test::Standing;

/// The same people around every actor, which is itself number 1.
inline const seal::Identity& identity(Standing who) {
  static const std::map<Standing, seal::Identity> cast = [] {
    std::map<Standing, seal::Identity> all;
    std::uint8_t number = 40;
    for (const auto each : test::everybody) {
      all.emplace(each, identity_of(++number));
    }
    return all;
  }();
  return cast.at(who);
}
inline const auto self = identity_of(1);

inline seal::NodeList node_list() {
  seal::NodeList list;
  list.not_after = test::noon + std::chrono::hours(24);
  list.nodes.push_back(
      {identity(Standing::directory).keys, Role::directory, "eu", {{"127.0.0.1", 1}}, {}, true});
  list.nodes.push_back({identity(Standing::super_peer).keys,
                        Role::super_peer,
                        "eu",
                        {{"127.0.0.1", 2}},
                        {{"127.0.0.1", 3}},
                        false});
  return list;
}

/// What the actor has done so far, in numbers.
using Trace = std::vector<std::uint64_t>;

/// Counts what leaves the actor other than answers.
template <class Command>
std::size_t deeds_of(const Effects<Command>& effects) {
  return effects.link.size() + effects.asks.size() + effects.tells.size() +
         effects.commands.size() + (effects.stop ? 1 : 0);
}

/// The one answer. Of a request that goes on to somebody else there is none yet.
template <class Command>
Result<Envelope> answer_in(const Effects<Command>& effects) {
  if (effects.replies.empty()) {
    return deeds_of(effects) > 0 ? Result<Envelope>(Envelope{})
                                 : Error{ErrorCode::timed_out, "no answer"};
  }
  return effects.replies.front().answer;
}

/// Of the people of the household: the devices that were revoked come last.
inline const std::vector<std::pair<Standing, directory::DeviceKind>> enrolled{
    {Standing::home, directory::DeviceKind::home},
    {Standing::player, directory::DeviceKind::player},
    {Standing::gateway, directory::DeviceKind::gateway},
    {Standing::once_manager, directory::DeviceKind::manager},
    {Standing::once_home, directory::DeviceKind::home}};

class Directory {
 public:
  static constexpr const char* actor = "accounts";

  Directory(Role role, Standing who) : role_(role), who_(who) {
    place_.step(LeadershipChanged{1, true, self.id});
    const auto& manager = identity(Standing::manager);
    const auto opened = must(manager, directory::testing::opening_by(manager, "household"));
    household_ = unpack<directory::EventAppended>(opened).value().account;
    const auto& neighbour = identity(Standing::neighbour);
    must(neighbour, directory::testing::opening_by(neighbour, "next door"));
    for (const auto& [each, kind] : enrolled) {
      append(manager, directory::DeviceEnrolled{{identity(each).keys, kind, "device"}});
    }
    for (const auto each : {Standing::once_manager, Standing::once_home}) {
      append(manager, directory::DeviceRevoked{identity(each).id});
    }
    const auto report = pack(header(identity(Standing::super_peer)), arrival());
    EXPECT_TRUE(place_.ask(identity(Standing::super_peer).id, Role::super_peer, report));
    const auto offered = must(newcomer_, offer_of(newcomer_, directory::DeviceKind::player));
    code_ = unpack<directory::PairingOffered>(offered).value().code;
  }

  Envelope request(MessageKind kind) {
    const auto& sender = identity(who_);
    const auto made = [&](const auto& message) { return pack(header(sender), message); };
    switch (kind) {
      case MessageKind::append_event: return made(renaming_by(sender));
      case MessageKind::fetch_chain: return made(directory::FetchChain{});
      case MessageKind::offer_pairing:
        return made(offer_of(sender, role_ == Role::home ? directory::DeviceKind::home
                                                         : directory::DeviceKind::player));
      case MessageKind::show_pairing: return made(directory::ShowPairing{code_});
      case MessageKind::list_homes: return made(directory::ListHomes{});
      case MessageKind::request_ticket:
        return made(directory::RequestTicket{identity(Standing::home).id});
      case MessageKind::find_account: return made(directory::FindAccount{"next door", {}});
      case MessageKind::register_home: return made(directory::RegisterHome{});
      case MessageKind::report_presence: return made(arrival());
      case MessageKind::presence_relayed:
        return made(directory::PresenceRelayed{identity(Standing::super_peer).id, arrival()});
      default: return made(passed_on());
    }
  }

  Result<Envelope> send(std::optional<ReplyTo> reply_to, const Envelope& envelope) {
    place_.step(Delivered{reply_to, identity(who_).id, role_, 1, envelope});
    deeds_ += deeds_of(place_.effects);
    return answer_in(place_.effects);
  }

  /// The same as another directory hands it to the household's group, which judges who asks.
  Result<Envelope> pass_on(MessageKind kind, const Envelope& envelope) {
    const bool is_vouched_for =
        kind == MessageKind::show_pairing || kind == MessageKind::offer_pairing;
    directory::Forwarded order;
    order.origin = identity(who_).id;
    order.role = role_;
    order.envelope = Bytes(envelope.bytes().begin(), envelope.bytes().end());
    order.account = household_;
    order.bucket = directory::bucket_of(household_.view());
    order.group = place_.map().get()->group_of(order.bucket);
    order.step = is_vouched_for ? directory::ForwardStep::check : directory::ForwardStep::whole;
    const auto& other = identity(Standing::directory);
    place_.step(Delivered{ReplyTo{other.id, 1, 1}, other.id, Role::directory, 1,
                          pack(header(other), order)});
    deeds_ += deeds_of(place_.effects);
    return answer_in(place_.effects);
  }

  [[nodiscard]] Trace trace() const {
    Trace trace{deeds_,
                place_.front().presence().super_peers_of(identity(Standing::home).id).size()};
    for (const auto& [group, disk] : disks_) {
      trace.push_back(disk.log.last_batch());
    }
    return trace;
  }

 private:
  static Header header(const seal::Identity& from) {
    return {MessageKind::none, {from.id, "asker"}, {self.id, actor}, {}, {}};
  }
  template <class Message>
  Envelope must(const seal::Identity& from, const Message& message) {
    const auto answer = place_.ask(from.id, Role::client, pack(header(from), message));
    EXPECT_TRUE(answer) << answer.error().detail;
    return answer ? answer.value() : Envelope{};
  }
  void append(const seal::Identity& signer, const directory::ChainAction& action) {
    const auto ask = [this](const seal::Identity& from, const auto& message) {
      return place_.ask(from.id, Role::client, pack(header(from), message));
    };
    EXPECT_TRUE(directory::testing::append_as(ask, signer, action));
  }

  static directory::ReportPresence arrival() {
    return {1, true, {identity(Standing::home).id}, {}};
  }
  static directory::OfferPairing offer_of(const seal::Identity& who, directory::DeviceKind kind) {
    return {{who.keys, kind, "new"}};
  }
  /// What would come next on the household's chain, if `signer` were one to sign it.
  directory::AppendEvent renaming_by(const seal::Identity& signer) {
    chain::ChainFollower known;
    const auto page =
        unpack<directory::ChainPage>(must(identity(Standing::manager), directory::FetchChain{}));
    EXPECT_TRUE(known.apply(known.fresh(page.value()).value()));
    const directory::DeviceRenamed action{identity(Standing::player).id, "renamed"};
    const auto event = known.chain()->next(action, signer.keys.signing);
    return {sign_event(event, signer.signing_seed), {}};
  }
  static directory::Forwarded passed_on() {
    const auto& manager = identity(Standing::manager);
    const auto inner = pack(header(manager), directory::ListHomes{});
    directory::Forwarded order;
    order.origin = manager.id;
    order.role = Role::client;
    order.envelope = Bytes(inner.bytes().begin(), inner.bytes().end());
    return order;
  }

  Role role_;
  Standing who_;
  test::FixedClock clock_;
  directory::testing::Disks disks_;
  Instant fresh_since_ = Instant::max();
  directory::testing::DirectoryPlace place_{disks_, clock_, fresh_since_, node_list()};
  seal::Identity newcomer_ = identity_of(39);
  AccountId household_;
  std::string code_;
  std::size_t deeds_ = 0;
};

/// The household's home is attached; who asks is linked, as what it says it is.
class SuperPeer {
 public:
  static constexpr const char* actor = "relay";

  SuperPeer(Role role, Standing who) : role_(role), who_(who) {
    (void)bench_.start();
    const auto& home = identity(Standing::home);
    up(home, Role::home, 1);
    const auto attached = bench_.ask(home.id, Role::home, pack(header(home), attachment()));
    EXPECT_TRUE(attached);
    session_ = role == Role::home && who == Standing::home ? 1 : 2;
    if (session_ == 2) {
      up(identity(who), role, session_);
    }
  }

  Envelope request(MessageKind kind) {
    const auto made = [&](const auto& message) { return pack(header(identity(who_)), message); };
    const auto& home = identity(Standing::home).id;
    switch (kind) {
      case MessageKind::attach_home: return made(attachment());
      case MessageKind::present_ticket: return made(relay::PresentTicket{home, ticket()});
      default: return made(relay::OpenTunnel{home, 1, ticket()});
    }
  }

  Result<Envelope> send(std::optional<ReplyTo> reply_to, const Envelope& envelope) {
    const auto effects =
        bench_.step(Delivered{reply_to, identity(who_).id, role_, session_, envelope});
    deeds_ += deeds_of(effects);
    return answer_in(effects);
  }

  [[nodiscard]] Trace trace() {
    const auto counts = bench_.machine().counts();
    return {deeds_, disk_.log.last_batch(), counts.homes, counts.tunnels, counts.streams};
  }

 private:
  static Header header(const seal::Identity& from) {
    return {MessageKind::none, {from.id, "asker"}, {self.id, actor}, {}, {}};
  }
  void up(const seal::Identity& who, Role role, std::uint64_t session) {
    PeerInfo peer;
    peer.node = who.id;
    peer.role = role;
    peer.keys = who.keys;
    peer.session = session;
    (void)bench_.step(PeerUp{peer});
  }
  static relay::AttachHome attachment() {
    const auto& issuer = identity(Standing::directory);
    const seal::HomeCertificate certificate{issuer.id,
                                            identity(Standing::home).keys,
                                            {},
                                            test::noon,
                                            test::noon + std::chrono::hours(24)};
    return {seal::sign_certificate(certificate, issuer.signing_seed)};
  }
  static Bytes ticket() {
    const auto& issuer = identity(Standing::directory);
    seal::Ticket leave;
    leave.issuer = issuer.id;
    leave.client = identity(Standing::gateway).id;
    leave.client_exchange = identity(Standing::gateway).keys.exchange;
    leave.home = identity(Standing::home).id;
    leave.super_peers = {self.id};
    leave.not_before = test::noon;
    leave.not_after = test::noon + limits::ticket_life;
    return seal::sign_ticket(leave, issuer.signing_seed);
  }

  Role role_;
  Standing who_;
  std::uint64_t session_ = 0;
  test::FixedClock clock_;
  test::Disk disk_;
  test::MachineBench<relay::RelayMachine> bench_{disk_, self.id, node_list(), clock_};
  std::size_t deeds_ = 0;
};

/// Another home of the household, which has a file and a folder. The gateway has a session with it;
/// and who asks has one, if the home lets it.
class Home {
 public:
  static constexpr const char* actor = "home";

  Home(Role role, Standing who) : role_(role), who_(who) {
    (void)bench_.start();
    follow_the_chain();
    up(Standing::super_peer, Role::super_peer, 2);
    answer(MessageKind::attach_home, Accepted{});
    scan();
    up(Standing::gateway, Role::client, gateway_session);
    if (role != Role::super_peer && role != Role::directory) {
      up(who, role, 6);
    }
  }

  Envelope request(MessageKind kind) {
    const auto made = [&](const auto& message) { return pack(header(), message); };
    switch (kind) {
      case MessageKind::describe_home: return made(home::DescribeHome{});
      case MessageKind::hand_events: return made(home::HandEvents{book_.events()});
      case MessageKind::browse_items: return made(home::BrowseItems{{}, {}, 10});
      case MessageKind::search_items: return made(home::SearchItems{"song", {}, 10});
      case MessageKind::show_item: return made(home::ShowItem{song_});
      case MessageKind::start_rescan: return made(home::StartRescan{});
      case MessageKind::show_scan: return made(home::ShowScan{});
      case MessageKind::find_folder: return made(home::FindFolder{"Films", {}});
      case MessageKind::renew_ticket: return made(home::RenewTicket{});
      case MessageKind::offer_tunnel:
        return made(relay::OfferTunnel{7, identity(Standing::gateway).id});
      default: return made(dialling());
    }
  }

  Result<Envelope> send(std::optional<ReplyTo> reply_to, const Envelope& envelope) {
    const auto effects = bench_.step(Delivered{reply_to, identity(who_).id, role_, 6, envelope});
    deeds_ += deeds_of(effects);
    return answer_in(effects);
  }

  [[nodiscard]] Trace trace() const { return {deeds_, disk_.log.last_batch()}; }

 private:
  static constexpr std::uint64_t gateway_session = 5;

  Header header() const {
    return {MessageKind::none, {identity(who_).id, "asker"}, {self.id, actor}, {}, {}};
  }
  void up(Standing who, Role role, std::uint64_t session) {
    const auto& peer = identity(who);
    PeerInfo info{peer.id,    role, peer.keys,   session, role == Role::client,
                  test::noon, {},   secret_of(9)};
    info.handshake_hash.fill(static_cast<std::uint8_t>(session));
    asked_ = bench_.step(PeerUp{info}).asks;
  }
  template <class Message>
  void answer(MessageKind kind, const Message& message) {
    for (const auto& ask : std::vector(asked_)) {
      if (header_of(ask.envelope).value().kind == kind) {
        (void)bench_.step(Answered{ask.token, pack(header(), message)});
      }
    }
  }
  void follow_the_chain() {
    const auto& manager = identity(Standing::manager);
    book_.enrol(self, directory::DeviceKind::home, manager);
    for (const auto& [each, kind] : enrolled) {
      book_.enrol(identity(each), kind, manager);
    }
    book_.revoke(identity(Standing::once_manager), manager);
    book_.revoke(identity(Standing::once_home), manager);
    up(Standing::directory, Role::directory, 1);
    answer(MessageKind::fetch_chain, book_.page());
    answer(MessageKind::register_home, directory::HomeRegistered{book_.account(), {1, 2, 3}});
  }
  void scan() {
    home::FileProbed probed;
    probed.file = {"/media", "song.mp3", false, 1000, 5, 6};
    probed.item.kind = home::ItemKind::audio;
    probed.item.title = "Song";
    home::ScanBatch batch;
    batch.run = 1;
    batch.probed.push_back(probed);
    probed.file = {"/media", "Films", true, 0, 5, 6};
    probed.item.kind = home::ItemKind::container;
    probed.item.title = "Films";
    batch.probed.push_back(probed);
    (void)bench_.step(home::HomeExternal{batch});
  }
  [[nodiscard]] relay::OrderDial dialling() const {
    seal::StreamContext context;
    context.master = secret_of(9);
    context.session.fill(static_cast<std::uint8_t>(gateway_session));
    context.number = 1;
    const home::StreamRequest wanted{song_, home::StreamPart::media, {}, 0, 0, 1};
    return {3, identity(Standing::gateway).id, home::seal_request(context, wanted).bytes};
  }

  Role role_;
  Standing who_;
  ItemId song_ = home::item_id_of("/media", "song.mp3");
  hearth::testing::ChainBook book_{identity(Standing::manager)};
  test::FixedClock clock_;
  test::Disk disk_;
  test::MachineBench<home::HomeMachine> bench_{
      disk_, home::HomeMachine::Config{self, "attic", {"/media"}, "eu", node_list()}, clock_};
  std::vector<Ask> asked_;
  std::size_t deeds_ = 0;
};

}  // namespace hearth::matrix
