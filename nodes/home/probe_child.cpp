// The child's side of a probe worker.
//
//   task:   number 1 | extension length 1 | extension 14, zero padded; with one descriptor
//   answer: length 4, little-endian | a ProbeAnswer, or the bytes of a cover

#include "nodes/home/probe_child.hpp"

#include "nodes/home/probe_socket.hpp"
#include "nodes/home/probe_worker.hpp"
#include "nodes/home/prober.hpp"
#include "nodes/support/unique_fd.hpp"

#include <csignal>
#include <cstring>
#include <ctime>
#include <linux/landlock.h>
#include <optional>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__)
#define HEARTH_ADDRESS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HEARTH_ADDRESS_SANITIZER 1
#endif
#endif

namespace hearth::home {

namespace {

constexpr rlim_t cpu_s_max = 600;
constexpr std::clock_t cpu_s_enough = 300;  ///< Then the worker ends by itself, between files.
constexpr rlim_t memory_bytes_max = rlim_t{1} << 30U;
constexpr rlim_t files_max = 16;

void limit(decltype(RLIMIT_CPU) what, rlim_t to) {
  const rlimit both{to, to};
  static_cast<void>(::setrlimit(what, &both));
}

/// Closes the file system. Kernels without Landlock do without: the limits stand anyway.
void give_up_files() {
  landlock_ruleset_attr rules{};
  rules.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1;  // All rights of version 1.
  const UniqueFd set(
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0)));
  if (set) {
    static_cast<void>(::syscall(SYS_landlock_restrict_self, set.get(), 0));
  }
}

void give_up_rights() {
  static_cast<void>(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  static_cast<void>(::setpriority(PRIO_PROCESS, 0, 10));
  limit(RLIMIT_CPU, cpu_s_max);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, files_max);
  limit(RLIMIT_NPROC, 0);
#ifndef HEARTH_ADDRESS_SANITIZER  // Which maps terabytes.
  limit(RLIMIT_AS, memory_bytes_max);
#endif
  give_up_files();
}

struct Order {
  ProbeTask task = ProbeTask::describe;
  std::string extension;
  UniqueFd file;
};

UniqueFd descriptor_in(msghdr& message) {
  const auto* control = CMSG_FIRSTHDR(&message);
  if (control == nullptr || control->cmsg_type != SCM_RIGHTS) {
    return {};
  }
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(control), sizeof fd);
  return UniqueFd(fd);
}

/// Nothing when the home closed the socket.
std::optional<Order> next_order(int socket) {
  ProbeRequest request{};
  iovec part{&request, sizeof request};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))];
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const auto got = ::recvmsg(socket, &message, MSG_WAITALL | MSG_CMSG_CLOEXEC);
  if (got != sizeof request || request.extension_bytes > sizeof request.extension) {
    return std::nullopt;
  }
  return Order{static_cast<ProbeTask>(request.task),
               std::string(request.extension, request.extension_bytes), descriptor_in(message)};
}

bool send_all(int socket, BytesView bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return false;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return true;
}

bool send_answer(int socket, const Bytes& answer) {
  std::uint8_t length[4];
  for (unsigned i = 0; i < sizeof length; ++i) {
    length[i] = static_cast<std::uint8_t>(answer.size() >> (8 * i));
  }
  return send_all(socket, length) && send_all(socket, answer);
}

}  // namespace

bool serve_probe_task(int socket) {
  const auto order = next_order(socket);
  return order &&
         send_answer(socket, order->task == ProbeTask::art
                                 ? embedded_art(order->file.get(), order->extension)
                                 : encode_probe_answer(probe(order->file.get(), order->extension)));
}

int run_probe_worker(int socket) {
  give_up_rights();
  while (std::clock() < cpu_s_enough * CLOCKS_PER_SEC && serve_probe_task(socket)) {
  }
  return 0;
}

}  // namespace hearth::home
