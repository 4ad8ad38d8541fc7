#pragma once

#include "messages/base/check.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>

namespace hearth::test {

/// A new folder that is gone when the test is over.
class TempFolder final {
 public:
  TempFolder() {
    auto name = (std::filesystem::temp_directory_path() / "hearth_test_XXXXXX").string();
    HEARTH_CHECK(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace hearth::test
