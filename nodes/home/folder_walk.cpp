#include "nodes/home/folder_walk.hpp"

#include "messages/base/limits.hpp"
#include "messages/base/text.hpp"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace hearth::home {

namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

struct Name {
  std::string text;
  unsigned char type = DT_UNKNOWN;
};

/// The names in a folder, sorted. False: it could not be read to the end.
bool list(DIR* directory, std::vector<Name>& names) {
  for (;;) {
    errno = 0;
    const auto* entry = ::readdir(directory);
    if (entry == nullptr) {
      break;
    }
    const std::string_view name = entry->d_name;
    if (name != "." && name != ".." && !is_system_name(name)) {
      names.push_back({std::string(name), entry->d_type});
    }
  }
  const bool complete = errno == 0;
  std::ranges::sort(names, {}, &Name::text);
  return complete;
}

std::string below(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + '/' + std::string(name);
}

class Walk {
 public:
  Walk(const std::string& media_folder, Findings& findings, ScanProblems& problems)
      : media_folder_(media_folder), findings_(findings), problems_(problems) {}

  std::vector<std::string> run(const std::function<bool()>& stopped) {
    open_.push_back({nullptr, {}});
    while (!open_.empty() && !stopped()) {
      auto next = std::move(open_.back());
      open_.pop_back();
      visit(std::move(next));
    }
    return std::move(unreadable_);
  }

 private:
  struct Pending {
    const FoundFolder* parent = nullptr;
    std::string path;
  };

  void visit(Pending pending) {
    auto opened = open_media_folder(media_folder_, pending.path);
    auto* fd = std::get_if<UniqueFd>(&opened);
    const Directory directory(fd == nullptr ? nullptr : ::fdopendir(fd->get()));
    if (!directory) {
      report_folder(pending.path, opened);
      return;
    }
    static_cast<void>(fd->release());
    std::vector<Name> names;
    if (!list(directory.get(), names)) {
      unreadable(pending.path);
    }
    auto& folder = findings_.folders.emplace_back(
        FoundFolder{&media_folder_, std::move(pending.path), pending.parent, {}});
    const auto first_below = open_.size();
    for (const auto& name : names) {
      take(folder, ::dirfd(directory.get()), name);
    }
    std::reverse(open_.begin() + static_cast<std::ptrdiff_t>(first_below), open_.end());
  }

  void take(FoundFolder& folder, int directory, const Name& name) {
    const auto* type = media_type_of(name.text);
    if (name.type == DT_REG && type == nullptr) {
      return;
    }
    struct stat status {};
    if (::fstatat(directory, name.text.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
      if (errno != ENOENT) {
        unreadable(below(folder.path, name.text));
      }
      return;
    }
    const auto path = below(folder.path, name.text);
    if (S_ISLNK(status.st_mode)) {
      problem(path, "symlink");
    } else if (S_ISDIR(status.st_mode)) {
      take_folder(folder, path);
    } else if (type != nullptr) {
      take_file(folder, directory, {&folder, name.text, type, identity_of(status)},
                S_ISREG(status.st_mode));
    }
  }

  void take_folder(const FoundFolder& folder, const std::string& path) {
    if (!is_utf8(path)) {
      problem(path, "not_utf8");
    } else if (fits(path)) {
      open_.push_back({&folder, path});
    } else {
      problem(path.substr(0, limits::path_bytes_max / 2), "unreadable");
    }
  }

  void take_file(FoundFolder& folder, int directory, FoundFile file, bool regular) {
    const auto path = below(folder.path, file.name);
    if (!is_utf8(file.name)) {
      problem(path, "not_utf8");
    } else if (!regular) {
      problem(path, "special");
    } else if (file.identity.size == 0) {
      problem(path, "empty");
    } else if (!fits(path) || ::faccessat(directory, file.name.c_str(), R_OK, AT_EACCESS) != 0) {
      problem(path, "unreadable");
    } else {
      take_cover(folder, file.name);
      findings_.files.push_back(std::move(file));
    }
  }

  static void take_cover(FoundFolder& folder, const std::string& name) {
    const auto rank = cover_rank(name);
    const auto known = cover_rank(folder.cover);
    if (rank != 0 && (known == 0 || rank < known)) {
      folder.cover = name;
    }
  }

  [[nodiscard]] bool fits(const std::string& path) const {
    return media_folder_.size() + 1 + path.size() <= limits::path_bytes_max;
  }

  void report_folder(const std::string& path, const std::variant<UniqueFd, OpenFailure>& opened) {
    const auto* failure = std::get_if<OpenFailure>(&opened);
    if (failure != nullptr && *failure == OpenFailure::symlink) {
      problem(path, "symlink");  // It was a folder a moment ago.
    } else if (path.empty() || failure == nullptr || *failure != OpenFailure::vanished) {
      unreadable(path);
    }
  }

  /// What is at `path` and below it is not known to be gone.
  void unreadable(const std::string& path) {
    problem(path, "unreadable");
    unreadable_.push_back(path.empty() ? media_folder_ : media_folder_ + '/' + path);
  }

  void problem(const std::string& path, std::string_view reason) {
    problems_.add(media_folder_, path, reason);
  }

  const std::string& media_folder_;
  Findings& findings_;
  ScanProblems& problems_;
  std::vector<std::string> unreadable_;
  std::vector<Pending> open_;  ///< A stack: what is below a folder comes right after it.
};

}  // namespace

std::string FoundFile::path() const {
  return below(folder->path, name);
}

void ScanProblems::add(const std::string& folder, std::string_view path, std::string_view reason) {
  if (problems_.size() == scan_problems_max) {
    ++left_out_;
    return;
  }
  Bytes whole(folder.begin(), folder.end());
  if (!path.empty()) {
    whole.push_back('/');
    whole.insert(whole.end(), path.begin(), path.end());
  }
  problems_.push_back({std::move(whole), std::string(reason)});
}

std::vector<ScanProblem> ScanProblems::take() {
  std::ranges::sort(problems_, {}, &ScanProblem::path);
  return std::exchange(problems_, {});
}

std::vector<std::string> walk(const std::string& media_folder, const std::function<bool()>& stopped,
                              Findings& findings, ScanProblems& problems) {
  return Walk(media_folder, findings, problems).run(stopped);
}

}  // namespace hearth::home
