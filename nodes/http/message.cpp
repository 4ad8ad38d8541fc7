#include "nodes/http/message.hpp"

#include "nodes/http/text.hpp"

#include <algorithm>

namespace hearth::http {

void Fields::add(std::string_view name, std::string value) {
  fields_.push_back({lower_case(name), std::move(value)});
}

std::optional<std::string> Fields::find(std::string_view name) const {
  std::optional<std::string> joined;
  for (const auto& field : fields_) {
    if (field.name == name) {
      joined = joined ? *joined + ", " + field.value : field.value;
    }
  }
  return joined;
}

std::size_t Fields::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(
      fields_.begin(), fields_.end(), [&name](const Field& field) { return field.name == name; }));
}

std::string_view reason_of(unsigned status) {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "Unknown";
  }
}

}  // namespace hearth::http
