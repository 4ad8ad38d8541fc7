#include "tests/support/golden_file.hpp"

#include "messages/base/fixed_bytes.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace hearth::testing {

std::map<std::string, Bytes> read_golden(const std::string& name) {
  const auto path = std::string(HEARTH_SOURCE_DIR) + "/tests/golden/" + name;
  std::ifstream file(path);
  std::map<std::string, Bytes> entries;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string word;
    std::string hex;
    if (!(words >> word)) {
      continue;
    }
    words >> hex;
    const auto bytes = from_hex(hex);
    if (!bytes || !entries.emplace(word, *bytes).second) {
      ADD_FAILURE() << path << ": neither word and hexadecimal digits nor new: " << line;
      return {};
    }
  }
  EXPECT_FALSE(entries.empty()) << path << " is missing or empty";
  return entries;
}

}  // namespace hearth::testing
