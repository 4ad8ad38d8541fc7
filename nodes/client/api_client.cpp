#include "nodes/client/api_client.hpp"

#include "nodes/client/http_transfer.hpp"

#include <fmt/format.h>
#include <iterator>
#include <utility>

namespace hearth::cli {

namespace {

constexpr Millis budget{30'000};
constexpr std::size_t answer_bytes_max = 64U << 20U;
constexpr std::uint16_t error_numbers_end = 500;

ErrorCode code_named(const std::string& name) {
  for (std::uint16_t number = 100; number < error_numbers_end; ++number) {
    if (const auto code = error_code_from(number);
        static_cast<std::uint16_t>(code) == number && name_of(code) == name) {
      return code;
    }
  }
  return ErrorCode::none;
}

ErrorCode code_of_status(unsigned status) {
  switch (status) {
    case 401:
    case 403: return ErrorCode::not_allowed;
    case 404: return ErrorCode::not_found;
    case 410: return ErrorCode::item_gone;
    case 416: return ErrorCode::range_invalid;
    case 503: return ErrorCode::overloaded;
    case 504: return ErrorCode::timed_out;
    default: return ErrorCode::message_malformed;
  }
}

}  // namespace

std::string url_encoded(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    out += plain ? std::string{c} : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

Error error_of_problem(unsigned status, const std::string& body) {
  const auto problem = nlohmann::json::parse(body, nullptr, false);
  const auto field = [&problem](const char* name) {
    const bool there = problem.is_object() && problem.contains(name) && problem[name].is_string();
    return there ? problem[name].get<std::string>() : std::string{};
  };
  const auto code = code_named(field("code"));
  auto detail = field("detail");
  return {code == ErrorCode::none ? code_of_status(status) : code,
          detail.empty() ? fmt::format("the gateway answered {}", status) : std::move(detail)};
}

Result<Json> ApiClient::ask(const char* method, const std::string& path) const {
  std::string body;
  TransferRequest request;
  request.method = method;
  request.url = connection_.gateway + "/api/v1" + path;
  request.token = connection_.token;
  request.budget = budget;
  request.on_body = [&body](BytesView bytes) {
    body.append(bytes.begin(), bytes.end());
    return body.size() <= answer_bytes_max;
  };
  const auto head = transfer(request);
  if (!head) {
    return head.error();
  }
  if (head.value().status / 100 != 2) {
    return error_of_problem(head.value().status, body);
  }
  auto json = Json::parse(body, nullptr, false);
  if (json.is_discarded()) {
    return Error{ErrorCode::message_malformed, "the gateway did not answer JSON"};
  }
  return json;
}

Result<std::string> choose_home(const ApiClient& api, const std::string& wanted) {
  const auto answer = api.get("/homes");
  if (!answer) {
    return answer.error();
  }
  const auto homes = answer.value().value("homes", Json::array());
  std::string chosen;
  for (const auto& home : homes) {
    const auto id = home.value("id", std::string{});
    const bool named = id == wanted || home.value("name", std::string{}) == wanted;
    const bool usable = homes.size() == 1 || home.value("online", false);
    if (wanted.empty() ? usable : named) {
      chosen = id;
      break;
    }
  }
  if (chosen.empty()) {
    return wanted.empty() && !homes.empty()
               ? Error{ErrorCode::home_offline, "no home is online"}
               : Error{ErrorCode::home_unknown,
                       wanted.empty() ? "no home is connected" : "no home is called " + wanted};
  }
  return chosen;
}

Result<Json> all_pages(const ApiClient& api, const std::string& path, const std::string& query) {
  Json items = Json::array();
  std::string cursor;
  do {
    auto page = api.get(path + "?limit=500" + (query.empty() ? "" : "&" + query) +
                        (cursor.empty() ? "" : "&cursor=" + url_encoded(cursor)));
    if (!page) {
      return page;
    }
    auto found = page.value().value("items", Json::array());
    std::move(found.begin(), found.end(), std::back_inserter(items));
    cursor = page.value().value("next", std::string{});
  } while (!cursor.empty());
  return Json{{"items", std::move(items)}};
}

}  // namespace hearth::cli
