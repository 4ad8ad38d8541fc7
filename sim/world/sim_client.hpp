#pragma once
// The simulated side of a client: a person who browses and plays, and for one client of each
// household also manages its account. Questions go to the real client machine.

#include "actors/client/client_machine.hpp"
#include "actors/client/manager_machine.hpp"
#include "sim/world/observer.hpp"
#include "sim/world/player.hpp"
#include "sim/world/post.hpp"

#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace hearth::sim {

/// One life of the process.
class SimClient final {
 public:
  SimClient(Network& network, Timers& timers, HostId host, NodeId self, Observer& observer);
  ~SimClient();

  /// Of the machines.
  void on_answer(client::UiAnswer answer);
  void on_answer(const client::AccountAnswer& answer);
  Post<client::ClientMachine> session;
  Post<client::ManagerMachine> manager;

  using OnAnswer = std::function<void(Result<client::Answer>)>;
  void ask(client::Question question, OnAnswer on_answer);
  /// A page of what `home` has, told to the observer.
  void browse(const NodeId& home);
  /// Any other question after items, the answer told likewise; no page is expected.
  void look(const client::AskHome& question);
  void send(const client::AccountCommand& command);

  /// Plays `item` from `offset`, at `rate` bytes a second.
  void play(PlaybackId playback, const NodeId& home, const ItemId& item, std::uint64_t offset,
            double rate);
  [[nodiscard]] std::size_t playing() const { return players_.size(); }
  void stop_playing() { players_.clear(); }

 private:
  Network& network_;
  Timers& timers_;
  HostId host_;
  NodeId self_;
  Observer& observer_;
  void tell_page(const NodeId& home, const Result<client::Answer>& answer);

  std::map<std::uint64_t, OnAnswer> waiting_;
  std::uint64_t question_last_ = 0;
  std::map<PlaybackId, std::unique_ptr<Player>> players_;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace hearth::sim
