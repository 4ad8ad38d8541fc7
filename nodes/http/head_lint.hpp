#pragma once
// What must hold of a request's head before a parser may read it, and of the fields afterwards.
// Source: RFC 9112 sections 2.2, 3, 5 and 6.

#include "nodes/http/request_reader.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hearth::http {

/// Line ends, field names and values, request line. `head` ends with its empty line.
[[nodiscard]] std::optional<Refusal> lint_head(std::string_view head);

/// A bare CR or LF, or a NUL, in what has come so far of a head. Looks from `from` on.
[[nodiscard]] std::optional<Refusal> lint_bytes(std::string_view bytes, std::size_t from);

/// Content-Length, Transfer-Encoding, Host and Expect.
[[nodiscard]] std::optional<Refusal> lint_framing(const Fields& fields, bool http_1_0);

/// Splits `target` into path, query and host, which an absolute-form target names itself.
[[nodiscard]] std::optional<Refusal> split_target(std::string_view target, Request& request);

}  // namespace hearth::http
