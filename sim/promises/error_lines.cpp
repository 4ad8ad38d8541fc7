// A process that ends by itself, or cannot start, says so in an error line. Where no fault is to
// blame, that is a bug.

#include "sim/promises/checkers.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace hearth::sim {

namespace {

class ErrorLines final : public Checker {
 public:
  using Checker::Checker;
  [[nodiscard]] std::string_view promise() const override { return "no error lines"; }

  void node_failed(const std::string& node, const Error& why) override {
    if (!is_excused(why.code)) {
      violate(node, fmt::format("stopped: {}: {}", hearth::name_of(why.code), why.detail));
    }
  }

 private:
  template <class... Faults>
  [[nodiscard]] bool has() const {
    return std::any_of(scene_.method.begin(), scene_.method.end(), [](const drill::Fault& fault) {
      return (std::holds_alternative<Faults>(fault.action) || ...);
    });
  }
  [[nodiscard]] bool is_excused(ErrorCode code) const {
    switch (code) {
      case ErrorCode::disk_full: return has<drill::FillDisk>();
      case ErrorCode::disk_failed: return has<drill::FailDisk, drill::FillDisk, drill::RotBits>();
      case ErrorCode::log_corrupt:
      case ErrorCode::log_lost: return has<drill::RotBits, drill::WipeDisk, drill::KillRegion>();
      case ErrorCode::message_malformed: return has<drill::PoisonEvent>();
      default: return false;
    }
  }
};

}  // namespace

std::unique_ptr<Checker> error_line_checker(Scene& scene) {
  return std::make_unique<ErrorLines>(scene);
}

}  // namespace hearth::sim
