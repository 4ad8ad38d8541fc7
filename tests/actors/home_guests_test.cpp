// A home and the devices of other accounts: whom it lets in, what they see, when that ends.

#include "actors/home/home_machine.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/home/sealed_request.hpp"
#include "messages/relay/relay_messages.hpp"
#include "messages/seal/ticket.hpp"
#include "tests/support/account_desk.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/machine_bench.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace hearth::home {
namespace {

using hearth::testing::ChainBook;
using hearth::testing::identity_of;
using hearth::testing::secret_of;
using namespace std::chrono_literals;
using directory::DeviceKind;

const auto attic = identity_of(1);
const auto directory_node = identity_of(2);
const auto super_peer = identity_of(3);
const auto owner = identity_of(6);
const auto guest = identity_of(7);
const auto guest_phone = identity_of(8);
const auto guest_home = identity_of(9);

const std::string media = "/media";

ItemId item_at(const std::string& path) {
  return item_id_of(media, path);
}

seal::NodeList service_nodes() {
  seal::NodeList list;
  list.nodes.push_back({directory_node.keys, Role::directory, "eu", {{"127.0.0.1", 1}}, {}, true});
  list.nodes.push_back(
      {super_peer.keys, Role::super_peer, "eu", {{"127.0.0.1", 2}}, {{"127.0.0.1", 3}}, false});
  return list;
}

FileProbed seen(const std::string& path, bool is_folder = false) {
  FileProbed probed;
  probed.file = {media, path, is_folder, is_folder ? 0U : 1000U, 5, 6};
  probed.item.kind = is_folder ? ItemKind::container : ItemKind::audio;
  probed.item.title = path.substr(path.rfind('/') + 1);
  probed.item.mime = "audio/mpeg";
  probed.item.extension = "mp3";
  return probed;
}

class HomeGuests : public ::testing::Test {
 protected:
  void SetUp() override {
    book.enrol(attic, DeviceKind::home, owner);
    friends.enrol(guest_phone, DeviceKind::player, guest)
        .enrol(guest_home, DeviceKind::home, guest);
    peer_up(directory_node, Role::directory, 1);
    answer_all();
    peer_up(super_peer, Role::super_peer, 2);
    answer_all();
    ScanBatch batch;
    batch.run = 1;
    batch.probed = {seen("Films", true),       seen("Films/One", true), seen("Films/One/a.mp3"),
                    seen("Films/b.mp3"),       seen("Private", true),   seen("Private/a.mp3"),
                    seen("Private/One", true), seen("loose a.mp3")};
    (void)bench.step(HomeExternal{batch});
  }

  void peer_up(const seal::Identity& who, Role role, std::uint64_t session,
               bool tunnelled = false) {
    PeerInfo peer{who.id, role, who.keys, session, tunnelled, test::noon, {}, secret_of(9)};
    peer.handshake_hash.fill(static_cast<std::uint8_t>(session));
    take(bench.step(PeerUp{peer}));
  }
  void take(HomeEffects from) {
    for (auto& command : from.commands) {
      if (auto* ended = std::get_if<EndStreams>(&command)) {
        ends.push_back(std::move(*ended));
      }
    }
    for (auto& order : from.link) {
      if (const auto* drop = std::get_if<DropPeer>(&order)) {
        dropped.insert(drop->node);
      }
    }
    std::move(from.asks.begin(), from.asks.end(), std::back_inserter(asks));
  }
  /// Directories and super-peers answer what was asked, as honest ones do.
  void answer_all() {
    while (!asks.empty()) {
      const auto asked = std::exchange(asks, {});
      for (const auto& each : asked) {
        take(bench.step(Answered{each.token, answer_to(each.envelope)}));
      }
    }
  }
  Result<Envelope> answer_to(const Envelope& question) {
    switch (header_of(question).value().kind) {
      case MessageKind::register_home:
        return pack({}, directory::HomeRegistered{book.account(), {1}});
      case MessageKind::fetch_chain: {
        const auto request = unpack<directory::FetchChain>(question).value();
        if (request.account.is_zero()) {
          return pack({}, book.page(request.after));
        }
        fetched.push_back(request.account);
        return request.account == friends.account()
                   ? Result<Envelope>(pack({}, friends.page(request.after)))
                   : Error{ErrorCode::account_unknown, {}};
      }
      default: return pack({}, Accepted{});
    }
  }
  /// So long that whatever is looked up now and then is.
  void pass(Millis time = 21s) {
    bench.now += time;
    for (int i = 0; i < 2; ++i) {
      take(bench.step(TimerFired{1}));
      answer_all();
    }
  }

