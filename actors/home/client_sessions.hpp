#pragma once

#include "actors/runtime/step.hpp"
#include "messages/home/sealed_request.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace hearth::home {

/// The end-to-end sessions of clients with this home, and which stream numbers each has used.
/// Pure.
class ClientSessions {
 public:
  /// How far behind the highest number a stream may still arrive: numbers are counted up, but
  /// dial orders overtake each other.
  static constexpr std::uint64_t number_window = 1024;

  void add(const PeerInfo& peer);
  /// The client of the session, if it was one of ours.
  std::optional<NodeId> remove(std::uint64_t session);

  [[nodiscard]] bool has(const NodeId& client) const;
  [[nodiscard]] std::vector<PeerInfo> all() const;

  struct Opened {
    StreamRequest request;
    seal::StreamContext context;
    seal::StreamOpener grants;
  };
  /// Finds the session that `sealed` names, checks that it is `client`'s, opens the request and
  /// uses up its number.
  ///
  /// Errors: `message_malformed`, `decryption_failed`, `not_allowed`, `stream_number_used`,
  /// `session_ended` where a client may not know yet that its tunnel is gone.
  [[nodiscard]] Result<Opened> open(const NodeId& client, BytesView sealed);

 private:
  struct Session {
    PeerInfo peer;
    std::uint64_t highest = 0;
    std::set<std::uint64_t> used;  ///< Of the window below `highest`.
  };
  static bool is_fresh(const Session& session, std::uint64_t number);
  static void use(Session& session, std::uint64_t number);

  std::map<SessionName, Session> sessions_;
};

}  // namespace hearth::home
