#include "tests/actors/replication/transcript.hpp"

#include "tests/actors/replication/describe.hpp"
#include "tests/actors/replication/stage.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <sstream>
#include <utility>

namespace hearth::replication::testing {

namespace {

using Words = std::vector<std::string>;

std::uint64_t to_number(const std::string& word) {
  return std::strtoull(word.c_str(), nullptr, 10);
}

int to_node(const std::string& word) {
  return static_cast<int>(to_number(word));
}

/// "3/1"
SnapshotId to_id(const std::string& word) {
  return {to_number(word), to_number(word.substr(word.find('/') + 1))};
}

/// "1 2 3L 4+1"
Configuration to_members(const Words& words) {
  Configuration configuration;
  for (const auto& word : words) {
    const auto plus = word.find('+');
    const auto priority = plus == std::string::npos ? 0 : to_number(word.substr(plus + 1));
    configuration.members.push_back({node(static_cast<std::uint8_t>(to_number(word))),
                                     word.find('L') == std::string::npos,
                                     static_cast<std::uint8_t>(priority)});
  }
  return configuration;
}

std::vector<Payload> to_payloads(const Words& words) {
  std::vector<Payload> payloads;
  for (const auto& word : words) {
    payloads.push_back(std::make_shared<const Bytes>(word.begin(), word.end()));
  }
  return payloads;
}

class Transcript {
 public:
  std::string run(const std::string& line) {
    std::istringstream stream(line);
    Words words{std::istream_iterator<std::string>(stream), {}};
    const bool quiet = words.front() == "quietly";
    if (quiet) {
      words.erase(words.begin());
    }
    const auto command = words.front();
    words.erase(words.begin());
    if (const auto known = commands_.find(command); known != commands_.end()) {
      (this->*known->second)(words);
    } else {
      stage_.print("no such command: " + command + "\n");
    }
    auto printout = stage_.take_printout();
    return quiet ? "" : printout;
  }

 private:
  using Command = void (Transcript::*)(const Words&);

  /// Values of words like "from=2".
  static std::string value(const Words& words, const std::string& key, const std::string& other) {
    for (const auto& word : words) {
      if (word.starts_with(key + "=")) {
        return word.substr(key.size() + 1);
      }
    }
    return other;
  }
  static bool says(const Words& words, const std::string& wanted) {
    return std::find(words.begin(), words.end(), wanted) != words.end();
  }
  std::vector<int> nodes(const Words& words) const {
    std::vector<int> numbers;
    for (const auto& word : words) {
      numbers.push_back(to_node(word));
    }
    return words.empty() ? stage_.numbers() : numbers;
  }
  static Words rest(const Words& words, std::size_t from) {
    return {words.begin() + static_cast<std::ptrdiff_t>(from), words.end()};
  }
  /// Takes `count` messages to the first word's node, which the other words describe, one by one.
  template <class Take>
  void each_message(const Words& words, const Take& take) {
    const auto from = value(words, "from", "");
    auto kind = value(words, "kind", "");
    std::replace(kind.begin(), kind.end(), '_', ' ');
    auto count = to_number(value(words, "count", "1000"));
    while (count > 0 && take([&](const Message& message) {
             return number_of(message.to) == to_node(words[0]) &&
                    (from.empty() || number_of(message.from) == to_node(from)) &&
                    describe(message).find(kind) != std::string::npos;
           })) {
      --count;
    }
  }
  void refuse(Refusal refusal) {
    if (refusal != Refusal::none) {
      stage_.print(fmt::format("refused: {}\n", name_of(refusal)));
    }
  }