  template <class Message>
  Result<Envelope> ask(const seal::Identity& who, const Message& message,
                       Role role = Role::client) {
    Header header;
    header.from = {who.id, "client"};
    header.to = {attic.id, "home"};
    auto answered = bench.ask(who.id, role, pack(header, message));
    take(std::exchange(bench.effects, {}));
    return answered;
  }
  template <class Message>
  ErrorCode outcome(const seal::Identity& who, const Message& message) {
    const auto answered = ask(who, message);
    return answered ? ErrorCode::none : answered.error().code;
  }
  ErrorCode tunnel(const seal::Identity& who) {
    const auto answered = ask(super_peer, relay::OfferTunnel{7, who.id}, Role::super_peer);
    return answered ? ErrorCode::none : answered.error().code;
  }
  template <class Message>
  std::set<std::string> titles(const seal::Identity& who, const Message& message) {
    const auto answered = ask(who, message);
    EXPECT_TRUE(answered) << answered.error().detail;
    const auto page = answered ? unpack<ItemsPage>(answered.value()) : Result<ItemsPage>(Error{});
    std::set<std::string> all;
    for (const auto& item : page ? page.value().items : std::vector<Item>{}) {
      all.insert(item.title);
    }
    return all;
  }

  FolderId folder(const std::string& path) {
    peer_up(owner, Role::client, 20, true);
    const auto found = ask(owner, FindFolder{path, {}});
    EXPECT_TRUE(found);
    return found ? unpack<FolderFound>(found.value()).value().folder : FolderId{};
  }
  std::uint64_t grant(const FolderId& shared, std::int64_t expires_ms = 0) {
    book.add(directory::ShareGranted{friends.account(), attic.id, shared, expires_ms}, owner);
    pass();
    return book.events().size();
  }
  void revoke(std::uint64_t share) {
    book.add(directory::ShareRevoked{share}, owner);
    pass();
  }

