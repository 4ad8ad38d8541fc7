// Any bytes as the answer of a probe worker that somebody has taken over. What is accepted may be
// shown to people and sent to clients.

#include "messages/base/check.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/text.hpp"
#include "nodes/home/probe_answer.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace {

bool is_clean(const std::string& text) {
  return text.size() <= hearth::limits::title_bytes_max && hearth::nfc(text) == text &&
         std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto answer = hearth::home::decode_probe_answer({data, size});
  if (answer) {
    HEARTH_CHECK(is_clean(answer.value().title));
    HEARTH_CHECK(is_clean(answer.value().artist));
    HEARTH_CHECK(is_clean(answer.value().album));
    const auto again =
        hearth::home::decode_probe_answer(hearth::home::encode_probe_answer(answer.value()));
    HEARTH_CHECK(again.ok() && again.value() == answer.value());
  }
  return 0;
}
