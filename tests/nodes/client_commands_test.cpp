// The commands of a person against a gateway with a pretended home.

#include "nodes/client/api_client.hpp"
#include "nodes/client/get_command.hpp"
#include "nodes/client/library_commands.hpp"
#include "nodes/support/files.hpp"
#include "nodes/support/runtime_socket.hpp"
#include "tests/nodes/gateway_fixture.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <future>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <sys/stat.h>

namespace hearth::cli {
namespace {

using home::ItemKind;
using test::fake_file;
using test::StreamFault;

/// What a command prints.
class Printed {
 public:
  Printed() : file_(open_memstream(&text_, &size_)) {}
  Printed(const Printed&) = delete;
  Printed& operator=(const Printed&) = delete;
  ~Printed() {
    std::fclose(file_);
    std::free(text_);
  }
  [[nodiscard]] std::FILE* file() const { return file_; }
  [[nodiscard]] std::string text() const {
    std::fflush(file_);
    return {text_, size_};
  }
  [[nodiscard]] Json json() const { return Json::parse(text(), nullptr, false); }

 private:
  char* text_ = nullptr;
  std::size_t size_ = 0;
  std::FILE* file_;
};

class ClientCommands : public test::GatewayFixture {
 protected:
  void SetUp() override {
    GatewayFixture::SetUp();
    auto folder = fake_file(1, ItemKind::container, "Music", 0);
    home_.items.push_back(folder);
    home_.items.push_back(fake_file(2, ItemKind::video, "Film", 5'000'000));
    for (std::size_t i = 0; i < 700; ++i) {
      auto track = fake_file(3, ItemKind::audio, "Track " + std::to_string(i), 10);
      track.item.id.bytes[0] = static_cast<std::uint8_t>(i);
      track.item.id.bytes[1] = static_cast<std::uint8_t>(i >> 8U);
      track.item.parent = folder.item.id;
      home_.items.push_back(track);
    }
    serve();
    api_ = std::make_unique<ApiClient>(Connection{"http://" + host(), token});
    options_.json = true;
    options_.out = printed_.file();
    get_.item = to_text(film().item.id);
    get_.output = output().string();
  }
  [[nodiscard]] const test::FakeItem& film() const { return home_.items[1]; }
  [[nodiscard]] std::filesystem::path output() const { return folder_.path() / "film.mp4"; }
  [[nodiscard]] bool written(BytesView expected) const {
    const auto bytes = read_file(output(), 10'000'000);
    return bytes.ok() &&
           std::equal(expected.begin(), expected.end(), bytes.value().begin(), bytes.value().end());
  }
  void expect_nothing_written() const { EXPECT_TRUE(std::filesystem::is_empty(folder_.path())); }
  [[nodiscard]] ErrorCode get_code() const {
    const auto got = get_item(*api_, get_);
    return got ? ErrorCode::none : got.error().code;
  }

