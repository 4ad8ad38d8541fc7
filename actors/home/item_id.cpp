// Ids of items: BLAKE2b-128 of where a file is; versions: of which bytes are there.
//   id:      "hearth item 1" | length of folder, 4 bytes | folder | path
//   version: "hearth item version 1" | id | size 8 | mtime in ns 8 | inode 8
// Numbers are little-endian. Stored in logs and bookmarks: never change.

#include "actors/home/home_ports.hpp"
#include "messages/seal/digest.hpp"

namespace hearth::home {

namespace {

void add(Bytes& to, std::string_view text) {
  to.insert(to.end(), text.begin(), text.end());
}

void add(Bytes& to, std::uint64_t number, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) {
    to.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
  }
}

}  // namespace

std::string media_folder_named(std::string folder) {
  while (folder.size() > 1 && folder.back() == '/') {
    folder.pop_back();
  }
  return folder;
}

ItemId item_id_of(std::string_view folder, std::string_view path) {
  Bytes place;
  add(place, "hearth item 1");
  add(place, folder.size(), 4);
  add(place, folder);
  add(place, path);
  return seal::digest_as<ItemId>(place);
}

ItemVersion item_version_of(const ItemId& id, std::uint64_t size, std::int64_t mtime_ns,
                            std::uint64_t inode) {
  Bytes identity;
  add(identity, "hearth item version 1");
  identity.insert(identity.end(), id.bytes.begin(), id.bytes.end());
  add(identity, size, 8);
  add(identity, static_cast<std::uint64_t>(mtime_ns), 8);
  add(identity, inode, 8);
  return seal::digest_as<ItemVersion>(identity);
}

}  // namespace hearth::home
