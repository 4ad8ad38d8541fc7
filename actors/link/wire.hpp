#pragma once

#include "messages/base/types.hpp"
#include "messages/seal/node_list.hpp"

#include <cstdint>

namespace hearth::link {

/// What moves a link's bytes: TCP in a node, pipes in memory in tests. Called in the context of
/// the link actor only; nothing here may block. What happens to a connection comes back through
/// the shell (`accepted`, `received`, `written`, `closed`).
class Wire {
 public:
  Wire() = default;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  virtual ~Wire() = default;

  /// Begins to connect. Failure is told by `closed`, later, never from inside this call.
  /// `attempt` turns to the next address of a name that has several.
  virtual void dial(std::uint64_t connection, const seal::Endpoint& endpoint,
                    std::uint32_t attempt) = 0;
  /// Also while still connecting: the bytes leave when connected.
  virtual void send(std::uint64_t connection, BytesView bytes) = 0;
  /// Ends the connection at once; unsent bytes may be lost. `closed` is not told.
  virtual void close(std::uint64_t connection) = 0;
  virtual void pause(std::uint64_t connection) = 0;
  virtual void resume(std::uint64_t connection) = 0;
};

}  // namespace hearth::link
