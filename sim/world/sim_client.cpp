#include "sim/world/sim_client.hpp"

#include <utility>

namespace hearth::sim {

namespace {

constexpr std::uint32_t page_items = 50;

}  // namespace

SimClient::SimClient(Network& network, Timers& timers, HostId host, NodeId self, Observer& observer)
    : network_(network), timers_(timers), host_(host), self_(self), observer_(observer) {}

SimClient::~SimClient() = default;

void SimClient::on_answer(client::UiAnswer answer) {
  const auto found = waiting_.find(answer.id);
  if (found != waiting_.end()) {
    const auto on_answer = std::move(found->second);
    waiting_.erase(found);
    on_answer(std::move(answer.answer));
  }
}

void SimClient::on_answer(const client::AccountAnswer& answer) {
  observer_.command_answered(self_, answer);
}

void SimClient::ask(client::Question question, OnAnswer on_answer) {
  const auto id = ++question_last_;
  waiting_.emplace(id, std::move(on_answer));
  session({id, std::move(question)});
}

void SimClient::browse(const NodeId& home) {
  client::AskHome question{home, home::BrowseItems{{}, {}, page_items}};
  ask(std::move(question),
      [this, home, asked = timers_.now()](const Result<client::Answer>& answer) {
        tell_page(home, answer);
        observer_.asked_page(self_, home, answer ? ErrorCode::none : answer.error().code,
                             std::chrono::duration_cast<Millis>(timers_.now() - asked));
      });
}

void SimClient::look(const client::AskHome& question) {
  ask(question, [this, home = question.home](const Result<client::Answer>& answer) {
    tell_page(home, answer);
  });
}

void SimClient::tell_page(const NodeId& home, const Result<client::Answer>& answer) {
  const auto* page = answer ? std::get_if<home::ItemsPage>(&answer.value()) : nullptr;
  if (page != nullptr) {
    observer_.page_shown(self_, home, *page);
  }
}

void SimClient::send(const client::AccountCommand& command) {
  observer_.command_sent(self_, command);
  manager(command);
}

void SimClient::play(PlaybackId playback, const NodeId& home, const ItemId& item,
                     std::uint64_t offset, double rate) {
  PlayerPorts ports;
  ports.network = &network_;
  ports.timers = &timers_;
  ports.host = host_;
  ports.observer = &observer_;
  ports.plan = [this](client::PlanStream question, OnAnswer on_answer) {
    ask(std::move(question), std::move(on_answer));
  };
  const auto ended = [this, playback] {
    timers_.after(std::chrono::nanoseconds(0), [this, alive = std::weak_ptr(alive_), playback] {
      if (!alive.expired()) {
        players_.erase(playback);
      }
    });
  };
  players_.emplace(playback, std::make_unique<Player>(
                                 std::move(ports),
                                 PlaybackStart{playback, self_, home, item, offset}, rate, ended));
}

}  // namespace hearth::sim
