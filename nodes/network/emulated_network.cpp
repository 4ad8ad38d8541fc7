#include "nodes/network/emulated_network.hpp"

#include "messages/base/check.hpp"
#include "nodes/network/emulator.hpp"
#include "nodes/network/network_order.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace hearth::network {

Result<std::unique_ptr<EmulatedNetwork>> EmulatedNetwork::start(
    const std::filesystem::path& folder, std::uint8_t subnet,
    const std::vector<std::string>& names) {
  HEARTH_CHECK(names.size() < hosts_max);
  auto orders = OrderSocket::listen(folder, order_socket_name);
  if (!orders) {
    return orders.error();
  }
  std::unique_ptr<EmulatedNetwork> network(new EmulatedNetwork(std::move(orders.value())));
  auto machine = attach_machine(address_of(subnet, 0));
  if (!machine) {
    return machine.error();
  }
  network->hosts_.push_back(std::move(machine.value()));
  for (const auto& name : names) {
    auto host = make_host(address_of(subnet, network->hosts_.size()));
    if (!host) {
      return host.error();
    }
    network->by_name_[name] = network->hosts_.size();
    network->hosts_.push_back(std::move(host.value()));
  }
  if (auto forked = network->fork_emulator(subnet, names); !forked) {
    return forked.error();
  }
  return network;
}

Result<void> EmulatedNetwork::fork_emulator(std::uint8_t subnet,
                                            const std::vector<std::string>& names) {
  std::vector<EmulatedHost> hosts = {{"", address_of(subnet, 0), hosts_.front().packets.get()}};
  for (std::size_t i = 0; i < names.size(); ++i) {
    hosts.push_back({names[i], address_of(subnet, i + 1), hosts_[i + 1].packets.get()});
  }
  const auto parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) {
      ::_exit(1);  // It died before the kernel was told to watch it.
    }
    run_emulator(hosts, orders_);
  }
  return pid_ > 0
             ? Result<void>()
             : Error{ErrorCode::overloaded, fmt::format("cannot fork: {}", std::strerror(errno))};
}

EmulatedNetwork::~EmulatedNetwork() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
}

int EmulatedNetwork::netns_of(const std::string& name) const {
  const auto found = by_name_.find(name);
  HEARTH_CHECK(found != by_name_.end());
  return hosts_[found->second].netns.get();
}

}  // namespace hearth::network
