#include "nodes/client/output_file.hpp"

#include "nodes/support/files.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace hearth::cli {

OutputFile::OutputFile(std::filesystem::path path, std::filesystem::path part, UniqueFd file)
    : path_(std::move(path)), part_(std::move(part)), file_(std::move(file)) {}

OutputFile::~OutputFile() {
  if (file_ && !part_.empty()) {
    ::unlink(part_.c_str());
  }
}

Result<void> OutputFile::check(const std::filesystem::path& path) {
  std::error_code unknown;
  if (std::filesystem::is_directory(path, unknown) || !path.has_filename()) {
    return Error{ErrorCode::value_invalid, path.string() + " is a folder: name a file in it"};
  }
  return {};
}

Result<OutputFile> OutputFile::create(const std::filesystem::path& path) {
  if (auto fits = check(path); !fits) {
    return fits.error();
  }
  std::error_code unknown;
  const auto there = std::filesystem::status(path, unknown);
  if (std::filesystem::is_other(there)) {
    UniqueFd file{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
    return file ? Result<OutputFile>{OutputFile{path, {}, std::move(file)}}
                : Result<OutputFile>{file_error(errno, path, "open")};
  }
  auto part = path;
  part += ".part";
  UniqueFd file{::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)};
  if (!file) {
    return file_error(errno, part, "create");
  }
  return OutputFile{path, std::move(part), std::move(file)};
}

Result<void> OutputFile::write(BytesView bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(file_.get(), bytes.data(), bytes.size());
    if (count < 0 && errno != EINTR) {
      return file_error(errno, part_.empty() ? path_ : part_, "write");
    }
    bytes = bytes.subspan(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
  return {};
}

Result<void> OutputFile::finish() {
  if (part_.empty()) {
    file_.reset();
    return {};
  }
  if (::fsync(file_.get()) != 0) {
    return file_error(errno, part_, "sync");
  }
  if (std::rename(part_.c_str(), path_.c_str()) != 0) {
    return file_error(errno, path_, "rename");
  }
  file_.reset();
  auto folder = path_.parent_path();
  folder = folder.empty() ? std::filesystem::path{"."} : folder;
  const UniqueFd opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!opened || ::fsync(opened.get()) != 0) {
    return file_error(errno, folder, "sync");
  }
  return {};
}

}  // namespace hearth::cli
