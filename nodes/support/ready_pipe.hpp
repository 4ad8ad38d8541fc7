#pragma once
// How a process tells the one that started it that it serves: one line on a descriptor that it
// inherited (`--ready-fd`), after which the descriptor is closed. The line is the word "ready",
// the address of the admin port and those that it listens at, divided by spaces.

#include "messages/base/result.hpp"
#include "messages/seal/node_list.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hearth {

struct Ready {
  std::vector<seal::Endpoint> listen;  ///< As bound: ports are never 0.
  seal::Endpoint admin;
};

/// `fd` -1: nobody waits, nothing is done.
void announce_ready(int fd, const Ready& ready);

/// The line without its end. Errors: `message_malformed`.
[[nodiscard]] Result<Ready> parse_ready(std::string_view line);
[[nodiscard]] std::string ready_line(const Ready& ready);

}  // namespace hearth
