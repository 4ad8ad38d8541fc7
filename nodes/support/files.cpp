#include "nodes/support/files.hpp"

#include "nodes/support/unique_fd.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace hearth {
namespace {

namespace fs = std::filesystem;

ErrorCode code_of(int error_number) {
  switch (error_number) {
    case ENOENT: return ErrorCode::not_found;
    case ENAMETOOLONG: return ErrorCode::value_invalid;
    case ENOSPC:
    case EDQUOT: return ErrorCode::disk_full;
    case EACCES:
    case EPERM:
    case EROFS:
    case ENOTDIR:
    case EISDIR: return ErrorCode::not_readable;
    default: return ErrorCode::disk_failed;
  }
}

bool write_all(int fd, BytesView bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      return false;
    }
    bytes = bytes.subspan(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  return true;
}

/// A file system may accept the name of a file and lose it again unless its folder is synced.
bool sync_folder(const fs::path& folder) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fd && ::fsync(fd.get()) == 0;
}

}  // namespace

Error file_error(int error_number, const fs::path& path, std::string_view doing) {
  return {code_of(error_number),
          fmt::format("{} {}: {}", doing, path.string(), std::strerror(error_number))};
}

Result<fs::path> absolute_path(const fs::path& path) {
  std::error_code error;
  const auto absolute = fs::absolute(path, error);
  if (path.empty() || error) {
    return Error{ErrorCode::value_invalid,
                 path.empty()
                     ? "a path is empty"
                     : fmt::format("cannot tell where {} is: {}", path.string(), error.message())};
  }
  return absolute.lexically_normal();
}

bool is_there(const fs::path& path) {
  std::error_code unknown;
  return fs::exists(path, unknown);
}

Result<void> check_private(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
      (status.st_mode & 077U) != 0) {
    return Error{ErrorCode::not_readable,
                 fmt::format("{} can be read by others; make its mode 0600", path.string())};
  }
  return {};
}

Result<Bytes> read_file(const fs::path& path, std::size_t bytes_max) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) {
    return file_error(errno, path, "cannot open");
  }
  Bytes bytes(bytes_max + 1);
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    const auto count = ::read(fd.get(), bytes.data() + filled, bytes.size() - filled);
    if (count < 0 && errno != EINTR) {
      return file_error(errno, path, "cannot read");
    }
    if (count == 0) {
      break;
    }
    filled += count < 0 ? 0 : static_cast<std::size_t>(count);
  }
  if (filled > bytes_max) {
    return Error{ErrorCode::value_invalid,
                 fmt::format("{} is longer than {} bytes", path.string(), bytes_max)};
  }
  bytes.resize(filled);
  return bytes;
}

Result<void> write_file(const fs::path& path, BytesView bytes, mode_t mode) {
  const auto absolute = absolute_path(path);
  if (!absolute) {
    return absolute.error();
  }
  const fs::path temporary = path.string() + ".new";
  ::unlink(temporary.c_str());  // of a crash; its mode might be another
  const UniqueFd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode));
  if (!fd) {
    return file_error(errno, path, "cannot write");
  }
  if (!write_all(fd.get(), bytes) || ::fchmod(fd.get(), mode) != 0 || ::fsync(fd.get()) != 0 ||
      ::rename(temporary.c_str(), path.c_str()) != 0 ||
      !sync_folder(absolute.value().parent_path())) {
    const auto error = file_error(errno, path, "cannot write");
    ::unlink(temporary.c_str());
    return error;
  }
  return {};
}

Result<void> write_file(const fs::path& path, std::string_view text, mode_t mode) {
  return write_file(
      path, BytesView{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, mode);
}

Result<void> make_folder(const fs::path& path) {
  std::error_code error;
  const auto absolute = fs::absolute(path, error);
  if (fs::is_directory(absolute, error)) {
    return {};
  }
  if (absolute.has_parent_path() && absolute.parent_path() != absolute) {
    if (auto made = make_folder(absolute.parent_path()); !made) {
      return made;
    }
  }
  if (::mkdir(absolute.c_str(), 0700) != 0 && errno != EEXIST) {
    // What is above it is there: a file system that knows no new folders, as /proc.
    return file_error(errno == ENOENT ? EPERM : errno, absolute, "cannot make");
  }
  if (!fs::is_directory(absolute, error)) {
    return file_error(ENOTDIR, absolute, "cannot use");
  }
  return {};
}

Result<void> probe_space(const fs::path& folder, std::size_t bytes) {
  const auto path = folder / "space_probe";
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!fd) {
    return file_error(errno, folder, "cannot write in");
  }
  // Written, not allocated: file systems that share blocks promise nothing by fallocate.
  const bool written = write_all(fd.get(), Bytes(bytes, 0xA5)) && ::fdatasync(fd.get()) == 0;
  const int error_number = errno;
  ::unlink(path.c_str());
  if (!written) {
    return file_error(error_number, folder, "cannot write in");
  }
  return {};
}

}  // namespace hearth
