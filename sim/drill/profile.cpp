#include "sim/drill/profile.hpp"

#include "sim/drill/table_reader.hpp"
#include "sim/drill/words.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <vector>

namespace hearth::drill {
namespace {

constexpr double second_ns = 1e9;
constexpr double minute_us = 60e6;

/// A TOML string is a JSON string.
std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

template <class Read>
void read_section(TableReader& root, std::string_view key, const Read& read) {
  const auto* entry = root.need(key);
  const auto* table = root.table(key);
  if (entry != nullptr && table != nullptr) {
    TableReader reader(*table, entry->place, fmt::format("[{}]", key), root.problems());
    read(reader);
    reader.finish();
  }
}

Profile read_profile(TableReader& root) {
  Profile profile;
  root.text("profile", profile.name, true);
  read_section(root, "network", [&profile](TableReader& reader) {
    reader.integer("message_ns", profile.message_ns, {0, second_ns, true});
    reader.number("byte_ns", profile.byte_ns, {0, 1e6, true});
    reader.integer("connection_ns", profile.connection_ns, {0, second_ns, true});
  });
  read_section(root, "disk", [&profile, &root](TableReader& reader) {
    reader.integer("sync_least_us", profile.sync_least_us, {1, minute_us, true});
    reader.integer("sync_most_us", profile.sync_most_us, {1, minute_us, true});
    reader.number("slow_sync_ratio", profile.slow_sync_ratio, {0, 1, true});
    reader.integer("slow_sync_factor", profile.slow_sync_factor, {1, 10'000, true});
    if (profile.sync_most_us < profile.sync_least_us) {
      root.problem(reader.place(), "\"sync_most_us\" must not be below \"sync_least_us\"");
    }
  });
  root.finish();
  return profile;
}

Error error_of(const std::vector<Problem>& problems, const std::string& file) {
  std::vector<std::string> lines;
  for (const auto& problem : problems) {
    lines.push_back(
        fmt::format("{}:{}:{}: {}", file, problem.place.line, problem.place.column, problem.what));
  }
  return {ErrorCode::value_invalid, fmt::format("{}", fmt::join(lines, "\n"))};
}

}  // namespace

std::string to_toml(const Profile& profile) {
  return fmt::format(R"(profile = {}

[network]
message_ns    = {}
byte_ns       = {}
connection_ns = {}

[disk]
sync_least_us    = {}
sync_most_us     = {}
slow_sync_ratio  = {}
slow_sync_factor = {}
)",
                     quoted(profile.name), profile.message_ns, number_text(profile.byte_ns),
                     profile.connection_ns, profile.sync_least_us, profile.sync_most_us,
                     number_text(profile.slow_sync_ratio), profile.slow_sync_factor);
}

Result<Profile> parse_profile(std::string_view text, const std::string& file) {
  const auto parsed = parse_toml(text);
  if (const auto* problem = std::get_if<Problem>(&parsed)) {
    return error_of({*problem}, file);
  }
  std::vector<Problem> problems;
  TableReader root(std::get<TomlTable>(parsed), {}, "the profile", problems);
  auto profile = read_profile(root);
  return problems.empty() ? Result<Profile>(std::move(profile)) : error_of(problems, file);
}

}  // namespace hearth::drill
