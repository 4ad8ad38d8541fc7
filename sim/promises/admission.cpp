// P3: only devices of the household get bytes, and revoked ones not for long. Nobody comes in by a
// code that was used.

#include "sim/promises/checkers.hpp"

#include <algorithm>

namespace hearth::sim {

namespace {

using namespace std::chrono_literals;

constexpr Millis revocation_bound{60'000};
/// A home that was cut off from all directories is back within 30 s (P6) and cuts 5 s later.
constexpr Millis bound_after_faults{35'000};

class Admission final : public Checker {
 public:
  using Checker::Checker;
  [[nodiscard]] std::string_view promise() const override { return "P3"; }

  void asked_page(const NodeId& client, const NodeId& home, ErrorCode outcome, Millis) override {
    if (outcome == ErrorCode::none) {
      judge(client, home, "a page");
    }
  }
  void bytes_played(PlaybackId playback, const ItemVersion&, std::uint64_t, BytesView) override {
    const auto& start = scene_.playing.at(playback).start;
    judge(start.client, start.home, "bytes");
  }

  void finished() override {
    if (const auto& code = scene_.accounts.reopened(); !code.empty()) {
      violate("accounts", "the code " + code + " was used, and opened again");
    }
  }

 private:
  void judge(const NodeId& client, const NodeId& home, const std::string& what) {
    if (!scene_.are_of_one_household(client, home)) {
      violate(scene_.name_of(client), "got " + what + " of a home of another household");
    }
    const auto revoked = scene_.accounts.revoked_since(client);
    if (!revoked) {
      return;
    }
    const auto end = std::max(*revoked + revocation_bound,
                              scene_.healed_at.value_or(scene_.now()) + bound_after_faults);
    if (scene_.now() > end) {
      violate(scene_.name_of(client), "is revoked and still gets " + what);
    }
  }
};

}  // namespace

std::unique_ptr<Checker> admission_checker(Scene& scene) {
  return std::make_unique<Admission>(scene);
}

}  // namespace hearth::sim
