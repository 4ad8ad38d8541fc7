#include "messages/base/limits.hpp"
#include "messages/seal/signed_body.hpp"
#include "messages/seal/ticket.hpp"
#include "messages/seal/validity.hpp"
#include "messages/seal/wire_bytes.hpp"

#include <string_view>

namespace hearth::seal {

namespace {

constexpr std::string_view domain = "hearth home certificate 1";
constexpr std::string_view magic = "HCRT";
constexpr std::uint16_t version = 1;

Error refusal(const char* detail) {
  return Error{ErrorCode::certificate_invalid, detail};
}

Result<HomeCertificate> decode(BytesView body) {
  ByteReader reader(body);
  if (!reader.expect(magic) || reader.u16() != version || !reader.expect_zeros(2)) {
    return refusal("not a home certificate, or of another version");
  }
  HomeCertificate certificate;
  certificate.issuer = reader.fixed<NodeId>();
  certificate.home.signing = reader.fixed<SigningKey>();
  certificate.home.exchange = reader.fixed<ExchangeKey>();
  certificate.account = reader.fixed<AccountId>();
  certificate.not_before = reader.time();
  certificate.not_after = reader.time();
  if (!reader.done()) {
    return refusal("the length or a time is wrong");
  }
  if (!lasts_at_most(certificate.not_before, certificate.not_after, limits::certificate_life)) {
    return refusal("the certificate would be good for too long, or never");
  }
  return certificate;
}

}  // namespace

Bytes sign_certificate(const HomeCertificate& certificate, const SecretKey& issuer_seed) {
  ByteWriter writer(limits::ticket_bytes_max);
  writer.text(magic);
  writer.u16(version);
  writer.zeros(2);
  writer.bytes(certificate.issuer.view());
  writer.bytes(certificate.home.signing.view());
  writer.bytes(certificate.home.exchange.view());
  writer.bytes(certificate.account.view());
  writer.time(certificate.not_before);
  writer.time(certificate.not_after);
  return with_signature(domain, writer.finish(), issuer_seed);
}

Result<HomeCertificate> peek_certificate(BytesView signed_certificate) {
  const auto parts = split_signature(signed_certificate);
  return parts ? decode(parts->body)
               : Result<HomeCertificate>(refusal("the certificate is too short"));
}

Result<HomeCertificate> verify_certificate(BytesView signed_certificate, const SigningKey& issuer,
                                           WallTime now) {
  auto certificate = peek_certificate(signed_certificate);
  if (!certificate) {
    return certificate;
  }
  const auto parts = split_signature(signed_certificate);
  if (certificate.value().issuer != node_id_of(issuer) ||
      !verify_in_domain(domain, parts->body, issuer, parts->signature)) {
    return refusal("the certificate is not signed by that issuer");
  }
  if (const auto* const wrong =
          why_not_now(certificate.value().not_before, certificate.value().not_after, now)) {
    return refusal(wrong);
  }
  return certificate;
}

}  // namespace hearth::seal
