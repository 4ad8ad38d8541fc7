// What a broken or hostile peer may send: nothing of it may crash, and whatever is still read is
// within the limits.

#include "tests/support/flat_message.hpp"
#include "tests/support/message_samples.hpp"

#include <gtest/gtest.h>

namespace hearth::test {
namespace {

Bytes bytes_of(const Envelope& envelope) {
  return {envelope.bytes().begin(), envelope.bytes().end()};
}

/// A message that was read is one that can be written and read again.
template <class Message>
void expect_refused_or_sound(BytesView bytes) {
  const auto envelope = Envelope::from_bytes(bytes);
  if (!envelope) {
    return;
  }
  const auto header = header_of(envelope.value());
  const auto message = unpack<Message>(envelope.value());
  if (!message) {
    EXPECT_FALSE(message.error().detail.empty());
    return;
  }
  const auto again = unpack<Message>(pack(header ? header.value() : Header{}, message.value()));
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again.value(), message.value());
}

TEST(Malformed, EveryTruncationOfAMessageIsRefused) {
  for_each(Messages{}, [](auto type) {
    using Message = typename decltype(type)::type;
    const auto bytes = bytes_of(pack(usual_header(), usual<Message>()));
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto envelope = Envelope::from_bytes(BytesView(bytes).first(size));
      ASSERT_FALSE(envelope && header_of(envelope.value())) << name_of(Message::kind) << size;
      ASSERT_FALSE(envelope && unpack<Message>(envelope.value())) << name_of(Message::kind) << size;
    }
  });
}

TEST(Malformed, EveryTruncationOfARecordIsRefused) {
  for_each(Records{}, [](auto type) {
    using Record = typename decltype(type)::type;
    const auto bytes = encode(samples<Record>()[1]);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      ASSERT_FALSE(decode<Record>(BytesView(bytes).first(size))) << size;
    }
  });
}

TEST(Malformed, BytesBehindAMessageAreRefused) {
  for_each(Messages{}, [](auto type) {
    using Message = typename decltype(type)::type;
    auto bytes = bytes_of(pack(usual_header(), usual<Message>()));
    bytes.resize(bytes.size() + 8);
    EXPECT_FALSE(header_of(Envelope::from_bytes(bytes).value()));
  });
}

TEST(Malformed, NoFlippedBitOfAMessageDoesHarm) {
  for_each(Messages{}, [](auto type) {
    using Message = typename decltype(type)::type;
    auto bytes = bytes_of(pack(usual_header(), usual<Message>()));
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
      const auto mask = static_cast<std::uint8_t>(1U << bit % 8);
      bytes[bit / 8] ^= mask;
      expect_refused_or_sound<Message>(bytes);
      bytes[bit / 8] ^= mask;
    }
  });
}

TEST(Malformed, NoFlippedBitOfARecordDoesHarm) {
  for_each(Records{}, [](auto type) {
    using Record = typename decltype(type)::type;
    auto bytes = encode(samples<Record>()[1]);
    for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
      const auto mask = static_cast<std::uint8_t>(1U << bit % 8);
      bytes[bit / 8] ^= mask;
      if (const auto record = decode<Record>(bytes); record) {
        EXPECT_TRUE(decode<Record>(encode(record.value())));
      }
      bytes[bit / 8] ^= mask;
    }
  });
}

/// Packs the largest sample after `spoil` and expects that it is refused because of `field`.
template <class Message, class Spoil>
void expect_refused(const std::string& field, Spoil spoil) {
  auto message = usual<Message>();
  spoil(message);
  const auto envelope = pack(usual_header(), message);
  ASSERT_TRUE(envelope) << field;
  const auto unpacked = unpack<Message>(envelope);
  ASSERT_FALSE(unpacked) << name_of(Message::kind) << ' ' << field;
  EXPECT_EQ(unpacked.error().code, ErrorCode::message_malformed);
  EXPECT_EQ(unpacked.error().detail.substr(0, field.size()), field);
}

std::string text_past(std::size_t bytes_max) {
  return std::string(bytes_max + 1, 'x');
}
Bytes bytes_past(std::size_t bytes_max) {
  return Bytes(bytes_max + 1);
}

