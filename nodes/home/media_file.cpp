#include "nodes/home/media_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace hearth::home {

namespace {

UniqueFd open_beneath(int folder, const std::string& path, int flags) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  for (;;) {
    const auto fd = static_cast<int>(
        ::syscall(SYS_openat2, folder, path.empty() ? "." : path.c_str(), &how, sizeof how));
    // EAGAIN: something was renamed on the way, so the kernel could not prove the path.
    if (fd >= 0 || (errno != EINTR && errno != EAGAIN)) {
      return UniqueFd(fd);
    }
  }
}

OpenFailure failure_of(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR: return OpenFailure::vanished;
    case ELOOP:
    case EXDEV: return OpenFailure::symlink;
    case ENXIO:
    case ENODEV: return OpenFailure::special;
    default: return OpenFailure::unreadable;
  }
}

UniqueFd open_root(const std::string& folder) {
  return UniqueFd(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

}  // namespace

FileIdentity identity_of(const struct stat& status) {
  constexpr std::int64_t ns_per_s = 1'000'000'000;
  return {static_cast<std::uint64_t>(status.st_size),
          status.st_mtim.tv_sec * ns_per_s + status.st_mtim.tv_nsec, status.st_ino};
}

std::variant<MediaFile, OpenFailure> open_media_file(const std::string& folder,
                                                     const std::string& path) {
  const auto root = open_root(folder);
  if (!root) {
    return failure_of(errno);
  }
  MediaFile file{open_beneath(root.get(), path, O_RDONLY | O_NONBLOCK), {}};
  if (!file.fd) {
    return failure_of(errno);
  }
  struct stat status {};
  if (::fstat(file.fd.get(), &status) != 0) {
    return OpenFailure::unreadable;
  }
  if (!S_ISREG(status.st_mode)) {
    return OpenFailure::special;
  }
  file.identity = identity_of(status);
  return file;
}

std::variant<UniqueFd, OpenFailure> open_media_folder(const std::string& folder,
                                                      const std::string& path) {
  const auto root = open_root(folder);
  if (!root) {
    return failure_of(errno);
  }
  auto opened = open_beneath(root.get(), path, O_RDONLY | O_DIRECTORY);
  if (!opened) {
    return failure_of(errno);
  }
  return opened;
}

}  // namespace hearth::home
