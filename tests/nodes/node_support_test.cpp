// The small parts that every process is made of.

#include "nodes/support/descriptors.hpp"
#include "nodes/support/endpoint_text.hpp"
#include "nodes/support/exit_code.hpp"
#include "nodes/support/file_watch.hpp"
#include "nodes/support/files.hpp"
#include "nodes/support/json_text.hpp"
#include "nodes/support/logging.hpp"
#include "nodes/support/metrics.hpp"
#include "nodes/support/ready_pipe.hpp"
#include "nodes/support/stop_signals.hpp"
#include "nodes/support/token_file.hpp"
#include "tests/support/temp_folder.hpp"

#include <gtest/gtest.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace hearth {
namespace {

TEST(PathText, KeepsTextAndEscapesTheRest) {
  const auto text = [](std::string_view path) {
    return path_text({reinterpret_cast<const std::uint8_t*>(path.data()), path.size()});
  };
  EXPECT_EQ(text("a/ä/日本.mp3"), "a/ä/日本.mp3");
  EXPECT_EQ(text("\xff"), "\\xff");
  EXPECT_EQ(text("\xc3"), "\\xc3");
  EXPECT_EQ(text("\xe6\x97x"), "\\xe6\\x97x");
  EXPECT_EQ(text("\\xff"), "\\x5cxff");
}

TEST(EndpointText, ReadsHostsAndAddresses) {
  EXPECT_EQ(parse_endpoint("127.0.0.1:80").value(), (seal::Endpoint{"127.0.0.1", 80}));
  EXPECT_EQ(parse_endpoint("[::1]:24371").value(), (seal::Endpoint{"::1", 24371}));
  EXPECT_EQ(parse_endpoint("relay.example:0").value(), (seal::Endpoint{"relay.example", 0}));
  EXPECT_EQ(to_text({"::1", 24371}), "[::1]:24371");
  EXPECT_EQ(to_text({"localhost", 1}), "localhost:1");
}

TEST(EndpointText, RefusesWhatIsNone) {
  for (const auto* text :
       {"", ":", ":80", "host", "host:", "host:x", "host:70000", "host:-1", "::1:80", "host:80 "}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
}

TEST(Descriptors, AreRaisedToWhatIsAllowed) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit low{before.rlim_max / 2, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  EXPECT_EQ(descriptor_limit(), low.rlim_cur);
  raise_descriptor_limit();
  EXPECT_EQ(descriptor_limit(), before.rlim_max);
  ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST(EndpointText, KnowsAddressesThatStandForAll) {
  for (const auto* all : {"0.0.0.0", "0", "::", "0:0:0:0:0:0:0:0", "::0", "::ffff:0.0.0.0"}) {
    EXPECT_TRUE(is_wildcard(all)) << all;
  }
  for (const auto* one : {"127.0.0.1", "::1", "localhost", "0.0.0.1", "zero.example", ""}) {
    EXPECT_FALSE(is_wildcard(one)) << one;
  }
}

TEST(TokenFile, IsMadeOnceAndKeptFromOthers) {
  const test::TempFolder folder;
  const auto path = folder.path() / "token";
  const auto made = load_or_create_token(path);
  ASSERT_TRUE(made.ok());
  EXPECT_TRUE(made.value().made);
  EXPECT_EQ(made.value().text.size(), 64U);
  const auto found = load_or_create_token(path);
  ASSERT_TRUE(found.ok());
  EXPECT_FALSE(found.value().made);
  EXPECT_EQ(found.value().text, made.value().text);
  std::filesystem::permissions(path, std::filesystem::perms(0640));
  EXPECT_EQ(load_or_create_token(path).error().code, ErrorCode::not_readable);
}

TEST(Files, NeverThrowAtAPath) {
  EXPECT_EQ(absolute_path("").error().code, ErrorCode::value_invalid);
  const std::string endless(300, 'x');
  EXPECT_FALSE(is_there("/tmp/" + endless));
  EXPECT_EQ(read_file("/tmp/" + endless, 1).error().code, ErrorCode::value_invalid);
}

TEST(ExitCode, TellsWhatToDo) {
  EXPECT_EQ(exit_code_of(ErrorCode::in_use), ExitCode::conflict);
  EXPECT_EQ(exit_code_of(ErrorCode::wrong_role), ExitCode::conflict);
  EXPECT_EQ(exit_code_of(ErrorCode::disk_full), ExitCode::failed);
  EXPECT_EQ(exit_code_of(ErrorCode::not_readable), ExitCode::failed);
  EXPECT_EQ(exit_code_of(ErrorCode::format_newer), ExitCode::failed);
  EXPECT_EQ(exit_code_of(ErrorCode::value_invalid), ExitCode::usage);
  EXPECT_EQ(exit_code_of(ErrorCode::item_unknown), ExitCode::not_found);
  EXPECT_EQ(exit_code_of(ErrorCode::home_offline), ExitCode::unreachable);
  EXPECT_EQ(exit_code_of(ErrorCode::overloaded), ExitCode::try_again);
}

TEST(Logging, WritesOneLineWhateverIsInIt) {
  const std::vector<logs::Field> fields{
      {"event", "link.up"}, {"msg", "two words"}, {"path", "a\n\"b\"\xff"}, {"empty", ""}};
  const auto logfmt = logs::format_line(false, fields);
  EXPECT_EQ(logfmt,
            "event=link.up msg=\"two words\" path=\"a\\n\\\"b\\\"\xEF\xBF\xBD\" empty=\"\"");
  const auto json = logs::format_line(true, fields);
  EXPECT_EQ(json,
            "{\"event\":\"link.up\",\"msg\":\"two words\","
            "\"path\":\"a\\n\\\"b\\\"\xEF\xBF\xBD\",\"empty\":\"\"}");
}

TEST(Logging, RefusesLevelsAndFormatsThatAreNone) {
  EXPECT_FALSE(logs::start({"loud", "auto", "home", ""}));
  EXPECT_FALSE(logs::check({"info", "xml", "home", ""}));
  EXPECT_TRUE(logs::check({"off", "json", "home", ""}));
}

TEST(Metrics, ShowsWhatWasCountedAndWhatIsReadLate) {
  Metrics metrics;
  metrics.describe("hearth_link_rejected_total", "Connections turned away.");
  metrics.count("hearth_link_rejected_total", {{"reason", "handshake"}});
  metrics.count("hearth_link_rejected_total", {{"reason", "handshake"}}, 2);
  int readings = 0;
  metrics.observe([&readings](Metrics& m) { m.set_gauge("hearth_readings", {}, ++readings); });
  const auto text = metrics.text();
  EXPECT_NE(text.find("# HELP hearth_link_rejected_total Connections turned away."),
            std::string::npos);
  EXPECT_NE(text.find("# TYPE hearth_link_rejected_total counter"), std::string::npos);
  EXPECT_NE(text.find("hearth_link_rejected_total{reason=\"handshake\"} 3"), std::string::npos);
  EXPECT_NE(text.find("hearth_readings 1"), std::string::npos);
  metrics.stop_observing();
  EXPECT_NE(metrics.text().find("hearth_readings 1"), std::string::npos);
}

TEST(ReadyPipe, CarriesWhereAProcessServes) {
  const Ready ready{{{"127.0.0.1", 24372}, {"::1", 24373}}, {"127.0.0.1", 24380}};
  std::array<int, 2> fds{};
  ASSERT_EQ(::pipe(fds.data()), 0);
  announce_ready(fds[1], ready);
  std::string line(1000, '\0');
  const auto count = ::read(fds[0], line.data(), line.size());
  ASSERT_GT(count, 1);
  EXPECT_EQ(::read(fds[0], line.data(), 0), 0);
  const auto parsed =
      parse_ready(std::string_view(line).substr(0, static_cast<std::size_t>(count)));
  ::close(fds[0]);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed.value().listen, ready.listen);
  EXPECT_EQ(parsed.value().admin, ready.admin);
}

TEST(ReadyPipe, RefusesOtherLines) {
  for (const auto* line : {"", "ready", "a:1", "ready a", "ready a:1 b", "reads a:1"}) {
    EXPECT_FALSE(parse_ready(line)) << line;
  }
}

TEST(StopSignals, EndsAtASignalOrWithTheFirstError) {
  constexpr Millis patience{10'000};
  StopSignals stop;
  ::kill(::getpid(), SIGTERM);
  const auto signalled = stop.wait(patience);
  ASSERT_TRUE(signalled);
  EXPECT_TRUE(*signalled);
  stop.fail({ErrorCode::disk_failed, "first"});
  stop.fail({ErrorCode::disk_full, "second"});
  const auto ended = stop.wait(patience);
  ASSERT_TRUE(ended);
  ASSERT_FALSE(*ended);
  EXPECT_EQ(ended->error().detail, "first");
  EXPECT_FALSE(stop.wait(Millis(0))) << "nothing has come since";
}

TEST(FileWatch, TellsOnceOfAFileThatWasReplaced) {
  const test::TempFolder folder;
  const auto path = folder.path() / "list";
  FileWatch watch(path);
  EXPECT_FALSE(watch.changed()) << "there is none";
  ASSERT_TRUE(write_file(path, "one", 0600));
  EXPECT_TRUE(watch.changed());
  EXPECT_FALSE(watch.changed());
  ASSERT_TRUE(write_file(path, "two", 0600));
  EXPECT_TRUE(watch.changed());
  std::filesystem::remove(path);
  EXPECT_FALSE(watch.changed());
}

}  // namespace
}  // namespace hearth
