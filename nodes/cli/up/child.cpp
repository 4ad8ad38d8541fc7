#include "nodes/cli/up/child.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <utility>

namespace hearth::cli::up {
namespace {

constexpr std::size_t line_bytes_max = 64U << 10U;

struct Pipe {
  UniqueFd reader;
  UniqueFd writer;
};

std::optional<Pipe> make_pipe() {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) {
    return std::nullopt;
  }
  ::fcntl(fds[0], F_SETFL, O_NONBLOCK);
  return Pipe{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

/// Between fork and exec: system calls only.
[[noreturn]] void become(const char* program, char* const* arguments, int log, int ready, int netns,
                         pid_t parent) {
  ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) {
    ::_exit(1);  // It died before the kernel was told to watch it.
  }
  if (netns >= 0 && ::setns(netns, CLONE_NEWNET) != 0) {
    ::_exit(1);  // Elsewhere it would listen where nobody looks.
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::dup2(log, STDERR_FILENO);
  ::dup2(log, STDOUT_FILENO);
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
  ::fcntl(ready, F_SETFD, 0);
  ::execv(program, arguments);
  ::_exit(127);
}

}  // namespace

Child::Child(pid_t pid, UniqueFd log, UniqueFd ready)
    : pid_(pid), log_(std::move(log)), ready_(std::move(ready)) {}

Result<Child> Child::start(const std::string& program, const std::vector<std::string>& arguments,
                           int netns) {
  auto log = make_pipe();
  auto ready = make_pipe();
  if (!log || !ready) {
    return Error{ErrorCode::overloaded,
                 fmt::format("cannot make a pipe: {}", std::strerror(errno))};
  }
  auto words = arguments;
  words.insert(words.begin(), "hearth");
  words.insert(words.end(), {"--ready-fd", std::to_string(ready->writer.get())});
  std::vector<char*> argv;
  for (auto& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) {
    return Error{ErrorCode::overloaded, fmt::format("cannot fork: {}", std::strerror(errno))};
  }
  if (pid == 0) {
    become(program.c_str(), argv.data(), log->writer.get(), ready->writer.get(), netns,
           parent);
  }
  return Child(pid, std::move(log->reader), std::move(ready->reader));
}

std::vector<std::string> Child::read_lines(UniqueFd& fd, std::string& rest) {
  std::vector<std::string> lines;
  std::array<char, 16384> buffer{};
  while (fd) {
    const auto count = ::read(fd.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0 && errno == EAGAIN) {
      break;
    }
    if (count <= 0) {
      fd.reset();
      if (!rest.empty()) {
        lines.push_back(std::exchange(rest, {}));
      }
      break;
    }
    rest.append(buffer.data(), static_cast<std::size_t>(count));
    std::size_t begin = 0;
    for (auto end = rest.find('\n'); end != std::string::npos; end = rest.find('\n', begin)) {
      lines.push_back(rest.substr(begin, end - begin));
      begin = end + 1;
    }
    rest.erase(0, begin);
    if (rest.size() > line_bytes_max) {
      lines.push_back(std::exchange(rest, {}));
    }
  }
  return lines;
}

void Child::signal(int number) const {
  // It may not lead its group yet: then it is alone, and must hear of it all the same.
  if (::kill(-pid_, number) != 0 && errno == ESRCH) {
    ::kill(pid_, number);
  }
}

}  // namespace hearth::cli::up
