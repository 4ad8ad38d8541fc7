// What a home remembers of its library, by what its scanner finds.

#include "actors/home/catalogue_machine.hpp"

#include "messages/envelope/codec.hpp"
#include "tests/support/catalogue_samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <variant>

namespace hearth::home {
namespace {

using namespace std::chrono_literals;
using testing::Catalogue;
using testing::folder_seen;
using testing::id_of;
using ::testing::IsEmpty;
using testing::music;
using testing::noon;
using ::testing::SizeIs;
using testing::song_seen;

const std::string films = "/media/films";

ErrorCode refusal(const CatalogueMachine& machine, const ItemId& id) {
  const auto found = machine.look_up(id);
  return found ? ErrorCode::none : found.error().code;
}

TEST(CatalogueMachine, AFileFoundIsAddedOnce) {
  Catalogue home;
  const auto first = home.scan({song_seen("a.mp3")});
  EXPECT_EQ(first.added, 1U);
  EXPECT_THAT(first.events, SizeIs(1));

  const auto second = home.scan({song_seen("a.mp3")}, noon + 24h);
  EXPECT_EQ(second.added + second.changed + second.removed, 0U);
  EXPECT_THAT(second.events, IsEmpty());
}

TEST(CatalogueMachine, AnIdHangsOnThePlaceAlone) {
  EXPECT_EQ(item_id_of("/a", "b"), item_id_of("/a", "b"));
  EXPECT_NE(item_id_of("/a", "b"), item_id_of("/a", "c"));
  EXPECT_NE(item_id_of("/a/b", "c"), item_id_of("/a", "b/c"));
  // Written into bookmarks and logs of every release: this very value.
  EXPECT_EQ(to_text(item_id_of("/media/music", "a.mp3")), "1b1cd526016f2f1eda1c7bef2c937495");
}

TEST(CatalogueMachine, AVersionHangsOnSizeTimeAndInode) {
  const auto id = id_of("a.mp3");
  const auto version = item_version_of(id, 1, 2, 3);
  EXPECT_NE(version, item_version_of(id, 9, 2, 3));
  EXPECT_NE(version, item_version_of(id, 1, 9, 3));
  EXPECT_NE(version, item_version_of(id, 1, 2, 9));
  EXPECT_EQ(to_text(version), "2b702b9e9a8741c6d791b0a62ac555de");
}

TEST(CatalogueMachine, AChangedFileKeepsIdAndFirstDateAndGetsANewVersion) {
  Catalogue home;
  home.scan({song_seen("a.mp3")});
  const auto before = home.machine.find(id_of("a.mp3"))->item;

  auto changed = song_seen("a.mp3");
  changed.file.mtime_ns = 78;
  EXPECT_EQ(home.scan({changed}, noon + 1h).changed, 1U);

  const auto& after = home.machine.find(id_of("a.mp3"))->item;
  EXPECT_EQ(after.added_at_ms, before.added_at_ms);
  EXPECT_NE(after.version, before.version);
}

TEST(CatalogueMachine, AFileThatWentIsGoneAndNotUnknown) {
  Catalogue home;
  home.scan({song_seen("a.mp3")});
  EXPECT_EQ(home.finish({}).removed, 1U);

  EXPECT_EQ(refusal(home.machine, id_of("a.mp3")), ErrorCode::item_gone);
  EXPECT_EQ(refusal(home.machine, id_of("b.mp3")), ErrorCode::item_unknown);
  EXPECT_THAT(home.finish({}).events, IsEmpty());
}

TEST(CatalogueMachine, AFileThatComesBackHasItsFirstDate) {
  Catalogue home;
  home.scan({song_seen("a.mp3")});
  home.finish({});
  EXPECT_EQ(home.scan({song_seen("a.mp3")}, noon + 24h).added, 1U);

  EXPECT_EQ(home.machine.find(id_of("a.mp3"))->item.added_at_ms, noon.time_since_epoch().count());
}

TEST(CatalogueMachine, OfTooManyGoneFilesTheOldestAreForgotten) {
  Catalogue home;
  const auto old = id_of("old.mp3");
  home.scan({song_seen("old.mp3")}, noon - 1h);
  home.finish({});
  for (std::size_t i = 1; i <= CatalogueMachine::gone_max; ++i) {
    CatalogueEntry entry;
    entry.item.id.bytes = {1, static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8U),
                           static_cast<std::uint8_t>(i >> 16U)};
    entry.item.added_at_ms = noon.time_since_epoch().count();
    home.machine.apply(ItemAdded{entry});
    EXPECT_EQ(refusal(home.machine, old), ErrorCode::item_gone);
    home.machine.apply(ItemRemoved{entry.item.id});
  }
  EXPECT_EQ(refusal(home.machine, old), ErrorCode::item_unknown);
  EXPECT_EQ(home.machine.snapshot().gone.size(), CatalogueMachine::gone_max);
}

TEST(CatalogueMachine, TheContentOfTheOnlyMediaFolderStandsAtTheRoot) {
  Catalogue home;
  home.scan({folder_seen(""), folder_seen("album"), song_seen("album/a.mp3"), song_seen("b.mp3")});

  EXPECT_EQ(home.machine.find(id_of("")), nullptr);
  EXPECT_TRUE(home.machine.find(id_of("album"))->item.parent.is_zero());
  EXPECT_TRUE(home.machine.find(id_of("b.mp3"))->item.parent.is_zero());
  EXPECT_EQ(home.machine.find(id_of("album/a.mp3"))->item.parent, id_of("album"));
}

TEST(CatalogueMachine, SeveralMediaFoldersStandAtTheRoot) {
  Catalogue home({music, films});
  home.scan({folder_seen(""), song_seen("a.mp3"), folder_seen("", films)});

  EXPECT_TRUE(home.machine.find(id_of(""))->item.parent.is_zero());
  EXPECT_TRUE(home.machine.find(id_of("", films))->item.parent.is_zero());
  EXPECT_EQ(home.machine.find(id_of("a.mp3"))->item.parent, id_of(""));
  EXPECT_EQ(home.machine.find(id_of(""))->item.title, "music");
}

TEST(CatalogueMachine, AFolderIsNoFileAndChangesWithNoneOfItsFiles) {
  Catalogue home;
  auto folder = folder_seen("album");
  EXPECT_EQ(home.scan({folder, song_seen("album/a.mp3")}).added, 1U);
  folder.file.mtime_ns = 99;
  folder.file.size = 4096;
  EXPECT_THAT(home.scan({folder}).events, IsEmpty());
  EXPECT_EQ(home.finish({}).removed, 1U);
}

TEST(CatalogueMachine, WhenASecondMediaFolderComesTheFirstBecomesAContainer) {
  Catalogue before;
  before.scan({song_seen("a.mp3")});
  Catalogue after({music, films});
  after.machine.restore(before.machine.snapshot());

  after.scan({folder_seen("")});
  const auto outcome = after.finish({id_of(""), id_of("a.mp3")});

  EXPECT_EQ(outcome.removed, 0U);
  EXPECT_EQ(after.machine.find(id_of("a.mp3"))->item.parent, id_of(""));
}

TEST(CatalogueMachine, WhatIsInAMediaFolderThatIsNotOursAnyMoreGoes) {
  Catalogue before({music, films});
  before.scan({folder_seen(""), song_seen("a.mp3"), folder_seen("", films),
               song_seen("f.mp4", "film", films)});
  Catalogue after;
  after.machine.restore(before.machine.snapshot());
  after.finish({id_of(""), id_of("a.mp3")});

  EXPECT_EQ(refusal(after.machine, id_of("f.mp4", films)), ErrorCode::item_gone);
  EXPECT_EQ(refusal(after.machine, id_of("")), ErrorCode::item_gone);
  EXPECT_TRUE(after.machine.find(id_of("a.mp3"))->item.parent.is_zero());
}

TEST(CatalogueMachine, AMediaFolderThatCannotBeReadKeepsItsItems) {
  Catalogue home({music, films});
  home.scan({folder_seen(""), song_seen("a.mp3"), folder_seen("", films),
             song_seen("f.mp4", "film", films)});
  EXPECT_EQ(home.finish({}, {films}).removed, 1U);
  EXPECT_NE(home.machine.find(id_of("f.mp4", films)), nullptr);
  EXPECT_EQ(home.machine.find(id_of("a.mp3")), nullptr);
}

TEST(CatalogueMachine, AFolderThatCannotBeReadKeepsItselfAndWhatIsBelow) {
  Catalogue home;
  home.scan({folder_seen("a"), folder_seen("a/b"), song_seen("a/b/1.mp3"), song_seen("a/2.mp3"),
             folder_seen("ab"), song_seen("ab/3.mp3"), song_seen("4.mp3")});
  home.finish({id_of("a")}, {music + "/a/b", music + "/4.mp3"});
  EXPECT_EQ(refusal(home.machine, id_of("a/b")), ErrorCode::none);
  EXPECT_EQ(refusal(home.machine, id_of("a/b/1.mp3")), ErrorCode::none);
  EXPECT_EQ(refusal(home.machine, id_of("4.mp3")), ErrorCode::none);
  EXPECT_EQ(refusal(home.machine, id_of("a/2.mp3")), ErrorCode::item_gone);
  home.finish({id_of("a")}, {music + "/a"});
  EXPECT_EQ(refusal(home.machine, id_of("ab/3.mp3")), ErrorCode::item_gone);
  EXPECT_EQ(refusal(home.machine, id_of("a/b/1.mp3")), ErrorCode::none);
}

TEST(CatalogueMachine, WhatBrokeIsKnownWhileSomethingCannotBeRead) {
  Catalogue home;
  home.reject(song_seen("a/broken.mp3"));
  home.finish({}, {music + "/a"});
  EXPECT_THAT(home.machine.known(), SizeIs(1));
  home.finish({});
  EXPECT_THAT(home.machine.known(), IsEmpty());
}

TEST(CatalogueMachine, FindingsInFoldersThatAreNotOursAreLeftOut) {
  Catalogue home;
  EXPECT_THAT(home.scan({song_seen("f.mp4", "film", films)}).events, IsEmpty());
}

TEST(CatalogueMachine, ABrokenFileIsKnownButNoItem) {
  Catalogue home;
  EXPECT_THAT(home.reject(song_seen("a.mp3")).events, SizeIs(1));
  EXPECT_THAT(home.reject(song_seen("a.mp3")).events, IsEmpty());

  EXPECT_EQ(refusal(home.machine, id_of("a.mp3")), ErrorCode::item_unknown);
  ASSERT_THAT(home.machine.known(), SizeIs(1));
  EXPECT_TRUE(home.machine.known().front().second.rejected);
  EXPECT_EQ(home.machine.known().front().second.mtime_ns, 77);
}

TEST(CatalogueMachine, AnItemThatBreaksIsGoneAndOneThatIsMendedIsBack) {
  Catalogue home;
  home.scan({song_seen("a.mp3")});
  EXPECT_EQ(home.reject(song_seen("a.mp3")).removed, 1U);
  EXPECT_EQ(refusal(home.machine, id_of("a.mp3")), ErrorCode::item_gone);

  EXPECT_EQ(home.scan({song_seen("a.mp3")}).added, 1U);
  ASSERT_THAT(home.machine.known(), SizeIs(1));
  EXPECT_FALSE(home.machine.known().front().second.rejected);
}

TEST(CatalogueMachine, ABrokenFileThatWentIsForgotten) {
  Catalogue home;
  home.reject(song_seen("a.mp3"));
  EXPECT_EQ(home.finish({}).removed, 0U);
  EXPECT_THAT(home.machine.known(), IsEmpty());
  EXPECT_EQ(refusal(home.machine, id_of("a.mp3")), ErrorCode::item_unknown);
}

TEST(CatalogueMachine, AFolderCoverComesAndGoesWithoutANewVersion) {
  Catalogue home;
  home.scan({song_seen("a.mp3")});
  const auto version = home.machine.find(id_of("a.mp3"))->item.version;

  EXPECT_EQ(home.cover("a.mp3", "cover.jpg").changed, 1U);
  EXPECT_EQ(home.machine.find(id_of("a.mp3"))->item.art_extension, "jpg");
  EXPECT_THAT(home.cover("a.mp3", "cover.jpg").events, IsEmpty());

  EXPECT_EQ(home.cover("a.mp3", "cover.png").changed, 1U);
  EXPECT_EQ(home.machine.find(id_of("a.mp3"))->item.art_extension, "png");

  EXPECT_EQ(home.cover("a.mp3", "").changed, 1U);
  EXPECT_EQ(home.machine.find(id_of("a.mp3"))->item.art_extension, "");
  EXPECT_EQ(home.machine.find(id_of("a.mp3"))->item.version, version);
}

TEST(CatalogueMachine, ACoverInsideTheFileOutranksOneBesideIt) {
  Catalogue home;
  auto song = song_seen("a.mp3");
  song.item.art_extension = "png";
  home.scan({song});
  EXPECT_THAT(home.cover("a.mp3", "cover.jpg").events, IsEmpty());
  EXPECT_TRUE(home.machine.known().front().second.embedded_art);
}

TEST(CatalogueMachine, ASnapshotOnDiskRestoresItemsGoneOnesAndBrokenOnes) {
  Catalogue home;
  home.scan({folder_seen("album"), song_seen("album/a.mp3"), song_seen("b.mp3")});
  home.finish({id_of("album"), id_of("album/a.mp3")});
  home.reject(song_seen("c.mp3"));

  const auto decoded = decode<CatalogueSnapshot>(encode(home.machine.snapshot()));
  ASSERT_TRUE(decoded);
  CatalogueMachine restored({music});
  restored.restore(decoded.value());

  EXPECT_EQ(restored.snapshot(), home.machine.snapshot());
  EXPECT_EQ(refusal(restored, id_of("b.mp3")), ErrorCode::item_gone);
  EXPECT_EQ(restored.known().size(), 3U);
}

}  // namespace
}  // namespace hearth::home
