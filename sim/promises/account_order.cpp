// P2: account commands and lists could have been done one after the other.

#include "sim/promises/checkers.hpp"

namespace hearth::sim {

namespace {

class AccountOrder final : public Checker {
 public:
  using Checker::Checker;
  [[nodiscard]] std::string_view promise() const override { return "P2"; }

  void finished() override {
    if (const auto why = scene_.accounts.linearizability(); !why.empty()) {
      violate("accounts", why);
    }
  }
};

}  // namespace

std::unique_ptr<Checker> linearizability_checker(Scene& scene) {
  return std::make_unique<AccountOrder>(scene);
}

}  // namespace hearth::sim
