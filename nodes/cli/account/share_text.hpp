#pragma once
// Shares as people and programs read them.

#include "actors/client/account_wishes.hpp"
#include "actors/client/client_ports.hpp"
#include "messages/base/result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hearth::cli::account {

/// What HOME[:FOLDER] means.
struct SharePlace {
  directory::Device home;
  std::string folder;  ///< Empty: the whole library.
};

/// A home whose name has colons is meant where the whole text is its name.
/// Errors: `home_unknown`, `value_invalid` (several homes, or an empty folder).
[[nodiscard]] Result<SharePlace> find_place(const std::vector<directory::Device>& devices,
                                            const std::string& text);

/// "90m", "12h", "30d" or "8w". Error: `value_invalid` (also for none at all, or over ten years).
[[nodiscard]] Result<std::chrono::minutes> read_duration(const std::string& text);

/// One that this account grants.
struct GivenShare {
  directory::Share share;
  std::string home;     ///< Its name.
  std::string grantee;  ///< Name of the account, as a directory says; empty: not known now.
  std::string folder;   ///< Empty: not known now, or the whole library.
};

/// `now_ms` is Unix time.
[[nodiscard]] std::string to_table(const std::vector<GivenShare>& given,
                                   const std::vector<client::HomeView>& homes, std::int64_t now_ms);
[[nodiscard]] std::string to_json(const std::vector<GivenShare>& given,
                                  const std::vector<client::HomeView>& homes, std::int64_t now_ms);
[[nodiscard]] std::string to_json(const GivenShare& given, std::int64_t now_ms);

}  // namespace hearth::cli::account
