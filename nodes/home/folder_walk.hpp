#pragma once
// Lists the media files under one folder, without opening any and without following anything.

#include "messages/home/home_messages.hpp"
#include "nodes/home/media_file.hpp"
#include "nodes/home/media_type.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace hearth::home {

struct FoundFolder {
  const std::string* media_folder = nullptr;
  std::string path;                     ///< In the media folder; empty: itself.
  const FoundFolder* parent = nullptr;  ///< None for the media folder.
  std::string cover;                    ///< Name of its best cover, empty for none.
};

struct FoundFile {
  const FoundFolder* folder = nullptr;
  std::string name;
  const MediaType* type = nullptr;
  FileIdentity identity;

  [[nodiscard]] std::string path() const;  ///< In the media folder.
};

/// Problems of a run, the first `scan_problems_max` of them.
class ScanProblems {
 public:
  void add(const std::string& folder, std::string_view path, std::string_view reason);
  /// In order of path.
  [[nodiscard]] std::vector<ScanProblem> take();
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

 private:
  std::vector<ScanProblem> problems_;
  std::uint64_t left_out_ = 0;
};

struct Findings {
  std::deque<FoundFolder> folders;  ///< Addresses stay.
  std::vector<FoundFile> files;     ///< Of one folder together, in order of name.
};

/// Adds what is under `media_folder`, which must outlive `findings`. Stops early when `stopped`
/// says so, which it is asked for every folder. Gives the absolute paths that could not be read, or
/// not to the end; what was below them is not known to be gone.
[[nodiscard]] std::vector<std::string> walk(const std::string& media_folder,
                                            const std::function<bool()>& stopped,
                                            Findings& findings, ScanProblems& problems);

}  // namespace hearth::home
