#pragma once

#include "messages/seal/node_list.hpp"
#include "nodes/support/address.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace hearth {

/// Turns names into addresses on at most four threads of its own, which start when they are needed.
/// A name that several ask for at a time is looked up once. The system's resolver cannot be
/// interrupted, so nobody waits for it at the end: what it still finds is thrown away.
class Resolver final {
 public:
  using Job = std::uint64_t;  ///< Never 0.
  using Found = std::function<void(std::vector<SocketAddress> addresses)>;
  using LookUp = std::function<std::vector<SocketAddress>(const seal::Endpoint&)>;

  /// `look_up` blocks; it is called on any of the threads.
  explicit Resolver(LookUp look_up = hearth::look_up);
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;
  ~Resolver();

  // From any thread.

  /// `found` is called on one of the resolver's threads, once, unless the job is forgotten before
  /// or the resolver is gone. It must not block, nor call the resolver.
  Job resolve(const seal::Endpoint& endpoint, Found found);
  /// A name that nobody waits for any more is not looked up.
  void forget(Job job);
  /// Forgets all jobs, also later ones. Done by the destructor too.
  void stop();

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace hearth