  test::TempFolder folder_;
  Printed printed_;
  LibraryOptions options_;
  GetOptions get_;
  std::unique_ptr<ApiClient> api_;
};

TEST_F(ClientCommands, ListsHomes) {
  ASSERT_TRUE(list_homes(*api_, options_).ok());
  EXPECT_EQ(printed_.json()["homes"][0]["name"], "Demo");
}

TEST(ChooseHome, OwnHomesComeFirstAndOthersHaveTheNameOfTheirAccount) {
  const auto home = [](const char* id, const char* name, const char* owner, bool online) {
    Json json{{"id", id}, {"name", name}, {"online", online}};
    if (owner != nullptr) {
      json["owner"] = {{"account", "aa"}, {"name", owner}};
    }
    return json;
  };
  const auto homes = Json::array({home("1", "Attic", "ann", true), home("2", "Attic", "ben", true),
                                  home("3", "Barn", "ben", true), home("4", "Attic", nullptr, true),
                                  home("5", "Shed", nullptr, false)});
  const auto chosen = [&](const Json& among, const std::string& wanted) {
    const auto found = choose_home(among, wanted);
    return found ? found.value() : std::string(name_of(found.error().code));
  };
  EXPECT_EQ(chosen(homes, ""), "4");
  EXPECT_EQ(chosen(homes, "Attic"), "4");
  EXPECT_EQ(chosen(homes, "Attic@ann"), "1");
  EXPECT_EQ(chosen(homes, "Barn"), "3");
  EXPECT_EQ(chosen(homes, "2"), "2");
  EXPECT_EQ(chosen(homes, "Cellar"), "home_unknown");
  const auto others = Json::array({homes[0], homes[1]});
  EXPECT_EQ(chosen(others, "Attic"), "value_invalid");
  EXPECT_EQ(chosen(others, ""), "1");
  EXPECT_EQ(chosen(Json::array(), ""), "home_unknown");
}

TEST_F(ClientCommands, JoinsAllPages) {
  ASSERT_TRUE(list_library(*api_, options_, to_text(home_.items[0].item.id), false).ok());
  EXPECT_EQ(printed_.json()["items"].size(), 700U);
  EXPECT_FALSE(printed_.json().contains("next"));
}

TEST_F(ClientCommands, WalksDownWhenAsked) {
  ASSERT_TRUE(list_library(*api_, options_, "", true).ok());
  const auto items = printed_.json()["items"];
  ASSERT_EQ(items.size(), 702U);
  EXPECT_EQ(items[0]["title"], "Music");
  EXPECT_EQ(items[1]["title"], "Track 0");
  EXPECT_EQ(items[701]["title"], "Film");
}

TEST_F(ClientCommands, SearchesAndShows) {
  ASSERT_TRUE(search_library(*api_, options_, "Track 69").ok());
  EXPECT_EQ(printed_.json()["items"].size(), 11U);
  Printed shown;
  options_.out = shown.file();
  ASSERT_TRUE(show_item(*api_, options_, get_.item).ok());
  EXPECT_EQ(shown.json()["title"], "Film");
  EXPECT_EQ(show_item(*api_, options_, "zz").error().code, ErrorCode::item_unknown);
}

TEST_F(ClientCommands, RescanTellsWhatItFound) {
  home_.scan.added = 3;
  home_.scan.problems = {{Bytes{'a'}, "symlink"}};
  ASSERT_TRUE(rescan_library(*api_, options_).ok());
  EXPECT_EQ(printed_.text(),
            R"({"added":3,"changed":0,"removed":0,"problems":[{"path":"a","reason":"symlink"}]})"
            "\n");
}

TEST_F(ClientCommands, RescanOutlivesARestartOfTheHome) {
  home_.scan.run = 5;
  home_.scan_after_restart.emplace();
  home_.scan_after_restart->run = 1;
  home_.scan_after_restart->finished = 1;
  home_.scan_after_restart->added = 2;
  ASSERT_TRUE(rescan_library(*api_, options_).ok());
  EXPECT_NE(printed_.text().find(R"("added":2)"), std::string::npos);
}

TEST_F(ClientCommands, ErrorsKeepTheirMeaning) {
  home_.online = false;
  EXPECT_EQ(list_library(*api_, options_, "", false).error().code, ErrorCode::home_offline);
  options_.home = "nobody";
  EXPECT_EQ(list_library(*api_, options_, "", false).error().code, ErrorCode::home_unknown);
  const ApiClient wrong{{"http://" + host(), "wrong"}};
  EXPECT_EQ(list_homes(wrong, options_).error().code, ErrorCode::not_allowed);
  const ApiClient nowhere{{"http://127.0.0.1:1", token}};
  EXPECT_EQ(list_homes(nowhere, options_).error().code, ErrorCode::unreachable);
  EXPECT_EQ(printed_.text(), "");
}

TEST_F(ClientCommands, GetWritesAWholeFile) {
  ASSERT_EQ(get_code(), ErrorCode::none);
  EXPECT_TRUE(written(film().content));
  EXPECT_FALSE(std::filesystem::exists(output().string() + ".part"));
}

TEST_F(ClientCommands, GetWritesARange) {
  get_.range = "5-14";
  ASSERT_EQ(get_code(), ErrorCode::none);
  EXPECT_TRUE(written(BytesView{film().content}.subspan(5, 10)));
  get_.range = "4999999-";
  ASSERT_EQ(get_code(), ErrorCode::none);
  EXPECT_TRUE(written(BytesView{film().content}.last(1)));
}

TEST_F(ClientCommands, GetRefusesWhatIsPastTheEnd) {
  for (const auto* range :
       {"5000000-", "5000000-5000001", "0-5000000", "0-99999999999999999999999"}) {
    get_.range = range;
    EXPECT_EQ(get_code(), ErrorCode::range_invalid) << range;
  }
  for (const auto* range : {"5", "-5", "a-b", "5-4", "5-4x", "", " 1-2"}) {
    EXPECT_FALSE(parse_range(range).ok()) << range;
  }
  expect_nothing_written();
}

TEST_F(ClientCommands, GetLeavesNothingBehindWhenItFails) {
  get_.item = std::string(32, 'f');
  EXPECT_EQ(get_code(), ErrorCode::item_unknown);
  get_.item = to_text(home_.items[0].item.id);
  EXPECT_EQ(get_code(), ErrorCode::range_invalid);
  expect_nothing_written();
}

TEST_F(ClientCommands, GetWritesIntoWhatIsNoFile) {
  ASSERT_EQ(::mkfifo(output().c_str(), 0600), 0);
  auto read = std::async(std::launch::async, [this] {
    std::ifstream pipe(output(), std::ios::binary);
    return Bytes{std::istreambuf_iterator<char>(pipe), std::istreambuf_iterator<char>()};
  });
  ASSERT_EQ(get_code(), ErrorCode::none);
  EXPECT_EQ(read.get(), Bytes(film().content.begin(), film().content.end()));
  EXPECT_TRUE(std::filesystem::is_fifo(output()));
}

TEST_F(ClientCommands, GetRefusesAFolder) {
  for (const auto& folder : {folder_.path().string(), (folder_.path() / "new/").string()}) {
    get_.output = folder;
    EXPECT_EQ(get_code(), ErrorCode::value_invalid) << folder;
  }
  expect_nothing_written();
}

TEST(ApiClient, ReadsFieldsOfAnyShape) {
  for (const auto* text : {"null", "7", "[]", R"("x")", "{}", R"({"a":null})", R"({"a":{}})"}) {
    const auto json = Json::parse(text);
    EXPECT_EQ(text_at(json, "a"), "") << text;
    EXPECT_EQ(number_at(json, "a"), 0U) << text;
    EXPECT_FALSE(flag_at(json, "a")) << text;
    EXPECT_TRUE(list_at(json, "a").empty()) << text;
  }
  const auto json = Json::parse(R"({"text":"x","number":7,"flag":true,"list":[1]})");
  EXPECT_EQ(text_at(json, "text"), "x");
  EXPECT_EQ(number_at(json, "number"), 7U);
  EXPECT_TRUE(flag_at(json, "flag"));
  EXPECT_EQ(list_at(json, "list").size(), 1U);
}

class BrokenGet : public ClientCommands {
 protected:
  /// Every first stream breaks for good after a million bytes: the gateway cuts its answer.
  void break_first(int streams) {
    home_.fault = [streams](std::uint64_t number) {
      StreamFault fault;
      if (number <= static_cast<std::uint64_t>(2 * streams)) {
        fault.cut_after = 1'000'000;
        fault.header = number % 2 == 0 ? ErrorCode::item_gone : ErrorCode::none;
      }
      return fault;
    };
  }
};

TEST_F(BrokenGet, GoesOnWhereItStood) {
  break_first(3);
  ASSERT_EQ(get_code(), ErrorCode::none);
  EXPECT_TRUE(written(film().content));
  EXPECT_GE(home_.streams_begun(), 7U);
}

TEST(FindConnection, TakesTheFirstThatNamesAGateway) {
  const test::TempFolder folder;
  const auto ready = folder.path() / "ready.json";
  const auto token_file = folder.path() / "token";
  ASSERT_TRUE(write_file(ready, R"({"gateway":"http://ready:1/","token":"r"})", 0600).ok());
  ASSERT_TRUE(write_file(token_file, "file\n", 0600).ok());
  ASSERT_TRUE(make_folder(folder.path() / "hearth").ok());
  ASSERT_TRUE(write_file(folder.path() / "hearth" / "client.toml",
                         "context = \"demo\"\n[contexts.demo]\nto = \"http://context:1\"\n"
                         "token_file = \"" +
                             token_file.string() + "\"\n",
                         0600)
                  .ok());
  std::map<std::string, std::string> set{{"XDG_CONFIG_HOME", folder.path().string()},
                                         {"XDG_RUNTIME_DIR", folder.path().string()}};
  const auto found = [&set](const ConnectionOptions& options) {
    const auto connection = find_connection(
        options, [&set](const char* name) { return set.contains(name) ? set[name] : ""; });
    return connection ? connection.value().gateway + " " + connection.value().token
                      : std::string{name_of(connection.error().code)};
  };
  EXPECT_EQ(found({}), "http://context:1 file");
  EXPECT_EQ(found({.to = {}, .token_file = {}, .ready_file = {}, .context = "other"}),
            "value_invalid");
  set["HEARTH_TO"] = "http://variable:1";
  set["HEARTH_TOKEN"] = "v";
  EXPECT_EQ(found({}), "http://variable:1 v");
  EXPECT_EQ(found({.to = {}, .token_file = {}, .ready_file = ready, .context = {}}),
            "http://ready:1 r");
  EXPECT_EQ(found({.to = "http://flag:1", .token_file = {}, .ready_file = ready, .context = {}}),
            "http://flag:1 v");
  EXPECT_EQ(
      found({.to = "http://flag:1", .token_file = token_file, .ready_file = {}, .context = {}}),
      "http://flag:1 file");
  EXPECT_EQ(found({.to = "flag:1", .token_file = {}, .ready_file = {}, .context = {}}),
            "value_invalid");
}

class FindRunningGateway : public ::testing::Test {
 protected:
  std::unique_ptr<RuntimeSocket> run_gateway(const std::string& name, const std::string& url) {
    auto served = RuntimeSocket::serve(
        runtime_folder(folder_.path().string()), name,
        R"({"role":"gateway","url":")" + url + R"(","token":"of )" + name + "\"}");
    return served ? std::move(served.value()) : nullptr;
  }
  Result<Connection> find(const ConnectionOptions& options = {}) {
    return find_connection(options, [this](const std::string& name) {
      return name.starts_with("XDG_") ? folder_.path().string() : std::string{};
    });
  }
  test::TempFolder folder_;
};

TEST_F(FindRunningGateway, TakesTheOnlyOneWithItsToken) {
  const auto gateway = run_gateway("a", "http://a:1");
  ASSERT_NE(gateway, nullptr);
  const auto found = find();
  ASSERT_TRUE(found) << found.error().detail;
  EXPECT_EQ(found.value().gateway, "http://a:1");
  EXPECT_EQ(found.value().token, "of a");
}

TEST_F(FindRunningGateway, AsksWhichOfSeveral) {
  const auto one = run_gateway("a", "http://a:1");
  const auto other = run_gateway("b", "http://b:1");
  const auto found = find();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::value_invalid);
  EXPECT_NE(found.error().detail.find("--to: http://a:1, http://b:1"), std::string::npos);
  const auto named = find({.to = "http://b:1/", .token_file = {}, .ready_file = {}, .context = {}});
  ASSERT_TRUE(named);
  EXPECT_EQ(named.value().token, "of b");
  const auto foreign =
      find({.to = "http://c:1", .token_file = {}, .ready_file = {}, .context = {}});
  ASSERT_TRUE(foreign);
  EXPECT_EQ(foreign.value().token, "") << "a token goes to its own gateway alone";
}

TEST_F(FindRunningGateway, SaysThatNoneRuns) {
  run_gateway("a", "http://a:1").reset();
  ASSERT_FALSE(find());
  EXPECT_EQ(find().error().code, ErrorCode::unreachable);
}

}  // namespace
}  // namespace hearth::cli