TEST(Malformed, OverlongTextsAreRefused) {
  using namespace directory;
  using namespace home;
  expect_refused<OfferPairing>("name",
                               [](auto& m) { m.device.name = text_past(limits::name_bytes_max); });
  expect_refused<AppendEvent>("code",
                              [](auto& m) { m.code = text_past(limits::pairing_code_size); });
  expect_refused<HomeDescribed>("name",
                                [](auto& m) { m.name = text_past(limits::name_bytes_max); });
  expect_refused<BrowseItems>("cursor",
                              [](auto& m) { m.cursor = text_past(limits::cursor_bytes_max); });
  expect_refused<SearchItems>("query",
                              [](auto& m) { m.query = text_past(limits::query_bytes_max); });
  expect_refused<SearchItems>("cursor",
                              [](auto& m) { m.cursor = text_past(limits::cursor_bytes_max); });
  expect_refused<ItemsPage>("next", [](auto& m) { m.next = text_past(limits::cursor_bytes_max); });
  expect_refused<ScanShown>(
      "reason", [](auto& m) { m.problems[0].reason = text_past(limits::name_bytes_max); });
  expect_refused<StreamHeader>("mime", [](auto& m) { m.mime = text_past(limits::name_bytes_max); });
}

TEST(Malformed, OverlongTextsOfAnItemAreRefused) {
  using home::ItemsPage;
  const auto title = text_past(limits::title_bytes_max);
  const auto name = text_past(limits::name_bytes_max);
  expect_refused<ItemsPage>("title", [&title](auto& m) { m.items[1].title = title; });
  expect_refused<ItemsPage>("artist", [&title](auto& m) { m.items[1].artist = title; });
  expect_refused<ItemsPage>("album", [&title](auto& m) { m.items[1].album = title; });
  expect_refused<ItemsPage>("mime", [&name](auto& m) { m.items[1].mime = name; });
  expect_refused<ItemsPage>("extension", [&name](auto& m) { m.items[1].extension = name; });
}

TEST(Malformed, OverlongBytesAreRefused) {
  using namespace directory;
  using namespace relay;
  const auto ticket = bytes_past(limits::ticket_bytes_max);
  const auto request = bytes_past(limits::sealed_request_bytes_max);
  expect_refused<HomeRegistered>("certificate", [&ticket](auto& m) { m.certificate = ticket; });
  expect_refused<TicketIssued>("ticket", [&ticket](auto& m) { m.ticket = ticket; });
  expect_refused<Forwarded>("envelope",
                            [](auto& m) { m.envelope = bytes_past(limits::forwarded_bytes_max); });
  expect_refused<AttachHome>("certificate", [&ticket](auto& m) { m.certificate = ticket; });
  expect_refused<OpenTunnel>("ticket", [&ticket](auto& m) { m.ticket = ticket; });
  expect_refused<PresentTicket>("ticket", [&ticket](auto& m) { m.ticket = ticket; });
  expect_refused<OpenStream>("ticket", [&ticket](auto& m) { m.ticket = ticket; });
  expect_refused<OpenStream>("sealed_request", [&request](auto& m) { m.sealed_request = request; });
  expect_refused<directory::AppendEvent>(
      "body", [](auto& m) { m.event.body = bytes_past(limits::chain_event_bytes_max); });
  expect_refused<OrderDial>("sealed_request", [&request](auto& m) { m.sealed_request = request; });
  expect_refused<home::ScanShown>(
      "path", [](auto& m) { m.problems[1].path = bytes_past(limits::path_bytes_max); });
}

TEST(Malformed, OverlongListsAreRefused) {
  using namespace directory;
  expect_refused<ChainPage>("events", [](auto& m) { m.events.resize(limits::chain_page + 1); });
  expect_refused<home::HandEvents>("events",
                                   [](auto& m) { m.events.resize(limits::chain_page + 1); });
  expect_refused<HomesListed>("homes",
                              [](auto& m) { m.homes.resize(limits::homes_per_account_max + 1); });
  expect_refused<HomesListed>("super_peers", [](auto& m) {
    m.homes[0].super_peers.resize(limits::super_peers_per_home_max + 1);
  });
  expect_refused<ReportPresence>(
      "arrivals", [](auto& m) { m.arrivals.resize(limits::presence_homes_max + 1); });
  expect_refused<ReportPresence>(
      "departures", [](auto& m) { m.departures.resize(limits::presence_homes_max + 1); });
  expect_refused<home::ItemsPage>("items",
                                  [](auto& m) { m.items.resize(limits::page_items_max + 1); });
  expect_refused<home::ScanShown>("problems",
                                  [](auto& m) { m.problems.resize(home::scan_problems_max + 1); });
}

