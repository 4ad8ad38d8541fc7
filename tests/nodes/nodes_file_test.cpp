#include "nodes/cli/trust/nodes_file.hpp"

#include "nodes/support/files.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace hearth::cli::trust {
namespace {

seal::ListedNode directory_in(const std::string& region, std::uint16_t port) {
  seal::ListedNode node;
  node.keys = seal::Identity::generate().keys;
  node.role = Role::directory;
  node.region = region;
  node.control = {{"dir." + region + ".example", port}};
  node.issues_tickets = true;
  return node;
}

seal::ListedNode super_peer_in(const std::string& region, std::uint16_t port) {
  auto node = directory_in(region, port);
  node.role = Role::super_peer;
  node.control.push_back({"2001:db8::1", port});
  node.data = {{"sp." + region + ".example", 24373}};
  node.issues_tickets = false;
  return node;
}

class NodesFileTest : public ::testing::Test {
 protected:
  Result<NodesFile> read(const std::string& text) const {
    EXPECT_TRUE(write_file(path_, text, 0644));
    return read_nodes_file(path_);
  }

  /// The only problem of `text`, after the file's name.
  [[nodiscard]] std::string problem_of(const std::string& text) const {
    const auto file = read(text);
    if (!file || file.value().problems.size() != 1) {
      return file ? std::to_string(file.value().problems.size()) + " problems"
                  : file.error().detail;
    }
    return file.value().problems.front().substr(path_.string().size() + 1);
  }

  const test::TempFolder folder_;
  const std::filesystem::path path_ = folder_.path() / "nodes.toml";
};

/// `text` with its first `what` replaced.
std::string with(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

TEST_F(NodesFileTest, ReadsTheBlocksThatNodesPrint) {
  const auto directory = directory_in("eu", 24374);
  const auto super_peer = super_peer_in("us", 24372);
  const auto file = read(block_of(directory) + "\n" + block_of(super_peer));
  ASSERT_TRUE(file) << file.error().detail;
  EXPECT_EQ(file.value().problems, std::vector<std::string>{});
  EXPECT_EQ(file.value().nodes, (std::vector{directory, super_peer}));
}

TEST_F(NodesFileTest, NamesLineAndCureOfWhatIsWrong) {
  const auto block = block_of(directory_in("eu", 24374));
  EXPECT_EQ(problem_of(with(block, "region =", "regoin = \"eu\"\nregion =")),
            "3: unknown key 'regoin'; did you mean 'region'?");
  EXPECT_EQ(problem_of(with(block, "directory", "home")),
            "2: role 'home' is neither directory nor super-peer: homes and devices are not "
            "listed, they come in by pairing");
  EXPECT_EQ(problem_of(with(block, "\"eu\"", "\"Europe\"")),
            "3: region 'Europe' is not 1 to 16 of a-z, 0-9 and '-'");
  EXPECT_EQ(problem_of(with(block, "dir.eu.example:24374", "dir.eu.example")),
            "4: `control`: 'dir.eu.example' is not HOST:PORT");
  EXPECT_EQ(problem_of(with(block, "dir.eu.example", "0.0.0.0")),
            "4: `control`: nobody can dial 0.0.0.0:24374: write where others find the node");
  EXPECT_EQ(problem_of(with(block, ":24374", ":0")),
            "4: `control`: nobody can dial dir.eu.example:0: write where others find the node");
  EXPECT_EQ(problem_of(with(block, "[\"dir.eu.example:24374\"]", "[]")),
            "4: `control` is a list of 1 to 4 addresses, [\"HOST:PORT\"]");
  EXPECT_EQ(problem_of(with(block, "signing = \"", "signing = \"x")),
            "5: `signing` is not a key of 64 hexadecimal digits: copy what `hearth node show` "
            "prints");
  EXPECT_EQ(problem_of(with(block, "region = \"eu\"\n", "")), "1: the node lacks `region`");
  EXPECT_EQ(problem_of(with(block, "signing", "data = [\"a:1\"]\nsigning")),
            "5: a directory has no `data`: remove it");
  const auto bad_host = problem_of(with(block, "dir.eu.example", "dir eu"));
  EXPECT_TRUE(bad_host.starts_with("1: node ")) << bad_host;
}

TEST_F(NodesFileTest, ASuperPeerNeedsADataPort) {
  const auto node = super_peer_in("eu", 24372);
  const auto text = with(block_of(node), "data = [\"sp.eu.example:24373\"]\n", "");
  EXPECT_EQ(problem_of(text), "1: the node lacks `data`, where a super-peer takes streams");
}

TEST_F(NodesFileTest, NoTwoNodesShareIdentityOrAddress) {
  const auto first = directory_in("eu", 24374);
  auto second = directory_in("us", 24374);
  second.keys = first.keys;
  const auto copied = read(block_of(first) + block_of(second));
  ASSERT_TRUE(copied);
  ASSERT_EQ(copied.value().problems.size(), 2U) << "both keys";
  EXPECT_EQ(copied.value().problems[0],
            path_.string() + ":12: the key `signing` is in line 5 already: each node has its own");
  second = directory_in("eu", 24374);
  EXPECT_EQ(problem_of(block_of(first) + block_of(second)),
            "11: the address dir.eu.example:24374 is in line 4 already: each node has its own");
}

TEST_F(NodesFileTest, AMixedUpBlockIsNoticed) {
  const auto node = directory_in("eu", 24374);
  const auto other = directory_in("us", 24374);
  const auto text = with(block_of(node), to_text(node.keys.signing), to_text(other.keys.signing));
  EXPECT_EQ(problem_of(text), "7: `id` is not that of the key `signing`, " + to_text(other.id()) +
                                  ": copy the block anew");
}

TEST_F(NodesFileTest, TellsEveryProblemAtOnce) {
  const auto block = block_of(directory_in("eu", 24374));
  const auto file = read(with(with(block, "\"eu\"", "\"EU\""), "directory", "relay"));
  ASSERT_TRUE(file);
  EXPECT_EQ(file.value().problems.size(), 2U);
  EXPECT_TRUE(file.value().nodes.empty());
}

TEST_F(NodesFileTest, WhatIsNoListOfNodesIsRefused) {
  EXPECT_EQ(problem_of(""), "1: there is no [[node]]: `hearth node show` writes one");
  EXPECT_EQ(problem_of("[[nodes]]\nrole = \"x\"\n"),
            "1: 'nodes' is unknown: the file is a list of [[node]]");
  EXPECT_FALSE(read("[[node]\n"));
  EXPECT_EQ(read_nodes_file(folder_.path() / "none").error().code, ErrorCode::not_found);
}

TEST_F(NodesFileTest, ARegionWithoutARoleIsDoubted) {
  EXPECT_TRUE(doubts_about({directory_in("eu", 1), super_peer_in("eu", 2)}).empty());
  const auto doubts = doubts_about({directory_in("eu", 1), super_peer_in("us", 2)});
  ASSERT_EQ(doubts.size(), 2U);
  EXPECT_TRUE(doubts[0].starts_with("region eu has no super-peer"));
  EXPECT_TRUE(doubts[1].starts_with("region us has no directory"));
}

}  // namespace
}  // namespace hearth::cli::trust
