#pragma once
// The people of a live run: they browse the home and play its titles through the gateway, as fast
// as the drill's workload says, and tell the record what they get.

#include "messages/base/result.hpp"
#include "nodes/drill/live_record.hpp"
#include "sim/drill/plan.hpp"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace hearth::drill {

struct Title {
  std::string url;
  std::uint64_t size = 0;
};

/// What there is to browse and to play.
struct Library {
  std::string gateway;
  std::string token;
  std::string page_url;  ///< Of the home's first page.
  std::vector<Title> titles;
};

/// Asks until a home is online and, where the workload has streams, lists a title. Blocks.
/// `go_on` is asked between two attempts; false ends them.
/// Errors: those of the gateway, `not_found` (nothing to play), `stopping`.
[[nodiscard]] Result<Library> find_library(const std::string& gateway, const std::string& token,
                                           const Workload& workload,
                                           const std::function<bool()>& go_on);

/// A thread for each person and each player.
class Prober final {
 public:
  static constexpr std::size_t people_max = 64;
  static constexpr std::size_t players_max = 64;

  /// Begins at once. `record` outlives the prober. More people and players than the bounds are
  /// not played.
  Prober(Library library, const Topology& topology, const Workload& workload, LiveRecord& record);
  Prober(const Prober&) = delete;
  Prober& operator=(const Prober&) = delete;
  ~Prober();  ///< Waits for the last answers, at most some seconds.

 private:
  void browse(std::size_t person, Instant::duration first, Instant::duration every);
  void play(std::size_t player, double bytes_per_s);
  /// False: it stops.
  bool play_on(std::size_t player, const Title& title, double bytes_per_s);
  [[nodiscard]] bool wait_until(Instant at);
  [[nodiscard]] bool stopping() const;

  Library library_;
  LiveRecord& record_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace hearth::drill
