#pragma once
// Several link machines joined by pipes of bytes, on virtual time, in one thread: no CAF, no
// sockets. Bytes arrive when `run` says so; pipes can be cut, stalled and garbled.

#include "actors/link/link_machine.hpp"
#include "messages/base/check.hpp"
#include "tests/support/link_cluster.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace hearth::testing {

/// One machine and all that came out of it.
struct LinkNode {
  LinkNode(link::LinkSelf its_self, std::string its_host, link::LinkOptions options)
      : self(std::move(its_self)), host(std::move(its_host)), machine(std::move(options)) {}

  [[nodiscard]] const NodeId& id() const { return self.identity.id; }
  [[nodiscard]] bool is_up(const LinkNode& peer) const { return up.count(peer.id()) != 0; }
  [[nodiscard]] std::uint64_t session_with(const LinkNode& peer) const {
    return up.at(peer.id()).session;
  }

  link::LinkSelf self;
  std::string host;
  link::LinkMachine machine;
  std::map<NodeId, PeerInfo> up;
  std::vector<PeerDown> downs;
  std::uint64_t list_told = 0;  ///< Serial of the newest node list that actors have heard of.
  std::vector<std::pair<std::string, Delivered>> delivered;
  std::map<std::uint64_t, std::vector<Result<Envelope>>> answers;  ///< By asker.
  std::map<link::Rejection, int> rejected;
  std::map<link::LinkCount, int> counted;
  std::set<std::uint64_t> paused;
  std::map<std::uint64_t, Bytes> raw;  ///< Sent on connections that no machine is at the end of.
  std::set<std::uint64_t> closed;      ///< Connections that the machine closed.
  bool reachable = true;
  bool reads = true;  ///< False: takes nothing off its connections.
};

class LinkWorld {
 public:
  LinkNode& add(const link::LinkSelf& self, const std::string& host,
                const link::LinkLimits& limits = {}) {
    link::LinkOptions options;
    options.self = self;
    options.nodes = cluster_list();
    options.roots = {root_key()};
    options.limits = limits;
    options.seed = nodes_.size();
    nodes_.push_back(std::make_unique<LinkNode>(self, host, std::move(options)));
    return *nodes_.back();
  }

  [[nodiscard]] link::LinkTime at() const { return {now, some_day}; }

  /// Does what the machine wants.
  void settle(LinkNode& node) {
    for (auto& output : node.machine.take_outputs()) {
      carry_out(node, output);
    }
  }

  void order(LinkNode& node, const LinkOrder& order) {
    node.machine.order(order, at());
    settle(node);
  }
  void ask(LinkNode& node, std::uint64_t asker, const LinkNode& to, const Envelope& envelope,
           Millis budget = Millis(5000), link::TrafficClass traffic = link::TrafficClass::command) {
    node.machine.ask(asker, Ask{asker, to.id(), budget, traffic, envelope}, at());
    settle(node);
  }
  void reply(LinkNode& node, const Delivered& to, Result<Envelope> answer) {
    node.machine.reply(Reply{*to.reply_to, std::move(answer)}, at());
    settle(node);
  }

  /// Moves bytes until all have arrived that can.
  void run() {
    while (step()) {
    }
  }

  /// Lets time pass, in the steps in which links sweep.
  void pass(Millis time) {
    constexpr Millis step_time{100};
    for (auto left = time; left > Millis(0); left -= step_time) {
      now += std::min(step_time, left);
      for (auto& node : nodes_) {
        node->machine.sweep(at());
        settle(*node);
      }
      run();
    }
  }

  /// Breaks every pipe between the two.
  void cut(LinkNode& a, LinkNode& b) {
    for (auto& pipe : pipes_) {
      if ((pipe->ends[0].node == &a && pipe->ends[1].node == &b) ||
          (pipe->ends[0].node == &b && pipe->ends[1].node == &a)) {
        close(*pipe, nullptr);
      }
    }
  }

  Instant now{std::chrono::hours(1)};
  /// Looks at, and may change, bytes on their way.
  std::function<void(const LinkNode& from, const LinkNode& to, Bytes& bytes)> on_bytes;

 private:
  struct End {
    LinkNode* node = nullptr;
    std::uint64_t connection = 0;
    std::deque<Bytes> coming;
    std::size_t coming_bytes = 0;
  };
  struct Pipe {
    End ends[2];
    bool open = true;
  };

  bool step() {
    bool moved = false;
    for (std::size_t i = 0; i < pipes_.size(); ++i) {
      for (std::size_t side = 0; side < 2; ++side) {
        moved = deliver(*pipes_[i], side) || moved;
      }
    }
    return std::exchange(changed_, false) || moved;
  }

  bool deliver(Pipe& pipe, std::size_t side) {
    auto& to = pipe.ends[side];
    auto& from = pipe.ends[1 - side];
    if (!pipe.open || to.coming.empty() || !to.node->reads ||
        to.node->paused.count(to.connection) != 0) {
      return false;
    }
    auto bytes = std::move(to.coming.front());
    to.coming.pop_front();
    to.coming_bytes -= bytes.size();
    if (on_bytes) {
      on_bytes(*from.node, *to.node, bytes);
    }
    to.node->machine.received(to.connection, bytes, at());
    settle(*to.node);
    if (pipe.open) {
      from.node->machine.written(from.connection, to.coming_bytes, at());
      settle(*from.node);
    }
    return true;
  }

