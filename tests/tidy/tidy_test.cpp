// Rules about the source text that neither the compiler nor clang-format can check.
// Each rule says why it exists, so that a failure teaches something.

#include "tests/tidy/source_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace hearth::tidy {
namespace {

constexpr std::size_t file_lines_max = 500;
constexpr std::size_t function_lines_max = 70;
constexpr std::size_t line_columns_max = 100;

/// `pattern` may stand only in files whose path matches `allowed_in`.
struct Confinement {
  const char* pattern;
  const char* allowed_in;
  const char* reason;
};

// What a layer may know. Tests of a place may know what the place knows.
const Confinement places[] = {
    {R"(#include\s*[<"]rocksdb/)",
     R"(^storage/rocks_|^(tests/)?sim/disk/rocks_|^tests/storage/|^bench/)",
     "RocksDB is one implementation of EventLog, not a vocabulary; its simulated disk speaks it"},
    {R"(#include\s*[<"](capnp|kj)/|#include.*\.capnp\.h)",
     R"(^messages/[a-z_]+/[a-z_]*codec[a-z_]*\.|^messages/envelope/|^tests/(messages|fuzz)/)",
     "the wire format stops at the codecs"},
    {R"(#include\s*[<"]sodium)",
     R"(^messages/seal/|^sim/world/(entropy|light_seal)|^tests/messages/seal)",
     "one place for cryptography; the simulator swaps its random source and its arithmetic"},
    {R"((system|steady|high_resolution)_clock::now|clock_gettime|gettimeofday|\btime\(nullptr\))",
     R"(^nodes/|^bench/|^sim/program/|^tests/(nodes|system)/)",
     "time is passed in, or the simulator is not deterministic"},
    {R"(random_device|\brand\(|\bgetrandom\()", R"(^nodes/|^bench/)",
     "chance is passed in, or the simulator is not deterministic"},
    {R"(std::(jthread|thread|mutex|shared_mutex|async|condition_variable)\b)",
     R"(^nodes/|^bench/|^tests/(nodes|storage)/)", "concurrency belongs to CAF"},
    {R"(\bcatch\s*\()",
     R"(^nodes/|^messages/[a-z_]+/|^storage/rocks_|^sim/program/main|^tests/|^bench/)",
     "exceptions are foreign; the adapter of the library that throws them ends them"},
    {R"(sleep_for|sleep_until|\b(u|nano)?sleep\()", R"(^bench/)",
     "whoever sleeps does not know what to wait for; wait for that"},
};

// What nobody does.
const Confinement manners[] = {
    {R"(std::views|std::ranges::views|#include\s*<(ranges|format)>|std::format)", R"(^$)",
     "clang 14 cannot compile them with this libstdc++: range-v3 and fmt instead"},
    {R"(\bco_(await|return|yield)\b)", R"(^$)", "clang 14 cannot compile coroutines"},
    {R"(\bthrow\b)", R"(^$)", "errors are values; broken invariants abort"},
    {R"(#include\s*"\.\.?/)", R"(^$)", "relative includes go round the layers"},
    {R"(\[=[,\]])", R"(^$)", "a capture list names what it keeps alive"},
};

void expect_confined(const SourceFile& file, const std::regex& pattern, const char* reason) {
  for (std::size_t i = 0; i < file.code.size(); ++i) {
    EXPECT_FALSE(std::regex_search(file.code[i], pattern))
        << file.path << ':' << i + 1 << ": " << file.lines[i] << "\n  " << reason;
  }
}

const std::vector<SourceFile>& sources() {
  static const auto files = read_sources();
  return files;
}

const SourceFile& source(const std::string& path) {
  const auto found = std::find_if(sources().begin(), sources().end(),
                                  [&path](const auto& file) { return file.path == path; });
  EXPECT_NE(found, sources().end()) << path;
  return *found;
}

TEST(Tidy, FilesAreShortEnoughToReadInOneSitting) {
  for (const auto& file : sources()) {
    EXPECT_LE(file.lines.size(), file_lines_max) << file.path;
  }
}

TEST(Tidy, FunctionsFitOneScreen) {
  for (const auto& file : sources()) {
    for (const auto& function : functions_of(file)) {
      EXPECT_LE(function.last_line - function.first_line + 1, function_lines_max)
          << file.path << ':' << function.first_line;
    }
  }
}

TEST(Tidy, LinesFitTwoSideBySide) {
  for (const auto& file : sources()) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      EXPECT_LE(file.lines[i].size(), line_columns_max) << file.path << ':' << i + 1;
    }
  }
}

void expect_confined(const Confinement& rule) {
  const std::regex pattern(rule.pattern);
  const std::regex allowed_in(rule.allowed_in);
  for (const auto& file : sources()) {
    if (!std::regex_search(file.path, allowed_in)) {
      expect_confined(file, pattern, rule.reason);
    }
  }
}

