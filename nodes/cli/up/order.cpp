#include "nodes/cli/up/order.hpp"

#include <array>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

namespace hearth::cli::up {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<std::string_view, OrderKind>, 7> kinds = {{
    {"status", OrderKind::status},
    {"kill", OrderKind::kill},
    {"wipe", OrderKind::wipe},
    {"pause", OrderKind::pause},
    {"restart", OrderKind::restart},
    {"end", OrderKind::end},
    {"heal", OrderKind::heal},
}};

std::optional<OrderKind> kind_from(const std::string& name) {
  for (const auto& [known, kind] : kinds) {
    if (known == name) {
      return kind;
    }
  }
  return std::nullopt;
}

Error refused(std::string detail) {
  return {ErrorCode::value_invalid, std::move(detail)};
}

std::string text_at(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

bool lasts(OrderKind kind) {
  return kind == OrderKind::kill || kind == OrderKind::wipe || kind == OrderKind::pause;
}

bool is_for_all(OrderKind kind) {
  return kind == OrderKind::status || kind == OrderKind::heal;
}

}  // namespace

Result<Order> parse_order(std::string_view text) {
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_object()) {
    return refused("an order is a JSON object");
  }
  const auto kind = kind_from(text_at(json, "order"));
  if (!kind) {
    return refused("no such order: status, kill, wipe, pause, restart, end, heal");
  }
  Order order;
  order.kind = *kind;
  order.process = text_at(json, "process");
  if (order.process.empty() != is_for_all(*kind)) {
    return refused("all orders but status and heal name a process");
  }
  const auto duration = json.find("for_ms");
  if (lasts(*kind)) {
    if (duration == json.end() || !duration->is_number_unsigned() ||
        duration->get<std::uint64_t>() == 0 ||
        duration->get<std::uint64_t>() > static_cast<std::uint64_t>(order_lasts_max.count())) {
      return refused(fmt::format("for_ms has to be 1 to {}", order_lasts_max.count()));
    }
    order.lasts = Millis(duration->get<std::int64_t>());
  } else if (duration != json.end()) {
    return refused("for_ms goes with kill, wipe and pause only");
  }
  return order;
}

}  // namespace hearth::cli::up
