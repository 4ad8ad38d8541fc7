#include "sim/program/inputs.hpp"

#include "sim/drill/catalogue.hpp"
#include "sim/program/places.hpp"
#include "sim/run/sim_driver.hpp"
#include "sim/swarm/swarm.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <iterator>

namespace hearth::sim {

std::optional<std::string> read_file(const std::filesystem::path& file) {
  std::error_code error;
  std::ifstream stream(file, std::ios::binary);
  if (!stream || std::filesystem::is_directory(file, error)) {
    say(fmt::format("cannot read {}", file.string()));
    return std::nullopt;
  }
  return std::string{std::istreambuf_iterator<char>(stream), {}};
}

std::optional<drill::Drill> load_drill(const std::string& name_or_file) {
  if (const auto seed = swarm_seed(name_or_file)) {
    return draw_swarm(*seed);
  }
  auto loaded = drill::load_drill(name_or_file, drill_folders());
  if (!loaded) {
    say(loaded.error().detail);
    return std::nullopt;
  }
  if (!loaded.value().runnable()) {
    say(fmt::format("{} cannot run yet: it waits for {}", name_or_file,
                    fmt::join(loaded.value().waits_for, ", ")));
    return std::nullopt;
  }
  for (const auto& fault : loaded.value().method) {
    if (!can_be_simulated(fault.action)) {
      say(fmt::format("{} cannot run yet: {} cannot be simulated", name_or_file,
                      drill::name_of(fault.action)));
      return std::nullopt;
    }
  }
  return std::move(loaded.value());
}

std::optional<drill::Profile> load_profile(const std::string& file) {
  if (file.empty()) {
    return drill::Profile{};
  }
  const auto text = read_file(file);
  if (!text) {
    return std::nullopt;
  }
  auto parsed = drill::parse_profile(*text, file);
  if (!parsed) {
    say(parsed.error().detail);
    return std::nullopt;
  }
  return std::move(parsed.value());
}

}  // namespace hearth::sim
