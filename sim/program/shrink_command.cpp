#include "sim/drill/report.hpp"
#include "sim/drill/shrink.hpp"
#include "sim/drill/writer.hpp"
#include "sim/program/drill_commands.hpp"
#include "sim/program/inputs.hpp"
#include "sim/program/places.hpp"
#include "sim/program/progress.hpp"
#include "sim/program/workers.hpp"

#include <fmt/format.h>
#include <optional>

namespace hearth::sim {
namespace {

/// Plays ever smaller drills, until a signal comes: then nothing fails any more.
class Trials final {
 public:
  Trials(const ShrinkSettings& settings, const drill::Profile& profile)
      : settings_(settings), profile_(profile), progress_("runs at most", settings.trials) {}

  std::optional<std::string> why_it_fails(const drill::Drill& drill) {
    progress_.show(played_, fmt::format("{} smaller", adopted_));
    if (stopped_) {
      return std::nullopt;
    }
    const auto played = play(WorkOrder{drill, profile_, settings_.seed});
    ++played_;
    if (!played) {
      stopped_ = played.error();
      return std::nullopt;
    }
    const auto failures = drill::failures_of(drill, played.value().outcome);
    return failures.empty() ? std::nullopt : std::optional(failures.front());
  }

  void adopted() { ++adopted_; }
  [[nodiscard]] const std::optional<Error>& stopped() const { return stopped_; }

 private:
  const ShrinkSettings& settings_;
  const drill::Profile& profile_;
  Progress progress_;
  std::size_t played_ = 0;
  std::size_t adopted_ = 0;
  std::optional<Error> stopped_;
};

std::string file_of(const drill::Shrunk& shrunk, const ShrinkSettings& settings) {
  auto name = settings.output.empty() ? "FILE" : drill::quoted(settings.output);
  if (!settings.profile.empty()) {
    name += " --profile " + drill::quoted(settings.profile);
  }
  return fmt::format("# Shrunk from {}. It fails: {}\n# {}\n{}", settings.drill, shrunk.reason,
                     drill::replay_command(name, settings.seed), drill::to_toml(shrunk.drill));
}

}  // namespace

DrillExit shrink_drill(const ShrinkSettings& settings) {
  const auto drill = load_drill(settings.drill);
  const auto profile = load_profile(settings.profile);
  // Before hours of runs, not after them.
  if (!drill || !profile || !(settings.output.empty() || can_write(settings.output))) {
    return DrillExit::usage;
  }
  std::optional<Trials> trials(std::in_place, settings, *profile);
  drill::ShrinkOptions options;
  options.trials_max = settings.trials;
  options.on_progress = [&trials](const drill::Drill&, std::size_t) { trials->adopted(); };
  const auto shrunk = drill::shrink(
      *drill, [&trials](const drill::Drill& one) { return trials->why_it_fails(one); }, options);
  const auto stopped = trials->stopped();
  trials.reset();  // Takes the progress line away.
  if (stopped) {
    say(stopped->detail);
  } else if (shrunk.reason.empty()) {
    say(fmt::format("{} holds with seed {}: there is nothing to shrink", settings.drill,
                    settings.seed));
    return DrillExit::failed;
  } else if (!shrunk.complete) {
    say(fmt::format("ended by --trials {}; more may make it smaller", settings.trials));
  }
  if (!shrunk.reason.empty()) {
    const auto text = file_of(shrunk, settings);
    if (settings.output.empty()) {
      fmt::print("{}", text);
    } else if (!write_file(settings.output, text)) {
      return DrillExit::failed;
    }
  }
  if (!stopped) {
    return DrillExit::held;
  }
  return stopped->code == ErrorCode::stopping ? DrillExit::interrupted : DrillExit::failed;
}

}  // namespace hearth::sim
