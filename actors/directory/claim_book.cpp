#include "actors/directory/claim_book.hpp"

#include "actors/directory/account_rows.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"
#include "messages/envelope/codec.hpp"

#include <iterator>
#include <utility>

namespace hearth::directory {

namespace {

Error corrupt(const Error& why) {
  return {ErrorCode::log_corrupt, "row of a claim: " + why.detail};
}

Result<std::optional<Claim>> claim_in(const Result<std::optional<Bytes>>& row) {
  if (!row || !row.value()) {
    return row ? Result<std::optional<Claim>>(std::nullopt) : row.error();
  }
  auto claim = decode<Claim>(*row.value());
  return claim ? std::optional(std::move(claim.value()))
               : Result<std::optional<Claim>>(corrupt(claim.error()));
}

}  // namespace

Result<std::optional<Claim>> read_claim(const storage::LogReader& log, const ClaimKey& key) {
  // In the order in which a claim moves, or it could be missed.
  auto open = claim_in(log.row(ClaimBook::stream, open_claim_key(key)));
  return !open || open.value() ? open : claim_in(log.row(ClaimBook::stream, held_claim_key(key)));
}

Result<void> ClaimBook::reset(const storage::LogReader& log, Instant now) {
  log_ = &log;
  open_.clear();
  pending_.clear();
  const auto last = log.last_sequence(stream);
  if (!last) {
    return last.error();
  }
  sequence_ = last.value();
  return log.rows(stream, {&open_claim_prefix, 1},
                  [this, now](std::string_view, BytesView value) -> Result<void> {
                    auto claim = decode<Claim>(value);
                    if (!claim) {
                      return corrupt(claim.error());
                    }
                    open_.emplace(claim.value().key, Open{claim.value(), now});
                    return {};
                  });
}

Result<std::optional<Bytes>> ClaimBook::row(const std::string& key) const {
  if (const auto pending = pending_.find(key); pending != pending_.end()) {
    return pending->second.row.value;
  }
  return log_->row(stream, key);
}

Result<std::optional<Claim>> ClaimBook::find(const ClaimKey& key) const {
  if (const auto open = open_.find(key); open != open_.end()) {
    return std::optional(open->second.claim);
  }
  return claim_in(row(held_claim_key(key)));
}

Result<Claim> ClaimBook::reserve(const Claim& wanted, Instant now,
                                 std::vector<storage::Append>& appends) {
  const auto known = find(wanted.key);
  if (!known || (known.value() && !HEARTH_MUTANT("give-away-twice"))) {
    return known ? Result<Claim>(*known.value()) : known.error();
  }
  if (open_.size() >= open_max) {
    return Error{ErrorCode::limit_reached, "too many names and devices wait: try again later"};
  }
  auto claim = wanted;
  claim.number = sequence_ + 1;
  claim.holds = false;
  open_.emplace(claim.key, Open{claim, now});
  note(claim, {{open_claim_key(claim.key), encode(claim)}}, appends);
  return claim;
}

void ClaimBook::end(const EndClaim& ended, std::vector<storage::Append>& appends) {
  const auto open = open_.find(ended.key);
  if (open == open_.end() || open->second.claim.number != ended.number) {
    HEARTH_PROBE(true, "directory: a claim is ended again");
    return;
  }
  auto claim = std::move(open->second.claim);
  open_.erase(open);
  std::vector<storage::Row> rows{{open_claim_key(claim.key), std::nullopt}};
  if (ended.holds) {
    claim.holds = true;
    rows.push_back({held_claim_key(claim.key), encode(claim)});
  }
  HEARTH_PROBE(!ended.holds, "directory: a claim is given up");
  note(ended, std::move(rows), appends);
}

void ClaimBook::hasten(const ClaimKey& key, std::uint64_t number) {
  const auto open = open_.find(key);
  if (open != open_.end() && open->second.claim.number == number) {
    open->second.since = Instant{};
  }
}

std::vector<Claim> ClaimBook::overdue_at(Instant now) const {
  std::vector<Claim> all;
  for (const auto& [key, open] : open_) {
    if (open.since + overdue <= now) {
      all.push_back(open.claim);
    }
  }
  return all;
}

void ClaimBook::refuse(const ClaimRefused& refused, std::vector<storage::Append>& appends) {
  note(refused, {{refused_claim_key(refused.account, refused.key), encode(refused)}}, appends);
}

Result<bool> ClaimBook::is_refused(const AccountId& account, const ClaimKey& key,
                                   std::uint64_t number) const {
  const auto found = row(refused_claim_key(account, key));
  if (!found || !found.value()) {
    return found ? Result<bool>(false) : found.error();
  }
  const auto refused = decode<ClaimRefused>(*found.value());
  return refused ? Result<bool>(number <= refused.value().number) : corrupt(refused.error());
}

/// All that one input does to claims is one append.
void ClaimBook::note(const ClaimEvent& event, std::vector<storage::Row> rows,
                     std::vector<storage::Append>& appends) {
  if (appends.empty() || appends.back().stream != stream) {
    appends.push_back({stream, 0, {}, {}, {}, 0});
  }
  ++sequence_;
  for (const auto& row : rows) {
    pending_[row.key] = {row, sequence_};
  }
  auto& append = appends.back();
  append.records.push_back(encode(event));
  std::move(rows.begin(), rows.end(), std::back_inserter(append.rows));
}

void ClaimBook::forget_durable() {
  const auto durable = log_->last_sequence(stream);
  if (durable) {  // a log that cannot be read stops the node where its answer is needed
    std::erase_if(pending_,
                  [&](const auto& each) { return each.second.written <= durable.value(); });
  }
}

}  // namespace hearth::directory
