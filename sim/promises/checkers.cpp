#include "sim/promises/checkers.hpp"

namespace hearth::sim {

std::vector<std::unique_ptr<Checker>> make_checkers(Scene& scene) {
  std::vector<std::unique_ptr<Checker>> all;
  for (const auto make :
       {durability_checker, linearizability_checker, ownership_checker, admission_checker,
        standing_checker, blindness_checker, content_checker, recovery_checker, metering_checker,
        agreement_checker, sharing_checker, error_line_checker}) {
    all.push_back(make(scene));
  }
  return all;
}

}  // namespace hearth::sim
