#pragma once
// The owner's device of a household: creates the account and enrols the other devices, once. Every
// step may be repeated, so that whatever was done before stays.

#include "actors/runtime/step.hpp"
#include "messages/directory/directory_messages.hpp"

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace hearth::client {

/// Step machine of the actor "enrolment". Its one command says how it ended.
class EnrolmentMachine {
 public:
  using External = std::monostate;
  struct Ended {
    Result<void> outcome;
  };
  using Command = Ended;
  static constexpr const char* name = "enrolment";

  struct Household {
    std::string account;
    directory::Device owner;
    std::vector<directory::Device> devices;
  };

  /// `directories`: tried in order, whenever the one before is not there.
  EnrolmentMachine(NodeId self, std::vector<NodeId> directories, Household household);

  [[nodiscard]] Result<void> recover(const storage::LogReader&) { return {}; }
  [[nodiscard]] Effects<Ended> start(Instant now);
  [[nodiscard]] Effects<Ended> step(const PeerUp& input, Instant now);
  [[nodiscard]] Effects<Ended> step(const Answered& input, Instant now);
  [[nodiscard]] Effects<Ended> step(const TimerFired& input, Instant now);
  [[nodiscard]] Effects<Ended> step(const Delivered&, Instant) { return {}; }
  [[nodiscard]] Effects<Ended> step(const PeerDown&, Instant) { return {}; }
  [[nodiscard]] Effects<Ended> step(const External&, Instant) { return {}; }

 private:
  void ask_next(Effects<Ended>& effects);

  NodeId self_;
  std::vector<NodeId> directories_;
  Household household_;
  NodeId directory_;
  bool account_made_ = false;
  std::size_t enrolled_ = 0;
  std::uint64_t token_ = 0;
};

}  // namespace hearth::client
