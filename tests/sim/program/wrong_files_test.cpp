// What is wrong is told with its place and what was meant, and nothing runs.

#include "tests/sim/program/shell.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::sim {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

struct WrongFile {
  const char* from;
  const char* to;
  const char* told;
};

constexpr WrongFile wrong_files[] = {
    {"browse_per_s", "browse_pers",
     R"(wrong.toml:13:1: unknown key "browse_pers"; did you mean "browse_per_s"?)"},
    {"process.kill", "process.kil", R"(unknown fault "process.kil"; did you mean "process.kill"?)"},
    {"eu/super-peer/1", "eu/super-peer/3", R"(wrong.toml:24:9: the topology has no node)"},
    {"eu/super-peer/1", "ue/super-peer/1", R"(wrong.toml:24:9: the topology has no node)"},
    {"browse.success_ratio", "browse.sucess_ratio", R"(did you mean "browse.success_ratio"?)"},
    {"at_least = 0.5", "at_least = 1.5", "wrong.toml:18:"},
    {"at_least = 0.5", "at_least = \"1s\"", "wrong.toml:18:"},
    {"for = \"2s\"", "for = 2", "wrong.toml:25:7: \"for\" must be a duration"},
    {"for = \"2s\"", "for = \"2 s\"", "wrong.toml:25:7:"},
    {"tolerance = \"within\"", "tolerance = \"witin\"", R"(did you mean "within"?)"},
    {"regions = [\"eu\"]", "regions = []", "wrong.toml:6:"},
    {"homes = 2", "homes = -1", "wrong.toml:8:9:"},
    {"for = \"2s\"", "", "wrong.toml:21:1:"},
    {"duration = \"30s\"", "duration = \"3s\"", "the run lasts 3s, and its faults go on until 14s"},
    {"[objectives]", "[objectives", "wrong.toml:2"},
    {"drill = \"small\"", "drill = \"Small!\"", "wrong.toml:1:9:"},
};

TEST(HearthDrill, NamesLineAndNearestWordOfWhatIsWrongWithAFile) {
  const Shell shell;
  for (const auto& wrong : wrong_files) {
    auto text = small_drill();
    text.replace(text.find(wrong.from), std::string(wrong.from).size(), wrong.to);
    shell.write("wrong.toml", text);
    const auto ran = shell.run("hearth drill run wrong.toml");
    EXPECT_EQ(ran.exit_code, 2) << wrong.to;
    EXPECT_THAT(ran.err, HasSubstr(wrong.told)) << wrong.to;
    EXPECT_THAT(ran.out, IsEmpty()) << wrong.to;
  }
}

TEST(HearthDrill, ReturnsTwoForEveryWrongUse) {
  const Shell shell;
  shell.write("small.toml", small_drill());
  shell.write("no.json", "{\"format\": 1}");
  shell.write("kinds.toml", "[message_ns]\nbrowse_itmes = 1\n");
  const std::pair<const char*, const char*> wrong_uses[] = {
      {"", "subcommand"},
      {"rum", "subcommand"},
      {"run", "drill is required"},
      {"run small.toml --seeds 0", "--seeds"},
      {"run small.toml --seeds 5..4", "give N, or A..B"},
      {"run small.toml --seeds 18446744073709551615..18446744073709551615", "give N, or A..B"},
      {"run small.toml --jobs 0", "--jobs"},
      {"run small.toml --colour", "--colour"},
      {"run small.toml --profile small.toml", R"(small.toml:1:1: unknown key "drill")"},
      {"run small.toml --profile kinds.toml",
       R"(kinds.toml:2:1: unknown key "browse_itmes"; did you mean "browse_items"?)"},
      {"run small.toml --profile none.toml", "cannot read none.toml"},
      {"run small.toml --report small.toml", "cannot make the folder small.toml"},
      {"run none.toml", "no such file: none.toml"},
      {"run regionloss-hard", R"(no drill "regionloss-hard"; did you mean "region-loss-hard"?)"},
      {"run region-evacuation-planned", "it waits for drain"},
      {"run ./", "cannot read"},
      {"replay small.toml --seed -1", "--seed"},
      {"replay small.toml --seed x", "--seed"},
      {"replay small.toml --seed 99999999999999999999", "give a number from 1"},
      {"swarm --seconds 0", "--seconds"},
      {"swarm --seconds 10000000000000000", "--seconds"},
      {"shrink small.toml -o ./", "cannot write ./"},
      {"shrink small.toml --trials 0", "--trials"},
      {"report no.json", "no.json is no report of a drill: drillFile must be text"},
      {"report small.toml", "small.toml is no report of a drill: it is no JSON"},
      {"report", "file is required"},
  };
  for (const auto& [arguments, told] : wrong_uses) {
    const auto ran = shell.run(std::string("hearth drill ") + arguments);
    EXPECT_EQ(ran.exit_code, 2) << arguments << '\n' << ran.err;
    EXPECT_THAT(ran.err, HasSubstr(told)) << arguments;
    EXPECT_THAT(ran.out, IsEmpty()) << arguments;
  }
}

TEST(HearthDrill, IsFoundBesideHearthElseOnPathElseMissed) {
  const Shell shell;
  EXPECT_EQ(shell.run("mkdir bin && cp $(command -v hearth) bin/").exit_code, 0);
  const auto missed = shell.run("PATH=/usr/bin:/bin; ./bin/hearth drill list");
  EXPECT_EQ(missed.exit_code, 3);
  EXPECT_THAT(missed.err, HasSubstr("hearth-drill is neither in"));
  EXPECT_THAT(shell.run("./bin/hearth drill --help").out, HasSubstr("calibrate"));
  EXPECT_EQ(shell.run("ln -s $(command -v hearth-drill) bin/").exit_code, 0);
  EXPECT_EQ(shell.run("PATH=/usr/bin:/bin; ./bin/hearth drill list").exit_code, 0);
}

TEST(HearthDrill, FindsDrillsBesideItselfFirst) {
  const Shell shell;
  ASSERT_EQ(
      shell.run("mkdir -p drills share/hearth/drills bin && cp $(command -v hearth-drill) bin/")
          .exit_code,
      0);
  shell.write("share/hearth/drills/small.toml", small_drill());
  EXPECT_THAT(shell.run("bin/hearth-drill list").out,
              HasSubstr("A super-peer dies and comes back."));
  EXPECT_EQ(shell.run("bin/hearth-drill run small --seeds 1").exit_code, 0);
}

}  // namespace
}  // namespace hearth::sim
