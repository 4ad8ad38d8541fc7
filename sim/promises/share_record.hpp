#pragma once
// What was acknowledged to households about the folders that they share.

#include "actors/client/manager_machine.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hearth::sim {

/// Time is the world's.
class ShareRecord final {
 public:
  struct Kept {
    std::uint64_t number = 0;  ///< 0: not acknowledged.
    NodeId manager;            ///< Who granted it.
    directory::ShareGranted granted;
    Instant sent_at{};
    std::optional<Instant> granted_at;  ///< Acknowledged.
    std::optional<Instant> revoke_sent_at;
    std::optional<Instant> revoked_at;  ///< Acknowledged.
  };

  void sent(const NodeId& manager, const client::AccountCommand& command, Instant at);
  void answered(const client::AccountAnswer& answer, Instant at);

  /// Of the one that `manager` has opened.
  [[nodiscard]] std::optional<AccountId> account_of(const NodeId& manager) const;
  [[nodiscard]] const std::vector<Kept>& all() const { return kept_; }
  /// When the last share ends, or has ended, by which `grantee` may see `folder` of `home`;
  /// nothing: none was ever asked for. `folder` nothing: any. A share that nobody has revoked ends
  /// when it expires, or at the end of time.
  [[nodiscard]] std::optional<Instant> shared_until(const AccountId& grantee, const NodeId& home,
                                                    const std::optional<FolderId>& folder) const;
  /// Shares that were acknowledged and are not in a list, or the other way round; empty: none.
  [[nodiscard]] const std::string& lost() const { return lost_; }

 private:
  struct Sent {
    NodeId manager;
    client::AccountCommand command;
    Instant at;
  };
  void granted(const Sent& sent, const client::AccountReply& reply, Instant at);
  void compare(const Sent& sent, const client::DevicesListed& listed);

  std::map<std::uint64_t, Sent> waiting_;
  std::map<NodeId, AccountId> account_by_manager_;
  std::vector<Kept> kept_;
  std::string lost_;
};

}  // namespace hearth::sim