  void carry_out(LinkNode& node, link::LinkOutput& output) {
    if (const auto* dial = std::get_if<link::OpenConnection>(&output)) {
      connect(node, *dial);
    } else if (const auto* send = std::get_if<link::SendBytes>(&output)) {
      transmit(node, *send);
    } else if (const auto* over = std::get_if<link::CloseConnection>(&output)) {
      node.closed.insert(over->connection);
      if (auto* pipe = find(node, over->connection)) {
        close(*pipe, &node);
      }
    } else if (const auto* pause = std::get_if<link::PauseReading>(&output)) {
      node.paused.insert(pause->connection);
    } else if (const auto* resume = std::get_if<link::ResumeReading>(&output)) {
      node.paused.erase(resume->connection);
    } else if (auto* message = std::get_if<link::DeliverTo>(&output)) {
      node.delivered.emplace_back(message->actor, std::move(message->delivered));
    } else if (auto* answer = std::get_if<link::AnswerAsker>(&output)) {
      node.answers[answer->asker].push_back(std::move(answer->answered.answer));
    } else if (const auto* up = std::get_if<PeerUp>(&output)) {
      node.up[up->peer.node] = up->peer;
    } else if (const auto* down = std::get_if<PeerDown>(&output)) {
      const auto known = node.up.find(down->node);
      if (known != node.up.end() && known->second.session == down->session) {
        node.up.erase(known);
      }
      node.downs.push_back(*down);
    } else if (const auto* listed = std::get_if<NodesListed>(&output)) {
      node.list_told = listed->nodes.serial;
    } else if (const auto* counted = std::get_if<link::Counted>(&output)) {
      ++node.counted[counted->what];
    } else {
      ++node.rejected[std::get<link::Rejected>(output).reason];
    }
  }

  void connect(LinkNode& from, const link::OpenConnection& dial) {
    const auto to = std::find_if(nodes_.begin(), nodes_.end(), [&](const auto& node) {
      return node->host == dial.endpoint.host && node->reachable;
    });
    if (to == nodes_.end()) {
      return;  // a black hole: the machine's deadline ends it
    }
    auto pipe = std::make_unique<Pipe>();
    pipe->ends[0] = {&from, dial.connection, {}, 0};
    pipe->ends[1] = {to->get(), (*to)->machine.accepted(from.host, at()), {}, 0};
    pipes_.push_back(std::move(pipe));
    settle(**to);
  }

  void transmit(LinkNode& from, const link::SendBytes& send) {
    auto* pipe = find(from, send.connection);
    if (pipe == nullptr) {
      auto& raw = from.raw[send.connection];
      raw.insert(raw.end(), send.bytes.begin(), send.bytes.end());
      return;
    }
    auto& to = pipe->ends[pipe->ends[0].node == &from ? 1 : 0];
    to.coming_bytes += send.bytes.size();
    to.coming.push_back(send.bytes);
  }

  Pipe* find(const LinkNode& node, std::uint64_t connection) {
    for (auto& pipe : pipes_) {
      if (pipe->open && ((pipe->ends[0].node == &node && pipe->ends[0].connection == connection) ||
                         (pipe->ends[1].node == &node && pipe->ends[1].connection == connection))) {
        return pipe.get();
      }
    }
    return nullptr;
  }

  /// `closer` has closed it and is not told.
  void close(Pipe& pipe, const LinkNode* closer) {
    if (!std::exchange(pipe.open, false)) {
      return;
    }
    changed_ = true;
    for (auto& end : pipe.ends) {
      end.node->paused.erase(end.connection);
      if (end.node != closer) {
        end.node->machine.closed(end.connection, at());
        settle(*end.node);
      }
    }
  }

  std::vector<std::unique_ptr<LinkNode>> nodes_;
  std::vector<std::unique_ptr<Pipe>> pipes_;
  bool changed_ = false;
};

/// A peer that says whatever a test wants, at the far end of a connection of its own.
class RawPeer {
 public:
  RawPeer(LinkWorld& world, LinkNode& node, const link::LinkSelf& self,
          const std::string& source = "10.0.0.9")
      : world_(world), node_(node), channel_(self, link::Purpose::control, contact_of(node.self)) {
    connection_ = node_.machine.accepted(source, world_.at());
    world_.settle(node_);
    channel_.open(out_);
    exchange();
  }

  void say(const link::FrameHeader& header, BytesView body) {
    channel_.send(header, body, out_);
    exchange();
  }
  void say(link::FrameKind kind, std::uint64_t correlation, const Envelope& envelope,
           link::TrafficClass traffic = link::TrafficClass::command) {
    link::FrameHeader header;
    header.kind = kind;
    header.traffic = traffic;
    header.budget_ms = 5000;
    header.correlation = correlation;
    say(header, envelope.bytes());
  }

  /// Takes what the node has sent since.
  void exchange() {
    do {
      node_.machine.received(connection_, std::exchange(out_, {}), world_.at());
      world_.settle(node_);
      channel_.feed(std::exchange(node_.raw[connection_], {}));
      while (const auto event = channel_.next(some_day, out_)) {
        if (const auto* frame = std::get_if<link::FrameReceived>(&*event)) {
          frames.emplace_back(frame->header, Bytes(frame->body.begin(), frame->body.end()));
        }
      }
    } while (!out_.empty());
  }

  [[nodiscard]] bool is_proven() const { return channel_.proven(); }
  [[nodiscard]] bool is_closed() const { return node_.closed.count(connection_) != 0; }
  [[nodiscard]] std::uint64_t connection() const { return connection_; }

  std::vector<std::pair<link::FrameHeader, Bytes>> frames;

 private:
  LinkWorld& world_;
  LinkNode& node_;
  link::ChannelMachine channel_;
  std::uint64_t connection_ = 0;
  Bytes out_;
};

}  // namespace hearth::testing
