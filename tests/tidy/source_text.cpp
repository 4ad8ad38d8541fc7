#include "tests/tidy/source_text.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

namespace hearth::tidy {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(line);
  }
  return lines;
}

/// Overwrites [begin, end) with blanks, but for line ends.
void blank(std::string& text, std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < std::min(end, text.size()); ++i) {
    if (text[i] != '\n') {
      text[i] = ' ';
    }
  }
}

/// Where the literal that opens at `at` ends; `at` itself where none opens.
std::size_t literal_end(const std::string& text, std::size_t at) {
  if (text.compare(at, 2, "R\"") == 0) {
    const auto open = text.find('(', at);
    const auto delimiter = ")" + text.substr(at + 2, open - at - 2) + "\"";
    const auto close = text.find(delimiter, open);
    return close == std::string::npos ? text.size() : close + delimiter.size();
  }
  const char quote = text[at];
  // 1'000: a separator of digits, not a character.
  const bool separator = quote == '\'' && at > 0 && std::isalnum(text[at - 1]) != 0;
  if ((quote != '"' && quote != '\'') || separator) {
    return at;
  }
  std::size_t end = at + 1;
  while (end < text.size() && text[end] != quote) {
    end += text[end] == '\\' ? 2 : 1;
  }
  return end + 1;
}

std::size_t comment_end(const std::string& text, std::size_t at) {
  if (text.compare(at, 2, "//") == 0) {
    return std::min(text.find('\n', at), text.size());
  }
  if (text.compare(at, 2, "/*") == 0) {
    return std::min(text.find("*/", at), text.size() - 2) + 2;
  }
  return at;
}

std::string without_comments_and_literals(std::string text) {
  // Paths of includes look like literals and must stay.
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '#') {
      i = std::min(text.find('\n', i), text.size());
      continue;
    }
    const auto comment = comment_end(text, i);
    const auto end = comment != i ? comment : literal_end(text, i);
    if (end != i) {
      blank(text, i, end);
      i = end - 1;
    }
  }
  return text;
}

SourceFile read_source(const fs::path& root, const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  SourceFile file;
  file.path = fs::relative(path, root).generic_string();
  file.lines = split_lines(text);
  if (file.is_cpp()) {
    file.code = split_lines(without_comments_and_literals(text));
  }
  return file;
}

bool is_written_by_people(const fs::path& path) {
  static const auto extensions = {".hpp", ".cpp", ".h", ".capnp", ".py", ".sh", ".cmake"};
  return path.filename() == "CMakeLists.txt" ||
         std::find(extensions.begin(), extensions.end(), path.extension()) != extensions.end();
}

enum class Scope { space, type, function, block };

/// What a brace opens, told from the words since the last statement.
Scope scope_of(const std::string& words, const std::vector<Scope>& open) {
  static const std::regex space(R"(\bnamespace\b|\bextern\b\s*$)");
  static const std::regex type(R"(\b(class|struct|union|enum)\b[^()]*$)");
  const bool outside = std::all_of(open.begin(), open.end(), [](Scope scope) {
    return scope == Scope::space || scope == Scope::type;
  });
  if (std::regex_search(words, space)) {
    return Scope::space;
  }
  if (std::regex_search(words, type)) {
    return outside ? Scope::type : Scope::block;
  }
  return outside && words.find(')') != std::string::npos ? Scope::function : Scope::block;
}

}  // namespace

bool SourceFile::is_cpp() const {
  return path.ends_with(".hpp") || path.ends_with(".cpp") || path.ends_with(".h");
}

bool SourceFile::is_test() const {
  return path.starts_with("tests/");
}

std::vector<SourceFile> read_sources() {
  const fs::path root = HEARTH_SOURCE_DIR;
  std::vector<SourceFile> files;
  for (const auto* folder :
       {"actors", "bench", "deploy", "messages", "nodes", "sim", "storage", "tests"}) {
    if (!fs::is_directory(root / folder)) {
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.is_regular_file() && is_written_by_people(entry.path())) {
        files.push_back(read_source(root, entry.path()));
      }
    }
  }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

std::vector<Function> functions_of(const SourceFile& file) {
  std::vector<Function> functions;
  std::vector<Scope> open;
  std::string words;
  std::size_t words_line = 1;
  for (std::size_t line = 0; line < file.code.size(); ++line) {
    if (file.code[line].starts_with("#")) {
      continue;
    }
    for (const char c : file.code[line] + "\n") {
      if (c == '{') {
        open.push_back(scope_of(words, open));
        if (open.back() == Scope::function) {
          functions.push_back({words_line, words_line});
        }
      } else if (c == '}' && !open.empty()) {
        if (open.back() == Scope::function) {
          functions.back().last_line = line + 1;
        }
        open.pop_back();
      }
      if (c == '{' || c == '}' || c == ';') {
        words.clear();
      } else if (!words.empty() || std::isspace(static_cast<unsigned char>(c)) == 0) {
        words_line = words.empty() ? line + 1 : words_line;
        words += c;
      }
    }
  }
  return functions;
}

std::vector<std::string> files_of_layer(const SourceFile& cmake, const std::string& layer) {
  std::vector<std::string> files;
  bool inside = false;
  for (const auto& line : cmake.lines) {
    inside = inside || line.starts_with("hearth_layer(" + layer + " ");
    if (!inside) {
      continue;
    }
    std::istringstream words(line);
    for (std::string word; words >> word;) {
      if (word.find(".hpp") != std::string::npos || word.find(".cpp") != std::string::npos) {
        word.erase(std::remove(word.begin(), word.end(), ')'), word.end());
        files.push_back(word);
      }
    }
    inside = line.find(')') == std::string::npos;
  }
  return files;
}

}  // namespace hearth::tidy
