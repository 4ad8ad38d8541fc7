#pragma once
// What a client session and its node say to each other: questions of the user interface come in,
// answers go out. The gateway's HTTP side is such a user interface.

#include "messages/base/ids.hpp"
#include "messages/base/result.hpp"
#include "messages/directory/share_messages.hpp"
#include "messages/home/home_messages.hpp"
#include "messages/seal/node_list.hpp"
#include "messages/seal/stream_keys.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace hearth::client {

// ---- questions ----

struct ShowHomes {};

/// Any question of home_messages.hpp to one home.
struct AskHome {
  NodeId home;
  std::variant<home::BrowseItems, home::SearchItems, home::ShowItem, home::StartRescan,
               home::ShowScan, home::FindFolder>
      question;
};

/// Leave and keys for one stream. After a break, ask again with the offset reached: every plan is
/// a stream of its own. `attempt` counts from 0 and turns to the other super-peer.
struct PlanStream {
  NodeId home;
  home::StreamRequest request;
  std::uint32_t attempt = 0;
};

using Question = std::variant<ShowHomes, AskHome, PlanStream>;

/// External input of the client machine. Exactly one `UiAnswer` with the same id comes back,
/// within `limits::request_budget_max`.
struct UiQuestion {
  std::uint64_t id = 0;
  Question question;
};

// ---- answers ----

struct HomeView {
  NodeId home;
  std::string name;
  bool online = false;
  home::ScanProgress scan;
  std::uint64_t account_sequence = 0;  ///< Up to which it knows the account's devices.
  AccountId owner = {};                ///< Zero: this client's account.
  std::string owner_name = {};         ///< As a directory says; empty likewise.
  /// Of another account's home: what is shared of it, with this client's account.
  std::vector<directory::Share> shares = {};
};

struct HomesView {
  std::vector<HomeView> homes;
};

/// All that a node needs to fetch one stream.
struct StreamPlan {
  std::vector<seal::Endpoint> data;  ///< Of the super-peer; tried in order.
  seal::DataKey data_key;
  NodeId home;
  Bytes ticket;
  Bytes sealed_request;  ///< For `relay::OpenStream`.
  seal::StreamContext context;
  seal::StreamSealer grants;  ///< Of the client's direction, past the request: credit follows.
  home::StreamRequest request;
};

using Answer =
    std::variant<HomesView, home::ItemsPage, home::ScanShown, StreamPlan, home::FolderFound>;

/// Command of the client machine.
struct UiAnswer {
  std::uint64_t id = 0;
  Result<Answer> answer;
};

}  // namespace hearth::client
