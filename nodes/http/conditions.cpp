#include "nodes/http/conditions.hpp"

#include "nodes/http/text.hpp"

#include <algorithm>

namespace hearth::http {

namespace {

std::string_view opaque_tag(std::string_view tag) {
  return tag.substr(0, 2) == "W/" ? tag.substr(2) : tag;
}

// Our tags hold no commas, so splitting inside a foreign quoted tag cannot make one of ours.
bool names(std::string_view list, std::string_view etag, bool weakly) {
  const auto tags = list_elements(list);
  return std::any_of(tags.begin(), tags.end(), [&etag, weakly](std::string_view tag) {
    return tag == "*" || (weakly ? opaque_tag(tag) : tag) == etag;
  });
}

}  // namespace

Condition evaluate_conditions(const Fields& fields, std::string_view etag) {
  if (const auto if_match = fields.find("if-match"); if_match && !names(*if_match, etag, false)) {
    return Condition::precondition_failed;
  }
  if (const auto if_none = fields.find("if-none-match"); if_none && names(*if_none, etag, true)) {
    return Condition::not_modified;
  }
  return Condition::proceed;
}

}  // namespace hearth::http
