#include "messages/base/limits.hpp"
#include "messages/seal/ticket.hpp"
#include "tests/support/golden_file.hpp"
#include "tests/support/identities.hpp"
#include "tests/support/signed_bytes.hpp"

#include <gtest/gtest.h>

namespace hearth::seal {
namespace {

using namespace std::chrono_literals;
using testing::identity_of;
using testing::some_day;

const Identity directory = identity_of(1);
const Identity client = identity_of(2);
const Identity home = identity_of(3);

Ticket good_ticket() {
  return {directory.id,
          client.id,
          client.keys.exchange,
          home.id,
          {identity_of(4).id, identity_of(5).id},
          some_day,
          some_day + limits::ticket_life,
          12'500'000,
          0x0102030405060708};
}

Bytes signed_ticket(const Ticket& ticket = good_ticket()) {
  return sign_ticket(ticket, directory.signing_seed);
}

/// `none` when the ticket is good.
ErrorCode verdict(BytesView bytes, WallTime now = some_day,
                  const SigningKey& issuer = directory.keys.signing) {
  const auto verified = verify_ticket(bytes, issuer, now);
  return verified ? ErrorCode::none : verified.error().code;
}

/// The same bytes, signed again by the directory after `change`.
template <class Change>
Bytes forged(Change change) {
  auto bytes = signed_ticket();
  Bytes body(bytes.begin(), bytes.end() - Signature::size);
  change(body);
  return testing::signed_bytes("hearth ticket 1", body, directory.signing_seed);
}

TEST(Ticket, IsTheGoldenOne) {
  EXPECT_EQ(to_hex(signed_ticket()), to_hex(testing::read_golden("seal/ticket.hex").at("ticket")));
}

TEST(Ticket, GivesBackWhatWasSigned) {
  const auto verified = verify_ticket(signed_ticket(), directory.keys.signing, some_day);
  ASSERT_TRUE(verified) << verified.error().detail;
  EXPECT_EQ(verified.value(), good_ticket());
  const auto peeked = peek_ticket(signed_ticket());
  ASSERT_TRUE(peeked);
  EXPECT_EQ(peeked.value(), good_ticket());
}

TEST(Ticket, IsRefusedWithAnyBitFlipped) {
  const auto good = signed_ticket();
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    auto bad = good;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_EQ(verdict(bad), ErrorCode::ticket_invalid) << "bit " << bit;
  }
}

TEST(Ticket, IsRefusedAtAnyOtherLength) {
  auto bytes = signed_ticket();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(verdict(BytesView(bytes).first(size)), ErrorCode::ticket_invalid) << size;
  }
  bytes.push_back(0);
  EXPECT_EQ(verdict(bytes), ErrorCode::ticket_invalid);
}

TEST(Ticket, IsGoodFromItsFirstToItsLastMomentByEitherClock) {
  const auto ticket = good_ticket();
  EXPECT_EQ(verdict(signed_ticket(), ticket.not_before - 2500ms), ErrorCode::none);
  EXPECT_EQ(verdict(signed_ticket(), ticket.not_before - 2501ms), ErrorCode::ticket_invalid);
  EXPECT_EQ(verdict(signed_ticket(), ticket.not_after + 2500ms), ErrorCode::none);
  EXPECT_EQ(verdict(signed_ticket(), ticket.not_after + 2501ms), ErrorCode::ticket_invalid);
}

TEST(Ticket, IsRefusedFromAnotherIssuer) {
  EXPECT_EQ(verdict(signed_ticket(), some_day, home.keys.signing), ErrorCode::ticket_invalid);
  auto claimed = good_ticket();
  claimed.issuer = home.id;
  EXPECT_EQ(verdict(signed_ticket(claimed)), ErrorCode::ticket_invalid)
      << "signed by the directory, said to be of the home";
  EXPECT_EQ(verdict(signed_ticket(claimed), some_day, home.keys.signing),
            ErrorCode::ticket_invalid);
}

TEST(Ticket, IsRefusedWhenItWouldBeGoodForTooLongOrNever) {
  auto ticket = good_ticket();
  ticket.not_after += 1ms;
  EXPECT_EQ(verdict(signed_ticket(ticket)), ErrorCode::ticket_invalid);
  ticket.not_after = ticket.not_before;
  EXPECT_EQ(verdict(signed_ticket(ticket)), ErrorCode::ticket_invalid);
  ticket.not_before = WallTime(Millis(-1));
  ticket.not_after = WallTime(Millis(1));
  EXPECT_EQ(verdict(signed_ticket(ticket), WallTime{}), ErrorCode::ticket_invalid);
}

