#include "messages/envelope/codec.hpp"

#include "tests/support/message_kinds.hpp"
#include "tests/support/message_samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace hearth::test {
namespace {

template <class Type>
using Of = typename Type::type;

/// The samples, the golden files and the fuzz target of envelopes go by this list.
TEST(Codec, IsTriedWithEveryKind) {
  std::vector<MessageKind> tried{MessageKind::none};
  for_each(Messages{}, [&tried](auto type) { tried.push_back(Of<decltype(type)>::kind); });
  EXPECT_THAT(tried, ::testing::UnorderedElementsAreArray(every_kind()));
}

TEST(Codec, ReadsBackEveryMessageThatItPacks) {
  for_each(Messages{}, [](auto type) {
    using Message = Of<decltype(type)>;
    SCOPED_TRACE(name_of(Message::kind));
    for (const auto& message : samples<Message>()) {
      const auto envelope = pack(usual_header(), message);
      ASSERT_TRUE(envelope);
      const auto unpacked = unpack<Message>(envelope);
      ASSERT_TRUE(unpacked) << unpacked.error().detail;
      EXPECT_EQ(unpacked.value(), message);
    }
  });
}

TEST(Codec, ReadsBackEveryMessageThatItEncodesAlone) {
  for_each(Messages{}, [](auto type) {
    using Message = Of<decltype(type)>;
    SCOPED_TRACE(name_of(Message::kind));
    for (const auto& message : samples<Message>()) {
      const auto decoded = decode<Message>(encode(message));
      ASSERT_TRUE(decoded) << decoded.error().detail;
      EXPECT_EQ(decoded.value(), message);
    }
  });
}

TEST(Codec, ReadsBackEveryRecord) {
  for_each(Records{}, [](auto type) {
    using Record = Of<decltype(type)>;
    for (const auto& record : samples<Record>()) {
      const auto decoded = decode<Record>(encode(record));
      ASSERT_TRUE(decoded) << decoded.error().detail;
      EXPECT_EQ(decoded.value(), record);
    }
  });
}

TEST(Codec, NamesTheKindInTheHeader) {
  for_each(Messages{}, [](auto type) {
    using Message = Of<decltype(type)>;
    auto expected = usual_header();
    expected.kind = Message::kind;
    const auto header = header_of(pack(usual_header(), Message{}));
    ASSERT_TRUE(header) << header.error().detail;
    EXPECT_EQ(header.value(), expected);
  });
}

/// `Message` as `unpack` sees it, without its type: one instance for each kind instead of one for
/// each pair of them.
struct AnyKind {
  MessageKind kind;
  Envelope usual;
  Result<void> (*unpacked)(const Envelope&);
};

std::vector<AnyKind> all_kinds() {
  std::vector<AnyKind> kinds;
  for_each(Messages{}, [&kinds](auto type) {
    using Message = Of<decltype(type)>;
    kinds.push_back({Message::kind, pack(usual_header(), usual<Message>()),
                     [](const Envelope& envelope) -> Result<void> {
                       auto message = unpack<Message>(envelope);
                       return message ? Result<void>{} : Result<void>{message.error()};
                     }});
  });
  return kinds;
}

TEST(Codec, RefusesAnyOtherKind) {
  const auto kinds = all_kinds();
  for (const auto& message : kinds) {
    for (const auto& other : kinds) {
      const auto unpacked = other.unpacked(message.usual);
      ASSERT_EQ(static_cast<bool>(unpacked), message.kind == other.kind)
          << name_of(message.kind) << " as " << name_of(other.kind);
      if (!unpacked) {
        EXPECT_EQ(unpacked.error().code, ErrorCode::message_malformed);
      }
    }
  }
}

TEST(Codec, DecodesBytesAtAnyAlignment) {
  const auto record = samples<home::CatalogueEvent>()[1];
  const auto encoded = encode(record);
  for (std::size_t shift = 1; shift < 8; ++shift) {
    Bytes shifted(shift);
    shifted.insert(shifted.end(), encoded.begin(), encoded.end());
    const auto decoded = decode<home::CatalogueEvent>(BytesView(shifted).subspan(shift));
    ASSERT_TRUE(decoded) << decoded.error().detail;
    EXPECT_EQ(decoded.value(), record);
  }
}

TEST(Codec, PacksNothingLargerThanAnEnvelope) {
  home::ItemsPage page;
  page.items.assign(limits::page_items_max, sample<home::Item>(Filler::Size::largest));
  EXPECT_FALSE(pack(usual_header(), page));
}

TEST(Codec, TellsNeverTooLittleForAnElementOfAPage) {
  for (const auto& item : samples<home::Item>()) {
    home::ItemsPage page;
    const auto before = encode(page).size();
    page.items.push_back(item);
    EXPECT_LE(encode(page).size(), before + encoded_bytes_max(item) + 64);
    page.items.assign(101, item);
    EXPECT_LE(encode(page).size(), before + 101 * encoded_bytes_max(item) + 64);
  }
}

TEST(Codec, TellsNeverTooLittleForAProblemOfAScan) {
  for (const auto& problem : samples<home::ScanProblem>()) {
    home::ScanShown scan;
    const auto before = encode(scan).size();
    scan.problems.assign(101, problem);
    EXPECT_LE(encode(scan).size(), before + 101 * encoded_bytes_max(problem) + 64);
  }
}

TEST(Codec, FitsAPageThatStopsAtTheBoundIntoAnEnvelope) {
  const auto item = sample<home::Item>(Filler::Size::largest);
  home::ItemsPage page;
  page.items.assign(limits::list_bytes_max / encoded_bytes_max(item), item);
  page.next = std::string(limits::cursor_bytes_max, 'x');
  EXPECT_TRUE(pack(usual_header(), page));
}

TEST(Codec, ReadsASnapshotLargerThanARecord) {
  const auto snapshot = sample<home::CatalogueSnapshot>(Filler::Size::largest);
  const auto bytes = encode(snapshot);
  EXPECT_GT(bytes.size(), limits::record_bytes_max);
  const auto decoded = decode<home::CatalogueSnapshot>(bytes);
  ASSERT_TRUE(decoded) << decoded.error().detail;
  EXPECT_EQ(decoded.value(), snapshot);
}

}  // namespace
}  // namespace hearth::test
