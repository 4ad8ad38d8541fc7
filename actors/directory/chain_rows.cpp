#include "actors/directory/chain_rows.hpp"

#include "actors/directory/account_rows.hpp"
#include "messages/base/limits.hpp"
#include "messages/envelope/codec.hpp"

#include <algorithm>
#include <utility>

namespace hearth::directory {

Result<std::optional<RecordedEvent>> read_chain_event(const storage::LogReader& log,
                                                      storage::StreamId stream,
                                                      const AccountId& account,
                                                      std::uint64_t number) {
  const auto row = log.row(stream, event_key(account, number));
  if (!row || !row.value()) {
    return row ? Result<std::optional<RecordedEvent>>(std::nullopt) : row.error();
  }
  auto event = decode<RecordedEvent>(*row.value());
  if (!event) {
    return Error{ErrorCode::log_corrupt, "row of an account's event cannot be read"};
  }
  return std::optional(std::move(event.value()));
}

Result<ChainPage> read_chain(const storage::LogReader& log, storage::StreamId stream,
                             const AccountId& account, std::uint64_t after) {
  const auto row = log.row(stream, account_key(account));
  const auto state =
      row && row.value()
          ? decode<AccountState>(*row.value())
          : Result<AccountState>(row ? Error{ErrorCode::log_corrupt, {}} : row.error());
  if (!state) {
    return row ? Error{ErrorCode::log_corrupt, "row of account " + to_text(account)} : row.error();
  }
  ChainPage page{account, state.value().length, state.value().head, {}};
  for (auto number = std::min(after, page.length) + 1;
       number <= page.length && page.events.size() < limits::chain_page; ++number) {
    auto event = read_chain_event(log, stream, account, number);
    if (!event || !event.value()) {
      return event ? Error{ErrorCode::log_corrupt, "row of an account's event is missing"}
                   : event.error();
    }
    page.events.push_back(std::move(*event.value()));
  }
  return page;
}

}  // namespace hearth::directory
