// What the probers read from real files, and what of it is believed.

#include "nodes/home/media_type.hpp"
#include "nodes/home/probe_answer.hpp"
#include "nodes/home/probe_worker.hpp"
#include "nodes/support/unique_fd.hpp"
#include "tests/support/media_samples.hpp"
#include "tests/support/scan_driver.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>

namespace hearth::home {
namespace {

using hearth::testing::media_sample;
using hearth::testing::probe_helper;

ProbeAnswer probe_sample(const std::string& path) {
  ProbeWorker worker(probe_helper());
  const UniqueFd file(::open(media_sample(path).c_str(), O_RDONLY | O_CLOEXEC));
  const auto* type = media_type_of(path);
  const auto answer = worker.ask(ProbeTask::describe, file.get(), type->extension);
  EXPECT_TRUE(answer) << answer.error().detail;
  const auto decoded = decode_probe_answer(answer.value());
  EXPECT_TRUE(decoded);
  return decoded.value();
}

TEST(Probe, ReadsTheTagsOfSound) {
  const auto mp3 = probe_sample("Music/The Test Tones/First Light/02 - Sunrise & Dew.mp3");
  EXPECT_TRUE(mp3.readable);
  EXPECT_EQ(mp3.kind, ItemKind::audio);
  EXPECT_EQ(mp3.title, "Sunrise & Dew");
  EXPECT_EQ(mp3.artist, "The Test Tones");
  EXPECT_EQ(mp3.album, "First Light");
  EXPECT_EQ(mp3.track, 2U);
  EXPECT_NEAR(static_cast<double>(mp3.duration_ms), 20'000, 100);
  EXPECT_EQ(mp3.art_extension, "jpg");

  const auto flac = probe_sample(hearth::testing::summer_flac);
  EXPECT_EQ(flac.title, "Frühling");
  EXPECT_EQ(flac.artist, "Åsa Söder");
  EXPECT_EQ(flac.art_extension, "");

  const auto m4a = probe_sample("Music/Märchen/Kapitel 10.m4a");
  EXPECT_EQ(m4a.track, 10U);
  EXPECT_EQ(m4a.art_extension, "png");
  EXPECT_EQ(probe_sample("Music/Разное/Голос.opus").title, "Голос");
  EXPECT_EQ(probe_sample("Music/Разное/Песня.ogg").artist, "Хор");
}

TEST(Probe, ReadsFilmsAsTheyAreShown) {
  const auto film = probe_sample(hearth::testing::colours_mp4);
  EXPECT_EQ(film.kind, ItemKind::video);
  EXPECT_EQ(film.title, "Colours in Motion");
  EXPECT_EQ(film.width, 1280U);
  EXPECT_EQ(film.height, 720U);
  EXPECT_NEAR(static_cast<double>(film.duration_ms), 20'000, 100);

  const auto upright = probe_sample("Films/Upright.mp4");
  EXPECT_EQ(upright.width, 360U);
  EXPECT_EQ(upright.height, 640U);
}

TEST(Probe, ReadsPhotosAsTheyAreShown) {
  const auto photo = probe_sample(hearth::testing::first_photo);
  EXPECT_EQ(photo.kind, ItemKind::image);
  EXPECT_EQ(photo.width, 1024U);
  EXPECT_EQ(photo.height, 768U);
  EXPECT_EQ(photo.taken_at_s, 1'625'401'800);  // 2021-07-04 12:30:00

  const auto turned = probe_sample("Photos/2021 Été à Zürich/IMG_0002.jpg");
  EXPECT_EQ(turned.width, 768U);
  EXPECT_EQ(turned.height, 1024U);

  for (const auto* name : {"Skizze.png", "Skizze.gif", "Skizze.webp"}) {
    const auto sketch = probe_sample(std::string("Photos/2021 Été à Zürich/") + name);
    EXPECT_TRUE(sketch.readable) << name;
    EXPECT_EQ(sketch.width * 3, sketch.height * 4) << name;
  }
}

TEST(ProbeAnswer, IsReadAsItWasWritten) {
  ProbeAnswer answer;
  answer.readable = true;
  answer.kind = ItemKind::image;
  answer.title = "日本の歌";
  answer.artist = "a";
  answer.album = "b";
  answer.track = 7;
  answer.duration_ms = 123'456;
  answer.width = 640;
  answer.height = 480;
  answer.taken_at_s = -5;
  answer.art_extension = "webp";
  const auto read = decode_probe_answer(encode_probe_answer(answer));
  ASSERT_TRUE(read);
  EXPECT_EQ(read.value(), answer);
}

TEST(ProbeAnswer, IsRefusedWithACoverOfNoKnownType) {
  ProbeAnswer answer;
  answer.readable = true;
  answer.art_extension = "exe";
  EXPECT_FALSE(decode_probe_answer(encode_probe_answer(answer)));
}

TEST(ProbeAnswer, IsRefusedWhenItIsCutOrHasMore) {
  ProbeAnswer answer;
  answer.readable = true;
  answer.title = "x";
  auto bytes = encode_probe_answer(answer);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(decode_probe_answer(BytesView(bytes).first(size)));
  }
  bytes.push_back(0);
  EXPECT_FALSE(decode_probe_answer(bytes));
}

TEST(ProbeAnswer, NumbersThatMakeNoSenseAreZero) {
  ProbeAnswer answer;
  answer.readable = true;
  answer.kind = ItemKind::video;
  answer.width = 0xFFFFFFFF;
  answer.duration_ms = ~0ULL;
  answer.track = 0xFFFFFFFF;
  answer.taken_at_s = INT64_MAX;
  const auto read = decode_probe_answer(encode_probe_answer(answer));
  ASSERT_TRUE(read);
  EXPECT_EQ(read.value().width, 0U);
  EXPECT_EQ(read.value().duration_ms, 0U);
  EXPECT_EQ(read.value().track, 0U);
  EXPECT_FALSE(read.value().taken_at_s);
}

TEST(CleanText, KeepsTextAndDropsWhatIsNone) {
  EXPECT_EQ(clean_text("  Åsa\x01 S\u0308\n ", 100), "Åsa  S\u0308");
  EXPECT_EQ(clean_text("a\xFFz", 100), "a\uFFFDz");
  EXPECT_EQ(clean_text("o\u0308", 100), "ö");
  EXPECT_EQ(clean_text("\x7F\u0085", 100), "");
  EXPECT_EQ(clean_text("ööö", 5), "öö");
  EXPECT_EQ(clean_text("\xF0\x9F\x98", 100), "\uFFFD\uFFFD\uFFFD");
}

TEST(MediaType, GoesByTheExtensionInAnyCase) {
  EXPECT_EQ(media_type_of("a.MP3")->mime, "audio/mpeg");
  EXPECT_EQ(media_type_of("a.tar.flac")->mime, "audio/flac");
  EXPECT_EQ(media_type_of("a.txt"), nullptr);
  EXPECT_EQ(media_type_of("mp3"), nullptr);
  EXPECT_EQ(media_type_of(".mp3"), nullptr);
  EXPECT_EQ(mime_of(*media_type_of("a.mp4"), ItemKind::audio), "audio/mp4");
}

TEST(MediaType, TheBestCoverIsTheOneNamedCover) {
  EXPECT_LT(cover_rank("Cover.JPG"), cover_rank("folder.jpg"));
  EXPECT_LT(cover_rank("cover.jpg"), cover_rank("cover.png"));
  EXPECT_EQ(cover_rank("back.jpg"), 0);
}

}  // namespace
}  // namespace hearth::home
