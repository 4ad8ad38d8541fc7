#include "nodes/support/logging.hpp"

#include "nodes/support/json_text.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <memory>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace hearth::logs {
namespace {

constexpr std::size_t node_digits = 8;  ///< Enough to tell the nodes of a cluster apart.

/// What `start` was given; written before other threads exist, only read afterwards.
struct Lines {
  bool json = true;
  std::vector<Field> constant;
};

Lines& lines() {
  static Lines lines;
  return lines;
}

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warning: return "warning";
    case Level::error: break;
  }
  return "error";
}

spdlog::level::level_enum spdlog_level(Level level) {
  switch (level) {
    case Level::debug: return spdlog::level::debug;
    case Level::info: return spdlog::level::info;
    case Level::warning: return spdlog::level::warn;
    case Level::error: break;
  }
  return spdlog::level::err;
}

spdlog::level::level_enum level_of(const Options& options) {
  return spdlog::level::from_str(options.level == "warning" ? "warn" : options.level);
}

std::string timestamp() {
  using std::chrono::milliseconds;
  const auto now = std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
  const auto ms = now.time_since_epoch().count() % 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(now)), ms);
}

}  // namespace

std::string format_line(bool json, const std::vector<Field>& fields) {
  std::string line;
  for (const auto& [key, value] : fields) {
    if (json) {
      line += (line.empty() ? "" : ",") + json_text(key) + ":" + json_text(value);
      continue;
    }
    const bool plain =
        !value.empty() && std::all_of(value.begin(), value.end(), [](unsigned char c) {
          return c > 0x20 && c < 0x7F && c != '"' && c != '=';
        });
    line += (line.empty() ? "" : " ") + key + "=" + (plain ? value : json_text(value));
  }
  return json ? "{" + line + "}" : line;
}

Result<void> check(const Options& options) {
  if (level_of(options) == spdlog::level::off && options.level != "off") {
    return Error{
        ErrorCode::value_invalid,
        fmt::format("log.level '{}' is not debug, info, warning, error or off", options.level)};
  }
  if (options.format != "auto" && options.format != "logfmt" && options.format != "json") {
    return Error{ErrorCode::value_invalid,
                 fmt::format("log.format '{}' is not auto, logfmt or json", options.format)};
  }
  return {};
}

Result<void> start(const Options& options) {
  if (auto checked = check(options); !checked) {
    return checked;
  }
  lines().json = options.format == "json" || (options.format == "auto" && ::isatty(2) == 0);
  lines().constant.clear();
  for (const auto& field : {Field{"role", options.role}, Field{"region", options.region}}) {
    if (!field.value.empty()) {
      lines().constant.push_back(field);
    }
  }
  auto logger =
      std::make_shared<spdlog::logger>("hearth", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%v");
  logger->set_level(level_of(options));
  logger->flush_on(spdlog::level::debug);
  spdlog::set_default_logger(std::move(logger));
  return {};
}

void name_node(std::string_view id) {
  lines().constant.push_back({"node", std::string(id.substr(0, node_digits))});
}

void write(Level level, std::string_view event, std::string_view message,
           std::initializer_list<Field> fields) {
  auto* logger = spdlog::default_logger_raw();
  if (logger == nullptr || !logger->should_log(spdlog_level(level))) {
    return;
  }
  std::vector<Field> all{{"ts", timestamp()}, {"level", std::string(name_of(level))}};
  all.insert(all.end(), lines().constant.begin(), lines().constant.end());
  all.push_back({"event", std::string(event)});
  all.push_back({"msg", std::string(message)});
  all.insert(all.end(), fields.begin(), fields.end());
  logger->log(spdlog_level(level), spdlog::string_view_t(format_line(lines().json, all)));
}

}  // namespace hearth::logs
