#include "nodes/home/media_type.hpp"

#include <algorithm>
#include <array>

namespace hearth::home {

namespace {

constexpr std::array media_types{
    MediaType{"mp3", Prober::tags, "audio/mpeg", "audio/mpeg"},
    MediaType{"flac", Prober::tags, "audio/flac", "audio/flac"},
    MediaType{"m4a", Prober::tags, "audio/mp4", "audio/mp4"},
    MediaType{"m4b", Prober::tags, "audio/mp4", "audio/mp4"},
    MediaType{"aac", Prober::tags, "audio/aac", "audio/aac"},
    MediaType{"ogg", Prober::tags, "audio/ogg", "audio/ogg"},
    MediaType{"oga", Prober::tags, "audio/ogg", "audio/ogg"},
    MediaType{"opus", Prober::tags, "audio/ogg", "audio/ogg"},
    MediaType{"wav", Prober::tags, "audio/wav", "audio/wav"},
    MediaType{"aif", Prober::tags, "audio/aiff", "audio/aiff"},
    MediaType{"aiff", Prober::tags, "audio/aiff", "audio/aiff"},
    MediaType{"wma", Prober::tags, "audio/x-ms-wma", "audio/x-ms-wma"},
    MediaType{"ape", Prober::tags, "audio/x-ape", "audio/x-ape"},
    MediaType{"mpc", Prober::tags, "audio/x-musepack", "audio/x-musepack"},
    MediaType{"wv", Prober::tags, "audio/x-wavpack", "audio/x-wavpack"},
    MediaType{"mka", Prober::streams, "audio/x-matroska", "audio/x-matroska"},
    MediaType{"mp4", Prober::streams, "video/mp4", "audio/mp4"},
    MediaType{"m4v", Prober::streams, "video/mp4", "audio/mp4"},
    MediaType{"mkv", Prober::streams, "video/x-matroska", "audio/x-matroska"},
    MediaType{"webm", Prober::streams, "video/webm", "audio/webm"},
    MediaType{"mov", Prober::streams, "video/quicktime", "audio/mp4"},
    MediaType{"avi", Prober::streams, "video/x-msvideo", "audio/x-msvideo"},
    MediaType{"mpg", Prober::streams, "video/mpeg", "audio/mpeg"},
    MediaType{"mpeg", Prober::streams, "video/mpeg", "audio/mpeg"},
    MediaType{"ts", Prober::streams, "video/mp2t", "audio/mp2t"},
    MediaType{"m2ts", Prober::streams, "video/mp2t", "audio/mp2t"},
    MediaType{"mts", Prober::streams, "video/mp2t", "audio/mp2t"},
    MediaType{"vob", Prober::streams, "video/mpeg", "audio/mpeg"},
    MediaType{"wmv", Prober::streams, "video/x-ms-wmv", "audio/x-ms-wma"},
    MediaType{"flv", Prober::streams, "video/x-flv", "audio/x-flv"},
    MediaType{"ogv", Prober::streams, "video/ogg", "audio/ogg"},
    MediaType{"3gp", Prober::streams, "video/3gpp", "audio/3gpp"},
    MediaType{"jpg", Prober::picture, "image/jpeg", {}},
    MediaType{"jpeg", Prober::picture, "image/jpeg", {}},
    MediaType{"png", Prober::picture, "image/png", {}},
    MediaType{"gif", Prober::picture, "image/gif", {}},
    MediaType{"webp", Prober::picture, "image/webp", {}},
};

struct PictureMagic {
  PictureType type;
  std::string_view first;
  std::string_view from_8;
};

/// The last one is that of anything.
constexpr std::array picture_magics{
    PictureMagic{{"jpg", "image/jpeg"}, "\xFF\xD8\xFF", ""},
    PictureMagic{{"png", "image/png"}, "\x89PNG\r\n\x1A\n", ""},
    PictureMagic{{"gif", "image/gif"}, "GIF8", ""},
    PictureMagic{{"webp", "image/webp"}, "RIFF", "WEBP"},
    PictureMagic{{"bin", "application/octet-stream"}, "", ""},
};

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

std::string_view text_of(BytesView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::string_view stem_of(std::string_view name) {
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? name : name.substr(0, dot);
}

const MediaType* media_type_of(std::string_view name) {
  const auto stem = stem_of(name);
  return stem.size() == name.size() ? nullptr
                                    : media_type_of_extension(name.substr(stem.size() + 1));
}

const MediaType* media_type_of_extension(std::string_view extension) {
  const auto found = std::ranges::find(media_types, lower_case(extension), &MediaType::extension);
  return found == media_types.end() ? nullptr : &*found;
}

std::string_view mime_of(const MediaType& type, ItemKind kind) {
  return kind == ItemKind::audio ? type.audio_mime : type.mime;
}

int cover_rank(std::string_view name) {
  constexpr std::array<std::string_view, 9> names{"cover.jpg",  "cover.jpeg",  "cover.png",
                                                  "folder.jpg", "folder.jpeg", "folder.png",
                                                  "front.jpg",  "front.jpeg",  "front.png"};
  const auto found = std::ranges::find(names, lower_case(name));
  return found == names.end() ? 0 : static_cast<int>(found - names.begin()) + 1;
}

const PictureType& picture_type_of(BytesView bytes) {
  const auto text = text_of(bytes);
  const auto after_size = text.substr(std::min<std::size_t>(8, text.size()));
  const auto is = [&](const PictureMagic& magic) {
    return text.starts_with(magic.first) && after_size.starts_with(magic.from_8);
  };
  return std::ranges::find_if(picture_magics, is)->type;
}

bool is_picture_extension(std::string_view extension) {
  return std::ranges::any_of(picture_magics, [extension](const PictureMagic& magic) {
    return magic.type.extension == extension;
  });
}

bool is_system_name(std::string_view name) {
  constexpr std::array<std::string_view, 6> folders{".AppleDouble", ".Trashes",     ".thumbnails",
                                                    "@eaDir",       "$RECYCLE.BIN", "lost+found"};
  return name.starts_with("._") || name.starts_with(".Trash-") ||
         std::ranges::find(folders, name) != folders.end();
}

}  // namespace hearth::home
