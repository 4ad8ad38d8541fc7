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

const Json& field_of(const Json& json, const char* name) {
  static const Json nothing;
  const auto found = json.is_object() ? json.find(name) : json.end();
  return found == json.end() ? nothing : *found;
}

}  // namespace

std::string text_at(const Json& json, const char* name) {
  const auto& field = field_of(json, name);
  return field.is_string() ? field.get<std::string>() : std::string{};
}

std::uint64_t number_at(const Json& json, const char* name) {
  const auto& field = field_of(json, name);
  return field.is_number_unsigned() ? field.get<std::uint64_t>() : 0;
}

bool flag_at(const Json& json, const char* name) {
  const auto& field = field_of(json, name);
  return field.is_boolean() && field.get<bool>();
}

Json list_at(const Json& json, const char* name) {
  const auto& field = field_of(json, name);
  return field.is_array() ? field : Json::array();
}

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
  const auto problem = Json::parse(body, nullptr, false);
  const auto code = code_named(text_at(problem, "code"));
  auto detail = text_at(problem, "detail");
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

namespace {

bool is_shared(const Json& home) {
  return home.is_object() && home.contains("owner");
}

/// Ids: own homes come before shared ones of the same name.
std::vector<std::string> homes_named(const Json& homes, const std::string& wanted) {
  std::vector<std::string> own;
  std::vector<std::string> shared;
  for (const auto& home : homes) {
    const auto id = text_at(home, "id");
    const auto name = text_at(home, "name");
    if (id == wanted) {
      return {id};
    }
    if (!is_shared(home) && name == wanted) {
      own.push_back(id);
    } else if (is_shared(home) &&
               (name == wanted || name + '@' + text_at(home["owner"], "name") == wanted)) {
      shared.push_back(id);
    }
  }
  return own.empty() ? shared : own;
}

/// An own one if there is any; empty: none is online.
std::string usable_home(const Json& homes) {
  std::string shared;
  for (const auto& home : homes) {
    const bool is_usable = homes.size() == 1 || flag_at(home, "online");
    if (is_usable && !is_shared(home)) {
      return text_at(home, "id");
    }
    if (is_usable && shared.empty()) {
      shared = text_at(home, "id");
    }
  }
  return shared;
}

}  // namespace

Result<std::string> choose_home(const Json& homes, const std::string& wanted) {
  const auto named = wanted.empty() ? std::vector{usable_home(homes)} : homes_named(homes, wanted);
  if (named.size() > 1) {
    return Error{ErrorCode::value_invalid,
                 fmt::format("\"{}\" is {} homes: give NAME@ACCOUNT, or the id of one", wanted,
                             named.size())};
  }
  auto chosen = named.empty() ? std::string() : named.front();
  if (chosen.empty()) {
    return wanted.empty() && !homes.empty()
               ? Error{ErrorCode::home_offline, "no home is online"}
               : Error{ErrorCode::home_unknown,
                       wanted.empty() ? "no home is connected" : "no home is called " + wanted};
  }
  return chosen;
}

Result<std::string> choose_home(const ApiClient& api, const std::string& wanted) {
  const auto answer = api.get("/homes");
  return answer ? choose_home(list_at(answer.value(), "homes"), wanted) : answer.error();
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
    auto found = list_at(page.value(), "items");
    std::move(found.begin(), found.end(), std::back_inserter(items));
    cursor = text_at(page.value(), "next");
  } while (!cursor.empty());
  return Json{{"items", std::move(items)}};
}

}  // namespace hearth::cli
