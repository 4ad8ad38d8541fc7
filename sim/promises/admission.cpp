// P3: only devices of the household, and of those it shares with, get bytes, and not for long what
// has ended. Nobody comes in by a code that was used.

#include "sim/promises/checkers.hpp"

namespace hearth::sim {

namespace {

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
    if (!scene_.are_of_one_household(client, home) && !scene_.is_shared(client, home)) {
      violate(scene_.name_of(client), "got " + what + " of a home of another household");
    }
    const auto revoked = scene_.accounts.revoked_since(client);
    if (revoked && scene_.now() > scene_.bound_after(*revoked)) {
      violate(scene_.name_of(client), "is revoked and still gets " + what);
    }
  }
};

}  // namespace

std::unique_ptr<Checker> admission_checker(Scene& scene) {
  return std::make_unique<Admission>(scene);
}

}  // namespace hearth::sim
