#pragma once
// A whole directory without CAF: its front and all its groups, what they append on disks in memory,
// and what they say to each other carried at once. What goes to other nodes is handed to the test.

#include "actors/directory/directory_machine.hpp"
#include "tests/support/directory_cast.hpp"
#include "tests/support/machine_bench.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace hearth::directory::testing {

/// What survives the directory: a disk for each group.
using Disks = std::map<GroupId, test::Disk>;

class DirectoryPlace {
 public:
  static constexpr std::uint32_t groups = 5;

  DirectoryPlace(Disks& disks, const WallClock& clock, Instant& fresh_since,
                 seal::NodeList nodes = node_list())
      : disks_(disks), map_(std::make_shared<MapView>(founding_map(groups))) {
    DirectoryMachine::Config front{
        directory_keys, std::move(nodes), [] { return std::vector{other_directory.id}; }, map_, {}};
    for (std::uint32_t number = 0; number < groups; ++number) {
      const GroupId group{number};
      auto& disk = disks_[group];
      front.groups.emplace(group, GroupPort{&disk.log, [this] { return leader; },
                                            [&fresh_since] { return fresh_since; }});
      AccountGroup::Config config{directory_keys, group, map_, [this](GroupId) { return leader; },
                                  AccountGroup::accounts_max};
      groups_.push_back(std::make_unique<AccountGroup>(config, clock));
      EXPECT_TRUE(groups_.back()->recover(disk.log).ok());
    }
    front_ = std::make_unique<DirectoryMachine>(std::move(front), clock);
  }

  /// Of all groups.
  void step(const LeadershipChanged& change) {
    leader = change.leader;
    for (std::uint32_t number = 0; number < groups; ++number) {
      take(GroupId{number}, groups_[number]->step(change, now));
    }
    carry();
  }
  void step(const TimerFired& timer) {
    effects = {};
    take_front(front_->step(timer, now));
    for (std::uint32_t number = 0; number < groups; ++number) {
      take(GroupId{number}, groups_[number]->step(timer, now));
    }
    carry();
  }
  template <class Input>
  void step(const Input& input) {
    effects = {};
    take_front(front_->step(input, now));
    carry();
  }

  /// Delivers `envelope` as a request of `from` and returns the answer.
  Result<Envelope> ask(const NodeId& from, Role role, const Envelope& envelope) {
    const ReplyTo asker{from, 1, ++correlation_};
    step(Delivered{asker, from, role, 1, envelope});
    for (auto& reply : effects.replies) {
      if (reply.to == asker) {
        return reply.answer;
      }
    }
    return Error{ErrorCode::timed_out, "no answer"};
  }

  [[nodiscard]] AccountGroup& group(GroupId group) {
    return *groups_.at(static_cast<std::uint32_t>(group));
  }
  [[nodiscard]] const DirectoryMachine& front() const { return *front_; }
  [[nodiscard]] MapView& map() { return *map_; }
  [[nodiscard]] test::Disk& disk_of(BytesView key) {
    return disks_.at(map_->get()->group_of(bucket_of(key)));
  }

  Instant now{std::chrono::hours{1}};
  NodeId leader;             ///< Of all groups.
  Effects<ToGroup> effects;  ///< Of the last input, to other nodes.
  bool was_exact = false;    ///< The last answer of a group.
  std::size_t carried = 0;   ///< Orders and answers between front and groups, so far.
  /// Whether an order to a group is lost on its way, answer and all: as if the front had died.
  std::function<bool(MessageKind inner, ForwardStep step)> loses = [](auto, auto) { return false; };

 private:
  /// Whose request to this very node it is: a group's, or the front's.
  struct Waiting {
    std::optional<GroupId> group;
    std::uint64_t token = 0;
  };
  static constexpr std::uint64_t own_session = 77;

  bool is_lost(const Envelope& envelope) const {
    const auto order = unpack<Forwarded>(envelope);
    const auto inner = order ? Envelope::from_bytes(order.value().envelope) : order.error();
    const auto head = inner ? header_of(inner.value()) : inner.error();
    return head && loses(head.value().kind, order.value().step);
  }

  template <class Command>
  void take_common(Effects<Command> from, std::optional<GroupId> group) {
    for (auto& reply : from.replies) {
      reply.to.node == directory_keys.id ? answers_.push_back(std::move(reply))
                                         : effects.replies.push_back(std::move(reply));
    }
    for (auto& ask : from.asks) {
      if (ask.to != directory_keys.id) {
        effects.asks.push_back(std::move(ask));
      } else if (!is_lost(ask.envelope)) {
        waiting_[++own_last_] = {group, ask.token};
        own_.push_back({ReplyTo{directory_keys.id, own_session, own_last_}, directory_keys.id,
                        Role::directory, own_session, std::move(ask.envelope)});
      }
    }
    std::move(from.tells.begin(), from.tells.end(), std::back_inserter(effects.tells));
    effects.stop = from.stop ? from.stop : effects.stop;
  }
  void take_front(Effects<ToGroup> from) {
    for (auto& order : from.commands) {
      if (!is_lost(order.request.envelope)) {
        orders_.push_back(std::move(order));
      }
    }
    take_common(std::move(from), std::nullopt);
  }
  void take(GroupId group, Effects<std::monostate> from) {
    for (auto& append : from.appends) {
      disks_.at(group).write(std::move(append));
    }
    from.appends.clear();
    was_exact = from.exact;
    take_common(std::move(from), group);
  }

  void carry() {
    while (!orders_.empty() || !own_.empty() || !answers_.empty()) {
      ++carried;
      if (!orders_.empty()) {
        const auto order = std::move(orders_.front());
        orders_.pop_front();
        take(order.group, group(order.group).step(order.request, now));
      } else if (!own_.empty()) {
        const auto request = std::move(own_.front());
        own_.pop_front();
        take_front(front_->step(request, now));
      } else {
        auto reply = std::move(answers_.front());
        answers_.pop_front();
        const auto waiting = waiting_.at(reply.to.correlation);
        const Answered answered{waiting.token, std::move(reply.answer)};
        if (waiting.group) {
          take(*waiting.group, group(*waiting.group).step(answered, now));
        } else {
          take_front(front_->step(answered, now));
        }
      }
    }
  }

  Disks& disks_;
  std::shared_ptr<MapView> map_;
  std::vector<std::unique_ptr<AccountGroup>> groups_;
  std::unique_ptr<DirectoryMachine> front_;
  std::deque<ToGroup> orders_;
  std::deque<Delivered> own_;
  std::deque<Reply> answers_;
  std::map<std::uint64_t, Waiting> waiting_;
  std::uint64_t own_last_ = 0;
  std::uint64_t correlation_ = 0;
};

}  // namespace hearth::directory::testing