TEST(Ticket, NamesOneToFourSuperPeersOnceEach) {
  auto ticket = good_ticket();
  ticket.super_peers.clear();
  EXPECT_EQ(verdict(signed_ticket(ticket)), ErrorCode::ticket_invalid);
  ticket.super_peers.assign(2, identity_of(4).id);
  EXPECT_EQ(verdict(signed_ticket(ticket)), ErrorCode::ticket_invalid);
  ticket.super_peers = {identity_of(4).id, identity_of(5).id, identity_of(6).id, identity_of(7).id};
  EXPECT_EQ(verdict(signed_ticket(ticket)), ErrorCode::none);
  ticket.super_peers.push_back(identity_of(8).id);
  EXPECT_DEATH((void)signed_ticket(ticket), "super_peers");
}

TEST(Ticket, IsRefusedForWrongCountsEvenWithAGoodSignature) {
  ASSERT_EQ(verdict(forged([](Bytes&) {})), ErrorCode::none);
  for (const int count : {0, 1, 3, 5, 255}) {
    const auto bytes = forged([count](Bytes& body) { body[6] = static_cast<std::uint8_t>(count); });
    EXPECT_EQ(verdict(bytes), ErrorCode::ticket_invalid) << count;
  }
  EXPECT_EQ(verdict(forged([](Bytes& body) { body[7] = 1; })), ErrorCode::ticket_invalid);
  EXPECT_EQ(verdict(forged([](Bytes& body) { body[4] = 2; })), ErrorCode::ticket_invalid);
  EXPECT_EQ(verdict(forged([](Bytes& body) { body.push_back(0); })), ErrorCode::ticket_invalid);
}

HomeCertificate good_certificate() {
  return {directory.id, home.keys, {}, some_day, some_day + limits::certificate_life};
}

Bytes signed_certificate(const HomeCertificate& certificate = good_certificate()) {
  return sign_certificate(certificate, directory.signing_seed);
}

ErrorCode certificate_verdict(BytesView bytes, WallTime now = some_day,
                              const SigningKey& issuer = directory.keys.signing) {
  const auto verified = verify_certificate(bytes, issuer, now);
  return verified ? ErrorCode::none : verified.error().code;
}

TEST(HomeCertificate, IsTheGoldenOne) {
  auto certificate = good_certificate();
  certificate.account.bytes.fill(9);
  EXPECT_EQ(to_hex(signed_certificate(certificate)),
            to_hex(testing::read_golden("seal/ticket.hex").at("certificate")));
}

TEST(HomeCertificate, GivesBackWhatWasSigned) {
  const auto verified = verify_certificate(signed_certificate(), directory.keys.signing, some_day);
  ASSERT_TRUE(verified) << verified.error().detail;
  EXPECT_EQ(verified.value(), good_certificate());
  const auto peeked = peek_certificate(signed_certificate());
  ASSERT_TRUE(peeked);
  EXPECT_EQ(peeked.value(), good_certificate());
}

TEST(HomeCertificate, IsRefusedWithAnyBitFlipped) {
  const auto good = signed_certificate();
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    auto bad = good;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_EQ(certificate_verdict(bad), ErrorCode::certificate_invalid) << "bit " << bit;
  }
}

TEST(HomeCertificate, IsRefusedAtAnyOtherLength) {
  auto bytes = signed_certificate();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(certificate_verdict(BytesView(bytes).first(size)), ErrorCode::certificate_invalid);
  }
  bytes.push_back(0);
  EXPECT_EQ(certificate_verdict(bytes), ErrorCode::certificate_invalid);
}

TEST(HomeCertificate, IsRefusedOutsideItsTimeOrFromAnotherIssuer) {
  const auto bytes = signed_certificate();
  EXPECT_EQ(certificate_verdict(bytes, some_day - 3s), ErrorCode::certificate_invalid);
  EXPECT_EQ(certificate_verdict(bytes, some_day + limits::certificate_life + 3s),
            ErrorCode::certificate_invalid);
  EXPECT_EQ(certificate_verdict(bytes, some_day, home.keys.signing),
            ErrorCode::certificate_invalid);
  auto claimed = good_certificate();
  claimed.issuer = home.id;
  EXPECT_EQ(certificate_verdict(signed_certificate(claimed)), ErrorCode::certificate_invalid);
  auto longer = good_certificate();
  longer.not_after += 1ms;
  EXPECT_EQ(certificate_verdict(signed_certificate(longer)), ErrorCode::certificate_invalid);
}

TEST(HomeCertificate, IsNoTicketNorTheOtherWayRound) {
  EXPECT_EQ(verdict(signed_certificate()), ErrorCode::ticket_invalid);
  EXPECT_EQ(certificate_verdict(signed_ticket()), ErrorCode::certificate_invalid);
}

}  // namespace
}  // namespace hearth::seal