TEST(Malformed, OverlongPathsInRecordsAreRefused) {
  for (auto path : {&home::CatalogueEntry::folder, &home::CatalogueEntry::path,
                    &home::CatalogueEntry::art_path}) {
    auto added = usual<home::ItemAdded>();
    added.entry.*path = text_past(limits::path_bytes_max);
    EXPECT_FALSE(decode<home::CatalogueEvent>(encode(home::CatalogueEvent{added})));
  }
}

TEST(Malformed, RecordsPastTheirBoundAreRefused) {
  EXPECT_FALSE(decode<directory::RecordedEvent>(Bytes(limits::record_bytes_max + 8)));
  EXPECT_FALSE(
      decode<home::CatalogueSnapshot>(Bytes(home::CatalogueSnapshot::encoded_bytes_max + 8)));
}

TEST(Malformed, TextThatIsNotUtf8IsRefused) {
  for (const char* text :
       {"\xff", "a\x80", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
    expect_refused<home::HomeDescribed>("name", [text](auto& m) { m.name = text; });
  }
}

TEST(Malformed, UnknownEnumeratorsAreRefused) {
  using namespace directory;
  expect_refused<OfferPairing>("kind", [](auto& m) { m.device.kind = DeviceKind{4}; });
  expect_refused<Forwarded>("role", [](auto& m) { m.role = Role{5}; });
  expect_refused<home::ItemsPage>("kind", [](auto& m) { m.items[0].kind = home::ItemKind{4}; });
  expect_refused<home::HomeDescribed>("state", [](auto& m) { m.scan.state = home::ScanState{2}; });
  expect_refused<home::StreamRequest>("part", [](auto& m) { m.part = home::StreamPart{2}; });
}

// ---- messages that no builder writes ----

constexpr std::uint16_t envelope_data_words = 2;
constexpr std::uint16_t envelope_pointers = 7;

/// An envelope without addresses, whose last pointer is `body[0]`; what that points to follows.
Envelope hand_made(MessageKind kind, const std::vector<Word>& body) {
  std::vector<Word> segment(3 + envelope_pointers - 1);
  segment[0] = struct_pointer(0, envelope_data_words, envelope_pointers);
  segment[1] = limits::protocol_version | (static_cast<Word>(kind) << 16U);
  segment.insert(segment.end(), body.begin(), body.end());
  return Envelope::from_bytes(flat_message(segment)).value();
}

/// A list of `count` ids that all are the same 32 bytes, as the arrivals of a report.
Envelope overlapping_ids(std::uint32_t count) {
  std::vector<Word> body{struct_pointer(0, 2, 2), 0, 0,
                         list_pointer(1, ElementSize::pointer, count), 0};
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto offset = static_cast<std::int32_t>(count - i - 1);
    body.push_back(list_pointer(offset, ElementSize::byte, NodeId::size));
  }
  body.resize(body.size() + NodeId::size / sizeof(Word), ~Word{0});
  return hand_made(MessageKind::report_presence, body);
}

TEST(HandMade, AnEnvelopeIsReadAsIfABuilderHadMadeIt) {
  const auto report = unpack<directory::ReportPresence>(overlapping_ids(1));
  ASSERT_TRUE(report) << report.error().detail;
  NodeId expected;
  expected.bytes.fill(0xff);
  EXPECT_EQ(report.value().arrivals, std::vector{expected});
}

TEST(HandMade, AMessageIsNeverReadForMoreThanItsOwnSize) {
  EXPECT_FALSE(unpack<directory::ReportPresence>(overlapping_ids(100)));
}

TEST(HandMade, ElementsWithoutBytesAreNotTakenForAList) {
  for (const std::uint32_t count : {1U, 1000U, (1U << 29U) - 1}) {
    const auto homes = unpack<directory::HomesListed>(
        hand_made(MessageKind::homes_listed,
                  {struct_pointer(0, 0, 1), list_pointer(0, ElementSize::composite, 0),
                   list_tag(count, 0, 0)}));
    EXPECT_FALSE(homes) << count;
    const auto report = unpack<directory::ReportPresence>(
        hand_made(MessageKind::report_presence,
                  {struct_pointer(0, 0, 1), list_pointer(0, ElementSize::none, count)}));
    EXPECT_FALSE(report) << count;
  }
}

TEST(HandMade, APointerThatLeavesTheMessageIsRefused) {
  for (const std::int32_t offset : {1, 1000, (1 << 29) - 1, -1000, -(1 << 29)}) {
    EXPECT_FALSE(unpack<directory::RequestTicket>(
        hand_made(MessageKind::request_ticket, {struct_pointer(offset, 1, 1), 0, 0})))
        << offset;
  }
}

