#pragma once
// What `hearth drill run --on` may ask of `hearth up --drills`: one JSON object an order.
// docs/drills/live.md has them all.

#include "messages/base/result.hpp"
#include "messages/base/types.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace hearth::cli::up {

/// Of the socket in the data folder.
inline constexpr const char* order_socket_name = "drills.sock";

enum class OrderKind : std::uint8_t {
  status,
  kill,     ///< SIGKILL, and kept down.
  wipe,     ///< Likewise, and its data folder is emptied, but for keys and role.
  pause,    ///< SIGSTOP.
  restart,  ///< SIGKILL, and started at once.
  end,      ///< Of what was ordered for a process: it runs again.
  heal,     ///< The same for all.
};

struct Order {
  OrderKind kind = OrderKind::status;
  std::string process;  ///< Name of a `ProcessPlan`; empty for `status` and `heal`.
  Millis lasts{0};      ///< Of `kill`, `wipe` and `pause`: ends by itself afterwards.
};

/// Longer ones have to be given again: nothing stays broken because somebody forgot it.
inline constexpr Millis order_lasts_max = std::chrono::hours(1);

/// Errors: `value_invalid`, with what is wrong.
[[nodiscard]] Result<Order> parse_order(std::string_view text);

}  // namespace hearth::cli::up
