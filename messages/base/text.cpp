#include "messages/base/text.hpp"

#include <cstdlib>
#include <memory>
#include <utf8proc.h>

namespace hearth {

namespace {

std::optional<std::string> map(std::string_view text, int options) {
  utf8proc_uint8_t* mapped = nullptr;
  const auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                 static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                                 static_cast<utf8proc_option_t>(options));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  if (size < 0) {
    return std::nullopt;
  }
  return std::string(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(size));
}

}  // namespace

bool is_utf8(std::string_view text) {
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  while (left > 0) {
    utf8proc_int32_t code_point = 0;
    const auto taken = utf8proc_iterate(at, left, &code_point);
    if (taken <= 0) {
      return false;
    }
    at += taken;
    left -= taken;
  }
  return true;
}

std::optional<std::string> nfc(std::string_view text) {
  return map(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

std::optional<std::string> fold_case(std::string_view text) {
  return map(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD);
}

}  // namespace hearth