  void options(const Words& words);
  void add_nodes(const Words& words);
  void join(const Words& words) {
    stage_.add(static_cast<std::uint8_t>(to_node(words[0])), {});
    stage_.turn(to_node(words[0]));
  }
  void campaign(const Words& words);
  void tick(const Words& words);
  void propose(const Words& words) {
    stage_.turn(to_node(words[0]), [&](RaftMachine& machine) {
      refuse(machine.propose(to_payloads(rest(words, 1))));
    });
  }
  void read(const Words& words) {
    stage_.turn(to_node(words[0]),
                [&](RaftMachine& machine) { refuse(machine.read(to_number(words[1]))); });
  }
  void transfer(const Words& words) {
    stage_.turn(to_node(words[0]), [&](RaftMachine& machine) {
      refuse(machine.transfer(node(static_cast<std::uint8_t>(to_node(words[1]))), stage_.now()));
    });
  }
  void change(const Words& words) {
    stage_.turn(to_node(words[0]), [&](RaftMachine& machine) {
      refuse(machine.change(to_members(rest(words, 1)), stage_.now()));
    });
  }
  void deliver(const Words& words) {
    each_message(words, [&](const auto& wanted) {
      return stage_.deliver(wanted, says(words, "keep")) && !says(words, "keep");
    });
  }
  void lose(const Words& words) {
    each_message(words, [&](const auto& wanted) { return stage_.lose(wanted); });
  }
  void sync(const Words& words) {
    auto count = words.size() > 1 ? to_number(words[1]) : 1000;
    while (count > 0 && stage_.sync(to_node(words[0]))) {
      --count;
    }
  }
  void apply(const Words& words) { stage_.apply(to_node(words[0])); }
  void stabilize(const Words& words) {
    const auto numbers = nodes(words);
    stage_.stabilize({numbers.begin(), numbers.end()});
  }
  void isolate(const Words& words) {
    for (const auto number : nodes(words)) {
      stage_.isolate(number);
    }
  }
  void heal(const Words&) { stage_.heal(); }
  void disconnect(const Words& words) {
    stage_.turn(to_node(words[0]), [&](RaftMachine& machine) {
      machine.disconnected(node(static_cast<std::uint8_t>(to_node(words[1]))), stage_.now());
    });
  }
  void crash(const Words& words) {
    stage_.crash(to_node(words[0]), to_number(value(words, "survivors", "0")));
  }
  void restart(const Words& words) {
    stage_.at(to_node(words[0])).start(stage_.now());
    says(words, "recalled") ? stage_.recall(to_node(words[0])) : stage_.turn(to_node(words[0]));
  }
  void run_on(const Words& words) {
    for (auto rounds = to_number(words[0]) / 100; rounds > 0; --rounds) {
      auto tick_words = words;
      tick_words[0] = "100";
      tick(tick_words);
      stabilize(rest(words, 1));
    }
  }
  void wipe(const Words& words) { stage_.at(to_node(words[0])).lose_disk(); }
  void trim(const Words& words) { stage_.at(to_node(words[0])).trim(to_number(words[1])); }
  void message(const Words& words);
  void status(const Words& words) {
    for (const auto number : nodes(words)) {
      stage_.print(describe(stage_.at(number)));
    }
  }
  void log(const Words& words);
  void disk(const Words& words);
  void recent(const Words& words) {
    const auto since = stage_.at(to_node(words[0])).machine().recent_since();
    stage_.print(since == Instant{}
                     ? "not known\n"
                     : fmt::format("has all of {} ms ago\n", (stage_.now() - since) / Millis(1)));
  }
  void bytes(const Words& words) {
    stage_.print(fmt::format("{} bytes are not committed\n",
                             stage_.at(to_node(words[0])).machine().uncommitted_bytes()));
  }

