#include "nodes/gateway/access.hpp"

#include "messages/base/check.hpp"
#include "messages/seal/digest.hpp"
#include "nodes/http/problem.hpp"
#include "nodes/http/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace hearth::gateway {

namespace {

BytesView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool equal(std::string_view left, std::string_view right) {
  return seal::equal_in_constant_time(bytes_of(left), bytes_of(right));
}

std::string cookie_value_of(const std::string& token, const seal::SecretKey& secret) {
  return to_text(seal::mac(secret, bytes_of("hearth login cookie 1 " + token)));
}

}  // namespace

Access::Access(std::string token, const seal::SecretKey& secret, std::uint16_t port)
    : token_(std::move(token)),
      cookie_name_(fmt::format("hearth_{}", port)),
      cookie_value_(cookie_value_of(token_, secret)) {
  HEARTH_CHECK(!token_.empty());
}

bool Access::is_token(std::string_view text) const {
  return equal(text, token_);
}

AccessVerdict Access::judge(const http::Request& request) const {
  if (const auto shown = request.fields.find("authorization")) {
    const auto space = std::min(shown->find(' '), shown->size());
    const auto scheme = http::lower_case(std::string_view{*shown}.substr(0, space));
    const auto token = http::trimmed(std::string_view{*shown}.substr(space));
    return scheme == "bearer" && is_token(token) ? AccessVerdict::allowed : AccessVerdict::wrong;
  }
  const auto cookies = request.fields.find("cookie");
  return cookies ? judge_cookies(*cookies) : AccessVerdict::nothing_shown;
}

AccessVerdict Access::judge_cookies(std::string_view cookies) const {
  auto verdict = AccessVerdict::nothing_shown;
  while (!cookies.empty()) {
    const auto end = std::min(cookies.find(';'), cookies.size());
    const auto pair = http::trimmed(cookies.substr(0, end));
    cookies.remove_prefix(std::min(end + 1, cookies.size()));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != cookie_name_) {
      continue;
    }
    if (equal(pair.substr(equals + 1), cookie_value_)) {
      return AccessVerdict::allowed;
    }
    verdict = AccessVerdict::wrong;
  }
  return verdict;
}

std::string Access::set_cookie() const {
  return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict", cookie_name_, cookie_value_);
}

http::Response Access::refuse(AccessVerdict verdict) {
  const bool wrong = verdict == AccessVerdict::wrong;
  auto response =
      wrong ? http::problem(401, "token_wrong", "This token or cookie is not of this gateway.")
            : http::problem(401, "token_missing",
                            "Send the gateway's token as Authorization: Bearer.");
  response.fields.add("www-authenticate", wrong ? "Bearer realm=\"hearth\", error=\"invalid_token\""
                                                : "Bearer realm=\"hearth\"");
  return response;
}

}  // namespace hearth::gateway
