// A client of the directories that never rests: makes accounts, and tells which are lost.
//
//   account-writer DATA write PREFIX   accounts PREFIX-1, PREFIX-2, ... until stdin ends; a line
//   for
//                                      each that was acknowledged
//   account-writer DATA check          of the names on stdin, those that nobody has any more
//
// DATA is the folder of a `hearth up`. An account is there if another owner cannot have its name.

#include "nodes/cli/up/cluster_plan.hpp"
#include "nodes/roles/enrolment.hpp"

#include <chrono>
#include <fmt/format.h>
#include <iostream>
#include <poll.h>
#include <string>
#include <unistd.h>

namespace hearth::cli {
namespace {

constexpr Millis budget{10'000};

Result<void> create(const std::string& name, const seal::NodeList& nodes) {
  Household household;
  household.account = name;
  household.owner_name = "Owner";
  household.owner = seal::Identity::generate();
  household.recovery = seal::Identity::generate().keys.signing;
  return enrol_household(household, nodes, budget);
}

bool is_over() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  return ::poll(&input, 1, 0) > 0;
}

int write(const std::string& prefix, const seal::NodeList& nodes) {
  for (int number = 1; !is_over(); ++number) {
    const auto name = fmt::format("{}-{}", prefix, number);
    if (create(name, nodes)) {
      std::cout << name << std::endl;
    }
  }
  return 0;
}

int check(const seal::NodeList& nodes) {
  int lost = 0;
  for (std::string name; std::getline(std::cin, name);) {
    const auto made = create(name, nodes);
    if (made || made.error().code != ErrorCode::name_taken) {
      std::cout << name << ": " << (made ? "lost" : made.error().detail) << std::endl;
      ++lost;
    }
  }
  return lost == 0 ? 0 : 1;
}

int run(int count, char** words) {
  const auto now = std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
  if (count < 3) {
    return 2;
  }
  const auto plan = up::plan_enrolment(words[1], now);
  if (!plan) {
    std::cerr << plan.error().detail << '\n';
    return 1;
  }
  const std::string what = words[2];
  return what == "write" && count > 3 ? write(words[3], plan.value().node_list)
                                      : check(plan.value().node_list);
}

}  // namespace
}  // namespace hearth::cli

int main(int count, char** words) {
  return hearth::cli::run(count, words);
}
