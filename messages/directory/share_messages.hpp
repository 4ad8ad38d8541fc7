#pragma once
// Shares between accounts. A share is an event of the chain of the account that grants it; the
// account that it is granted to hears of it from the granter's group, which goes on telling its own
// until that has taken the news.

#include "messages/base/ids.hpp"
#include "messages/directory/chain_event.hpp"
#include "messages/envelope/message_kind.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace hearth::directory {

/// One that has not been revoked; it may have expired. Also a row of the granter's.
struct Share {
  std::uint64_t number = 0;  ///< Of the event that granted it.
  ShareGranted granted;
  friend bool operator==(const Share&, const Share&) = default;
};

// ---- whom to share with; sent to the actor "accounts" of a directory ----

/// By a device of an account, about any other: what is empty, or zero, is asked for. Answer:
/// `AccountFound`. Refused: `account_unknown`, `too_many_attempts`, `device_unknown`.
struct FindAccount {
  static constexpr MessageKind kind = MessageKind::find_account;
  std::string name;
  AccountId account;
  friend bool operator==(const FindAccount&, const FindAccount&) = default;
};

/// Nobody has signed that the one belongs to the other: people compare the account's words.
struct AccountFound {
  static constexpr MessageKind kind = MessageKind::account_found;
  AccountId account;
  std::string name;
  friend bool operator==(const AccountFound&, const AccountFound&) = default;
};

// ---- from group to group ----

struct SharedHome {
  PublicKeys keys;
  std::int64_t expires_ms = 0;  ///< Of its share that ends last: Unix time; 0: never.
  friend bool operator==(const SharedHome&, const SharedHome&) = default;
};

/// All that `granter` shares with `grantee`, as the granter's chain has it with so many events.
/// What is not newer than what was heard before changes nothing. Travels between directories alone,
/// inside of `Forwarded`; also a row of both groups. Answer: `Accepted`.
struct ShareNews {
  static constexpr MessageKind kind = MessageKind::share_news;
  AccountId granter;
  std::string name;  ///< Of the granter.
  AccountId grantee;
  std::uint64_t length = 0;
  std::vector<SharedHome> homes;  ///< At most `limits::shares_per_account_max`.
  friend bool operator==(const ShareNews&, const ShareNews&) = default;
};

// ---- events ----

struct NewsWritten {  ///< To be told.
  ShareNews news;
  friend bool operator==(const NewsWritten&, const NewsWritten&) = default;
};
struct NewsTaken {  ///< By the grantee's group.
  AccountId granter;
  AccountId grantee;
  std::uint64_t length = 0;
  friend bool operator==(const NewsTaken&, const NewsTaken&) = default;
};
struct NewsHeard {
  ShareNews news;
  friend bool operator==(const NewsHeard&, const NewsHeard&) = default;
};
/// One log record of the stream of shares.
using ShareEvent = std::variant<NewsWritten, NewsTaken, NewsHeard>;

}  // namespace hearth::directory
