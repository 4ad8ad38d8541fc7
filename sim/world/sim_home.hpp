#pragma once
// The simulated side of a home: scans the generated library and sends its bytes, driven by the
// same home machine and stream sender as a real one.

#include "actors/home/home_machine.hpp"
#include "sim/world/media.hpp"
#include "sim/world/network.hpp"
#include "sim/world/post.hpp"

#include <cstdint>
#include <map>
#include <memory>

namespace hearth::sim {

class ServedStream;

/// One life of the process. Its end ends all that it does, at once.
class SimHome final {
 public:
  /// `media` and the others outlive it.
  SimHome(Network& network, Timers& timers, HostId host, const Media& media);
  ~SimHome();

  /// Of the machine.
  void order(home::HomeCommand command);
  Post<home::HomeMachine> machine;

  [[nodiscard]] std::size_t streams() const { return streams_.size(); }

 private:
  void on(home::StartScan order);
  void on(const home::ContinueScan& order);
  void on(home::ServeStream order);
  void on(const home::EndStreams& order);
  void on(const home::RaiseAlarm& /*order*/) {}
  void next_batch();

  Network& network_;
  Timers& timers_;
  HostId host_;
  const Media& media_;
  struct Scan;
  std::unique_ptr<Scan> scan_;
  std::map<std::uint64_t, std::unique_ptr<ServedStream>> streams_;
  std::uint64_t stream_last_ = 0;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace hearth::sim
