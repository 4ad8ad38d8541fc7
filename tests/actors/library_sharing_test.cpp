// Parts of a library: what is in a scope, what shares call folders, what a view shows.

#include "actors/home/folder_ids.hpp"
#include "actors/home/library_view.hpp"
#include "messages/seal/folder_id.hpp"
#include "tests/support/catalogue_samples.hpp"
#include "tests/support/identities.hpp"

#include <gtest/gtest.h>

namespace hearth::home {
namespace {

using hearth::testing::secret_of;
using testing::Catalogue;
using testing::folder_seen;
using testing::id_of;
using testing::music;
using testing::song_seen;

TEST(LibraryScope, AFolderHasWhatIsInItAndNotWhatOnlyBeginsLikeIt) {
  const LibraryScope scope({{music, "Rock"}});
  EXPECT_TRUE(scope.contains(music, "Rock"));
  EXPECT_TRUE(scope.contains(music, "Rock/a.mp3"));
  EXPECT_TRUE(scope.contains(music, "Rock/Deep/a.mp3"));
  EXPECT_FALSE(scope.contains(music, "Rock n Roll/a.mp3"));
  EXPECT_FALSE(scope.contains(music, "a.mp3"));
  EXPECT_FALSE(scope.contains("/media/films", "Rock/a.mp3"));
  EXPECT_FALSE(LibraryScope{}.contains(music, ""));
  EXPECT_TRUE(LibraryScope::all().contains(music, "a.mp3"));
}

TEST(LibraryScope, OfFoldersInEachOtherTheOuterOneCounts) {
  const LibraryScope scope({{music, "Rock/Deep"}, {music, "Rock"}, {music, "Jazz"}});
  EXPECT_EQ(scope.places(), (std::vector<LibraryPlace>{{music, "Jazz"}, {music, "Rock"}}));
  const LibraryScope media({{music, ""}, {music, "Rock"}});
  EXPECT_EQ(media.places(), (std::vector<LibraryPlace>{{music, ""}}));
}

TEST(FolderId, IsOfTheHomeAndTheFolderAlone) {
  const auto key = seal::folder_key(secret_of(1));
  const auto id = seal::folder_id(key, id_of("Rock"));
  EXPECT_EQ(id, seal::folder_id(seal::folder_key(secret_of(1)), id_of("Rock")));
  EXPECT_NE(id, seal::folder_id(key, id_of("Jazz")));
  EXPECT_NE(id, seal::folder_id(seal::folder_key(secret_of(2)), id_of("Rock")));
  EXPECT_NE(id.bytes, id_of("Rock").bytes);
  // Pinned: shares that were granted name folders by it. From docs/formats/account_chain.md.
  EXPECT_EQ(to_text(seal::folder_id(key, ItemId{{1, 2, 3}})), "e7a481e310b92621ee6463bcdc65e809");
}

class FolderIdsTest : public ::testing::Test {
 protected:
  void scan(const std::vector<FileProbed>& probed) {
    for (const auto& event : catalogue.scan(probed).events) {
      ids.apply(event);
    }
  }
  Catalogue catalogue;
  FolderIds ids{seal::folder_key(secret_of(1))};
};

TEST_F(FolderIdsTest, AFolderIsFoundWhileItIsThere) {
  const auto rock = ids.id_of(id_of("Rock"));
  EXPECT_EQ(ids.find(rock), nullptr);
  scan({folder_seen("Rock"), song_seen("Rock/a.mp3")});
  ASSERT_NE(ids.find(rock), nullptr);
  EXPECT_EQ(*ids.find(rock), (LibraryPlace{music, "Rock"}));
  EXPECT_EQ(ids.find(ids.id_of(id_of("Rock/a.mp3"))), nullptr) << "no folder";
  for (const auto& event : catalogue.finish({}).events) {
    ids.apply(event);
  }
  EXPECT_EQ(ids.find(rock), nullptr);
}

TEST_F(FolderIdsTest, AScopeIsOfFoldersThatAreThere) {
  scan({folder_seen("Rock"), folder_seen("Jazz")});
  const auto rock = ids.id_of(id_of("Rock"));
  const auto gone = ids.id_of(id_of("Gone"));
  EXPECT_EQ(ids.scope_of({rock, gone}), LibraryScope({{music, "Rock"}}));
  EXPECT_EQ(ids.scope_of({gone}), LibraryScope{});
  EXPECT_EQ(ids.scope_of({rock, FolderId{}}), LibraryScope::all());
  FolderIds later{seal::folder_key(secret_of(1))};
  later.restore(catalogue.machine);
  EXPECT_EQ(later.scope_of({rock}), LibraryScope({{music, "Rock"}}));
}

TEST(LibraryView, ACoverOutsideIsNoCover) {
  Catalogue catalogue;
  catalogue.scan({folder_seen("Rock"), song_seen("Rock/a.mp3")});
  catalogue.cover("Rock/a.mp3", "cover.jpg");
  const LibraryView view(catalogue.machine, LibraryScope({{music, "Rock"}}));
  const auto shown = view.shown(*view.find(id_of("Rock/a.mp3")));
  EXPECT_EQ(shown.art_extension, "");
  EXPECT_EQ(LibraryView(catalogue.machine).shown(*view.find(id_of("Rock/a.mp3"))).art_extension,
            "jpg");
}

}  // namespace
}  // namespace hearth::home
