#pragma once
// Logs of a process, on stderr: one line an event, logfmt on a terminal and JSON otherwise.
// Never secrets; titles, file names and addresses never at `info` or above, but for the paths of
// rejected files, which the home alone names.

#include "messages/base/result.hpp"

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::logs {

enum class Level { debug, info, warning, error };

struct Options {
  std::string level = "info";   ///< debug, info, warning, error or off.
  std::string format = "auto";  ///< auto, logfmt or json.
  std::string role;             ///< Written with every line, as are those below.
  std::string region;
};

/// What `start` would say of them.
[[nodiscard]] Result<void> check(const Options& options);

/// Once, in `main`, before other threads. Errors: `value_invalid`.
[[nodiscard]] Result<void> start(const Options& options);

/// Has the node's id in every line from now on. Before other threads.
void name_node(std::string_view id);

struct Field {
  std::string key;
  std::string value;
};

/// `event` is the stable name that operators search for, as "link.rejected". Any thread.
void write(Level level, std::string_view event, std::string_view message,
           std::initializer_list<Field> fields = {});

inline void debug(std::string_view event, std::string_view message,
                  std::initializer_list<Field> fields = {}) {
  write(Level::debug, event, message, fields);
}
inline void info(std::string_view event, std::string_view message,
                 std::initializer_list<Field> fields = {}) {
  write(Level::info, event, message, fields);
}
inline void warning(std::string_view event, std::string_view message,
                    std::initializer_list<Field> fields = {}) {
  write(Level::warning, event, message, fields);
}
inline void error(std::string_view event, std::string_view message,
                  std::initializer_list<Field> fields = {}) {
  write(Level::error, event, message, fields);
}

/// One line without its end, for tests and for `start`. Control characters and bytes that are not
/// UTF-8 come out escaped.
[[nodiscard]] std::string format_line(bool json, const std::vector<Field>& fields);

}  // namespace hearth::logs
