#pragma once
// Who may use the API and the page: the holder of the token, by header or by the cookie that the
// login link sets.

#include "messages/seal/identity.hpp"
#include "nodes/http/message.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace hearth::gateway {

enum class AccessVerdict { allowed, nothing_shown, wrong };

class Access {
 public:
  /// Precondition: `token` is not empty.
  Access(std::string token, const seal::SecretKey& secret, std::uint16_t port);

  /// A wrong Authorization header is wrong, whatever the cookies are.
  [[nodiscard]] AccessVerdict judge(const http::Request& request) const;
  [[nodiscard]] bool is_token(std::string_view text) const;
  /// Value of Set-Cookie.
  [[nodiscard]] std::string set_cookie() const;

  /// A 401 that says how to show the token.
  [[nodiscard]] static http::Response refuse(AccessVerdict verdict);

 private:
  [[nodiscard]] AccessVerdict judge_cookies(std::string_view cookies) const;

  std::string token_;
  std::string cookie_name_;  ///< Cookies know no ports: two gateways of one host need two names.
  std::string cookie_value_;
};

}  // namespace hearth::gateway
