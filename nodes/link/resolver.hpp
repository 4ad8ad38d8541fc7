#pragma once

#include "nodes/link/socket.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace hearth {

/// Turns names into addresses on a thread of its own, one after the other. The thread starts with
/// the first name. The system's resolver cannot be interrupted, so the destructor does not wait
/// for it: what it still finds is thrown away.
class Resolver final {
 public:
  using Found = std::function<void(std::uint64_t job, std::vector<SocketAddress> addresses)>;

  /// `found` is called on the resolver's thread, once a job, and never after the destructor.
  explicit Resolver(Found found);
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  ~Resolver();

  void resolve(std::uint64_t job, const seal::Endpoint& endpoint);

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace hearth
