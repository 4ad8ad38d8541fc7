// Any bytes as a cursor, as a query and as a file name.

#include "actors/home/catalogue_order.hpp"
#include "messages/base/check.hpp"
#include "messages/base/text.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hearth::home;  // NOLINT(google-build-using-namespace)
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto position = read_cursor("scope", text);
  HEARTH_CHECK(!position || read_cursor("other scope", text).ok() == false);

  const auto key = natural_key(text, 64);
  HEARTH_CHECK(key.size() <= 64);
  if (!key.empty()) {
    const auto cursor = make_cursor("scope", key);
    HEARTH_CHECK(read_cursor("scope", cursor).value() == key);
  }
  for (const auto& word : words_of(hearth::fold_case(text).value_or(""))) {
    HEARTH_CHECK(!word.empty() && word.find(' ') == std::string::npos);
  }
  return 0;
}
