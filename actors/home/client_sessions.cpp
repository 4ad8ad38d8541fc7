#include "actors/home/client_sessions.hpp"

#include <range/v3/range/conversion.hpp>
#include <range/v3/view/map.hpp>
#include <range/v3/view/transform.hpp>

#include <algorithm>
#include <utility>

namespace hearth::home {

void ClientSessions::add(const PeerInfo& peer) {
  sessions_.insert_or_assign(name_of_session(peer.handshake_hash), Session{peer, 0, {}});
}

std::optional<NodeId> ClientSessions::remove(std::uint64_t session) {
  const auto found = std::find_if(sessions_.begin(), sessions_.end(), [&](const auto& entry) {
    return entry.second.peer.session == session;
  });
  if (found == sessions_.end()) {
    return std::nullopt;
  }
  const auto client = found->second.peer.node;
  sessions_.erase(found);
  return client;
}

bool ClientSessions::has(const NodeId& client) const {
  return std::any_of(sessions_.begin(), sessions_.end(),
                     [&](const auto& entry) { return entry.second.peer.node == client; });
}

std::vector<PeerInfo> ClientSessions::all() const {
  return sessions_ | ranges::views::values | ranges::views::transform(&Session::peer) |
         ranges::to<std::vector>();
}

bool ClientSessions::is_fresh(const Session& session, std::uint64_t number) {
  if (number > session.highest) {
    return true;
  }
  return number != 0 && session.highest - number < number_window && !session.used.contains(number);
}

void ClientSessions::use(Session& session, std::uint64_t number) {
  session.used.insert(number);
  session.highest = std::max(session.highest, number);
  while (session.highest - *session.used.begin() >= number_window) {
    session.used.erase(session.used.begin());
  }
}

Result<ClientSessions::Opened> ClientSessions::open(const NodeId& client, BytesView sealed) {
  const auto peeked = peek_request(sealed);
  if (!peeked) {
    return peeked.error();
  }
  const auto found = sessions_.find(peeked.value().session);
  if (found != sessions_.end() && found->second.peer.node != client) {
    return Error{ErrorCode::not_allowed, "stream of another client's session"};
  }
  if (found == sessions_.end()) {
    return Error{ErrorCode::session_ended, "stream of a session that is not open"};
  }
  auto& session = found->second;
  const auto number = peeked.value().number;
  // A number counts once the request is proven to be the client's: else anybody could burn it.
  if (!is_fresh(session, number)) {
    return Error{ErrorCode::stream_number_used, "stream number was used before"};
  }
  seal::StreamContext context{session.peer.exported, session.peer.handshake_hash, number};
  auto opened = open_request(context, sealed);
  if (!opened) {
    return opened.error();
  }
  use(session, number);
  return Opened{opened.value().request, std::move(context), std::move(opened.value().grants)};
}

}  // namespace hearth::home
