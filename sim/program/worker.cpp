#include "sim/program/worker.hpp"

#include "sim/drill/writer.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace hearth::sim {
namespace {

constexpr std::size_t answer_bytes_max = std::size_t{1} << 30U;
constexpr std::size_t complaint_bytes_max = std::size_t{64} << 10U;

/// The order as a file that the child can read to its end; -1: none.
int order_file(const WorkOrder& order) {
  const auto text = drill::to_toml(order.profile) + '\0' + drill::to_toml(order.drill);
  const int fd = ::memfd_create("drill", MFD_CLOEXEC);
  if (fd >= 0 && (::write(fd, text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
                  ::lseek(fd, 0, SEEK_SET) != 0)) {
    ::close(fd);
    return -1;
  }
  return fd;
}

/// Between fork and exec: system calls only.
[[noreturn]] void become(char* const* arguments, int order, int answer, int complaint,
                         pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) {
    ::_exit(1);  // It died before the kernel was told to watch it.
  }
  ::dup2(order, STDIN_FILENO);
  ::dup2(answer, STDOUT_FILENO);
  ::dup2(complaint, STDERR_FILENO);
  ::execv("/proc/self/exe", arguments);
  ::_exit(127);
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) {
    const auto* name = ::sigabbrev_np(WTERMSIG(status));
    return fmt::format("SIG{}", name == nullptr ? "NAL" : name);
  }
  return fmt::format("exit code {}", WEXITSTATUS(status));
}

std::string last_line(std::string text) {
  text.erase(text.find_last_not_of('\n') + 1);
  return text.substr(text.rfind('\n') + 1);
}

/// What `mark` ends.
std::vector<std::string> parts_of(const std::string& text, char mark) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0, end = 0; (end = text.find(mark, begin)) != std::string::npos;
       begin = end + 1) {
    parts.push_back(text.substr(begin, end - begin));
  }
  return parts;
}

std::vector<std::uint64_t> marks_of(const std::string& line) {
  std::vector<std::uint64_t> marks;
  const auto* const end = line.data() + line.size();
  for (const auto* at = line.data(); at < end; ++at) {
    at = std::from_chars(at, end, marks.emplace_back(), 16).ptr;
  }
  return marks;
}

}  // namespace

Result<Worker> Worker::start(const WorkOrder& order) {
  std::vector<std::string> words = {"hearth-drill", "work", "--seed", std::to_string(order.seed)};
  if (order.lines_from) {
    words.insert(words.end(), {"--lines-from", std::to_string(*order.lines_from)});
  }
  std::vector<char*> arguments;
  for (auto& word : words) {
    arguments.push_back(word.data());
  }
  arguments.push_back(nullptr);
  const int file = order_file(order);
  std::array<int, 2> answer{-1, -1};
  std::array<int, 2> complaint{-1, -1};
  const bool ready = file >= 0 && ::pipe2(answer.data(), O_CLOEXEC) == 0 &&
                     ::pipe2(complaint.data(), O_CLOEXEC) == 0;
  const pid_t parent = ::getpid();
  const pid_t pid = ready ? ::fork() : -1;
  if (pid == 0) {
    become(arguments.data(), file, answer[1], complaint[1], parent);
  }
  const auto error = errno;
  ::close(file);
  ::close(answer[1]);
  ::close(complaint[1]);
  Worker worker;
  worker.pid_ = pid;
  worker.seed_ = order.seed;
  worker.answer_.fd = answer[0];
  worker.complaint_.fd = complaint[0];
  if (pid < 0) {
    return Error{ErrorCode::overloaded, fmt::format("cannot start a process for seed {}: {}",
                                                    order.seed, std::strerror(error))};
  }
  ::fcntl(answer[0], F_SETFL, O_NONBLOCK);
  ::fcntl(complaint[0], F_SETFL, O_NONBLOCK);
  return worker;
}

Worker::Worker(Worker&& other) noexcept {
  *this = std::move(other);
}

Worker& Worker::operator=(Worker&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(seed_, other.seed_);
  std::swap(answer_, other.answer_);
  std::swap(complaint_, other.complaint_);
  return *this;
}

Worker::~Worker() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  for (const int fd : {answer_.fd, complaint_.fd}) {
    if (fd >= 0) {
      ::close(fd);
    }
  }
}

void Worker::take(Stream& stream, std::size_t bytes_max) {
  std::array<char, 65536> buffer{};
  while (stream.fd >= 0) {
    const auto count = ::read(stream.fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0 && errno == EAGAIN) {
      return;
    }
    if (count <= 0) {
      ::close(std::exchange(stream.fd, -1));
      return;
    }
    stream.text.append(buffer.data(), static_cast<std::size_t>(count));
    if (stream.text.size() > bytes_max) {
      stream.text.erase(0, stream.text.size() - bytes_max);  // The end says why.
    }
  }
}

bool Worker::read() {
  take(answer_, answer_bytes_max);
  take(complaint_, complaint_bytes_max);
  return answer_.fd < 0 && complaint_.fd < 0;
}

WorkResult Worker::crashed(const std::string& how) const {
  WorkResult result;
  result.outcome.seed = seed_;
  const auto said = last_line(complaint_.text);
  result.outcome.crashed = said.empty() ? how : fmt::format("{}: {}", how, said);
  return result;
}

WorkResult Worker::finish() {
  int status = 0;
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return crashed(how_it_ended(status));
  }
  auto lines = parts_of(answer_.text, '\n');
  auto outcome = lines.size() < 3 ? Error{ErrorCode::message_malformed, "no answer"}
                                  : drill::outcome_from_json(lines[0]);
  if (!outcome) {
    return crashed(fmt::format("its answer is not whole ({})", outcome.error().detail));
  }
  auto marks = marks_of(lines[1]);
  outcome.value().covered = parts_of(lines[2], '\t');
  lines.erase(lines.begin(), lines.begin() + 3);
  return {std::move(outcome.value()), std::move(marks), std::move(lines)};
}

}  // namespace hearth::sim
