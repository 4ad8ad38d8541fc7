#include "nodes/cli/account/joining.hpp"

#include "messages/seal/key_words.hpp"
#include "nodes/cli/account/questions.hpp"
#include "nodes/client/terminal.hpp"
#include "nodes/support/exit_code.hpp"

#include <chrono>
#include <fmt/format.h>
#include <poll.h>

namespace hearth::cli::account {

namespace {

constexpr Millis look_period{1000};

Result<client::DevicesListed> account_of(DirectorySession& session) {
  return session.ask<client::DevicesListed>(client::ListDevices{}, patience);
}

}  // namespace

Result<Joined> join_account(const Joiner& joiner, const seal::NodeList& nodes,
                            const ShowCode& show) {
  DirectorySession session(joiner.identity, joiner.role, nodes, joiner.memory);
  auto account = account_of(session);
  if (account) {
    return Joined{std::move(account.value()), true};
  }
  if (account.error().code != ErrorCode::device_unknown) {
    return explained(account.error(), "pairing");
  }
  const auto offered = session.ask<directory::PairingOffered>(
      directory::OfferPairing{{joiner.identity.keys, joiner.kind, joiner.name}}, patience);
  if (!offered) {
    return explained(offered.error(), "pairing");
  }
  const auto& [code, life_ms] = offered.value();
  show(code, seal::key_words(joiner.identity.keys), life_ms / 1000);
  const auto end = std::chrono::steady_clock::now() + Millis(life_ms);
  while (std::chrono::steady_clock::now() < end) {
    ::poll(nullptr, 0, static_cast<int>(look_period.count()));
    if (account = account_of(session); account) {
      return Joined{std::move(account.value()), false};
    }
    const auto why = account.error().code;
    if (why != ErrorCode::device_unknown && why != ErrorCode::unreachable) {
      return explained(account.error(), "pairing");
    }
  }
  return Error{
      ErrorCode::timed_out,
      fmt::format("pairing: nobody approved the code {} while it held: begin again", code)};
}

std::string to_text(const Joined& joined) {
  return fmt::format("{} account {}\naccount words  {}\n", joined.was_in ? "already in" : "now in",
                     printable(joined.account.name), seal::account_words(joined.account.account));
}

void show_code(const std::string& code, const std::string& words, std::int64_t seconds) {
  write_stderr(fmt::format(
      "code      {}-{}\nwords     {}\n"
      "On a manager, type `hearth pair {}` within {} minutes, and see that "
      "it shows the same words.\n",
      code.substr(0, code.size() / 2), code.substr(code.size() / 2), words, code, seconds / 60));
}

}  // namespace hearth::cli::account
