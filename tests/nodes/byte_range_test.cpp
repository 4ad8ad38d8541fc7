// Which bytes a Range header asks for. Every row is RFC 9110 section 14.

#include "nodes/http/byte_range.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

namespace hearth::http {

void PrintTo(const RangeChoice& choice, std::ostream* out) {
  if (const auto* range = std::get_if<ByteRange>(&choice)) {
    *out << range->first << "+" << range->length;
  } else {
    *out << (std::holds_alternative<WholeFile>(choice) ? "whole" : "unsatisfiable");
  }
}

namespace {

constexpr std::uint64_t size = 721'481;
constexpr auto largest = std::numeric_limits<std::uint64_t>::max();

struct Row {
  const char* range;
  RangeChoice expected;
};

void expect_rows(const std::vector<Row>& rows, std::uint64_t file_size) {
  for (const auto& row : rows) {
    EXPECT_EQ(choose_range(row.range, file_size), row.expected) << row.range;
  }
}

TEST(ByteRange, ServesFirstToLast) {
  expect_rows({{"bytes=0-99", ByteRange{0, 100}},
               {"bytes=0-0", ByteRange{0, 1}},
               {"bytes=0-1", ByteRange{0, 2}},
               {"bytes=100-", ByteRange{100, size - 100}},
               {"bytes=721480-721480", ByteRange{721'480, 1}},
               {"bytes=0-721480", ByteRange{0, size}},
               {"bytes=000-0099", ByteRange{0, 100}}},
              size);
}

TEST(ByteRange, ServesASuffix) {
  expect_rows({{"bytes=-50", ByteRange{size - 50, 50}},
               {"bytes=-1", ByteRange{size - 1, 1}},
               {"bytes=-721481", ByteRange{0, size}},
               {"bytes=-721482", ByteRange{0, size}},
               {"bytes=-0", RangeUnsatisfiable{}},
               {"bytes=-000", RangeUnsatisfiable{}}},
              size);
}

TEST(ByteRange, ClampsWhatGoesPastTheEnd) {
  expect_rows({{"bytes=721000-999999999", ByteRange{721'000, 481}},
               {"bytes=0-721481", ByteRange{0, size}},
               {"bytes=721480-721481", ByteRange{721'480, 1}}},
              size);
}

TEST(ByteRange, CannotBeginPastTheEnd) {
  expect_rows({{"bytes=721481-", RangeUnsatisfiable{}},
               {"bytes=721481-721481", RangeUnsatisfiable{}},
               {"bytes=999999999-", RangeUnsatisfiable{}}},
              size);
}

TEST(ByteRange, IgnoresWhatBreaksTheGrammar) {
  for (const auto* range :
       {"bytes=5-2",   "bytes=",     "bytes",       "bytes=-",      "bytes=--1",
        "bytes=a-b",   "bytes=1",    "bytes=1-b",   "bytes=+1-2",   "bytes=0x0-1",
        "bytes= 0-1",  "bytes =0-1", "bytes=0 - 1", "bytes=0-1;",   "=0-1",
        "0-1",         "items=0-1",  "bytes:0-1",   "bytes=0-1-2",  "bytes=,",
        "bytes=1.0-2", "",           "bytes==0-1",  "bytes=\"0-1\""}) {
    EXPECT_EQ(choose_range(range, size), RangeChoice{WholeFile{}}) << range;
  }
}

TEST(ByteRange, AnswersSeveralRangesWithTheWholeFile) {
  expect_rows({{"bytes=0-1,5-6", WholeFile{}},
               {"bytes=0-1, 5-6", WholeFile{}},
               {"bytes=0-1,0-1", WholeFile{}},
               {"bytes=0-1,-5", WholeFile{}},
               {"bytes=0-1,x", WholeFile{}}},
              size);
}

TEST(ByteRange, ForgivesEmptyListElements) {
  expect_rows({{"bytes=,0-99", ByteRange{0, 100}},
               {"bytes=0-99,", ByteRange{0, 100}},
               {"bytes=, ,0-99 ,", ByteRange{0, 100}}},
              size);
}

TEST(ByteRange, TakesTheUnitInAnyCase) {
  expect_rows({{"Bytes=0-99", ByteRange{0, 100}}, {"BYTES=-1", ByteRange{size - 1, 1}}}, size);
}

TEST(ByteRange, KnowsFilesPastFourGigabytes) {
  constexpr std::uint64_t large = 5'000'000'000;
  expect_rows({{"bytes=2147483647-2147483648", ByteRange{2'147'483'647, 2}},
               {"bytes=4294967295-4294967296", ByteRange{4'294'967'295, 2}},
               {"bytes=4999999999-", ByteRange{4'999'999'999, 1}},
               {"bytes=5000000000-", RangeUnsatisfiable{}},
               {"bytes=-1", ByteRange{4'999'999'999, 1}}},
              large);
}

TEST(ByteRange, NumbersOfAnyLengthKeepTheirOrder) {
  expect_rows(
      {{"bytes=0-99999999999999999999999999", ByteRange{0, size}},
       {"bytes=0-18446744073709551615", ByteRange{0, size}},
       {"bytes=0-18446744073709551616", ByteRange{0, size}},
       {"bytes=18446744073709551616-", RangeUnsatisfiable{}},
       {"bytes=99999999999999999999999999-", RangeUnsatisfiable{}},
       {"bytes=99999999999999999999999999-1", WholeFile{}},
       {"bytes=99999999999999999999999999-99999999999999999999999998", WholeFile{}},
       {"bytes=99999999999999999999999998-99999999999999999999999999", RangeUnsatisfiable{}},
       {"bytes=-99999999999999999999999999", ByteRange{0, size}}},
      size);
  expect_rows({{"bytes=0-", ByteRange{0, largest}},
               {"bytes=18446744073709551614-", ByteRange{largest - 1, 1}},
               {"bytes=18446744073709551615-", RangeUnsatisfiable{}},
               {"bytes=-18446744073709551615", ByteRange{0, largest}}},
              largest);
}

TEST(ByteRange, AnEmptyFileHasNoRanges) {
  expect_rows({{"bytes=0-", RangeUnsatisfiable{}},
               {"bytes=0-0", RangeUnsatisfiable{}},
               {"bytes=-0", RangeUnsatisfiable{}},
               {"bytes=-5", WholeFile{}},
               {"bytes=5-2", WholeFile{}}},
              0);
}

TEST(ByteRange, EveryRangeOfASmallFileIsAsCountedByHand) {
  constexpr std::uint64_t small = 7;
  for (std::uint64_t first = 0; first < 10; ++first) {
    for (std::uint64_t last = 0; last < 10; ++last) {
      const auto text = "bytes=" + std::to_string(first) + "-" + std::to_string(last);
      std::uint64_t length = 0;
      for (auto at = first; at <= last && at < small; ++at) {
        ++length;
      }
      const auto expected = last < first     ? RangeChoice{WholeFile{}}
                            : first >= small ? RangeChoice{RangeUnsatisfiable{}}
                                             : RangeChoice{ByteRange{first, length}};
      EXPECT_EQ(choose_range(text, small), expected) << text;
    }
  }
}

TEST(IfRange, HoldsForTheSameStrongTagOnly) {
  EXPECT_TRUE(if_range_holds("\"abc\"", "\"abc\""));
  EXPECT_FALSE(if_range_holds("\"abd\"", "\"abc\""));
  EXPECT_FALSE(if_range_holds("W/\"abc\"", "\"abc\""));
  EXPECT_FALSE(if_range_holds("abc", "\"abc\""));
  EXPECT_FALSE(if_range_holds("Sun, 06 Nov 1994 08:49:37 GMT", "\"abc\""));
}

TEST(ContentRange, TellsFirstLastAndSize) {
  EXPECT_EQ(content_range({5, 10}, 100), "bytes 5-14/100");
  EXPECT_EQ(unsatisfied_range(100), "bytes */100");
}

}  // namespace
}  // namespace hearth::http