  static const std::map<std::string, Command> commands_;
  Stage stage_;
};

const std::map<std::string, Transcript::Command> Transcript::commands_{
    {"options", &Transcript::options},
    {"add-nodes", &Transcript::add_nodes},
    {"join", &Transcript::join},
    {"campaign", &Transcript::campaign},
    {"tick", &Transcript::tick},
    {"run", &Transcript::run_on},
    {"propose", &Transcript::propose},
    {"read", &Transcript::read},
    {"transfer", &Transcript::transfer},
    {"change", &Transcript::change},
    {"deliver", &Transcript::deliver},
    {"lose", &Transcript::lose},
    {"sync", &Transcript::sync},
    {"apply", &Transcript::apply},
    {"stabilize", &Transcript::stabilize},
    {"isolate", &Transcript::isolate},
    {"heal", &Transcript::heal},
    {"disconnect", &Transcript::disconnect},
    {"crash", &Transcript::crash},
    {"restart", &Transcript::restart},
    {"wipe", &Transcript::wipe},
    {"trim", &Transcript::trim},
    {"message", &Transcript::message},
    {"status", &Transcript::status},
    {"log", &Transcript::log},
    {"disk", &Transcript::disk},
    {"recent", &Transcript::recent},
    {"bytes", &Transcript::bytes},
};

void Transcript::options(const Words& words) {
  auto& options = stage_.options;
  const auto set = [&words](const std::string& key, auto& option) {
    const auto text = value(words, key, "");
    if (!text.empty()) {
      option = static_cast<std::remove_reference_t<decltype(option)>>(to_number(text));
    }
  };
  set("append_bytes_max", options.append_bytes_max);
  set("inflight_appends_max", options.inflight_appends_max);
  set("inflight_bytes_max", options.inflight_bytes_max);
  set("inflight_chunks_max", options.inflight_chunks_max);
  set("promotion_lag_max", options.promotion_lag_max);
}

void Transcript::add_nodes(const Words& words) {
  const auto count = static_cast<std::uint8_t>(to_number(words[0]));
  const auto members = words.size() > 1 ? to_members(rest(words, 1)) : voters(count);
  for (std::uint8_t number = 1; number <= count; ++number) {
    stage_.add(number, members);
    stage_.recall(number);
  }
  stage_.take_printout();
}

void Transcript::campaign(const Words& words) {
  const auto number = to_node(words[0]);
  const auto due = stage_.at(number).machine().wake_at();
  if (due > stage_.now()) {
    stage_.pass(std::chrono::duration_cast<Millis>(due - stage_.now()));
  }
  stage_.turn(number, [this](RaftMachine& machine) { machine.tick(stage_.now()); });
}

void Transcript::tick(const Words& words) {
  stage_.pass(Millis(static_cast<std::int64_t>(to_number(words[0]))));
  for (const auto number : nodes(rest(words, 1))) {
    stage_.turn(number, [this](RaftMachine& machine) { machine.tick(stage_.now()); });
  }
}

void Transcript::message(const Words& words) {
  Message message{node(static_cast<std::uint8_t>(to_node(words[0]))),
                  node(static_cast<std::uint8_t>(to_node(words[1]))),
                  to_number(words[2]),
                  {}};
  if (words[3] == "append") {
    Append append{to_id(words[4]).index, to_id(words[4]).term, to_number(words[5]), {}};
    for (const auto& word : rest(words, 6)) {
      append.entries.push_back({to_id(word).index, to_id(word).term, EntryKind::events,
                                std::make_shared<const Bytes>(1, 'm')});
    }
    message.body = append;
  } else {
    message.body = AppendAccepted{to_number(words[4])};
  }
  stage_.receive(message);
}

void Transcript::log(const Words& words) {
  const auto& log = stage_.at(to_node(words[0])).machine().log();
  stage_.print("base " + describe(log.base()) + "\n");
  for (auto index = log.base().index + 1; index <= log.last_index(); ++index) {
    stage_.print(describe(log.at(index)) + "\n");
  }
}

void Transcript::disk(const Words& words) {
  const auto& disk = stage_.at(to_node(words[0])).disk();
  stage_.print(fmt::format("term {} vote {} base {} applied {}\n", disk.hard_state.term,
                           number_of(disk.hard_state.vote), describe(disk.base.id), disk.applied));
  for (const auto& entry : disk.entries) {
    stage_.print(describe(entry) + "\n");
  }
}

}  // namespace

std::string replay(const std::string& script) {
  Transcript transcript;
  std::istringstream lines(script);
  std::string replayed;
  std::string printout;
  for (std::string line; std::getline(lines, line);) {
    replayed += line + "\n";
    if (line.empty() || line.starts_with("#")) {
      continue;
    }
    if (line != "----") {
      printout += transcript.run(line);
      continue;
    }
    replayed += printout.empty() ? "ok\n" : std::exchange(printout, {});
    while (std::getline(lines, line) && !line.empty()) {
    }
    replayed += lines ? "\n" : "";
  }
  return replayed;
}

}  // namespace hearth::replication::testing
