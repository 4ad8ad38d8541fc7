// P4: the service sees neither titles nor media bytes, on its wires and on its disks.

#include "sim/promises/checkers.hpp"

#include <set>
#include <string_view>

namespace hearth::sim {

namespace {

/// Every byte of every stream comes by here: a search from one first letter to the next.
bool is_clear(BytesView bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return text.find(plaintext_marker) != std::string_view::npos;
}

class Blindness final : public Checker {
 public:
  explicit Blindness(Scene& scene) : Checker(scene) {
    for (const auto& node : scene.world().nodes()) {
      const auto role = node->spec().role;
      if (role == drill::Role::directory || role == drill::Role::super_peer) {
        blind_.push_back(node.get());
        hosts_.insert(node->host());
      }
    }
  }
  [[nodiscard]] std::string_view promise() const override { return "P4"; }

  void crossed(HostId from, HostId to, BytesView bytes) override {
    if ((hosts_.count(from) != 0 || hosts_.count(to) != 0) && is_clear(bytes)) {
      violate("service", "saw a title or media bytes in the clear");
    }
  }

  void finished() override {
    for (auto* node : blind_) {
      if (const auto* log = node->log()) {
        search(*node, *log);
      }
    }
  }

 private:
  void search(const SimNode& node, const storage::EventLog& log) {
    const auto look = [&](BytesView bytes) -> Result<void> {
      if (is_clear(bytes)) {
        violate(node.name(), "has a title or media bytes in the clear on its disk");
      }
      return {};
    };
    static_cast<void>(log.streams([&](storage::StreamId stream) {
      const auto snapshot = log.snapshot(stream);
      if (snapshot && snapshot.value()) {
        static_cast<void>(look(snapshot.value()->state));
      }
      static_cast<void>(
          log.rows(stream, "", [&](std::string_view, BytesView value) { return look(value); }));
    }));
  }

  std::vector<SimNode*> blind_;
  std::set<HostId> hosts_;
};

}  // namespace

std::unique_ptr<Checker> blindness_checker(Scene& scene) {
  return std::make_unique<Blindness>(scene);
}

}  // namespace hearth::sim
