// Bytes of the formats, kept: what was written by a released version stays readable, and no change
// of a schema or a codec goes unnoticed. HEARTH_WRITE_GOLDEN=1 writes the files.

#include "tests/support/message_samples.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace hearth::test {
namespace {

std::filesystem::path golden_path(const std::string& name) {
  return std::filesystem::path(HEARTH_SOURCE_DIR) / "tests" / "golden" / (name + ".bin");
}

Bytes read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The bytes of the file `name`, after writing `current` to it if that was asked for.
Bytes golden(const std::string& name, BytesView current) {
  const auto path = golden_path(name);
  if (std::getenv("HEARTH_WRITE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(current.data()),
               static_cast<std::streamsize>(current.size()));
  }
  return read_file(path);
}

template <class Record>
void expect_golden(const std::string& name, const Record& record) {
  SCOPED_TRACE(name);
  const auto current = encode(record);
  const auto kept = golden("records/" + name, current);
  EXPECT_EQ(to_hex(kept), to_hex(current));
  const auto decoded = decode<Record>(kept);
  ASSERT_TRUE(decoded) << decoded.error().detail;
  EXPECT_EQ(decoded.value(), record);
}

TEST(Golden, EveryMessageHasTheBytesItAlwaysHad) {
  for_each(Messages{}, [](auto type) {
    using Message = typename decltype(type)::type;
    SCOPED_TRACE(name_of(Message::kind));
    const auto message = usual<Message>();
    const auto current = pack(usual_header(), message);
    const auto kept = golden("messages/" + std::string(name_of(Message::kind)), current.bytes());
    EXPECT_EQ(to_hex(kept), to_hex(current.bytes()));
    const auto envelope = Envelope::from_bytes(kept);
    ASSERT_TRUE(envelope) << envelope.error().detail;
    const auto unpacked = unpack<Message>(envelope.value());
    ASSERT_TRUE(unpacked) << unpacked.error().detail;
    EXPECT_EQ(unpacked.value(), message);
  });
}

TEST(Golden, EveryEventHasTheBytesItAlwaysHad) {
  expect_golden("recorded_event", usual<directory::RecordedEvent>());
  expect_golden("account_state", usual<directory::AccountState>());
  using directory::PairingEvent;
  expect_golden("pairing_opened", PairingEvent{usual<directory::PairingOffer>()});
  expect_golden("pairing_closed", PairingEvent{usual<directory::PairingClosed>()});
  using directory::ClaimEvent;
  expect_golden("claim_reserved", ClaimEvent{usual<directory::Claim>()});
  expect_golden("claim_ended", ClaimEvent{usual<directory::EndClaim>()});
  expect_golden("claim_refused", ClaimEvent{usual<directory::ClaimRefused>()});
  expect_golden("group_map", usual<directory::GroupMap>());
  expect_golden("share", usual<directory::Share>());
  using directory::ShareEvent;
  expect_golden("news_written", ShareEvent{usual<directory::NewsWritten>()});
  expect_golden("news_taken", ShareEvent{usual<directory::NewsTaken>()});
  expect_golden("news_heard", ShareEvent{usual<directory::NewsHeard>()});
  using relay::RelayEvent;
  expect_golden("bytes_metered", RelayEvent{usual<relay::BytesMetered>()});
  expect_golden("epoch_begun", RelayEvent{usual<relay::EpochBegun>()});
  using home::CatalogueEvent;
  expect_golden("item_added", CatalogueEvent{usual<home::ItemAdded>()});
  expect_golden("item_changed", CatalogueEvent{usual<home::ItemChanged>()});
  expect_golden("item_removed", CatalogueEvent{usual<home::ItemRemoved>()});
  expect_golden("file_rejected", CatalogueEvent{usual<home::FileRejected>()});
  using home::TrustEvent;
  expect_golden("chain_trusted", TrustEvent{usual<directory::ChainExtended>()});
  expect_golden("certificate_received", TrustEvent{usual<home::CertificateReceived>()});
  expect_golden("grantee_followed", TrustEvent{usual<directory::AccountFollowed>()});
  expect_golden("grantee_forgotten", TrustEvent{usual<directory::AccountForgotten>()});
  using client::ClientEvent;
  expect_golden("home_remembered", ClientEvent{usual<client::HomeRemembered>()});
  expect_golden("home_forgotten", ClientEvent{usual<client::HomeForgotten>()});
  expect_golden("chain_followed", ClientEvent{usual<directory::ChainExtended>()});
  expect_golden("granter_followed", ClientEvent{usual<directory::AccountFollowed>()});
  expect_golden("granter_forgotten", ClientEvent{usual<directory::AccountForgotten>()});
}

TEST(Golden, AnEntryOfAGroupHasTheBytesItAlwaysHad) {
  expect_golden("group_events", usual<replication::GroupEvents>());
}

TEST(Golden, ASnapshotHasTheBytesItAlwaysHad) {
  expect_golden("catalogue_snapshot", usual<home::CatalogueSnapshot>());
}

TEST(Golden, WhatDataConnectionsSayHasTheBytesItAlwaysHad) {
  expect_golden("open_stream", usual<relay::OpenStream>());
  expect_golden("accept_stream", usual<relay::AcceptStream>());
  expect_golden("stream_request", usual<home::StreamRequest>());
  expect_golden("stream_header", usual<home::StreamHeader>());
}

}  // namespace
}  // namespace hearth::test
