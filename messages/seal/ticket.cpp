#include "messages/seal/ticket.hpp"

#include "messages/base/check.hpp"
#include "messages/base/limits.hpp"
#include "messages/seal/signed_body.hpp"
#include "messages/seal/validity.hpp"
#include "messages/seal/wire_bytes.hpp"

#include <algorithm>
#include <string_view>

namespace hearth::seal {

namespace {

constexpr std::string_view domain = "hearth ticket 1";
constexpr std::string_view magic = "HTKT";
constexpr std::uint16_t version = 1;

Error refusal(const char* detail) {
  return Error{ErrorCode::ticket_invalid, detail};
}

bool has_duplicates(const std::vector<NodeId>& ids) {
  for (auto id = ids.begin(); id != ids.end(); ++id) {
    if (std::find(id + 1, ids.end(), *id) != ids.end()) {
      return true;
    }
  }
  return false;
}

Ticket read_fields(ByteReader& reader, std::size_t super_peers) {
  Ticket ticket;
  ticket.issuer = reader.fixed<NodeId>();
  ticket.client = reader.fixed<NodeId>();
  ticket.client_exchange = reader.fixed<ExchangeKey>();
  ticket.home = reader.fixed<NodeId>();
  ticket.not_before = reader.time();
  ticket.not_after = reader.time();
  ticket.rate_bytes_s = reader.u64();
  ticket.serial = reader.u64();
  for (std::size_t i = 0; i < super_peers; ++i) {
    ticket.super_peers.push_back(reader.fixed<NodeId>());
  }
  return ticket;
}

Result<Ticket> decode(BytesView body) {
  ByteReader reader(body);
  if (!reader.expect(magic) || reader.u16() != version) {
    return refusal("not a ticket, or of another version");
  }
  const auto super_peers = reader.u8();
  if (super_peers == 0 || super_peers > limits::super_peers_per_ticket_max) {
    return refusal("a ticket names 1 to 4 super-peers");
  }
  if (!reader.expect_zeros(1)) {
    return refusal("a reserved byte is not zero");
  }
  auto ticket = read_fields(reader, super_peers);
  if (!reader.done()) {
    return refusal("the length or a time is wrong");
  }
  if (has_duplicates(ticket.super_peers)) {
    return refusal("a super-peer is named twice");
  }
  if (!lasts_at_most(ticket.not_before, ticket.not_after, limits::ticket_life)) {
    return refusal("the ticket would be good for too long, or never");
  }
  return ticket;
}

}  // namespace

Bytes sign_ticket(const Ticket& ticket, const SecretKey& issuer_seed) {
  HEARTH_CHECK(ticket.super_peers.size() <= limits::super_peers_per_ticket_max);
  ByteWriter writer(limits::ticket_bytes_max);
  writer.text(magic);
  writer.u16(version);
  writer.u8(static_cast<std::uint8_t>(ticket.super_peers.size()));
  writer.zeros(1);
  writer.bytes(ticket.issuer.view());
  writer.bytes(ticket.client.view());
  writer.bytes(ticket.client_exchange.view());
  writer.bytes(ticket.home.view());
  writer.time(ticket.not_before);
  writer.time(ticket.not_after);
  writer.u64(ticket.rate_bytes_s);
  writer.u64(ticket.serial);
  for (const auto& super_peer : ticket.super_peers) {
    writer.bytes(super_peer.view());
  }
  return with_signature(domain, writer.finish(), issuer_seed);
}

Result<Ticket> peek_ticket(BytesView signed_ticket) {
  const auto parts = split_signature(signed_ticket);
  return parts ? decode(parts->body) : Result<Ticket>(refusal("the ticket is too short"));
}

Result<Ticket> verify_ticket(BytesView signed_ticket, const SigningKey& issuer, WallTime now) {
  auto ticket = peek_ticket(signed_ticket);
  if (!ticket) {
    return ticket;
  }
  const auto parts = split_signature(signed_ticket);
  if (ticket.value().issuer != node_id_of(issuer) ||
      !verify_in_domain(domain, parts->body, issuer, parts->signature)) {
    return refusal("the ticket is not signed by that issuer");
  }
  if (const auto* const wrong =
          why_not_now(ticket.value().not_before, ticket.value().not_after, now)) {
    return refusal(wrong);
  }
  return ticket;
}

}  // namespace hearth::seal
