#pragma once
// The claims of a group, at the directory that leads it: who may have the names and devices of its
// buckets, and which claims on behalf of its accounts it has refused. Those that nobody has
// confirmed are in memory, and rows; those that hold are rows alone.
//
// Used by the group's machine alone. Times are the leader's. Errors of all readers: `log_corrupt`,
// `disk_failed`.

#include "messages/base/result.hpp"
#include "messages/directory/claim_messages.hpp"
#include "storage/event_log.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

namespace hearth::directory {

/// Of `key`, as `log` has it, where no claim is on its way.
[[nodiscard]] Result<std::optional<Claim>> read_claim(const storage::LogReader& log,
                                                      const ClaimKey& key);

class ClaimBook {
 public:
  static constexpr storage::StreamId stream{3};
  /// Who makes an account is done with all groups long before.
  static constexpr Millis overdue{5000};
  static constexpr std::size_t open_max = 10'000;

  /// Begins with what the log has, which outlives the book. Nobody has waited yet.
  [[nodiscard]] Result<void> reset(const storage::LogReader& log, Instant now);

  [[nodiscard]] Result<std::optional<Claim>> find(const ClaimKey& key) const;

  /// The claim on the key of `wanted`: that one, with a number, where there was none. Its events go
  /// into `appends`, here and below. Error also: `limit_reached`.
  [[nodiscard]] Result<Claim> reserve(const Claim& wanted, Instant now,
                                      std::vector<storage::Append>& appends);
  /// The account's group has said whether the claim with this number holds. Another one is left as
  /// it is.
  void end(const EndClaim& ended, std::vector<storage::Append>& appends);
  /// Whoever waits for the claim with this number has given it up: it is settled next.
  void hasten(const ClaimKey& key, std::uint64_t number);
  /// Those that are to be settled now.
  [[nodiscard]] std::vector<Claim> overdue_at(Instant now) const;

  // ---- for the accounts of the group ----

  void refuse(const ClaimRefused& refused, std::vector<storage::Append>& appends);
  [[nodiscard]] Result<bool> is_refused(const AccountId& account, const ClaimKey& key,
                                        std::uint64_t number) const;

  /// Drops what the log can give back.
  void forget_durable();
  [[nodiscard]] std::size_t open() const { return open_.size(); }
  [[nodiscard]] bool is_idle() const { return open_.empty() && pending_.empty(); }

 private:
  struct Open {
    Claim claim;
    Instant since;
  };
  struct Pending {
    storage::Row row;
    storage::Sequence written = 0;
  };

  void note(const ClaimEvent& event, std::vector<storage::Row> rows,
            std::vector<storage::Append>& appends);
  [[nodiscard]] Result<std::optional<Bytes>> row(const std::string& key) const;

  const storage::LogReader* log_ = nullptr;
  storage::Sequence sequence_ = 0;  ///< Of the last event, committed or not.
  std::map<ClaimKey, Open> open_;
  std::map<std::string, Pending> pending_;  ///< Written, and perhaps not in the log.
};

}  // namespace hearth::directory
