#pragma once
// Carries packets between hosts, late, never or twice, as its orders say. It never ends; whoever
// runs it gives it a process.

#include "nodes/network/ways.hpp"
#include "nodes/support/order_socket.hpp"

#include <string>
#include <vector>

namespace hearth::network {

struct EmulatedHost {
  std::string name;     ///< That orders may use; empty: none may.
  std::string address;  ///< IPv4.
  int packets = -1;     ///< As `Attached::packets`; borrowed.
};

[[noreturn]] void run_emulator(const std::vector<EmulatedHost>& hosts, OrderSocket& orders);

}  // namespace hearth::network
