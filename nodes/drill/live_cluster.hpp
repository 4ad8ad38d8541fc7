#pragma once
// A running `hearth up --drills`, as a drill sees it: what runs there, and the orders that it
// takes. docs/drills/live.md has the orders.

#include "messages/base/result.hpp"
#include "messages/base/types.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::drill {

struct LiveProcess {
  std::string name;    ///< What orders call it.
  std::string role;    ///< As `name_of(Role)`.
  std::string region;  ///< Empty where there is none.
  bool serves = false;
};

struct ClusterStatus {
  std::string gateway;  ///< "http://HOST:PORT"
  std::string token;
  std::uint64_t error_lines = 0;       ///< In all logs since it was started.
  bool network = false;                ///< Its processes talk through one that takes orders too.
  std::vector<LiveProcess> processes;  ///< Directories first, and of these the accounts'.

  [[nodiscard]] bool all_serve() const;
};

/// Errors: `message_malformed`.
[[nodiscard]] Result<ClusterStatus> parse_status(std::string_view answer);

/// The answer to an order, a JSON object. What is wrong with the order is an error too.
using GiveOrder = std::function<Result<std::string>(const std::string& order)>;

struct ClusterOrders {
  GiveOrder processes;
  GiveOrder network;  ///< Where `ClusterStatus::network` is true.
};

/// Blocks for at most some seconds a call. `data` is the folder of `hearth up`.
/// Errors: `not_found`, `unreachable`: no cluster that takes orders runs there; the detail says
/// what to do. `value_invalid`: what the cluster says of the order.
[[nodiscard]] ClusterOrders orders_to(const std::filesystem::path& data);

[[nodiscard]] Result<ClusterStatus> status_of(const ClusterOrders& cluster);

}  // namespace hearth::drill
