// Pages over a library: their order, their cursors, and search.

#include "actors/home/catalogue_index.hpp"

#include "messages/base/limits.hpp"
#include "messages/envelope/codec.hpp"
#include "tests/support/catalogue_samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace hearth::home {
namespace {

using testing::Catalogue;
using ::testing::ElementsAre;
using testing::folder_seen;
using testing::id_of;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using testing::song_seen;

using Titles = std::vector<std::string>;

Titles titles_of(const ItemsPage& page) {
  Titles titles;
  for (const auto& item : page.items) {
    titles.push_back(item.title);
  }
  return titles;
}

ErrorCode refusal(const Result<ItemsPage>& page) {
  return page ? ErrorCode::none : page.error().code;
}

/// All pages joined; `between` is called after each.
template <class Page>
Titles join(
    const Page& page_after, const std::function<void()>& between = [] {}) {
  Titles all;
  std::string cursor;
  do {
    const auto page = page_after(cursor);
    EXPECT_TRUE(page) << page.error().detail;
    const auto titles = titles_of(page.value());
    all.insert(all.end(), titles.begin(), titles.end());
    cursor = page.value().next;
    between();
  } while (!cursor.empty());
  return all;
}

Titles browse_all(
    const Catalogue& home, std::uint32_t limit, const std::function<void()>& between = [] {}) {
  return join(
      [&](const std::string& cursor) {
        return home.index.browse({{}, cursor, limit}, LibraryView(home.machine));
      },
      between);
}

Titles search(const Catalogue& home, const std::string& query) {
  const auto page = home.index.search({query, "", 500}, LibraryView(home.machine));
  return page ? titles_of(page.value()) : Titles{"error " + page.error().detail};
}

TEST(CatalogueIndex, ContainersComeFirstThenNamesWithNumbersByValue) {
  Catalogue home;
  home.scan({song_seen("10 x.mp3", "ten"), song_seen("2 x.mp3", "two"), song_seen("a.mp3", "a"),
             song_seen("B.mp3", "b"), folder_seen("z"), song_seen("z/q.mp3")});
  EXPECT_THAT(browse_all(home, 100), ElementsAre("z", "two", "ten", "a", "b"));
}

TEST(CatalogueIndex, PagesOfAnySizeJoinToTheWhole) {
  Catalogue home;
  for (int i = 0; i < 25; ++i) {
    home.scan({song_seen(std::to_string(i) + ".mp3", std::to_string(i))});
  }
  const auto whole = browse_all(home, 500);
  EXPECT_THAT(whole, SizeIs(25));
  for (const std::uint32_t limit : {1U, 2U, 5U, 24U, 25U, 26U}) {
    EXPECT_EQ(browse_all(home, limit), whole) << limit;
  }
}

TEST(CatalogueIndex, WhatIsPresentThroughoutIsGivenOnceWhateverComesAndGoes) {
  Catalogue home;
  Titles present;
  for (int i = 0; i < 40; ++i) {
    const auto name = std::to_string(1000 + i);
    home.scan({song_seen(name + ".mp3", name)});
    if (i % 4 != 0) {
      present.push_back(name);
    }
  }
  int round = 0;
  const auto given = browse_all(home, 3, [&] {
    const auto gone = std::to_string(1000 + 4 * round);
    home.take({{ItemRemoved{id_of(gone + ".mp3")}}});
    home.scan({song_seen(gone + "b.mp3", "new")});
    ++round;
  });
  Titles old;
  std::ranges::copy_if(given, std::back_inserter(old), [&](const auto& title) {
    return std::ranges::find(present, title) != present.end();
  });
  EXPECT_EQ(old, present);
}

TEST(CatalogueIndex, NewTagsDoNotMoveAnItem) {
  Catalogue home;
  for (const auto* name : {"a", "b", "c", "d"}) {
    home.scan({song_seen(std::string(name) + ".mp3", name)});
  }
  bool first = true;
  const auto given = browse_all(home, 2, [&] {
    if (std::exchange(first, false)) {
      home.scan({song_seen("a.mp3", "zz"), song_seen("d.mp3", "aa")});
    }
  });
  EXPECT_THAT(given, ElementsAre("a", "b", "c", "aa"));
}

TEST(CatalogueIndex, ACursorOutlivesTheItemItCameFrom) {
  Catalogue home;
  home.scan({song_seen("a.mp3", "a"), song_seen("b.mp3", "b"), song_seen("c.mp3", "c")});
  const auto page = home.index.browse({{}, "", 2}, LibraryView(home.machine));
  ASSERT_TRUE(page);
  home.take({{ItemRemoved{id_of("b.mp3")}}});
  const auto next = home.index.browse({{}, page.value().next, 2}, LibraryView(home.machine));
  ASSERT_TRUE(next);
  EXPECT_THAT(titles_of(next.value()), ElementsAre("c"));
}

TEST(CatalogueIndex, RefusesLimitsAndCursorsThatAreNone) {
  Catalogue home;
  home.scan({song_seen("a.mp3"), song_seen("b.mp3"), folder_seen("f"), song_seen("f/c.mp3")});
  const auto browse = [&](const std::string& cursor, std::uint32_t limit) {
    return refusal(home.index.browse({{}, cursor, limit}, LibraryView(home.machine)));
  };
  EXPECT_EQ(browse("", 0), ErrorCode::value_invalid);
  EXPECT_EQ(browse("", 501), ErrorCode::value_invalid);
  EXPECT_EQ(browse("", 500), ErrorCode::none);
  for (const auto* cursor : {"x", "00", "0123456789abcdef", "zz", "01"}) {
    EXPECT_EQ(browse(cursor, 5), ErrorCode::cursor_invalid) << cursor;
  }
  EXPECT_EQ(browse(std::string(100'000, '0'), 5), ErrorCode::cursor_invalid);

  auto cursor = home.index.browse({{}, "", 1}, LibraryView(home.machine)).value().next;
  EXPECT_EQ(browse(cursor, 1), ErrorCode::none);
  EXPECT_EQ(refusal(home.index.browse({id_of("f"), cursor, 1}, LibraryView(home.machine))),
            ErrorCode::cursor_invalid);
  cursor.back() = cursor.back() == '0' ? '1' : '0';
  EXPECT_EQ(browse(cursor, 1), ErrorCode::cursor_invalid);
}

TEST(CatalogueIndex, RefusesParentsThatAreNotThereOrNoContainers) {
  Catalogue home;
  home.scan({song_seen("a.mp3"), folder_seen("f"), song_seen("f/b.mp3")});
  home.take({{ItemRemoved{id_of("f")}}});
  const auto browse = [&](const ItemId& parent) {
    return refusal(home.index.browse({parent, "", 5}, LibraryView(home.machine)));
  };
  EXPECT_EQ(browse(id_of("nowhere")), ErrorCode::item_unknown);
  EXPECT_EQ(browse(id_of("f")), ErrorCode::item_gone);
  EXPECT_EQ(browse(id_of("a.mp3")), ErrorCode::value_invalid);
}

TEST(CatalogueIndex, APageOfTheLongestItemsFitsAnEnvelope) {
  Catalogue home;
  const std::string longest(limits::title_bytes_max, 'x');
  for (int i = 0; i < 500; ++i) {
    auto song = song_seen(std::to_string(i) + ".mp3", longest);
    song.item.artist = longest;
    song.item.album = longest;
    home.scan({song});
  }
  const auto page = home.index.browse({{}, "", 500}, LibraryView(home.machine));
  ASSERT_TRUE(page);
  EXPECT_LT(page.value().items.size(), 500U);
  EXPECT_FALSE(page.value().next.empty());
  EXPECT_LE(encode(page.value()).size(), limits::envelope_bytes_max);
  EXPECT_THAT(browse_all(home, 500), SizeIs(500));
}

TEST(CatalogueIndex, SearchFindsEveryWordInAnyOrderAcrossTitleArtistAndAlbum) {
  Catalogue home;
  auto song = song_seen("a.mp3", "Frühling");
  song.item.artist = "Åsa Söder";
  song.item.album = "Alle Jahre";
  home.scan({song, song_seen("b.mp3", "Winter")});

  EXPECT_THAT(search(home, "jahre frühling åsa"), ElementsAre("Frühling"));
  EXPECT_THAT(search(home, "ÅSA  FRÜH"), ElementsAre("Frühling"));
  EXPECT_THAT(search(home, "åsa winter"), IsEmpty());
  EXPECT_THAT(search(home, "frühlingåsa"), IsEmpty());
}

TEST(CatalogueIndex, SearchTakesComposedAndDecomposedLettersAsTheSame) {
  Catalogue home;
  home.scan({song_seen("a.mp3", "S\u00F6der"), song_seen("b.mp3", "日本の歌"),
             song_seen("c.mp3", "STRASSE")});
  EXPECT_THAT(search(home, "so\u0308der"), ElementsAre("S\u00F6der"));
  EXPECT_THAT(search(home, "日本"), ElementsAre("日本の歌"));
  EXPECT_THAT(search(home, "straße"), ElementsAre("STRASSE"));
  EXPECT_THAT(search(home, "日本\u3000歌"), ElementsAre("日本の歌"));
}

TEST(CatalogueIndex, SearchFindsContainersToo) {
  Catalogue home;
  home.scan({folder_seen("Alben"), song_seen("Alben/a.mp3")});
  EXPECT_THAT(search(home, "alben"), ElementsAre("Alben"));
}

TEST(CatalogueIndex, SearchRefusesWhatIsNoQuery) {
  Catalogue home;
  home.scan({song_seen("a.mp3"), song_seen("b.mp3")});
  const auto ask = [&](const std::string& query, const std::string& cursor = {}) {
    return refusal(home.index.search({query, cursor, 1}, LibraryView(home.machine)));
  };
  EXPECT_EQ(ask("\xFF"), ErrorCode::value_invalid);
  EXPECT_EQ(ask(""), ErrorCode::value_invalid);
  EXPECT_EQ(ask(" \u3000"), ErrorCode::value_invalid);
  EXPECT_EQ(ask(std::string(limits::query_bytes_max + 1, 'a')), ErrorCode::value_invalid);

  const auto cursor = home.index.search({"song", "", 1}, LibraryView(home.machine)).value().next;
  EXPECT_EQ(ask("song", cursor), ErrorCode::none);
  EXPECT_EQ(ask("SONG ", cursor), ErrorCode::none);
  EXPECT_EQ(ask("other", cursor), ErrorCode::cursor_invalid);
}

TEST(CatalogueIndex, SearchPagesJoinToTheWholeWhileTagsChange) {
  Catalogue home;
  for (int i = 0; i < 30; ++i) {
    home.scan({song_seen("x/" + std::to_string(i) + ".mp3", "tune " + std::to_string(i))});
  }
  int round = 0;
  auto given = join(
      [&](const std::string& cursor) {
        return home.index.search({"tune", cursor, 4}, LibraryView(home.machine));
      },
      [&] {
        home.scan(
            {song_seen("x/" + std::to_string(round) + ".mp3", "tune " + std::to_string(round))});
        ++round;
      });
  EXPECT_THAT(given, SizeIs(30));
  std::ranges::sort(given);
  EXPECT_EQ(std::unique(given.begin(), given.end()), given.end());
}

TEST(CatalogueIndex, IsTheSameAfterARestore) {
  Catalogue home;
  home.scan({folder_seen("f"), song_seen("f/a.mp3", "a"), song_seen("b.mp3", "b")});
  CatalogueIndex restored;
  restored.restore(home.machine);
  const auto page = restored.browse({id_of("f"), "", 5}, LibraryView(home.machine));
  ASSERT_TRUE(page);
  EXPECT_THAT(titles_of(page.value()), ElementsAre("a"));
}

}  // namespace
}  // namespace hearth::home
