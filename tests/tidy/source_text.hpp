#pragma once
// The project's own files as text, for the rules of tidy_test.cpp.

#include <cstddef>
#include <string>
#include <vector>

namespace hearth::tidy {

struct SourceFile {
  std::string path;  ///< Relative to the root of the repository, with forward slashes.
  std::vector<std::string> lines;
  std::vector<std::string> code;  ///< `lines` of C++, with comments and literals blanked out.

  [[nodiscard]] bool is_cpp() const;
  [[nodiscard]] bool is_test() const;
};

struct Function {
  std::size_t first_line = 0;  ///< From 1.
  std::size_t last_line = 0;
};

/// Every file that people write in the layers, in tests and in bench, in order of path.
[[nodiscard]] std::vector<SourceFile> read_sources();

/// The functions that `file` defines, lambdas and local types not counted apart. A brace matcher,
/// not a parser: it knows functions by a `)` before a brace at namespace or class level.
[[nodiscard]] std::vector<Function> functions_of(const SourceFile& file);

/// The files that the `hearth_layer(layer ...)` call in `cmake` lists, relative to its folder.
[[nodiscard]] std::vector<std::string> files_of_layer(const SourceFile& cmake,
                                                      const std::string& layer);

}  // namespace hearth::tidy
