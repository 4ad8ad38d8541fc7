#include "sim/drill/shrink.hpp"

#include "sim/drill/parser.hpp"
#include "sim/drill/writer.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace hearth::drill {
namespace {

using namespace std::chrono_literals;

/// Keeps the smallest drill that failed for the wanted reason.
class Shrinker final {
 public:
  Shrinker(Drill drill, std::string reason, const Trial& trial, const ShrinkOptions& options)
      : best_(std::move(drill)), reason_(std::move(reason)), trial_(trial), options_(options) {}

  Shrunk run() {
    for (bool smaller = true; smaller && !spent();) {
      const auto before = best_;
      drop_faults();
      soften_faults();
      shrink_topology();
      shrink_workload();
      shrink_time();
      smaller = best_ != before;
    }
    return {std::move(best_), std::move(reason_), trials_, !spent()};
  }

 private:
  [[nodiscard]] bool spent() const { return trials_ >= options_.trials_max; }

  /// True: `candidate` fails in the same way, and is the best now.
  bool adopt(const Drill& candidate) {
    if (candidate == best_ || spent() || !parse_drill(to_toml(candidate), "").ok()) {
      return false;
    }
    ++trials_;
    if (trial_(candidate) != std::optional(reason_)) {
      return false;
    }
    best_ = candidate;
    if (options_.on_progress) {
      options_.on_progress(best_, trials_);
    }
    return true;
  }

  template <class Change>
  bool adopt_with(const Change& change) {
    auto candidate = best_;
    change(candidate);
    return adopt(candidate);
  }

  /// Leaves out ever smaller parts of the method.
  void drop_faults() {
    for (auto part = best_.method.size(); part > 0; part /= 2) {
      for (std::size_t at = 0; at < best_.method.size();) {
        const bool dropped = adopt_with([at, part](Drill& drill) {
          const auto begin = drill.method.begin() + static_cast<std::ptrdiff_t>(at);
          const auto left = static_cast<std::size_t>(drill.method.end() - begin);
          drill.method.erase(begin, begin + static_cast<std::ptrdiff_t>(std::min(part, left)));
        });
        at += dropped ? 0 : part;
      }
    }
  }

  /// Fewer rounds, shorter.
  void soften_faults() {
    for (std::size_t i = 0; i < best_.method.size(); ++i) {
      adopt_with([i](Drill& drill) {
        drill.method[i].times = 1;
        drill.method[i].every = 0ms;
      });
      while (best_.method[i].lasts >= 2s && adopt_with([i](Drill& drill) {
               auto& lasts = drill.method[i].lasts;
               lasts = std::chrono::ceil<std::chrono::seconds>(lasts / 2);
             })) {
      }
    }
  }

  /// Nothing, else half as long as that fails too, else one less.
  template <class Number>
  void lower(Number least, const std::function<Number&(Drill&)>& field) {
    adopt_with([least, &field](Drill& drill) { field(drill) = least; });
    while (field(best_) > least && adopt_with([least, &field](Drill& drill) {
             auto& number = field(drill);
             number = static_cast<Number>(least + (number - least) / 2);
           })) {
    }
    while (field(best_) > least && adopt_with([&field](Drill& drill) {
             field(drill) = static_cast<Number>(field(drill) - 1);
           })) {
    }
  }

  void shrink_topology() {
    // Homes and clients first: regions can only go when nobody is named who lives near them.
    lower<std::uint32_t>(
        0, [](Drill & drill) -> auto& { return drill.topology.gateways; });
    lower<std::uint32_t>(
        0, [](Drill & drill) -> auto& { return drill.topology.rocks_homes; });
    lower<std::uint32_t>(
        0, [](Drill & drill) -> auto& { return drill.topology.clients; });
    lower<std::uint32_t>(
        0, [](Drill & drill) -> auto& { return drill.topology.homes; });
    lower<std::uint32_t>(
        0, [](Drill & drill) -> auto& { return drill.topology.super_peers_per_region; });
    lower<std::uint32_t>(
        1, [](Drill & drill) -> auto& { return drill.topology.directories_per_region; });
    for (auto i = best_.topology.regions.size(); i-- > 0;) {
      if (best_.topology.regions.size() > 1) {
        adopt_with([i](Drill& drill) {
          auto& regions = drill.topology.regions;
          regions.erase(regions.begin() + static_cast<std::ptrdiff_t>(i));
        });
      }
    }
  }

  void shrink_workload() {
    lower<std::uint32_t>(
        0, [](Drill & drill) -> auto& { return drill.workload.streams; });
    for (const auto rate : {&Workload::browse_per_s, &Workload::commands_per_s,
                            &Workload::share_changes_per_s, &Workload::rescans_per_s}) {
      adopt_with([rate](Drill& drill) { drill.workload.*rate = 0; });
      while (best_.workload.*rate > 1 && adopt_with([rate](Drill& drill) {
               drill.workload.*rate =
                   static_cast<double>(static_cast<std::uint64_t>(drill.workload.*rate / 2 + 0.5));
             })) {
      }
    }
  }

  /// All faults earlier, and the run shorter.
  void shrink_time() {
    while (!best_.method.empty() && best_.method.front().at >= 2s && adopt_with([](Drill& drill) {
      const auto earlier = std::chrono::ceil<std::chrono::seconds>(drill.method.front().at / 2);
      for (auto& fault : drill.method) {
        fault.at -= earlier;
      }
    })) {
    }
    while (duration_of(best_) >= 2s && adopt_with([](Drill& drill) {
             drill.sim.duration = std::chrono::ceil<std::chrono::seconds>(duration_of(drill) / 2);
           })) {
    }
  }

  Drill best_;
  std::string reason_;
  const Trial& trial_;
  const ShrinkOptions& options_;
  std::size_t trials_ = 0;
};

}  // namespace

Shrunk shrink(const Drill& drill, const Trial& trial, const ShrinkOptions& options) {
  const auto reason = trial(drill);
  if (!reason) {
    return {drill, {}, 1, true};
  }
  return Shrinker(drill, *reason, trial, options).run();
}

}  // namespace hearth::drill
