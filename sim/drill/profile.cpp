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
constexpr std::string_view other_kinds = "default";

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
    reader.integer("piece_ns", profile.piece_ns, {0, second_ns, true});
    reader.number("byte_ns", profile.byte_ns, {0, 1e6, true});
    reader.integer("connection_ns", profile.connection_ns, {0, second_ns, true});
  });
  read_section(root, "message_ns", [&profile](TableReader& reader) {
    reader.integer(other_kinds, profile.other_message_ns, {0, second_ns, true});
    profile.message_ns.clear();
    for (const auto kind : message_kinds()) {
      std::uint64_t cost = 0;
      if (reader.integer(name_of(kind), cost, {0, second_ns})) {
        profile.message_ns[kind] = cost;
      }
    }
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

std::string costs_text(const Profile& profile) {
  constexpr auto line = "{:<16} = {}\n";
  auto text = fmt::format(line, other_kinds, profile.other_message_ns);
  for (const auto& [kind, cost] : profile.message_ns) {
    text += fmt::format(line, name_of(kind), cost);
  }
  return text;
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

CostByKind built_in_message_costs() {
  return {
      {MessageKind::accepted, 2'031},          {MessageKind::register_home, 14'515},
      {MessageKind::home_registered, 10'189},  {MessageKind::list_homes, 45'393},
      {MessageKind::homes_listed, 4'249},      {MessageKind::request_ticket, 138'001},
      {MessageKind::ticket_issued, 7'023},     {MessageKind::report_presence, 2'275},
      {MessageKind::forwarded, 19'243},        {MessageKind::attach_home, 54'893},
      {MessageKind::open_tunnel, 54'798},      {MessageKind::offer_tunnel, 2'489},
      {MessageKind::order_dial, 14'894},       {MessageKind::present_ticket, 53'678},
      {MessageKind::browse_items, 4'676},      {MessageKind::search_items, 51'890},
      {MessageKind::show_item, 3'834},         {MessageKind::items_page, 5'547},
      {MessageKind::start_rescan, 40'777},     {MessageKind::show_scan, 1'419},
      {MessageKind::scan_shown, 2'707},        {MessageKind::renew_ticket, 35'979},
      {MessageKind::presence_relayed, 3'216},  {MessageKind::replication_frame, 1'805},
      {MessageKind::offer_pairing, 3'343},     {MessageKind::pairing_offered, 1'948},
      {MessageKind::show_pairing, 1'638},      {MessageKind::describe_replica, 2'962},
      {MessageKind::replica_described, 1'957}, {MessageKind::append_event, 24'868},
      {MessageKind::event_appended, 13'043},   {MessageKind::fetch_chain, 19'187},
      {MessageKind::chain_page, 117'252},      {MessageKind::claim_shown, 7'724},
      {MessageKind::claim_settled, 9'098},     {MessageKind::may_go_on, 8'550},
  };
}

std::string to_toml(const Profile& profile) {
  return fmt::format(R"(profile = {}

[network]
piece_ns      = {}
byte_ns       = {}
connection_ns = {}

[message_ns]
{}
[disk]
sync_least_us    = {}
sync_most_us     = {}
slow_sync_ratio  = {}
slow_sync_factor = {}
)",
                     quoted(profile.name), profile.piece_ns, number_text(profile.byte_ns),
                     profile.connection_ns, costs_text(profile), profile.sync_least_us,
                     profile.sync_most_us, number_text(profile.slow_sync_ratio),
                     profile.slow_sync_factor);
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
