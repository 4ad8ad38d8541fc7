#include "nodes/support/file_watch.hpp"

#include <sys/stat.h>
#include <utility>

namespace hearth {

FileWatch::FileWatch(std::filesystem::path path) : path_(std::move(path)), known_(look()) {}

bool FileWatch::changed() {
  const auto now = look();
  if (now.size < 0 || now == known_) {
    return false;
  }
  known_ = now;
  return true;
}

FileWatch::State FileWatch::look() const {
  struct stat status {};
  if (::stat(path_.c_str(), &status) != 0) {
    return {};
  }
  return {status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

}  // namespace hearth