  ChainBook book{owner};
  ChainBook friends{guest};
  std::vector<Ask> asks;
  std::vector<EndStreams> ends;
  std::set<NodeId> dropped;
  std::vector<AccountId> fetched;  ///< Chains of other accounts.
  test::FixedClock clock;
  test::Disk disk;
  HomeMachine::Config config{attic, "attic", {media}, "eu", service_nodes()};
  test::MachineBench<HomeMachine> bench{disk, config, clock};
  bool started = (take(bench.start()), true);
};

TEST_F(HomeGuests, AStrangerIsAGuestFromTheShareOn) {
  EXPECT_EQ(tunnel(guest_phone), ErrorCode::not_allowed);
  EXPECT_TRUE(fetched.empty());
  grant(folder("Films"));
  EXPECT_EQ(tunnel(guest_phone), ErrorCode::none);
  EXPECT_EQ(tunnel(guest), ErrorCode::none);
  EXPECT_EQ(tunnel(guest_home), ErrorCode::not_allowed) << "a home looks for nothing";
  EXPECT_EQ(tunnel(identity_of(44)), ErrorCode::not_allowed);
}

TEST_F(HomeGuests, AGuestSeesTheFolderAtTheRootAndWhatIsInIt) {
  grant(folder("Films/One"));
  peer_up(guest_phone, Role::client, 5, true);
  EXPECT_EQ(titles(guest_phone, BrowseItems{{}, {}, 10}), std::set<std::string>{"One"});
  EXPECT_EQ(titles(guest_phone, BrowseItems{item_at("Films/One"), {}, 10}),
            std::set<std::string>{"a.mp3"});
  const auto root = unpack<ItemsPage>(ask(guest_phone, BrowseItems{{}, {}, 10}).value()).value();
  EXPECT_TRUE(root.items.at(0).parent.is_zero()) << "what it lies in is not shared";
  const auto inside =
      unpack<ItemsPage>(ask(guest_phone, ShowItem{item_at("Films/One/a.mp3")}).value());
  EXPECT_EQ(inside.value().items.at(0).parent, item_at("Films/One"));
}

TEST_F(HomeGuests, ASearchFindsWhatIsSharedAlone) {
  grant(folder("Films"));
  peer_up(guest_phone, Role::client, 5, true);
  EXPECT_EQ(titles(guest_phone, SearchItems{"a", {}, 10}), (std::set<std::string>{"a.mp3"}));
  EXPECT_TRUE(titles(guest_phone, SearchItems{"loose", {}, 10}).empty());
  EXPECT_TRUE(titles(guest_phone, SearchItems{"private", {}, 10}).empty());
}

TEST_F(HomeGuests, ACursorDoesNotTellWhereTheFolderIs) {
  grant(folder("Films/One"));
  peer_up(guest_phone, Role::client, 5, true);
  for (int i = 0; i < 3; ++i) {
    ScanBatch batch;
    batch.run = 1;
    batch.probed = {seen("Films/One/more " + std::to_string(i) + ".mp3")};
    (void)bench.step(HomeExternal{batch});
  }
  const auto page = unpack<ItemsPage>(ask(guest_phone, SearchItems{"mp3", {}, 2}).value()).value();
  ASSERT_FALSE(page.next.empty());
  const auto bytes = from_hex(page.next).value();
  const std::string cursor(bytes.begin(), bytes.end());
  EXPECT_EQ(cursor.find("films"), std::string::npos);
  EXPECT_EQ(titles(guest_phone, SearchItems{"mp3", page.next, 10}).size(), 2U);
}

TEST_F(HomeGuests, WhatIsNotSharedIsNotThere) {
  grant(folder("Films/One"));
  peer_up(guest_phone, Role::client, 5, true);
  const auto nothing = ItemId{{1, 2, 3}};
  for (const auto& hidden : {item_at("Films"), item_at("Films/b.mp3"), item_at("Private/a.mp3"),
                             item_at("Private/One"), nothing}) {
    EXPECT_EQ(outcome(guest_phone, ShowItem{hidden}), ErrorCode::item_unknown);
    EXPECT_EQ(outcome(guest_phone, BrowseItems{hidden, {}, 10}), ErrorCode::item_unknown);
  }
}

TEST_F(HomeGuests, WhatIsGoneIsNotToldFromWhatNeverWas) {
  grant(folder("Films"));
  peer_up(guest_phone, Role::client, 5, true);
  ScanFinished finished;
  finished.run = 1;
  finished.seen = {item_at("Films")};
  (void)bench.step(HomeExternal{finished});
  EXPECT_EQ(outcome(owner, ShowItem{item_at("Private/a.mp3")}), ErrorCode::item_gone);
  EXPECT_EQ(outcome(guest_phone, ShowItem{item_at("Private/a.mp3")}), ErrorCode::item_unknown);
}

TEST_F(HomeGuests, AGuestMayLookForItemsAndNoMore) {
  grant({});
  peer_up(guest_phone, Role::client, 5, true);
  EXPECT_EQ(titles(guest_phone, BrowseItems{{}, {}, 10}),
            (std::set<std::string>{"Films", "Private", "loose a.mp3"}));
  EXPECT_EQ(outcome(guest_phone, StartRescan{}), ErrorCode::not_allowed);
  EXPECT_EQ(outcome(guest_phone, ShowScan{}), ErrorCode::not_allowed);
  EXPECT_EQ(outcome(guest_phone, HandEvents{}), ErrorCode::not_allowed);
  EXPECT_EQ(outcome(guest_phone, FindFolder{"Films", {}}), ErrorCode::not_allowed);
  const auto described = unpack<HomeDescribed>(ask(guest_phone, DescribeHome{}).value()).value();
  EXPECT_EQ(described.name, "attic");
  EXPECT_EQ(described.scan, ScanProgress{}) << "how large the library is";
}

TEST_F(HomeGuests, AFolderIsFoundByItsPathAndByItsId) {
  const auto one = folder("Films/One");
  EXPECT_EQ(folder("/Films//One/"), one);
  EXPECT_NE(folder("Private/One"), one);
  const auto found = unpack<FolderFound>(ask(owner, FindFolder{{}, one}).value());
  EXPECT_EQ(found.value(), (FolderFound{one, "Films/One"}));
  for (const auto* path : {"", "Nothing", "Films/Nothing", "Films/b.mp3", "films"}) {
    EXPECT_EQ(outcome(owner, FindFolder{path, {}}), ErrorCode::folder_unknown) << path;
  }
  EXPECT_EQ(outcome(owner, FindFolder{{}, FolderId{{1}}}), ErrorCode::folder_unknown);
}

TEST_F(HomeGuests, ATicketForAGuestNamesItsKey) {
  grant({});
  peer_up(guest_phone, Role::client, 5, true);
  const auto issued = ask(guest_phone, RenewTicket{});
  ASSERT_TRUE(issued);
  const auto ticket =
      seal::verify_ticket(unpack<directory::TicketIssued>(issued.value()).value().ticket,
                          attic.keys.signing, test::noon + 21s);
  ASSERT_TRUE(ticket);
  EXPECT_EQ(ticket.value().client_exchange, guest_phone.keys.exchange);
}

TEST_F(HomeGuests, WhenTheShareEndsSessionAndStreamsDo) {
  const auto share = grant(folder("Films"));
  peer_up(guest_phone, Role::client, 5, true);
  ends.clear();
  revoke(share);
  EXPECT_TRUE(dropped.contains(guest_phone.id));
  ASSERT_FALSE(ends.empty());
  for (const auto& end : ends) {
    EXPECT_EQ(end.still, LibraryScope{});
  }
  EXPECT_EQ(tunnel(guest_phone), ErrorCode::not_allowed);
  EXPECT_EQ(outcome(guest_phone, DescribeHome{}), ErrorCode::not_allowed);
}

TEST_F(HomeGuests, WhenOneOfTwoEndsTheStreamsOfTheOtherGoOn) {
  const auto films = grant(folder("Films"));
  grant(folder("Private"));
  peer_up(guest_phone, Role::client, 5, true);
  ends.clear();
  revoke(films);
  EXPECT_TRUE(dropped.empty());
  std::erase_if(ends, [](const auto& end) { return end.client != guest_phone.id; });
  ASSERT_EQ(ends.size(), 1U);
  EXPECT_TRUE(ends[0].still.contains(media, "Private/a.mp3"));
  EXPECT_FALSE(ends[0].still.contains(media, "Films/b.mp3"));
}

TEST_F(HomeGuests, AShareEndsAtItsTimeWithoutAWord) {
  peer_up(owner, Role::client, 20, true);
  grant({}, (test::noon + 10min).time_since_epoch().count());
  peer_up(guest_phone, Role::client, 5, true);
  EXPECT_EQ(outcome(guest_phone, BrowseItems{{}, {}, 10}), ErrorCode::none);
  ends.clear();
  pass(11min);
  EXPECT_TRUE(dropped.contains(guest_phone.id));
  EXPECT_FALSE(ends.empty());
  EXPECT_EQ(tunnel(guest_phone), ErrorCode::not_allowed);
  EXPECT_FALSE(dropped.contains(owner.id));
}

TEST_F(HomeGuests, AGuestThatItsAccountRevokedIsCut) {
  grant({});
  peer_up(guest_phone, Role::client, 5, true);
  peer_up(guest, Role::client, 6, true);
  ends.clear();
  friends.revoke(guest_phone, guest);
  pass();
  EXPECT_TRUE(dropped.contains(guest_phone.id));
  EXPECT_FALSE(dropped.contains(guest.id));
  ASSERT_EQ(ends.size(), 1U);
  EXPECT_EQ(ends[0].client, guest_phone.id);
}

TEST_F(HomeGuests, TheChainOfAnAccountIsFollowedAsLongAsSomethingIsShared) {
  const auto share = grant({});
  EXPECT_EQ(std::set(fetched.begin(), fetched.end()), std::set{friends.account()});
  revoke(share);
  fetched.clear();
  pass();
  EXPECT_TRUE(fetched.empty());
  test::MachineBench<HomeMachine> again(disk, config, clock);
  (void)again.start();
  (void)again.step(TimerFired{1});
}

TEST_F(HomeGuests, GuestsSurviveARestart) {
  grant({});
  test::MachineBench<HomeMachine> again(disk, config, clock);
  (void)again.start();
  (void)again.step(TimerFired{1});
  Header header;
  header.from = {super_peer.id, "relay"};
  EXPECT_TRUE(again.ask(super_peer.id, Role::super_peer,
                        pack(header, relay::OfferTunnel{7, guest_phone.id})));
}

TEST_F(HomeGuests, AnotherHistoryOfAGuestsAccountIsNotBelieved) {
  grant({});
  const auto mallory = identity_of(50);
  friends.append(friends.next(directory::DeviceEnrolled{{mallory.keys, DeviceKind::player, "x"}},
                              guest.keys.signing, mallory.signing_seed));
  pass();
  EXPECT_EQ(tunnel(mallory), ErrorCode::not_allowed);
  EXPECT_EQ(tunnel(guest_phone), ErrorCode::none);
}

TEST_F(HomeGuests, AGuestOfWhomNobodyTellsIsServedForTheGraceAndNoLonger) {
  grant({});
  peer_up(guest_phone, Role::client, 5, true);
  const auto own_only = [&] {
    for (const auto& each : std::exchange(asks, {})) {
      const auto request = unpack<directory::FetchChain>(each.envelope);
      const bool is_own = request && request.value().account.is_zero();
      take(bench.step(Answered{
          each.token, is_own ? answer_to(each.envelope) : Error{ErrorCode::no_quorum, {}}}));
    }
  };
  for (const auto time : {23h, 2h}) {
    bench.now += time;
    take(bench.step(TimerFired{1}));
    own_only();
    EXPECT_EQ(dropped.contains(guest_phone.id), time == 2h);
  }
}

class HomeGuestStreams : public HomeGuests {
 protected:
  void SetUp() override {
    HomeGuests::SetUp();
    grant(folder("Films"));
    peer_up(guest_phone, Role::client, 5, true);
  }
  /// How a request for it is taken: the code in the header of the stream.
  ErrorCode stream(const std::string& path, StreamPart part = StreamPart::media) {
    seal::StreamContext context;
    context.master = secret_of(9);
    context.session.fill(5);
    context.number = ++number;
    Header header;
    header.from = {super_peer.id, "relay"};
    const StreamRequest request{item_at(path), part, {}, 0, 0, 4096};
    const auto taken = bench.ask(
        super_peer.id, Role::super_peer,
        pack(header, relay::OrderDial{3, guest_phone.id, seal_request(context, request).bytes}));
    EXPECT_TRUE(taken) << taken.error().detail;
    return taken ? error_code_from(std::get<ServeStream>(bench.effects.commands.at(0)).header.error)
                 : taken.error().code;
  }
  std::uint64_t number = 0;
};

TEST_F(HomeGuestStreams, BytesAreOfWhatIsShared) {
  EXPECT_EQ(stream("Films/b.mp3"), ErrorCode::none);
  EXPECT_EQ(std::get<ServeStream>(bench.effects.commands.at(0)).source.path, "Films/b.mp3");
  EXPECT_EQ(stream("Private/a.mp3"), ErrorCode::item_unknown);
  EXPECT_EQ(stream("nothing.mp3"), ErrorCode::item_unknown);
  EXPECT_EQ(stream("Private/a.mp3", StreamPart::art), ErrorCode::item_unknown);
}

}  // namespace
}  // namespace hearth::home