TEST(HandMade, FarPointersThatLeadNowhereAreRefused) {
  constexpr std::uint32_t body_at = 3 + envelope_pointers - 1;
  for (const auto pointer :
       {far_pointer(0, body_at, false), far_pointer(0, body_at, true), far_pointer(0, 0, true),
        far_pointer(7, 0, false), far_pointer(0, (1U << 29U) - 1, false)}) {
    EXPECT_FALSE(
        unpack<directory::RequestTicket>(hand_made(MessageKind::request_ticket, {pointer, 0, 0})));
  }
}

TEST(HandMade, APointerOfAnotherKindIsRefused) {
  EXPECT_FALSE(unpack<Accepted>(hand_made(MessageKind::accepted, {0})));
  EXPECT_FALSE(
      unpack<Accepted>(hand_made(MessageKind::accepted, {list_pointer(0, ElementSize::byte, 0)})));
  EXPECT_FALSE(unpack<Accepted>(hand_made(MessageKind::accepted, {Word{3}})));  // A capability.
}

TEST(HandMade, AnIdOfTheWrongSizeIsRefused) {
  for (const std::uint32_t size : {0U, 1U, 31U, 33U}) {
    EXPECT_FALSE(unpack<directory::RequestTicket>(hand_made(
        MessageKind::request_ticket,
        {struct_pointer(0, 0, 1), list_pointer(0, ElementSize::byte, size), 0, 0, 0, 0, 0})))
        << size;
  }
}

TEST(HandMade, ATextWithoutItsTerminatorIsRefused) {
  EXPECT_FALSE(unpack<home::HomeDescribed>(
      hand_made(MessageKind::home_described,
                {struct_pointer(0, 0, 2), list_pointer(1, ElementSize::byte, 8), 0, ~Word{0}})));
}

TEST(HandMade, FieldsOfALaterVersionAreSkipped) {
  const auto request = unpack<directory::RequestTicket>(
      hand_made(MessageKind::request_ticket,
                {struct_pointer(0, 2, 3), 1, 2, list_pointer(2, ElementSize::byte, NodeId::size),
                 list_pointer(1, ElementSize::byte, NodeId::size), 0, 0, 0, 0, 0}));
  ASSERT_TRUE(request) << request.error().detail;
  EXPECT_TRUE(request.value().home.is_zero());
}

TEST(HandMade, AnEventOfALaterVersionIsRefused) {
  const auto later = flat_message({struct_pointer(0, 1, 1), Word{4}, 0});
  EXPECT_FALSE(decode<relay::RelayEvent>(later));
  EXPECT_FALSE(decode<home::CatalogueEvent>(later));
  EXPECT_FALSE(decode<home::TrustEvent>(later));
  EXPECT_FALSE(decode<client::ClientEvent>(later));
}

TEST(HandMade, ASegmentTableThatLiesIsRefused) {
  const auto with_first_word = [](Word first) {
    std::vector<Word> words{first, struct_pointer(0, 0, 0), 0, 0};
    Bytes bytes(words.size() * sizeof(Word));
    std::memcpy(bytes.data(), words.data(), bytes.size());
    return header_of(Envelope::from_bytes(bytes).value());
  };
  for (const Word segments_less_one : {1U, 63U, 64U, 0x7fff'ffffU, 0xffff'ffffU}) {
    EXPECT_FALSE(with_first_word(segments_less_one)) << segments_less_one;
  }
  for (const Word size : {0U, 2U, 4U, 0xffff'ffffU}) {
    EXPECT_FALSE(with_first_word(size << 32U)) << size;
  }
}

/// The envelope that a builder makes, with empty segments behind its own up to `count`.
Envelope spread_over(std::uint32_t count) {
  const auto whole = bytes_of(pack(usual_header(), Accepted{}));
  std::vector<std::uint32_t> table(count / 2 * 2 + 2);
  table[0] = count - 1;
  table[1] = static_cast<std::uint32_t>(whole.size() / sizeof(Word)) - 1;
  Bytes bytes(table.size() * sizeof(table[0]));
  std::memcpy(bytes.data(), table.data(), bytes.size());
  bytes.insert(bytes.end(), whole.begin() + sizeof(Word), whole.end());
  return Envelope::from_bytes(bytes).value();
}

TEST(HandMade, AMessageOfTooManySegmentsIsRefused) {
  EXPECT_TRUE(header_of(spread_over(1)));
  EXPECT_TRUE(header_of(spread_over(64)));
  EXPECT_FALSE(header_of(spread_over(65)));
}

}  // namespace
}  // namespace hearth::test
