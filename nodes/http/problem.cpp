#include "nodes/http/problem.hpp"

#include <nlohmann/json.hpp>

namespace hearth::http {

Response problem(unsigned status, std::string_view code, std::string_view detail) {
  const nlohmann::ordered_json body{{"type", std::string{"urn:hearth:problem:"}.append(code)},
                                    {"title", reason_of(status)},
                                    {"status", status},
                                    {"detail", detail},
                                    {"code", code}};
  Response response;
  response.status = status;
  response.fields.add("content-type", "application/problem+json");
  response.fields.add("cache-control", "no-store");
  response.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return response;
}

unsigned status_of(ErrorCode error) {
  switch (error) {
    case ErrorCode::item_unknown:
    case ErrorCode::home_unknown:
    case ErrorCode::account_unknown:
    case ErrorCode::device_unknown:
    case ErrorCode::share_unknown:
    case ErrorCode::folder_unknown:
    case ErrorCode::not_found: return 404;
    case ErrorCode::item_gone: return 410;
    case ErrorCode::item_changed: return 409;
    case ErrorCode::value_invalid:
    case ErrorCode::cursor_invalid: return 400;
    case ErrorCode::range_invalid: return 416;
    case ErrorCode::not_allowed: return 403;
    case ErrorCode::limit_reached: return 429;
    case ErrorCode::timed_out: return 504;
    default: break;
  }
  switch (kind_of(error)) {
    case ErrorKind::transient: return 503;
    case ErrorKind::malformed: return 502;
    default: return 500;
  }
}

Response problem_of(const Error& error) {
  auto response = problem(status_of(error.code), name_of(error.code), error.detail);
  if (kind_of(error.code) == ErrorKind::transient) {
    response.fields.add("retry-after", "2");
  }
  return response;
}

}  // namespace hearth::http
