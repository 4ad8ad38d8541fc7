#include "nodes/network/host.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <ifaddrs.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <memory>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <utility>

namespace hearth::network {
namespace {

constexpr int mtu = 1500;
constexpr int packets_waiting_max = 10'000;  ///< For the emulator, which drops nothing on its own.
constexpr const char* own_namespace = "/proc/thread-self/ns/net";
constexpr const char* interface_name = "hearth%d";

Error failed(const std::string& doing) {
  const auto code =
      errno == EPERM || errno == EACCES ? ErrorCode::not_allowed : ErrorCode::overloaded;
  return {code, fmt::format("cannot {}: {}{}", doing, std::strerror(errno),
                            code == ErrorCode::not_allowed ? "; it needs root" : "")};
}

sockaddr ipv4(const std::string& text) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  ::inet_pton(AF_INET, text.c_str(), &address.sin_addr);
  sockaddr plain{};
  std::memcpy(&plain, &address, sizeof plain);
  return plain;
}

ifreq request_for(const std::string& name) {
  ifreq request{};
  std::copy_n(name.begin(), std::min<std::size_t>(name.size(), IFNAMSIZ - 1),
              static_cast<char*>(request.ifr_name));
  return request;
}

bool set_up(const UniqueFd& socket, ifreq request) {
  if (::ioctl(socket.get(), SIOCGIFFLAGS, &request) != 0) {
    return false;
  }
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
  return ::ioctl(socket.get(), SIOCSIFFLAGS, &request) == 0;
}

bool configure(const std::string& name, const std::string& address) {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  auto request = request_for(name);
  request.ifr_addr = ipv4(address);
  bool done = socket && ::ioctl(socket.get(), SIOCSIFADDR, &request) == 0;
  request.ifr_netmask = ipv4("255.255.255.0");
  done = done && ::ioctl(socket.get(), SIOCSIFNETMASK, &request) == 0;
  request.ifr_mtu = mtu;
  done = done && ::ioctl(socket.get(), SIOCSIFMTU, &request) == 0;
  request.ifr_qlen = packets_waiting_max;
  done = done && ::ioctl(socket.get(), SIOCSIFTXQLEN, &request) == 0;
  return done && set_up(socket, request);
}

/// In the namespace of the calling thread.
Result<UniqueFd> make_interface(const std::string& address) {
  UniqueFd tun(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  auto request = request_for(interface_name);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  if (!tun || ::ioctl(tun.get(), TUNSETIFF, &request) != 0 ||
      !configure(static_cast<const char*>(request.ifr_name), address)) {
    return failed("make a network interface");
  }
  return tun;
}

bool set_up_loopback() {
  const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  return socket && set_up(socket, request_for("lo"));
}

}  // namespace

std::string address_of(std::uint8_t subnet, std::size_t host) {
  return fmt::format("10.213.{}.{}", subnet, host + 1);
}

Result<Attached> make_host(const std::string& address) {
  const UniqueFd before(::open(own_namespace, O_RDONLY | O_CLOEXEC));
  if (!before || ::unshare(CLONE_NEWNET) != 0) {
    return failed("make a network namespace");
  }
  UniqueFd netns(::open(own_namespace, O_RDONLY | O_CLOEXEC));
  auto tun = set_up_loopback() ? make_interface(address)
                               : Result<UniqueFd>(failed("set up a network namespace"));
  if (::setns(before.get(), CLONE_NEWNET) != 0) {
    return failed("leave a network namespace");
  }
  if (!tun) {
    return tun.error();
  }
  return Attached{std::move(netns), std::move(tun.value())};
}

Result<Attached> attach_machine(const std::string& address) {
  auto tun = make_interface(address);
  if (!tun) {
    return tun.error();
  }
  return Attached{UniqueFd(), std::move(tun.value())};
}

Result<std::uint8_t> free_subnet() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) {
    return failed("list the network interfaces");
  }
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(list, &::freeifaddrs);
  std::array<bool, 256> taken{};
  for (const auto* one = list; one != nullptr; one = one->ifa_next) {
    if (one->ifa_addr != nullptr && one->ifa_addr->sa_family == AF_INET) {
      sockaddr_in address{};
      std::memcpy(&address, one->ifa_addr, sizeof address);
      const auto number = ntohl(address.sin_addr.s_addr);
      if (number >> 16U == ((10U << 8U) | 213U)) {
        taken[(number >> 8U) & 0xFFU] = true;
      }
    }
  }
  const auto* const free = std::find(taken.begin(), taken.end(), false);
  if (free == taken.end()) {
    return Error{ErrorCode::in_use, "this machine uses all of 10.213.0.0/16"};
  }
  return static_cast<std::uint8_t>(free - taken.begin());
}

}  // namespace hearth::network
