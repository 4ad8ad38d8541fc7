#pragma once
// Accounts for a load on directories. Who has a chain to itself can sign its events ahead, and hand
// them in without waiting for one to hand in the next. No thread of its own.

#include "messages/base/ids.hpp"
#include "messages/directory/directory_messages.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/seal/identity.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace hearth::bench {

class BenchAccount {
 public:
  static constexpr std::size_t opening = 2;  ///< So many events make the account and its home.

  [[nodiscard]] const seal::Identity& owner() const { return owner_; }

  /// The first open the account and enrol a home; all others, of 256 bytes with their signature,
  /// give the owner's device another name.
  [[nodiscard]] directory::AppendEvent sign_next();
  void forget_last() { hashes_.pop_back(); }

 private:
  [[nodiscard]] directory::ChainAction next_action() const;

  seal::Identity owner_ = seal::Identity::generate();
  seal::Identity recovery_ = seal::Identity::generate();
  seal::Identity home_ = seal::Identity::generate();
  std::vector<directory::ChainHash> hashes_;  ///< Of every event.
};

/// From the load of device `from`.
template <class Message>
[[nodiscard]] Envelope to_accounts(const NodeId& from, const NodeId& directory,
                                   const Message& message) {
  Header header;
  header.from = {from, "load"};
  header.to = {directory, "accounts"};
  return pack(header, message);
}

/// Events of several accounts in turn, which one device hands in: whoever does, what counts is who
/// signed.
class EventSource {
 public:
  /// At least one; they outlive this.
  explicit EventSource(std::vector<BenchAccount*> accounts) : accounts_(std::move(accounts)) {}

  [[nodiscard]] std::vector<Envelope> sign(std::size_t count, const NodeId& from,
                                           const NodeId& directory);
  /// Of those that were signed last, all but the first `granted` come to nothing.
  void keep(std::size_t granted);

 private:
  std::vector<BenchAccount*> accounts_;
  std::size_t signed_ = 0;  ///< In all; their accounts take turns.
  std::size_t kept_ = 0;    ///< Of these.
};

}  // namespace hearth::bench
