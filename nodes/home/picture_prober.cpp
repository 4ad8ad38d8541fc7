// Sizes of pictures from their headers, and dates from EXIF. Reads a few hundred bytes of most
// files. Sources: ITU-T T.81 annex B, EXIF 2.3, PNG third edition, GIF89a, WebP container.

#include "nodes/home/prober.hpp"

#include <array>
#include <cstdio>
#include <ctime>
#include <libexif/exif-data.h>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>

namespace hearth::home {

namespace {

using std::uint32_t;

/// `bytes` at `offset`, fewer only at the end of the file.
Bytes read_at(int file, std::uint64_t offset, std::size_t bytes) {
  Bytes read(bytes);
  std::size_t got = 0;
  while (got < bytes) {
    const auto taken =
        ::pread(file, read.data() + got, bytes - got, static_cast<off_t>(offset + got));
    if (taken <= 0) {
      break;
    }
    got += static_cast<std::size_t>(taken);
  }
  read.resize(got);
  return read;
}

uint32_t big_endian(BytesView bytes) {
  uint32_t value = 0;
  for (const auto byte : bytes) {
    value = value << 8U | byte;
  }
  return value;
}

uint32_t little_endian(BytesView bytes) {
  uint32_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = value << 8U | bytes[i];
  }
  return value;
}

bool has(BytesView bytes, std::size_t at, std::string_view text) {
  return bytes.size() >= at + text.size() &&
         std::equal(text.begin(), text.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

struct Size {
  uint32_t width = 0;
  uint32_t height = 0;
};

struct ExifFacts {
  int orientation = 1;
  std::optional<std::int64_t> taken_at_s;
};

// ---- EXIF ----

struct FreeExif {
  void operator()(ExifData* data) const { exif_data_unref(data); }
};

/// "YYYY:MM:DD HH:MM:SS", read as UTC.
std::optional<std::int64_t> seconds_of(const std::string& text) {
  std::tm time{};
  if (std::sscanf(text.c_str(), "%4d:%2d:%2d %2d:%2d:%2d", &time.tm_year, &time.tm_mon,
                  &time.tm_mday, &time.tm_hour, &time.tm_min, &time.tm_sec) != 6) {
    return std::nullopt;
  }
  const bool sane = time.tm_year >= 1800 && time.tm_mon >= 1 && time.tm_mon <= 12 &&
                    time.tm_mday >= 1 && time.tm_mday <= 31 && time.tm_hour < 24 &&
                    time.tm_min < 60 && time.tm_sec <= 60;
  if (!sane) {
    return std::nullopt;
  }
  time.tm_year -= 1900;
  time.tm_mon -= 1;
  return ::timegm(&time);
}

std::optional<std::int64_t> date_of(ExifData& data) {
  constexpr std::array tags{std::pair{EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_ORIGINAL},
                            std::pair{EXIF_IFD_EXIF, EXIF_TAG_DATE_TIME_DIGITIZED},
                            std::pair{EXIF_IFD_0, EXIF_TAG_DATE_TIME}};
  for (const auto& [directory, tag] : tags) {
    const auto* entry = exif_content_get_entry(data.ifd[directory], tag);
    if (entry != nullptr && entry->data != nullptr) {
      const std::string text(reinterpret_cast<const char*>(entry->data), entry->size);
      if (const auto seconds = seconds_of(text)) {
        return seconds;
      }
    }
  }
  return std::nullopt;
}

/// `segment` begins with "Exif\0\0".
ExifFacts read_exif(const Bytes& segment) {
  const std::unique_ptr<ExifData, FreeExif> data(
      exif_data_new_from_data(segment.data(), static_cast<unsigned>(segment.size())));
  if (!data) {
    return {};
  }
  ExifFacts facts;
  const auto* entry = exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
  if (entry != nullptr && entry->size >= 2) {
    facts.orientation = exif_get_short(entry->data, exif_data_get_byte_order(data.get()));
  }
  facts.taken_at_s = date_of(*data);
  return facts;
}

// ---- JPEG ----

bool is_frame_header(std::uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

std::optional<Size> read_jpeg(int file, ExifFacts& exif) {
  constexpr int segments_max = 1000;
  std::uint64_t at = 2;
  for (int i = 0; i < segments_max; ++i) {
    const auto head = read_at(file, at, 10);
    if (head.size() < 4 || head[0] != 0xFF) {
      return std::nullopt;
    }
    const auto marker = head[1];
    if (marker == 0xFF) {  // Fill byte.
      ++at;
      continue;
    }
    const auto length = big_endian(BytesView(head).subspan(2, 2));
    if (is_frame_header(marker) && head.size() >= 9) {
      return Size{big_endian(BytesView(head).subspan(7, 2)),
                  big_endian(BytesView(head).subspan(5, 2))};
    }
    if (marker == 0xDA || marker == 0xD9 || length < 2) {  // Data or end before any size.
      return std::nullopt;
    }
    if (marker == 0xE1 && has(head, 4, "Exif")) {
      exif = read_exif(read_at(file, at + 4, length - 2));
    }
    at += 2 + length;
  }
  return std::nullopt;
}

// ---- others ----

std::optional<Size> read_webp(BytesView head) {
  if (has(head, 12, "VP8X")) {
    return Size{little_endian(head.subspan(24, 3)) + 1, little_endian(head.subspan(27, 3)) + 1};
  }
  if (has(head, 12, "VP8L") && head[20] == 0x2F) {
    const auto bits = little_endian(head.subspan(21, 4));
    return Size{(bits & 0x3FFFU) + 1, (bits >> 14U & 0x3FFFU) + 1};
  }
  if (has(head, 12, "VP8 ") && has(head, 23, "\x9D\x01\x2A")) {
    return Size{little_endian(head.subspan(26, 2)) & 0x3FFFU,
                little_endian(head.subspan(28, 2)) & 0x3FFFU};
  }
  return std::nullopt;
}

std::optional<Size> read_size(int file, ExifFacts& exif) {
  const auto head = read_at(file, 0, 32);
  const BytesView view(head);
  if (has(view, 0, "\xFF\xD8\xFF")) {
    return read_jpeg(file, exif);
  }
  if (has(view, 0, "\x89PNG\r\n\x1A\n") && has(view, 12, "IHDR") && head.size() >= 24) {
    return Size{big_endian(view.subspan(16, 4)), big_endian(view.subspan(20, 4))};
  }
  if ((has(view, 0, "GIF87a") || has(view, 0, "GIF89a")) && head.size() >= 10) {
    return Size{little_endian(view.subspan(6, 2)), little_endian(view.subspan(8, 2))};
  }
  if (has(view, 0, "RIFF") && has(view, 8, "WEBP") && head.size() >= 30) {
    return read_webp(view);
  }
  return std::nullopt;
}

}  // namespace

ProbeAnswer probe_picture(int file) {
  ExifFacts exif;
  auto size = read_size(file, exif);
  if (!size || size->width == 0 || size->height == 0) {
    return {};
  }
  constexpr int first_on_its_side = 5;
  if (exif.orientation >= first_on_its_side && exif.orientation <= 8) {
    std::swap(size->width, size->height);
  }
  ProbeAnswer answer;
  answer.readable = true;
  answer.kind = ItemKind::image;
  answer.width = size->width;
  answer.height = size->height;
  answer.taken_at_s = exif.taken_at_s;
  return answer;
}

}  // namespace hearth::home
