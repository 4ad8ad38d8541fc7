#include "nodes/support/runtime_socket.hpp"

#include "messages/base/check.hpp"
#include "nodes/support/files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace hearth {
namespace {

namespace fs = std::filesystem;

constexpr int backlog = 16;
constexpr int full_pause_ms = 100;  // when descriptors are used up
constexpr timeval answer_patience{2, 0};

/// A folder that no other user can put sockets into: some come to lie in /tmp.
Result<UniqueFd> open_own_folder(const fs::path& path) {
  UniqueFd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct stat status {};
  if (!folder || ::fstat(folder.get(), &status) != 0) {
    return file_error(errno, path, "cannot open");
  }
  if (status.st_uid != ::geteuid()) {
    return Error{ErrorCode::not_readable, path.string() + " belongs to another user"};
  }
  if ((status.st_mode & 077U) != 0 && ::fchmod(folder.get(), 0700) != 0) {
    return file_error(errno, path, "cannot close to others");
  }
  return folder;
}

/// Through the folder's descriptor: it is the folder that was checked, and the paths of runtime
/// folders may be longer than an address can be.
sockaddr_un address_of(const UniqueFd& folder, const std::string& file) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = fmt::format("/proc/self/fd/{}/{}", folder.get(), file);
  HEARTH_CHECK(path.size() < sizeof(address.sun_path));
  std::copy(path.begin(), path.end(), address.sun_path);
  return address;
}

UniqueFd unix_socket() {
  return UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

/// Under a name of its own until it listens: a socket that refuses is one of the dead.
UniqueFd listen_in(const UniqueFd& folder, const std::string& file) {
  const auto fresh = file + ".new";
  const auto address = address_of(folder, fresh);
  ::unlinkat(folder.get(), fresh.c_str(), 0);
  auto listener = unix_socket();
  const bool listens =
      listener &&
      ::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0 &&
      ::fchmodat(folder.get(), fresh.c_str(), 0600, 0) == 0 &&
      ::listen(listener.get(), backlog) == 0 &&
      ::renameat(folder.get(), fresh.c_str(), folder.get(), file.c_str()) == 0;
  return listens ? std::move(listener) : UniqueFd{};
}

std::optional<std::string> read_to_end(const UniqueFd& peer) {
  std::string text(RuntimeSocket::text_bytes_max + 1, '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const auto count = ::recv(peer.get(), text.data() + filled, text.size() - filled, 0);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return std::nullopt;
    }
    if (count == 0) {
      text.resize(filled);
      return text;
    }
    filled += static_cast<std::size_t>(count);
  }
  return std::nullopt;
}

std::optional<std::string> ask(const UniqueFd& folder, const std::string& file) {
  const auto address = address_of(folder, file);
  const auto peer = unix_socket();
  if (!peer ||
      ::connect(peer.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    if (errno == ECONNREFUSED) {
      ::unlinkat(folder.get(), file.c_str(), 0);
    }
    return std::nullopt;
  }
  ::fcntl(peer.get(), F_SETFL, 0);  // From here on it may wait.
  ::setsockopt(peer.get(), SOL_SOCKET, SO_RCVTIMEO, &answer_patience, sizeof(answer_patience));
  return read_to_end(peer);
}

}  // namespace

fs::path runtime_folder(std::string_view xdg_runtime_dir) {
  if (fs::path folder(xdg_runtime_dir); folder.is_absolute()) {
    return folder / "hearth";
  }
  const auto own = fs::path("/run/user") / std::to_string(::geteuid());
  return is_there(own) ? own / "hearth" : fs::path(fmt::format("/tmp/hearth-{}", ::geteuid()));
}

Result<std::unique_ptr<RuntimeSocket>> RuntimeSocket::serve(const fs::path& folder,
                                                            const std::string& name,
                                                            std::string text) {
  HEARTH_CHECK(text.size() <= text_bytes_max);
  if (auto made = make_folder(folder); !made) {
    return made.error();
  }
  auto opened = open_own_folder(folder);
  if (!opened) {
    return opened.error();
  }
  auto file = name + ".sock";
  auto listener = listen_in(opened.value(), file);
  UniqueFd stop(::eventfd(0, EFD_CLOEXEC));
  if (!listener || !stop) {
    return file_error(errno, folder / file, "cannot listen at");
  }
  return std::unique_ptr<RuntimeSocket>(new RuntimeSocket(std::move(opened.value()),
                                                          std::move(file), std::move(listener),
                                                          std::move(stop), std::move(text)));
}

RuntimeSocket::RuntimeSocket(UniqueFd folder, std::string file, UniqueFd listener, UniqueFd stop,
                             std::string text)
    : folder_(std::move(folder)),
      file_(std::move(file)),
      listener_(std::move(listener)),
      stop_(std::move(stop)),
      text_(std::move(text)),
      thread_([this] { answer(); }) {}

RuntimeSocket::~RuntimeSocket() {
  ::eventfd_write(stop_.get(), 1);
  thread_.join();
  ::unlinkat(folder_.get(), file_.c_str(), 0);
}

void RuntimeSocket::answer() {
  std::array<pollfd, 2> waits{{{stop_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}}};
  while (true) {
    const bool woken = ::poll(waits.data(), waits.size(), -1) > 0;
    if (woken && waits[0].revents != 0) {
      return;
    }
    const UniqueFd peer(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (peer) {
      // An empty buffer takes it whole, and at once.
      ::send(peer.get(), text_.data(), text_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    } else if (errno == EMFILE || errno == ENFILE) {
      ::poll(waits.data(), 1, full_pause_ms);
    }
  }
}

Result<std::vector<std::string>> ask_runtime_sockets(const fs::path& folder) {
  std::vector<std::string> told;
  const auto opened = open_own_folder(folder);
  if (!opened) {
    return opened.error().code == ErrorCode::not_found ? Result(told) : opened.error();
  }
  std::vector<std::string> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".sock") {
      files.push_back(entry->path().filename().string());
    }
  }
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    if (auto text = ask(opened.value(), file)) {
      told.push_back(std::move(*text));
    }
  }
  return told;
}

}  // namespace hearth
