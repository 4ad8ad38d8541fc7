#include "nodes/support/data_folder.hpp"

#include "nodes/support/files.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/file.h>
#include <toml++/toml.h>
#include <utility>

namespace hearth {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t small_file_bytes_max = 64U << 10U;
constexpr std::size_t space_needed_bytes = 256U << 10U;
constexpr Millis lock_patience{1000};
constexpr Millis lock_pause{50};

std::string as_text(const Bytes& bytes) {
  return {bytes.begin(), bytes.end()};
}

Result<std::string> parse_role(const fs::path& path, const std::string& text) {
  try {
    const auto table = toml::parse(text);
    const auto role = table["role"].value<std::string>();
    const auto format = table["format"].value<int>();
    if (role && format) {
      if (*format > DataFolder::format) {
        return Error{ErrorCode::format_newer,
                     fmt::format("{} was written by a newer version of Hearth (format {}, this one "
                                 "reads up to {})",
                                 path.parent_path().string(), *format, DataFolder::format)};
      }
      return *role;
    }
  } catch (const toml::parse_error&) {
    // Told below, like a file that lacks a key.
  }
  return Error{ErrorCode::message_malformed, fmt::format("{} is damaged", path.string())};
}

Result<UniqueFd> take_lock(const fs::path& folder) {
  const auto path = folder / "lock";
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd) {
    return file_error(errno, folder, "cannot write in");
  }
  for (auto left = lock_patience; ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0; left -= lock_pause) {
    if (left <= Millis(0)) {
      return Error{ErrorCode::in_use,
                   fmt::format("{} is in use by another process", folder.string())};
    }
    ::poll(nullptr, 0, static_cast<int>(lock_pause.count()));
  }
  return fd;
}

Result<void> check_role(const fs::path& folder, std::string_view role) {
  auto found = role_of_folder(folder);
  if (found) {
    if (found.value() == role) {
      return {};
    }
    return Error{ErrorCode::wrong_role, fmt::format("{} holds the data of a {}, not of a {}",
                                                    folder.string(), found.value(), role)};
  }
  if (found.error().code != ErrorCode::not_found) {
    return found.error();
  }
  return {};
}

}  // namespace

DataFolder::DataFolder(fs::path path, UniqueFd lock)
    : path_(std::move(path)), lock_(std::move(lock)) {}

Result<std::unique_ptr<DataFolder>> DataFolder::open(const fs::path& path, std::string_view role) {
  const auto absolute = absolute_path(path);
  if (!absolute) {
    return absolute.error();
  }
  const auto& folder = absolute.value();
  if (auto made = make_folder(folder); !made) {
    return made.error();
  }
  // Before the lock too, so that a refused folder does not even get a lock file.
  if (auto fits = check_role(folder, role); !fits) {
    return fits.error();
  }
  auto lock = take_lock(folder);
  if (!lock) {
    return lock.error();
  }
  if (auto fits = check_role(folder, role); !fits) {
    return fits.error();
  }
  if (auto space = probe_space(folder, space_needed_bytes); !space) {
    return space.error();
  }
  if (!is_there(folder / "role")) {
    const auto text = fmt::format("role = \"{}\"\nformat = {}\n", role, format);
    if (auto written = write_file(folder / "role", text, 0600); !written) {
      return written.error();
    }
  }
  return std::unique_ptr<DataFolder>(new DataFolder(folder, std::move(lock.value())));
}

Result<std::unique_ptr<DataFolder>> DataFolder::open_existing(const fs::path& path,
                                                              std::string_view role) {
  if (!path.empty() && !is_there(path / "role")) {
    return Error{ErrorCode::not_found,
                 fmt::format("{} is no data folder: make one with `hearth node init {} --data {}`",
                             path.string(), role, path.string())};
  }
  return open(path, role);
}

Result<seal::Identity> DataFolder::identity() const {
  return load_identity(path_ / "identity");
}

Result<seal::Identity> DataFolder::create_identity() const {
  return hearth::create_identity(path_ / "identity");
}

Result<seal::Identity> DataFolder::load_or_create_identity() const {
  return hearth::load_or_create_identity(path_ / "identity");
}

Result<std::string> role_of_folder(const fs::path& path) {
  auto bytes = read_file(path / "role", small_file_bytes_max);
  if (!bytes) {
    return bytes.error();
  }
  return parse_role(path / "role", as_text(bytes.value()));
}

bool is_in_use(const fs::path& path) {
  const UniqueFd fd(::open((path / "lock").c_str(), O_RDWR | O_CLOEXEC));
  return fd && ::flock(fd.get(), LOCK_SH | LOCK_NB) != 0;
}

Result<seal::Identity> load_identity(const fs::path& path) {
  if (auto hidden = check_private(path); !hidden) {
    return hidden.error();
  }
  auto bytes = read_file(path, small_file_bytes_max);
  if (!bytes) {
    return bytes.error();
  }
  auto identity = seal::decode_identity(bytes.value());
  if (!identity) {
    return Error{identity.error().code,
                 fmt::format("{}: {}", path.string(), identity.error().detail)};
  }
  return identity;
}

Result<seal::Identity> create_identity(const fs::path& path) {
  if (is_there(path)) {
    return Error{ErrorCode::already_exists, fmt::format("{} is already there", path.string())};
  }
  const auto identity = seal::Identity::generate();
  auto bytes = seal::encode_identity(identity);
  const auto written = write_file(path, bytes, 0600);
  seal::wipe(bytes);
  return written ? Result<seal::Identity>(identity) : written.error();
}

Result<seal::Identity> load_or_create_identity(const fs::path& path) {
  auto found = load_identity(path);
  return !found && found.error().code == ErrorCode::not_found ? create_identity(path) : found;
}

}  // namespace hearth
