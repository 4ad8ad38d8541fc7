#include "nodes/http/head_lint.hpp"

#include "nodes/http/text.hpp"

#include <algorithm>
#include <utility>

namespace hearth::http {

namespace {

Refusal malformed(std::string detail) {
  return {400, "request_malformed", std::move(detail)};
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7F;
}

std::optional<Refusal> lint_request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || line.find(' ', first + 1) != last) {
    return malformed("The request line is not method, target and version.");
  }
  if (!is_token(line.substr(0, first)) || last == first + 1) {
    return malformed("The request line has no method or no target.");
  }
  const auto version = line.substr(last + 1);
  if (version.size() != 8 || version.substr(0, 5) != "HTTP/" || !is_digit(version[5]) ||
      version[6] != '.' || !is_digit(version[7])) {
    return malformed("The request line names no HTTP version.");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return Refusal{505, "version_unsupported", "Only HTTP/1.1 and HTTP/1.0 are spoken here."};
  }
  return std::nullopt;
}

std::optional<Refusal> lint_field_line(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') {
    return malformed("A header line is folded.");
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return malformed("A header line has no proper name.");
  }
  const auto value = line.substr(colon + 1);
  if (std::any_of(value.begin(), value.end(), is_control)) {
    return malformed("A header value has control characters.");
  }
  return std::nullopt;
}

std::optional<Refusal> lint_transfer_coding(const std::string& value) {
  const auto codings = list_elements(value);
  const auto chunked = [](std::string_view coding) { return lower_case(coding) == "chunked"; };
  // Without chunked at the very end nobody can tell where the body ends.
  if (codings.empty() || !chunked(codings.back()) ||
      std::count_if(codings.begin(), codings.end(), chunked) != 1) {
    return malformed("The last transfer coding is not chunked, or chunked is there twice.");
  }
  if (codings.size() != 1) {
    return Refusal{501, "coding_unknown", "No transfer coding but chunked is known here."};
  }
  return std::nullopt;
}

std::optional<Refusal> lint_body_length(const Fields& fields, bool http_1_0) {
  const auto length = fields.find("content-length");
  const auto coding = fields.find("transfer-encoding");
  if (length && coding) {
    return malformed("Both Content-Length and Transfer-Encoding are given.");
  }
  if (length && (!all_digits(*length) || fields.count("content-length") != 1)) {
    return malformed("Content-Length is not one number.");
  }
  if (coding && http_1_0) {
    return malformed("HTTP/1.0 has no Transfer-Encoding.");
  }
  return coding ? lint_transfer_coding(*coding) : std::nullopt;
}

}  // namespace

std::optional<Refusal> lint_bytes(std::string_view bytes, std::size_t from) {
  for (std::size_t i = from; i < bytes.size(); ++i) {
    const char c = bytes[i];
    const bool bare_lf = c == '\n' && (i == 0 || bytes[i - 1] != '\r');
    const bool bare_cr = c == '\r' && i + 1 < bytes.size() && bytes[i + 1] != '\n';
    if (c == '\0' || bare_lf || bare_cr) {
      return malformed("The head has bytes that no head may have.");
    }
  }
  return std::nullopt;
}

std::optional<Refusal> lint_head(std::string_view head) {
  bool first = true;
  while (head.substr(0, 2) != "\r\n") {
    const auto end = head.find("\r\n");
    const auto line = head.substr(0, end);
    if (auto refusal = first ? lint_request_line(line) : lint_field_line(line)) {
      return refusal;
    }
    first = false;
    head.remove_prefix(end + 2);
  }
  return std::nullopt;
}

std::optional<Refusal> lint_framing(const Fields& fields, bool http_1_0) {
  if (auto refusal = lint_body_length(fields, http_1_0)) {
    return refusal;
  }
  const auto hosts = fields.count("host");
  if (hosts > 1 || (hosts == 0 && !http_1_0)) {
    return malformed("There must be exactly one Host.");
  }
  const auto expect = fields.find("expect");
  if (expect && lower_case(*expect) != "100-continue") {
    return Refusal{417, "expectation_failed", "No expectation but 100-continue is known here."};
  }
  return std::nullopt;
}

std::optional<Refusal> split_target(std::string_view target, Request& request) {
  // Bytes above ASCII are no URI's either, but people type them and no two servers differ on them.
  const auto foreign = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7F || c == '#';
  };
  if (std::any_of(target.begin(), target.end(), foreign)) {
    return malformed("The target has characters that no URI has.");
  }
  request.host = request.fields.find("host").value_or("");
  constexpr std::string_view scheme = "http://";
  if (lower_case(target.substr(0, scheme.size())) == scheme) {
    target.remove_prefix(scheme.size());
    const auto authority = target.substr(0, target.find_first_of("/?"));
    if (lower_case(authority) != lower_case(request.host) && !request.http_1_0) {
      return malformed("The target and Host name different hosts.");
    }
    request.host = authority;
    target.remove_prefix(authority.size());
  } else if (request.method == "CONNECT") {
    return Refusal{501, "method_unknown", "This is not a proxy."};
  } else if (target.front() != '/' && !(target == "*" && request.method == "OPTIONS")) {
    return malformed("The target is no path.");
  }
  const auto mark = std::min(target.find('?'), target.size());
  request.path = mark == 0 ? "/" : std::string{target.substr(0, mark)};
  request.query = target.substr(std::min(mark + 1, target.size()));
  return std::nullopt;
}

}  // namespace hearth::http
