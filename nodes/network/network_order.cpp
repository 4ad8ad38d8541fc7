#include "nodes/network/network_order.hpp"

#include <chrono>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <utility>

namespace hearth::network {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t name_bytes_max = 64;
constexpr std::uint64_t delay_ms_max = 60'000;
constexpr std::uint64_t lasts_ms_max = 3'600'000;
constexpr double rate_mbit_max = 100'000;

/// Reads one order; the first thing that is wrong stays.
class Reader final {
 public:
  Reader(const Json& json, const std::map<std::string, Host>& hosts) : json_(json), hosts_(hosts) {}

  [[nodiscard]] std::string text(const char* key) {
    const auto* found = find(key);
    if (found == nullptr || !found->is_string() || found->get<std::string>().empty() ||
        found->get<std::string>().size() > name_bytes_max) {
      wrong(key, fmt::format("1 to {} bytes of text", name_bytes_max));
      return {};
    }
    return found->get<std::string>();
  }

  [[nodiscard]] HostSet hosts(const char* key) {
    const auto* found = find(key);
    HostSet set = 0;
    for (const auto& name : found != nullptr && found->is_array() ? *found : Json::array()) {
      const auto host = name.is_string() ? hosts_.find(name.get<std::string>()) : hosts_.end();
      if (host == hosts_.end()) {
        wrong(key, "names of processes");
        return 0;
      }
      set |= HostSet{1} << host->second;
    }
    if (set == 0) {
      wrong(key, "names of processes");
    }
    return set;
  }

  [[nodiscard]] bool flag(const char* key) {
    const auto* found = find(key);
    if (found != nullptr && !found->is_boolean()) {
      wrong(key, "true or false");
      return false;
    }
    return found != nullptr && found->get<bool>();
  }

  [[nodiscard]] Millis duration(const char* key, std::uint64_t least, std::uint64_t most) {
    const auto* found = find(key);
    if (found == nullptr && least == 0) {
      return Millis{0};
    }
    if (found == nullptr || !found->is_number_unsigned() || found->get<std::uint64_t>() < least ||
        found->get<std::uint64_t>() > most) {
      wrong(key, fmt::format("{} to {}", least, most));
      return Millis{0};
    }
    return Millis(found->get<std::int64_t>());
  }

  [[nodiscard]] double ratio(const char* key) {
    const auto number = real(key, 0, 1);
    return number.value_or(0);
  }

  [[nodiscard]] std::optional<double> rate(const char* key) {
    return real(key, 0.001, rate_mbit_max);
  }

  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  [[nodiscard]] const Json* find(const char* key) const {
    const auto found = json_.find(key);
    return found == json_.end() ? nullptr : &*found;
  }

  std::optional<double> real(const char* key, double least, double most) {
    const auto* found = find(key);
    if (found == nullptr) {
      return std::nullopt;
    }
    if (!found->is_number() || !(found->get<double>() >= least && found->get<double>() <= most)) {
      wrong(key, fmt::format("{} to {}", least, most));
      return std::nullopt;
    }
    return found->get<double>();
  }

  void wrong(const char* key, const std::string& wanted) {
    if (problem_.empty()) {
      problem_ = fmt::format("{} has to be {}", key, wanted);
    }
  }

  const Json& json_;
  const std::map<std::string, Host>& hosts_;
  std::string problem_;
};

Disturbance read_disturbance(Reader& reader) {
  Disturbance one;
  one.from = reader.hosts("from");
  one.to = reader.hosts("to");
  one.one_way = reader.flag("one_way");
  one.block = reader.flag("block");
  one.delay = reader.duration("delay_ms", 0, delay_ms_max);
  one.jitter = reader.duration("jitter_ms", 0, delay_ms_max);
  one.loss = reader.ratio("loss");
  one.duplicate = reader.ratio("duplicate");
  one.reorder = reader.ratio("reorder");
  one.reorder_within = reader.duration("reorder_within_ms", 0, delay_ms_max);
  one.rate_mbit = reader.rate("rate_mbit");
  return one;
}

}  // namespace

Result<Order> parse_order(std::string_view text, const std::map<std::string, Host>& hosts) {
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_object()) {
    return Error{ErrorCode::value_invalid, "an order is a JSON object"};
  }
  Reader reader(json, hosts);
  Order order;
  const auto kind = reader.text("order");
  if (kind == "disturb") {
    order.kind = OrderKind::disturb;
    order.name = reader.text("name");
    order.lasts = reader.duration("for_ms", 1, lasts_ms_max);
    order.disturbance = read_disturbance(reader);
  } else if (kind == "end") {
    order.kind = OrderKind::end;
    order.name = reader.text("name");
  } else if (kind != "heal") {
    return Error{ErrorCode::value_invalid, "no such order: disturb, end, heal"};
  }
  return reader.problem().empty() ? Result<Order>(std::move(order))
                                  : Error{ErrorCode::value_invalid, reader.problem()};
}

}  // namespace hearth::network
