#pragma once
// A network between processes of this machine, in which packets can be delayed and lost: one
// namespace a process, this machine itself, and a child process that carries the packets. Linux's
// own netem is missing from many kernels.

#include "messages/base/result.hpp"
#include "nodes/network/host.hpp"
#include "nodes/support/order_socket.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <sys/types.h>
#include <vector>

namespace hearth::network {

/// Lives as long as its owner; nothing of it is left when that one is gone, killed or not.
class EmulatedNetwork final {
 public:
  /// Host number n + 1 is `names[n]`, host 0 this machine. Takes orders at `order_socket_name` in
  /// `folder`. Call it before there are other threads. Precondition: below `hosts_max` names.
  /// Errors: those of `make_host`, `attach_machine` and `OrderSocket::listen`.
  [[nodiscard]] static Result<std::unique_ptr<EmulatedNetwork>> start(
      const std::filesystem::path& folder, std::uint8_t subnet,
      const std::vector<std::string>& names);
  EmulatedNetwork(const EmulatedNetwork&) = delete;
  EmulatedNetwork& operator=(const EmulatedNetwork&) = delete;
  ~EmulatedNetwork();

  /// Borrowed: for `setns`. Precondition: `name` is one of the names.
  [[nodiscard]] int netns_of(const std::string& name) const;
  /// Of the child that carries the packets.
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  explicit EmulatedNetwork(OrderSocket orders) : orders_(std::move(orders)) {}
  Result<void> fork_emulator(std::uint8_t subnet, const std::vector<std::string>& names);

  OrderSocket orders_;  ///< The child answers; here it is only removed at the end.
  std::vector<Attached> hosts_;
  std::map<std::string, std::size_t> by_name_;
  pid_t pid_ = -1;
};

}  // namespace hearth::network
