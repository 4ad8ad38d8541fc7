#pragma once
// What `hearth drill run --on` may ask of the emulated network: one JSON object an order.
// docs/drills/live.md has them all.

#include "messages/base/result.hpp"
#include "nodes/network/ways.hpp"

#include <map>
#include <string>
#include <string_view>

namespace hearth::network {

/// Of the socket in the data folder.
inline constexpr const char* order_socket_name = "network.sock";

enum class OrderKind : std::uint8_t { disturb, end, heal };

struct Order {
  OrderKind kind = OrderKind::heal;
  std::string name;  ///< Of the disturbance.
  Millis lasts{0};
  Disturbance disturbance;
};

/// `hosts`: what orders may name. Errors: `value_invalid`, with what is wrong.
[[nodiscard]] Result<Order> parse_order(std::string_view text,
                                        const std::map<std::string, Host>& hosts);

}  // namespace hearth::network