TEST(Tidy, ForeignThingsStayWhereTheyBelong) {
  for (const auto& rule : places) {
    expect_confined(rule);
  }
}

TEST(Tidy, NobodyDoesWhatTheStyleForbids) {
  for (const auto& rule : manners) {
    expect_confined(rule);
  }
}

TEST(Tidy, OnlyShellsAndNodesKnowCaf) {
  const std::regex caf(R"(#include\s*[<"]caf/)");
  const std::regex places_of_actors(
      "^nodes/|^sim/world/|^bench/(directory_bench|sim_bench_bare)|^tests/(actors|nodes|support)/");
  const auto shells = files_of_layer(source("actors/CMakeLists.txt"), "actors");
  for (const auto& file : sources()) {
    const bool is_shell = std::any_of(shells.begin(), shells.end(), [&file](const auto& shell) {
      return file.path == "actors/" + shell;
    });
    if (!is_shell && !std::regex_search(file.path, places_of_actors)) {
      expect_confined(file, caf, "machines stay pure and compile fast: shells are in `actors`");
    }
  }
}

TEST(Tidy, TodosSayOfWhichKindTheyAre) {
  const std::regex bare(R"(\bTODO(?!\((soon|someday|perf|security|test)\): ))");
  for (const auto& file : sources()) {
    if (file.path == "tests/tidy/tidy_test.cpp") {
      continue;
    }
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      EXPECT_FALSE(std::regex_search(file.lines[i], bare))
          << file.path << ':' << i + 1 << ": write TODO(soon|someday|perf|security|test): text";
    }
  }
}

TEST(Tidy, HeadersAreReadOnce) {
  for (const auto& file : sources()) {
    if (file.path.ends_with(".hpp")) {
      EXPECT_TRUE(std::find(file.lines.begin(), file.lines.end(), "#pragma once") !=
                  file.lines.end())
          << file.path;
    }
  }
}

/// Words that CMake files name, paths and stems alike.
std::set<std::string> words_of_cmake() {
  std::set<std::string> words;
  const std::regex word(R"([A-Za-z0-9_./-]+)");
  for (const auto& file : sources()) {
    if (!file.path.ends_with("CMakeLists.txt")) {
      continue;
    }
    for (const auto& line : file.lines) {
      for (std::sregex_iterator at(line.begin(), line.end(), word), end; at != end; ++at) {
        words.insert(at->str());
      }
    }
  }
  return words;
}

std::set<std::string> included_paths() {
  std::set<std::string> paths;
  const std::regex include("#include \"([^\"]+)\"");
  for (const auto& file : sources()) {
    for (const auto& line : file.lines) {
      std::smatch match;
      if (std::regex_search(line, match, include)) {
        paths.insert(match[1].str());
      }
    }
  }
  return paths;
}

/// CMake lists name a file from any folder above it, programs of one file by their stem.
bool is_listed(const std::string& path, const std::set<std::string>& words) {
  for (auto rest = path; !rest.empty();) {
    if (words.contains(rest)) {
      return true;
    }
    const auto slash = rest.find('/');
    rest = slash == std::string::npos ? "" : rest.substr(slash + 1);
  }
  if (!path.starts_with("bench/") && !path.starts_with("tests/fuzz/")) {
    return false;
  }
  const auto stem = std::filesystem::path(path).stem().string();
  return words.contains(stem) || words.contains(stem.substr(0, stem.rfind('_')));
}

TEST(Tidy, NoFileIsDead) {
  const auto words = words_of_cmake();
  const auto included = included_paths();
  for (const auto& file : sources()) {
    const bool built = file.is_cpp() || file.path.ends_with(".capnp");
    if (built || (file.is_test() && file.path.ends_with(".py"))) {
      EXPECT_TRUE(is_listed(file.path, words) || (file.is_test() && included.contains(file.path)))
          << file.path << " is in no CMake list";
    }
  }
}

TEST(Tidy, TheBraceMatcherFindsFunctions) {
  SourceFile file;
  file.path = "example.cpp";
  file.code = {"namespace a {",  "struct B {",    "  int c() const {", "    return 1;", "  }", "};",
               "int d[] = {1};", "void e(int f,", "       int g) {",   "  if (f) {",    "  }", "}",
               "}  // namespace"};
  const auto functions = functions_of(file);
  ASSERT_EQ(functions.size(), 2U);
  EXPECT_EQ(functions[0].first_line, 3U);
  EXPECT_EQ(functions[0].last_line, 5U);
  EXPECT_EQ(functions[1].first_line, 8U);
  EXPECT_EQ(functions[1].last_line, 12U);
}

}  // namespace
}  // namespace hearth::tidy
