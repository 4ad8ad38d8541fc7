#pragma once
// Offers of devices that want to be paired, at the directory that leads: all that are open are in
// memory, and each is a row `code -> PairingOffer` of the pairings' projection.
//
// Used by the directory machine alone. Times are the leader's.

#include "actors/directory/guess_limit.hpp"
#include "messages/base/result.hpp"
#include "messages/directory/pairing_messages.hpp"
#include "storage/event_log.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace hearth::directory {

class PairingBook {
 public:
  static constexpr storage::StreamId stream{2};
  static constexpr std::size_t offers_max = 10'000;
  static constexpr std::size_t offers_per_source_max = 32;
  static constexpr std::size_t wrong_per_device_max = 5;
  static constexpr std::size_t wrong_per_account_max = 10;

  /// Who looks for a code.
  struct Guesser {
    NodeId device;
    AccountId account;
    Instant now;  ///< Of the guess.
  };

  /// Begins with the offers that the log has. Errors: `log_corrupt`, `disk_failed`.
  [[nodiscard]] Result<void> reset(const storage::LogReader& log);

  /// The open offer of `device`, or a new one, whose events are put into `appends`.
  /// Errors: `limit_reached`.
  [[nodiscard]] Result<PairingOffer> offer(const Device& device, const std::string& source,
                                           WallTime now, std::vector<storage::Append>& appends);

  /// The open offer under `code`. Errors: `pairing_unknown`, which counts as a wrong guess, and
  /// `too_many_attempts`.
  [[nodiscard]] Result<PairingOffer> find(const std::string& code, const Guesser& who,
                                          WallTime now);

  /// `account` took the device in: the code is of no use any more, if it is still the device's.
  void use(const std::string& code, const Device& device, const AccountId& account,
           std::vector<storage::Append>& appends);

  /// Closes what is over.
  void expire(WallTime now, Instant steady, std::vector<storage::Append>& appends);

  [[nodiscard]] std::size_t size() const { return offers_.size(); }
  [[nodiscard]] bool is_idle() const {
    return offers_.empty() && wrong_by_device_.is_idle() && wrong_by_account_.is_idle();
  }

 private:
  void close(const std::string& code, const AccountId& account,
             std::vector<storage::Append>& appends);

  std::map<std::string, PairingOffer> offers_;  ///< By code.
  std::map<NodeId, std::string> code_by_device_;
  std::map<std::string, std::size_t> offers_by_source_;
  GuessLimit<NodeId> wrong_by_device_{wrong_per_device_max};
  GuessLimit<AccountId> wrong_by_account_{wrong_per_account_max};
};

}  // namespace hearth::directory
