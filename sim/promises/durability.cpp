// P1: an acknowledged account command survives.

#include "sim/promises/checkers.hpp"

#include <fmt/format.h>

namespace hearth::sim {

namespace {

class Durability final : public Checker {
 public:
  using Checker::Checker;
  [[nodiscard]] std::string_view promise() const override { return "P1"; }

  /// Beyond what is promised events may be lost: they are listed, and the objective judges them.
  void finished() override {
    if (scene_.tolerance == drill::Tolerance::beyond) {
      return;
    }
    for (const auto& lost : scene_.accounts.lost()) {
      violate(lost.stream,
              fmt::format("{} of {} was acknowledged and has no effect", lost.kind, lost.text));
    }
  }
};

}  // namespace

std::unique_ptr<Checker> durability_checker(Scene& scene) {
  return std::make_unique<Durability>(scene);
}

}  // namespace hearth::sim
