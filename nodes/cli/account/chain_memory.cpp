#include "nodes/cli/account/chain_memory.hpp"

#include "nodes/support/exit_code.hpp"
#include "nodes/support/files.hpp"

#include <fmt/format.h>
#include <optional>
#include <sstream>
#include <string>

namespace hearth::cli::account {

namespace {

constexpr std::size_t file_bytes_max = 512;

std::optional<chain::ChainPin> read_pin(const std::string& text) {
  std::istringstream words(text);
  std::string account;
  std::string head;
  std::uint64_t length = 0;
  words >> account >> length >> head;
  const auto account_id = AccountId::parse(account);
  const auto hash = directory::ChainHash::parse(head);
  return words && account_id && hash ? std::optional(chain::ChainPin{*account_id, length, *hash})
                                     : std::nullopt;
}

}  // namespace

Result<ChainMemory> chain_memory_in(const std::filesystem::path& folder) {
  const auto path = folder / "chain";
  ChainMemory memory;
  memory.keep = [path](const chain::ChainPin& pin) {
    const auto line =
        fmt::format("{} {} {}\n", to_text(pin.account), pin.length, to_text(pin.head));
    if (const auto written = write_file(path, line, 0600); !written) {
      write_stderr(fmt::format("hearth: what was verified of the account is not kept: {}\n",
                               written.error().detail));
    }
  };
  const auto bytes = read_file(path, file_bytes_max);
  if (!bytes) {
    return bytes.error().code == ErrorCode::not_found ? Result<ChainMemory>(std::move(memory))
                                                      : bytes.error();
  }
  memory.pin = read_pin(std::string(bytes.value().begin(), bytes.value().end()));
  return memory.pin ? Result<ChainMemory>(std::move(memory))
                    : Error{ErrorCode::message_malformed,
                            path.string() +
                                " is damaged: compare `hearth account show` with "
                                "another device of yours, then remove the file"};
}

}  // namespace hearth::cli::account
