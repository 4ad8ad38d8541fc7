#include "nodes/home/probe_worker.hpp"

#include "nodes/home/probe_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hearth::home {

namespace {

/// After fork: only calls that are safe there. Never returns.
[[noreturn]] void become_worker(int socket, char* const* command) {
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  ::dup2(socket, STDIN_FILENO);
  ::dup2(nowhere, STDOUT_FILENO);
  ::close_range(STDERR_FILENO + 1, ~0U, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  char* const no_environment[] = {nullptr};
  ::execve(command[0], command, no_environment);
  ::_exit(127);
}

bool send_request(int socket, const ProbeRequest& request, int file) {
  iovec part{const_cast<ProbeRequest*>(&request), sizeof request};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof file)]{};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  auto* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof file);
  std::memcpy(CMSG_DATA(header), &file, sizeof file);
  return ::sendmsg(socket, &message, MSG_NOSIGNAL) == sizeof request;
}

constexpr std::size_t length_bytes = 4;

std::size_t length_in(const Bytes& received) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) {
    length |= std::size_t{received[i]} << (8 * i);
  }
  return length;
}

std::size_t answer_bytes_max(ProbeTask task) {
  return task == ProbeTask::art ? art_bytes_max : probe_answer_bytes_max;
}

}  // namespace

std::string prober_program() {
  std::error_code unknown;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", unknown);
  return (self.parent_path() / "hearth-prober").string();
}

ProbeWorker::ProbeWorker(ProbeOptions options) : options_(std::move(options)) {}

ProbeWorker::~ProbeWorker() {
  kill();
}

Result<void> ProbeWorker::start() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return Error{ErrorCode::overloaded, "no socket pair for a probe worker"};
  }
  std::vector<char*> command;
  for (auto& word : options_.command) {
    command.push_back(word.data());
  }
  command.push_back(nullptr);
  const auto pid = ::fork();
  if (pid == 0) {
    become_worker(ends[1], command.data());
  }
  ::close(ends[1]);
  if (pid < 0) {
    ::close(ends[0]);
    return Error{ErrorCode::overloaded, "no process for a probe worker"};
  }
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  socket_ = ends[0];
  pid_ = pid;
  return {};
}

Result<void> ProbeWorker::send(ProbeTask task, int file, std::string_view extension) {
  ProbeRequest request{};
  request.task = static_cast<std::uint8_t>(task);
  request.extension_bytes =
      static_cast<std::uint8_t>(std::min(extension.size(), sizeof request.extension));
  std::copy_n(extension.begin(), request.extension_bytes, request.extension);
  const bool fresh = socket_ < 0;
  if (fresh) {
    if (auto started = start(); !started) {
      return started;
    }
  }
  if (!send_request(socket_, request, file)) {
    const bool full = errno == EAGAIN;
    if (!full && !fresh && out_.empty()) {  // It died while it had nothing to do.
      kill();
      return send(task, file, extension);
    }
    return Error{ErrorCode::overloaded, "the probe worker takes no more"};
  }
  out_.push_back(task);
  return {};
}

Result<std::optional<Bytes>> ProbeWorker::receive() {
  while (!out_.empty()) {
    if (received_.size() >= length_bytes) {
      const auto length = length_in(received_);
      if (length > answer_bytes_max(out_.front())) {
        kill();
        return Error{ErrorCode::message_malformed, "an answer beyond its bound"};
      }
      if (received_.size() >= length_bytes + length) {
        const auto begin = received_.begin() + length_bytes;
        const auto end = begin + static_cast<std::ptrdiff_t>(length);
        Bytes answer(begin, end);
        received_.erase(received_.begin(), end);
        out_.pop_front();
        return std::optional(std::move(answer));
      }
    }
    if (auto more = receive_more(); !more) {
      return more.error();
    } else if (!more.value()) {
      return std::optional<Bytes>{};
    }
  }
  return std::optional<Bytes>{};
}

Result<bool> ProbeWorker::receive_more() {
  constexpr std::size_t piece = 64U << 10U;
  const auto had = received_.size();
  received_.resize(had + piece);
  const auto got = ::recv(socket_, received_.data() + had, piece, 0);
  received_.resize(had + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got > 0) {
    return true;
  }
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
    return false;
  }
  const bool by_itself = kill();
  return Error{by_itself ? ErrorCode::stopping : ErrorCode::unreachable, "the probe worker ended"};
}

Result<Bytes> ProbeWorker::ask(ProbeTask task, int file, std::string_view extension) {
  if (auto sent = send(task, file, extension); !sent) {
    return sent.error();
  }
  const auto until = std::chrono::steady_clock::now() + options_.timeout;
  for (;;) {
    auto answer = receive();
    if (!answer) {
      return answer.error();
    }
    if (answer.value()) {
      return std::move(*answer.value());
    }
    const auto left =
        std::chrono::duration_cast<Millis>(until - std::chrono::steady_clock::now()).count();
    pollfd readable{socket_, POLLIN, 0};
    if (left <= 0 || ::poll(&readable, 1, static_cast<int>(left)) == 0) {
      kill();
      return Error{ErrorCode::timed_out, "the probe worker does not answer"};
    }
  }
}

bool ProbeWorker::kill() {
  if (pid_ < 0) {
    return false;
  }
  ::close(socket_);
  int status = 0;
  ::kill(pid_, SIGKILL);  // Without effect on one that has ended: its own status stays.
  ::waitpid(pid_, &status, 0);
  pid_ = -1;
  socket_ = -1;
  received_.clear();
  out_.clear();
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace hearth::home
