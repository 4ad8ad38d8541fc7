#pragma once
// Errors as RFC 9457 tells them: application/problem+json with type, title, status, detail, code.

#include "messages/base/error.hpp"
#include "nodes/http/message.hpp"

#include <string_view>

namespace hearth::http {

/// `code` is a stable lower-case word; the type is `urn:hearth:problem:<code>`.
[[nodiscard]] Response problem(unsigned status, std::string_view code, std::string_view detail);

/// The HTTP status that tells `error` to a client.
[[nodiscard]] unsigned status_of(ErrorCode error);

/// `problem` of an error of ours; transient ones carry Retry-After.
[[nodiscard]] Response problem_of(const Error& error);

}  // namespace hearth::http
