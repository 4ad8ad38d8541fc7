// What a stranger sends before it has proven a key, and what a proven peer sends in its frames.

#include "actors/link/link_machine.hpp"
#include "messages/base/check.hpp"
#include "tests/support/link_world.hpp"

#include <algorithm>

namespace {

using namespace hearth;
using namespace hearth::testing;

/// Garbage never proves anything, and a channel keeps no more than one unit of it.
void be_a_stranger(BytesView input) {
  static const auto list = cluster_list();
  link::ChannelMachine channel(super_peer, link::Purpose::control, list, std::nullopt);
  Bytes out;
  while (!input.empty()) {
    const auto part = input.first(std::min<std::size_t>(input.size(), 1U + input[0]));
    input = input.subspan(part.size());
    channel.feed(part);
    while (channel.next(some_day, out)) {
    }
  }
  HEARTH_CHECK(!channel.proven());
}

/// Frames as the input says: kind, flags and class, correlation, length of the body, body.
void be_a_peer(BytesView input) {
  constexpr std::size_t head_bytes = 5;
  LinkWorld world;
  auto& node = world.add(directory_a, "directory-a");
  node.machine.bind("accounts");
  RawPeer peer(world, node, phone);
  HEARTH_CHECK(peer.is_proven());
  while (input.size() > head_bytes && !peer.is_closed()) {
    link::FrameHeader header;
    header.kind = static_cast<link::FrameKind>(1 + input[0] % 9);
    header.flags = input[1] & link::flag_more;
    header.traffic = static_cast<link::TrafficClass>((input[1] >> 1U) % 3);
    header.correlation = input[2];
    const auto size = std::min<std::size_t>(input[3] | (input[4] << 8U), input.size() - head_bytes);
    peer.say(header, input.subspan(head_bytes, size));
    input = input.subspan(head_bytes + size);
  }
  HEARTH_CHECK(node.machine.sessions() <= 1 && node.answers.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  be_a_stranger({data, size});
  be_a_peer({data, size});
  return 0;
}
