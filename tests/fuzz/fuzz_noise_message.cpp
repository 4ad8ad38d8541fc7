// Any bytes as a handshake message, a frame of the channel behind it and a frame of a stream.
// The first byte chooses the pattern, the second who reads.

#include "messages/base/check.hpp"
#include "messages/seal/noise.hpp"
#include "messages/seal/stream_keys.hpp"
#include "tests/support/identities.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace {

using hearth::Bytes;
using hearth::BytesView;
using hearth::seal::NoiseHandshake;
using hearth::testing::identity_of;
using hearth::testing::secret_of;

constexpr std::array<std::string_view, 5> patterns{"KK", "IK", "XX", "IKpsk2", "NNpsk0"};

NoiseHandshake start(std::string_view pattern, bool initiator) {
  static const auto client = identity_of(1);
  static const auto home = identity_of(2);
  const auto& own = initiator ? client : home;
  const auto& peer = initiator ? home : client;
  hearth::seal::NoiseKeys keys{own.exchange_secret, peer.keys.exchange, {}, {}};
  if (pattern.find("psk") != std::string_view::npos) {
    keys.psks.push_back(secret_of(9));
  }
  keys.ephemeral = secret_of(initiator ? 20 : 21);
  auto started = NoiseHandshake::start(pattern, initiator, std::move(keys));
  HEARTH_CHECK(started.ok());
  return std::move(started.value());
}

void try_as_message(std::string_view pattern, bool initiator, BytesView bytes) {
  auto side = start(pattern, initiator);
  if (initiator) {
    HEARTH_CHECK(side.write({}).ok());
  }
  if (side.read(bytes) && !side.done()) {
    (void)side.write({});
  }
  (void)side.read(bytes);
}

/// The handshake with the bytes as every payload: must give them back and end on both sides.
void try_as_payload(std::string_view pattern, BytesView bytes) {
  auto writer = start(pattern, true);
  auto reader = start(pattern, false);
  for (std::size_t i = 0; i < 3 && !writer.done(); ++i) {
    const auto message = writer.write(bytes);
    HEARTH_CHECK(message.ok());
    const auto payload = reader.read(message.value());
    HEARTH_CHECK(payload.ok() && payload.value() == Bytes(bytes.begin(), bytes.end()));
    if (reader.done()) {
      break;
    }
    std::swap(writer, reader);
  }
  HEARTH_CHECK(writer.done() && reader.done());
  auto session = reader.finish();
  Bytes frame(bytes.begin(), bytes.end());
  HEARTH_CHECK(!session.receive.open(frame).ok());
}

void try_as_stream(BytesView bytes) {
  constexpr auto header_bytes = hearth::seal::stream_header_bytes;
  const auto header = bytes.first(std::min(bytes.size(), header_bytes));
  hearth::seal::StreamOpener opener(secret_of(3), header);
  HEARTH_CHECK(!opener.open(bytes.subspan(header.size()), {}).ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2 || size > 32'768) {
    return 0;
  }
  const auto pattern = patterns[data[0] % patterns.size()];
  const BytesView bytes(data + 2, size - 2);
  try_as_message(pattern, data[1] % 2 == 0, bytes);
  try_as_payload(pattern, bytes);
  try_as_stream(bytes);
  return 0;
}
