#include "messages/seal/folder_id.hpp"

#include "messages/base/types.hpp"

#include <sodium/crypto_generichash_blake2b.h>

#include <string_view>

namespace hearth::seal {

namespace {

constexpr std::string_view key_domain = "hearth folder key 1";
constexpr std::string_view id_domain = "hearth folder 1";

}  // namespace

SecretKey folder_key(const SecretKey& home_seed) {
  std::array<std::uint8_t, 32> key{};
  crypto_generichash_blake2b(key.data(), key.size(),
                             reinterpret_cast<const std::uint8_t*>(key_domain.data()),
                             key_domain.size(), home_seed.data(), home_seed.bytes().size());
  return SecretKey(key);
}

FolderId folder_id(const SecretKey& folder_key, const ItemId& folder) {
  Bytes message(id_domain.begin(), id_domain.end());
  message.push_back(0);
  message.insert(message.end(), folder.bytes.begin(), folder.bytes.end());
  FolderId id;
  crypto_generichash_blake2b(id.bytes.data(), id.bytes.size(), message.data(), message.size(),
                             folder_key.data(), folder_key.bytes().size());
  return id;
}

}  // namespace hearth::seal
