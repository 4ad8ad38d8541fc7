#include "tests/actors/replication/describe.hpp"

#include <range/v3/range/conversion.hpp>
#include <range/v3/view/join.hpp>
#include <range/v3/view/transform.hpp>

#include <chrono>
#include <fmt/format.h>

namespace hearth::replication::testing {

namespace {

std::string join(const std::vector<std::string>& words, const std::string& between) {
  return words | ranges::views::join(between) | ranges::to<std::string>();
}

std::string describe_entries(const std::vector<Entry>& entries) {
  std::vector<std::string> words;
  for (const auto& entry : entries) {
    words.push_back(describe(entry));
  }
  return join(words, ", ");
}

long millis(Instant instant) {
  return std::chrono::duration_cast<Millis>(instant.time_since_epoch()).count();
}

std::string words(const VoteRequest& request) {
  return fmt::format("{}vote-request last {}/{}{}", request.pre ? "pre-" : "", request.last_index,
                     request.last_term, request.transfer ? " transfer" : "");
}
std::string words(const VoteReply& reply) {
  return fmt::format("{}vote-reply {}", reply.pre ? "pre-" : "",
                     reply.granted ? "granted" : "refused");
}
std::string words(const Append& append) {
  return fmt::format("append after {}/{} commit {}: {}", append.prev_index, append.prev_term,
                     append.commit,
                     append.entries.empty() ? "-" : describe_entries(append.entries));
}
std::string words(const AppendAccepted& reply) {
  return fmt::format("accepted up to {}", reply.index);
}
std::string words(const AppendRejected& reply) {
  return fmt::format("rejected after {}, try {}/{}", reply.prev_index, reply.hint_index,
                     reply.hint_term);
}
std::string words(const Heartbeat& heartbeat) {
  const auto& confirmation = heartbeat.confirmation;
  return fmt::format(
      "heartbeat commit {} round {}{}", heartbeat.commit, heartbeat.round,
      confirmation == Confirmation{}
          ? ""
          : fmt::format(" confirms {} ms at {}", millis(confirmation.stamp), confirmation.index));
}
std::string words(const HeartbeatReply& reply) {
  return fmt::format("heartbeat-reply round {}", reply.round);
}
std::string words(const SnapshotChunk& chunk) {
  return fmt::format("chunk {} of {} of snapshot {} ({})", chunk.position, chunk.chunks,
                     describe(chunk.snapshot.id), describe(chunk.snapshot.configuration));
}
std::string words(const SnapshotReply& reply) {
  return fmt::format("chunk-reply snapshot {} next {}", describe(reply.id), reply.next);
}
std::string words(const TimeoutNow&) {
  return "timeout-now";
}
std::string words(const RecallRequest&) {
  return "recall-request";
}
std::string words(const RecallReply& reply) {
  return fmt::format("recall-reply seen term {} up to {}", reply.term, reply.index);
}

std::string describe_write(const Write& write) {
  std::vector<std::string> parts;
  if (write.hard_state) {
    parts.push_back(
        fmt::format("term {} vote {}", write.hard_state->term, number_of(write.hard_state->vote)));
  }
  if (write.snapshot) {
    parts.push_back(fmt::format("snapshot {} ({})", describe(write.snapshot->id),
                                describe(write.snapshot->configuration)));
  }
  if (!write.entries.empty()) {
    parts.push_back(describe_entries(write.entries));
  }
  return fmt::format("#{} {}", write.number, join(parts, "; "));
}

}  // namespace

std::string describe(SnapshotId id) {
  return fmt::format("{}/{}", id.index, id.term);
}

std::string describe(const Configuration& configuration) {
  std::vector<std::string> words;
  for (const auto& member : configuration.members) {
    words.push_back(fmt::format("{}{}{}", number_of(member.node), member.votes ? "" : "L",
                                member.priority > 0 ? fmt::format("+{}", member.priority) : ""));
  }
  return join(words, " ");
}

std::string describe(const Entry& entry) {
  const auto where = fmt::format("{}/{}", entry.index, entry.term);
  switch (entry.kind) {
    case EntryKind::no_op: return where + " no-op";
    case EntryKind::configuration:
      return where + " members " + describe(*decode_configuration(*entry.payload));
    case EntryKind::events: break;
  }
  return where + " " + std::string(entry.payload->begin(), entry.payload->end());
}

std::string describe(const Message& message) {
  return fmt::format("{}->{} term {} {}", number_of(message.from), number_of(message.to),
                     message.term,
                     std::visit([](const auto& body) { return words(body); }, message.body));
}

std::string describe(const NodeId& node, const Effects& effects) {
  std::string text;
  const auto line = [&](const std::string& what) {
    text += fmt::format("{} {}\n", number_of(node), what);
  };
  if (effects.stop) {
    line("stops: " + effects.stop->detail);
  }
  if (effects.leadership) {
    line(fmt::format("is {} of term {}, leader {}", name_of(effects.leadership->role),
                     effects.leadership->term, number_of(effects.leadership->leader)));
  }
  for (const auto& chunk : effects.stage) {
    line(fmt::format("stages chunk {} of snapshot {}", chunk.position, describe(chunk.id)));
  }
  if (effects.write) {
    line("writes " + describe_write(*effects.write));
  }
  for (const auto& message : effects.messages) {
    line("sends " + describe(message));
  }
  if (!effects.committed.empty()) {
    line("commits " + describe_entries(effects.committed));
  }
  for (const auto& read : effects.reads) {
    line(fmt::format("may answer read {} at {}", read.token, read.index));
  }
  if (effects.open_snapshot) {
    line("asks for a snapshot");
  }
  return text;
}

std::string describe(const Replica& replica) {
  if (!replica.is_up()) {
    return fmt::format("{} is down\n", number_of(replica.id()));
  }
  const auto& machine = replica.machine();
  const auto& log = machine.log();
  const auto mark = [](bool holds, const char* text) { return holds ? text : ""; };
  auto text = fmt::format(
      "{} {} term {} leader {} log {}..{} stable {} commit {} applied {}{}{}{} ({})\n",
      number_of(replica.id()), name_of(machine.role()), machine.term(), number_of(machine.leader()),
      log.base().index, log.last_index(), machine.stable(), machine.committed(), replica.applied(),
      mark(machine.decides(), " decides"), mark(!machine.recalled(), " asks what was seen of it"),
      mark(machine.sends_snapshot(), " sends a snapshot"), describe(log.configuration()));
  if (machine.role() == RaftRole::leader) {
    for (const auto& peer : machine.peers()) {
      text +=
          fmt::format("  {} {} match {} next {}\n", number_of(peer.member.node),
                      name_of(peer.progress.state()), peer.progress.match(), peer.progress.next());
    }
  }
  return text;
}

}  // namespace hearth::replication::testing
