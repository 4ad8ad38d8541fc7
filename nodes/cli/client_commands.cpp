#include "nodes/cli/command.hpp"
#include "nodes/client/connection.hpp"
#include "nodes/client/get_command.hpp"
#include "nodes/client/library_commands.hpp"

#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unistd.h>

namespace hearth::cli {

namespace {

struct ClientFlags {
  ConnectionOptions connection;
  LibraryOptions library;
  GetOptions get;
  std::string container;
  std::string item;
  std::vector<std::string> words;
  bool recursive = false;
};

using Command = std::function<Result<void>(const ApiClient&)>;

std::string environment(const char* name) {
  const auto* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Ctrl-C while a file is written.
void leave_part(int /*signal*/) {
  constexpr std::string_view line = "hearth: interrupted; what came so far is kept in FILE.part\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
  ::_exit(static_cast<int>(ExitCode::interrupted));
}

void run(Invocation& invocation, const ClientFlags& flags, const Command& command) {
  // A reader that has seen enough is no failure.
  std::signal(SIGPIPE, [](int) { ::_exit(static_cast<int>(ExitCode::ok)); });
  std::signal(SIGINT, [](int) { ::_exit(static_cast<int>(ExitCode::interrupted)); });
  const auto connection = find_connection(flags.connection, environment);
  const auto done =
      connection ? command(ApiClient{connection.value()}) : Result<void>{connection.error()};
  if (!done) {
    invocation.exit_code = report_failure(done.error());
  }
}

void add_connection(CLI::App& command, ClientFlags& flags) {
  auto& connection = flags.connection;
  command.add_option("--to", connection.to, "URL of the gateway (HEARTH_TO)");
  command.add_option("--token-file", connection.token_file, "File with its token (HEARTH_TOKEN)");
  command.add_option("--ready-file", connection.ready_file, "Of a running `hearth up`");
  command.add_option("--context", connection.context, "One of the client file's");
}

void add_home(CLI::App& command, ClientFlags& flags) {
  command.add_option("--home", flags.library.home, "Id or name of a home, or NAME@ACCOUNT");
}

void add_library_commands(CLI::App& app, Invocation& invocation,
                          const std::shared_ptr<ClientFlags>& flags) {
  auto* group = app.add_subcommand("library", "Look at what a home holds");
  group->require_subcommand(1);
  const auto add = [&](const char* name, const char* help, Command command) {
    auto* added = group->add_subcommand(name, help);
    add_connection(*added, *flags);
    add_home(*added, *flags);
    added->add_flag("--json", flags->library.json, "Print JSON");
    added->callback(
        [&invocation, flags, run_it = std::move(command)] { run(invocation, *flags, run_it); });
    return added;
  };
  auto* list = add("ls", "List a folder, or the root", [flags](const ApiClient& api) {
    return list_library(api, flags->library, flags->container, flags->recursive);
  });
  list->add_option("container", flags->container, "Id of a folder");
  list->add_flag("--recursive,-r", flags->recursive, "And all that is below it");
  auto* search = add("search", "Find titles, artists and albums", [flags](const ApiClient& api) {
    std::string query;
    for (const auto& word : flags->words) {
      query += (query.empty() ? "" : " ") + word;
    }
    return search_library(api, flags->library, query);
  });
  search->add_option("query", flags->words, "Words, in any order")->required();
  auto* show = add("show", "Show one item", [flags](const ApiClient& api) {
    return show_item(api, flags->library, flags->item);
  });
  show->add_option("item", flags->item, "Its id")->required();
  add("rescan", "Look for new, changed and removed files, and wait",
      [flags](const ApiClient& api) { return rescan_library(api, flags->library); });
}

}  // namespace

void add_client_commands(CLI::App& app, Invocation& invocation) {
  const auto flags = std::make_shared<ClientFlags>();
  auto* homes =
      app.add_subcommand("homes", "List the homes of the household, and those shared with it");
  add_connection(*homes, *flags);
  homes->add_flag("--json", flags->library.json, "Print JSON");
  homes->callback([&invocation, flags] {
    run(invocation, *flags,
        [flags](const ApiClient& api) { return list_homes(api, flags->library); });
  });

  add_library_commands(app, invocation, flags);

  auto* get = app.add_subcommand("get", "Fetch the bytes of an item");
  add_connection(*get, *flags);
  get->add_option("item", flags->get.item, "Its id")->required();
  get->add_option("--home", flags->get.home, "Id or name of a home, or NAME@ACCOUNT");
  get->add_option("-o,--output", flags->get.output, "File to write; - is standard output");
  get->add_option("--range", flags->get.range, "A-B, both included, in bytes");
  get->add_flag("--json", flags->get.json, "With -o: print what was written");
  get->callback([&invocation, flags] {
    run(invocation, *flags, [flags](const ApiClient& api) {
      if (const auto& file = flags->get.output; !file.empty() && file != "-") {
        std::signal(SIGINT, leave_part);
      }
      return get_item(api, flags->get);
    });
  });
}

}  // namespace hearth::cli
