#include "nodes/cli/trust/node_list_text.hpp"

#include "nodes/support/endpoint_text.hpp"
#include "nodes/support/json_text.hpp"
#include "nodes/support/time_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <vector>

namespace hearth::cli::trust {
namespace {

constexpr std::size_t id_digits = 8;

std::vector<std::string> texts_of(const std::vector<seal::Endpoint>& endpoints) {
  std::vector<std::string> texts;
  for (const auto& endpoint : endpoints) {
    texts.push_back(to_text(endpoint));
  }
  return texts;
}

std::string endpoints_json(const std::vector<seal::Endpoint>& endpoints) {
  std::vector<std::string> texts;
  for (const auto& text : texts_of(endpoints)) {
    texts.push_back(json_text(text));
  }
  return json_array(texts);
}

/// Negative when the list is over.
std::chrono::days days_left(const seal::NodeList& list, WallTime now) {
  return std::chrono::floor<std::chrono::days>(list.not_after - now);
}

std::string time_left(const seal::NodeList& list, WallTime now) {
  constexpr auto advice = "sign a new one with `hearth cluster sign`";
  if (now > list.not_after) {
    return fmt::format("over since {}: {}", time_text(list.not_after), advice);
  }
  const auto days = days_left(list, now).count();
  const auto until = fmt::format("good until {}, {} {}", time_text(list.not_after), days,
                                 days == 1 ? "day" : "days");
  return wants_renewal(list, now) ? fmt::format("{}: {}", until, advice) : until;
}

}  // namespace

bool wants_renewal(const seal::NodeList& list, WallTime now) {
  return now + renewal_margin > list.not_after;
}

std::string node_list_table(std::string_view cluster, const seal::NodeList& list, WallTime now) {
  auto text =
      fmt::format("cluster {}, serial {}, {}\n\n", cluster, list.serial, time_left(list, now));
  text += fmt::format("{:<9} {:<11} {:<17} {:<28} {}\n", "id", "role", "region", "control", "data");
  for (const auto& node : list.nodes) {
    text += fmt::format(
        "{:<9} {:<11} {:<17} {:<28} {}\n", to_text(node.id()).substr(0, id_digits),
        name_of(node.role), node.region, fmt::join(texts_of(node.control), ","),
        node.data.empty() ? "-" : fmt::format("{}", fmt::join(texts_of(node.data), ",")));
  }
  return text;
}

std::string node_list_json(std::string_view cluster, const seal::NodeList& list, WallTime now) {
  std::vector<std::string> nodes;
  for (const auto& node : list.nodes) {
    nodes.push_back(node_json(node));
  }
  return json_object({{"cluster", json_text(cluster)},
                      {"serial", std::to_string(list.serial)},
                      {"notAfter", json_text(time_text(list.not_after))},
                      {"daysLeft", std::to_string(days_left(list, now).count())},
                      {"over", json_bool(now > list.not_after)},
                      {"wantsRenewal", json_bool(wants_renewal(list, now))},
                      {"nodes", json_array(nodes)}});
}

std::string node_json(const seal::ListedNode& node) {
  return json_object({{"id", json_text(to_text(node.id()))},
                      {"role", json_text(name_of(node.role))},
                      {"region", json_text(node.region)},
                      {"control", endpoints_json(node.control)},
                      {"data", endpoints_json(node.data)},
                      {"issuesTickets", json_bool(node.issues_tickets)},
                      {"signing", json_text(to_text(node.keys.signing))},
                      {"exchange", json_text(to_text(node.keys.exchange))}});
}

std::string short_text(const seal::ListedNode& node) {
  return fmt::format("{} {} {}", name_of(node.role), node.region,
                     to_text(node.id()).substr(0, id_digits));
}

}  // namespace hearth::cli::trust
