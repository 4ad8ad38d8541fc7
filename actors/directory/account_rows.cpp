#include "actors/directory/account_rows.hpp"

#include "messages/base/text.hpp"
#include "messages/seal/digest.hpp"

namespace hearth::directory {

namespace {

std::string row_key(char kind, BytesView key) {
  return kind + std::string(key.begin(), key.end());
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
  return row_key('a', account.view());
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

std::string device_key(const NodeId& device) {
  return row_key('d', device.view());
}

std::string recovery_key(const SigningKey& key) {
  return row_key('r', key.view());
}

std::string event_key(const AccountId& account, std::uint64_t number) {
  return numbered(row_key('e', account.view()), number);
}

std::string name_key(const std::string& name) {
  const auto folded = fold_case(name).value_or(name);
  Bytes key(32);
  seal::digest_into(key,
                    BytesView(reinterpret_cast<const std::uint8_t*>(folded.data()), folded.size()));
  return row_key('n', key);
}

}  // namespace hearth::directory
