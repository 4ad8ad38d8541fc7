#include "actors/directory/account_rows.hpp"

#include "messages/base/text.hpp"
#include "messages/seal/digest.hpp"

namespace hearth::directory {

namespace {

std::string row_key(Bucket bucket, char kind, BytesView key) {
  std::string row{static_cast<char>(bucket >> 8U), static_cast<char>(bucket & 0xffU), kind};
  row.append(key.begin(), key.end());
  return row;
}

std::string text_of(const ClaimKey& key) {
  std::string text(1, static_cast<char>('0' + static_cast<int>(key.kind)));
  text.append(key.id.bytes.begin(), key.id.bytes.end());
  return text;
}

template <class Number>
std::string numbered(std::string key, Number number) {
  for (auto bits = 8 * sizeof number; bits > 0; bits -= 8) {
    key += static_cast<char>(number >> (bits - 8));
  }
  return key;
}

}  // namespace

std::string account_key(const AccountId& account) {
  return row_key(bucket_of(account.view()), 'a', account.view());
}

std::string member_key(const AccountId& account, std::uint32_t number) {
  return numbered(account_key(account), number);
}

std::uint32_t member_number_in(std::string_view key) {
  std::uint32_t number = 0;
  for (const char c : key.substr(key.size() - sizeof number)) {
    number = number << 8U | static_cast<unsigned char>(c);
  }
  return number;
}

std::string share_key(const AccountId& account, std::uint64_t number) {
  return numbered(account_key(account), number);
}

std::string device_key(Bucket bucket, const NodeId& device) {
  return row_key(bucket, 'd', device.view());
}

std::string event_key(const AccountId& account, std::uint64_t number) {
  return numbered(row_key(bucket_of(account.view()), 'e', account.view()), number);
}

ClaimKey claim_on_name(const std::string& name) {
  const auto folded = fold_case(name).value_or(name);
  ClaimKey key{ClaimKind::name, {}};
  seal::digest_into(key.id.bytes,
                    BytesView(reinterpret_cast<const std::uint8_t*>(folded.data()), folded.size()));
  return key;
}

ClaimKey claim_on_device(const NodeId& device) {
  return {ClaimKind::device, {device.bytes}};
}

ClaimKey claim_on_recovery(const SigningKey& key) {
  return {ClaimKind::recovery, {key.bytes}};
}

std::string held_claim_key(const ClaimKey& key) {
  return row_key(bucket_of(key.id.view()), 'h', {}) + text_of(key);
}

std::string open_claim_key(const ClaimKey& key) {
  return open_claim_prefix + text_of(key);
}

std::string refused_claim_key(const AccountId& account, const ClaimKey& key) {
  return row_key(bucket_of(account.view()), 'x', account.view()) + text_of(key);
}

std::string heard_news_key(const AccountId& grantee) {
  return row_key(bucket_of(grantee.view()), 's', grantee.view());
}

std::string heard_news_key(const AccountId& grantee, const AccountId& granter) {
  return heard_news_key(grantee) + std::string(granter.bytes.begin(), granter.bytes.end());
}

std::string untold_news_key(const AccountId& granter, const AccountId& grantee) {
  std::string key(1, untold_news_prefix);
  key.append(granter.bytes.begin(), granter.bytes.end());
  key.append(grantee.bytes.begin(), grantee.bytes.end());
  return key;
}

}  // namespace hearth::directory
