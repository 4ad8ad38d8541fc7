#pragma once

#include <filesystem>
#include <string>

namespace hearth::sim {

struct Ran {
  int exit_code = -1;  ///< 128 and the signal, as a shell tells it.
  std::string out;
  std::string err;
};

/// A folder of its own in which commands of the built programs run; gone afterwards.
class Shell final {
 public:
  Shell();
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;
  ~Shell();

  /// `hearth` and `hearth-drill` are on PATH.
  [[nodiscard]] Ran run(const std::string& command) const;
  void write(const std::string& name, const std::string& text) const;
  [[nodiscard]] std::string read(const std::string& name) const;
  [[nodiscard]] bool has(const std::string& name) const;
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

/// A drill of a few nodes and seconds that holds.
[[nodiscard]] std::string small_drill();

/// The same, asked for what cannot be.
[[nodiscard]] std::string impossible_drill();

}  // namespace hearth::sim
