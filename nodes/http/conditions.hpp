#pragma once
// Conditional requests for files that have a strong ETag and no date. Source: RFC 9110 section 13.

#include "nodes/http/message.hpp"

#include <string_view>

namespace hearth::http {

enum class Condition {
  proceed,
  not_modified,         ///< 304: If-None-Match names what the client has.
  precondition_failed,  ///< 412: If-Match names another version.
};

/// For GET and HEAD of a file that exists.
[[nodiscard]] Condition evaluate_conditions(const Fields& fields, std::string_view etag);

}  // namespace hearth::http
