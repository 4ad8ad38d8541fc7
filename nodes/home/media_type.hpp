#pragma once
// Which files are media, by extension, and who reads them.

#include "messages/home/home_messages.hpp"

#include <string>
#include <string_view>

namespace hearth::home {

enum class Prober : std::uint8_t { tags, streams, picture };

struct MediaType {
  std::string_view extension;  ///< Lower case, without the dot.
  Prober prober;
  std::string_view mime;        ///< Of what such files usually hold.
  std::string_view audio_mime;  ///< Of one that holds only sound.
};

/// The type of a file called `name`, nothing for one that is no media. Lives for ever.
[[nodiscard]] const MediaType* media_type_of(std::string_view name);
[[nodiscard]] const MediaType* media_type_of_extension(std::string_view extension);

[[nodiscard]] std::string_view mime_of(const MediaType& type, ItemKind kind);

/// How good a cover for the media beside it a picture called `name` is: 0 for none, else the
/// lowest is best. cover.jpg, cover.png, folder.jpg ... front.png, in any case.
[[nodiscard]] int cover_rank(std::string_view name);

struct PictureType {
  std::string_view extension;  ///< Lower case, without the dot.
  std::string_view mime;
};

/// What a picture is by its first bytes; "bin", "application/octet-stream" where they say nothing.
/// Lives for ever.
[[nodiscard]] const PictureType& picture_type_of(BytesView bytes);

/// True for the extensions that `picture_type_of` gives.
[[nodiscard]] bool is_picture_extension(std::string_view extension);

/// Left out without a word: what systems keep beside media for themselves, as "._x" of a Mac.
[[nodiscard]] bool is_system_name(std::string_view name);

/// `name` without its last extension.
[[nodiscard]] std::string_view stem_of(std::string_view name);

}  // namespace hearth::home
