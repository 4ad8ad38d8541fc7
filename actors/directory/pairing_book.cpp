#include "actors/directory/pairing_book.hpp"

#include "actors/chain/account_chain.hpp"
#include "messages/base/limits.hpp"
#include "messages/base/mutant.hpp"
#include "messages/base/probe.hpp"
#include "messages/directory/pairing_code.hpp"
#include "messages/envelope/codec.hpp"

#include <iterator>
#include <utility>

namespace hearth::directory {

namespace {

/// The rest goes at the next look: what is over opens to nobody meanwhile.
constexpr std::size_t closed_at_once_max = 100;

std::int64_t to_ms(WallTime time) {
  return time.time_since_epoch().count();
}

bool is_over(const PairingOffer& offer, WallTime now) {
  return to_ms(now) >= offer.until_ms;
}

/// All that one input does to offers is one append.
void note(const PairingEvent& event, std::vector<storage::Row> rows,
          std::vector<storage::Append>& appends) {
  if (appends.empty() || appends.back().stream != PairingBook::stream) {
    appends.push_back({PairingBook::stream, 0, {}, {}, {}, 0});
  }
  auto& append = appends.back();
  append.records.push_back(encode(event));
  std::move(rows.begin(), rows.end(), std::back_inserter(append.rows));
}

}  // namespace

Result<void> PairingBook::reset(const storage::LogReader& log) {
  offers_.clear();
  code_by_device_.clear();
  offers_by_source_.clear();
  return log.rows(stream, {}, [this](std::string_view, BytesView value) -> Result<void> {
    auto offer = decode<PairingOffer>(value);
    if (!offer) {
      return Error{ErrorCode::log_corrupt, "row of a pairing: " + offer.error().detail};
    }
    code_by_device_[chain::id_of(offer.value().device)] = offer.value().code;
    ++offers_by_source_[offer.value().source];
    offers_.emplace(offer.value().code, offer.value());
    return {};
  });
}

Result<PairingOffer> PairingBook::offer(const Device& device, const std::string& source,
                                        WallTime now, std::vector<storage::Append>& appends) {
  const auto id = chain::id_of(device);
  if (const auto known = code_by_device_.find(id); known != code_by_device_.end()) {
    const auto& open = offers_.at(known->second);
    if (open.device == device && !is_over(open, now)) {
      return open;
    }
    close(std::string(known->second), {}, appends);
  }
  const auto from_there = offers_by_source_.find(source);
  if (offers_.size() >= offers_max ||
      (from_there != offers_by_source_.end() && from_there->second >= offers_per_source_max)) {
    HEARTH_PROBE(true, "directory: too many devices wait to be paired");
    return Error{ErrorCode::limit_reached, "too many devices wait to be paired: try again later"};
  }
  auto code = draw_pairing_code();
  while (offers_.contains(code)) {
    code = draw_pairing_code();
  }
  const PairingOffer offer{std::move(code), device, source, to_ms(now + limits::pairing_life)};
  code_by_device_[id] = offer.code;
  ++offers_by_source_[source];
  offers_.emplace(offer.code, offer);
  note(PairingEvent{offer}, {{offer.code, encode(offer)}}, appends);
  return offer;
}

Result<PairingOffer> PairingBook::find(const std::string& code, const Guesser& who, WallTime now) {
  if (!wrong_by_device_.may_guess(who.device, who.now) ||
      !wrong_by_account_.may_guess(who.account, who.now)) {
    HEARTH_PROBE(true, "directory: a code is guessed too often");
    return Error{ErrorCode::too_many_attempts, "too many wrong codes: try again in ten minutes"};
  }
  const auto found = offers_.find(code);
  if (found == offers_.end() || is_over(found->second, now)) {
    wrong_by_device_.was_wrong(who.device, who.now);
    wrong_by_account_.was_wrong(who.account, who.now);
    return Error{ErrorCode::pairing_unknown, "no device shows this code now"};
  }
  return found->second;
}

void PairingBook::use(const std::string& code, const Device& device, const AccountId& account,
                      std::vector<storage::Append>& appends) {
  const auto found = offers_.find(code);
  if (found != offers_.end() && found->second.device == device &&
      !HEARTH_MUTANT("use-a-code-again")) {
    close(std::string(code), account, appends);
  }
}

void PairingBook::close(const std::string& code, const AccountId& account,
                        std::vector<storage::Append>& appends) {
  const auto closed = offers_.extract(code);
  const auto& offer = closed.mapped();
  code_by_device_.erase(chain::id_of(offer.device));
  if (const auto source = offers_by_source_.find(offer.source); --source->second == 0) {
    offers_by_source_.erase(source);
  }
  note(PairingEvent{PairingClosed{code, account}}, {{code, std::nullopt}}, appends);
}

void PairingBook::expire(WallTime now, Instant steady, std::vector<storage::Append>& appends) {
  wrong_by_device_.expire(steady);
  wrong_by_account_.expire(steady);
  std::vector<std::string> over;
  for (const auto& [code, offer] : offers_) {
    if (is_over(offer, now) && over.size() < closed_at_once_max) {
      over.push_back(code);
    }
  }
  for (const auto& code : over) {
    close(code, {}, appends);
  }
}

}  // namespace hearth::directory
