// What a client writes into Range, for files of any size.

#include "messages/base/check.hpp"
#include "nodes/http/byte_range.hpp"

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

using namespace hearth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::uint64_t file_size = 0;
  if (size < sizeof file_size) {
    return 0;
  }
  std::memcpy(&file_size, data, sizeof file_size);
  const std::string_view text{reinterpret_cast<const char*>(data) + sizeof file_size,
                              size - sizeof file_size};
  const auto choice = http::choose_range(text, file_size);
  if (const auto* range = std::get_if<http::ByteRange>(&choice)) {
    HEARTH_CHECK(range->length > 0);
    HEARTH_CHECK(range->first < file_size && range->length <= file_size - range->first);
    const auto again = http::choose_range("bytes=" + std::to_string(range->first) + "-" +
                                              std::to_string(range->first + range->length - 1),
                                          file_size);
    HEARTH_CHECK(again == choice);
  }
  return 0;
}
