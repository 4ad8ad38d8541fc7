// What a peer sends inside its channel before anything is an envelope.

#include "messages/base/check.hpp"
#include "messages/link/frame.hpp"

#include <algorithm>
#include <array>

namespace {

using namespace hearth;

void read_frame(BytesView bytes) {
  const auto header = link::read_header(bytes);
  if (!header) {
    return;
  }
  std::array<std::uint8_t, link::frame_header_bytes> written{};
  link::write_header(header.value(), written.data());
  const auto again = link::read_header(written);
  HEARTH_CHECK(again.ok() && again.value() == header.value());
}

void read_introduction(BytesView bytes) {
  const auto introduction = link::decode_introduction(bytes);
  if (introduction) {
    const auto written = link::encode_introduction(introduction.value());
    HEARTH_CHECK(std::equal(written.begin(), written.end(), bytes.begin(), bytes.end()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read_frame({data, size});
  read_introduction({data, size});
  return 0;
}
