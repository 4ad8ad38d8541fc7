#pragma once
// Which hosts are served. A page of another site that had its name point at us (DNS rebinding)
// sends that name in Host, and its own address in Origin.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::http {

enum class HostVerdict { served, not_served, malformed };

class HostCheck {
 public:
  HostCheck() = default;
  /// Serves `host:port` and `localhost:port`. `host` is a name or an address without brackets.
  HostCheck(std::string_view host, std::uint16_t port);

  /// Of a Host header or the authority of an absolute-form target.
  [[nodiscard]] HostVerdict judge(std::string_view authority) const;
  /// Whether `origin`, the value of an Origin header, is one of ours.
  [[nodiscard]] bool own_origin(std::string_view origin) const;

 private:
  std::vector<std::string> authorities_;  ///< Lower case, "host:port".
};

}  // namespace hearth::http
