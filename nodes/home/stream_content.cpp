#include "nodes/home/stream_content.hpp"

#include "nodes/home/media_type.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hearth::home {

namespace {

Error error_of(OpenFailure failure) {
  if (failure == OpenFailure::unreadable) {
    return {ErrorCode::not_readable, "the file cannot be read"};
  }
  return {ErrorCode::item_gone, "there is no regular file in this place any more"};
}

const Error changed{ErrorCode::item_changed, "the file is not the one that was scanned"};

Result<void> read_all(int file, std::uint64_t offset, std::span<std::uint8_t> to) {
  while (!to.empty()) {
    const auto got = ::pread(file, to.data(), to.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return Error{ErrorCode::not_readable, "the disk does not give the bytes"};
    }
    if (got == 0) {
      return changed;
    }
    offset += static_cast<std::uint64_t>(got);
    to = to.subspan(static_cast<std::size_t>(got));
  }
  return {};
}

std::string_view extension_of(std::string_view path) {
  const auto* type = media_type_of(path.substr(path.rfind('/') + 1));
  return type == nullptr ? std::string_view{} : type->extension;
}

}  // namespace

Result<StreamContent> StreamContent::open(const StreamSource& source, const TakeArt& take_art) {
  auto opened = open_media_file(source.folder, source.path);
  if (const auto* failure = std::get_if<OpenFailure>(&opened)) {
    return error_of(*failure);
  }
  auto& media = std::get<MediaFile>(opened);
  const FileIdentity wanted{source.size, source.mtime_ns, source.inode};
  if (!source.art_file && media.identity != wanted) {
    return changed;
  }
  StreamContent content;
  content.identity_ = media.identity;
  content.size_ = media.identity.size;
  content.file_ = std::move(media.fd);
  if (source.embedded_art) {
    auto art = take_art(content.file_.get(), extension_of(source.path));
    if (!art) {
      return art.error();
    }
    content.art_ = std::move(art.value());
    content.size_ = content.art_.size();
    content.mime_ = picture_type_of(content.art_).mime;
    content.file_.reset();
  } else if (source.art_file) {
    std::array<std::uint8_t, 16> head{};
    const auto bytes = std::min<std::uint64_t>(head.size(), content.size_);
    if (auto read = content.read(0, std::span(head).first(bytes)); !read) {
      return read.error();
    }
    content.mime_ = picture_type_of(head).mime;
  } else {
    static_cast<void>(::posix_fadvise(content.file_.get(), 0, 0, POSIX_FADV_SEQUENTIAL));
  }
  return content;
}

Result<void> StreamContent::read(std::uint64_t offset, std::span<std::uint8_t> to) const {
  if (!file_) {
    std::copy_n(art_.begin() + static_cast<std::ptrdiff_t>(offset), to.size(), to.begin());
    return {};
  }
  if (auto read = read_all(file_.get(), offset, to); !read) {
    return read;
  }
  struct stat status {};  // After the bytes: whatever changed them before shows now.
  if (::fstat(file_.get(), &status) != 0 || identity_of(status) != identity_) {
    return changed;
  }
  return {};
}

}  // namespace hearth::home
