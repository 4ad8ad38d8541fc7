// P3: a super-peer that was struck from the node list carries nothing a minute later.

#include "sim/promises/checkers.hpp"

#include <map>

namespace hearth::sim {

namespace {

using namespace std::chrono_literals;

constexpr Millis bound{60'000};

std::uint64_t total_of(const MovedBytes& moved) {
  std::uint64_t total = 0;
  for (const auto& [parties, bytes] : moved) {
    total += bytes.to_client + bytes.to_home;
  }
  return total;
}

class Standing final : public Checker {
 public:
  using Checker::Checker;
  [[nodiscard]] std::string_view promise() const override { return "P3"; }

  void second_passed() override {
    for (const auto& [node, at] : scene_.world().struck()) {
      const auto carried = total_of(node->moved());
      const auto [known, is_new] = carried_.emplace(node, carried);
      if (!is_new && scene_.now() <= at + bound) {
        known->second = carried;
      } else if (carried > known->second) {
        violate(node->name(), "was struck from the node list and still carries streams");
      }
    }
  }

 private:
  std::map<const SimNode*, std::uint64_t> carried_;  ///< A minute after it was struck, at last.
};

}  // namespace

std::unique_ptr<Checker> standing_checker(Scene& scene) {
  return std::make_unique<Standing>(scene);
}

}  // namespace hearth::sim
