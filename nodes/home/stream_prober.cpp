// libavformat on a descriptor: it may read that and open nothing else.

#include "nodes/home/media_type.hpp"
#include "nodes/home/prober.hpp"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/dict.h>
#include <libavutil/display.h>
}

#include <cmath>
#include <cstdlib>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>

namespace hearth::home {

namespace {

constexpr int buffer_bytes = 64 << 10;
constexpr std::int64_t probe_bytes = 5'000'000;

/// Only containers that people keep: none that names other files, such as playlists.
constexpr const char* containers =
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,mpegvideo,asf,flv,ogg,wav,aiff,aac,mp3,"
    "flac,ac3,eac3,ape,wv,mpc,mpc8,caf,amr";

struct Position {
  int file = -1;
  std::int64_t at = 0;
  std::int64_t size = 0;
};

int read_at(void* opaque, std::uint8_t* to, int bytes) {
  auto* position = static_cast<Position*>(opaque);
  const auto taken = ::pread(position->file, to, static_cast<std::size_t>(bytes), position->at);
  if (taken <= 0) {
    return taken == 0 ? AVERROR_EOF : AVERROR(EIO);
  }
  position->at += taken;
  return static_cast<int>(taken);
}

std::int64_t seek_to(void* opaque, std::int64_t offset, int whence) {
  auto* position = static_cast<Position*>(opaque);
  if (whence == AVSEEK_SIZE) {
    return position->size;
  }
  const auto origin = whence == SEEK_CUR ? position->at : whence == SEEK_END ? position->size : 0;
  if (offset < -origin) {
    return AVERROR(EINVAL);
  }
  return position->at = origin + offset;
}

int refuse_to_open(AVFormatContext* /*context*/, AVIOContext** /*io*/, const char* /*url*/,
                   int /*flags*/, AVDictionary** /*options*/) {
  return AVERROR(EPERM);
}

struct FreeIo {
  void operator()(AVIOContext* io) const {
    av_freep(&io->buffer);
    avio_context_free(&io);
  }
};

/// An open container, or none.
class Container {
 public:
  explicit Container(int file) : position_{file, 0, ::lseek(file, 0, SEEK_END)} {
    av_log_set_level(AV_LOG_QUIET);
    auto* buffer = static_cast<std::uint8_t*>(av_malloc(buffer_bytes));
    io_.reset(avio_alloc_context(buffer, buffer_bytes, 0, &position_, &read_at, nullptr, &seek_to));
    context_ = avformat_alloc_context();
    context_->pb = io_.get();
    context_->io_open = &refuse_to_open;
    context_->probesize = probe_bytes;
    context_->format_whitelist = av_strdup(containers);
    if (avformat_open_input(&context_, nullptr, nullptr, nullptr) < 0) {
      context_ = nullptr;  // Freed by the call.
    }
  }
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;
  ~Container() { avformat_close_input(&context_); }

  [[nodiscard]] AVFormatContext* get() const { return context_; }

 private:
  Position position_;
  std::unique_ptr<AVIOContext, FreeIo> io_;
  AVFormatContext* context_ = nullptr;
};

bool is_cover(const AVStream& stream) {
  return (stream.disposition & AV_DISPOSITION_ATTACHED_PIC) != 0;
}

const AVStream* first_stream(const AVFormatContext& context, AVMediaType type) {
  for (unsigned i = 0; i < context.nb_streams; ++i) {
    const auto* stream = context.streams[i];
    if (stream->codecpar->codec_type == type && !is_cover(*stream)) {
      return stream;
    }
  }
  return nullptr;
}

const AVStream* cover_stream(const AVFormatContext& context) {
  for (unsigned i = 0; i < context.nb_streams; ++i) {
    const auto* stream = context.streams[i];
    if (is_cover(*stream) && stream->attached_pic.size > 0) {
      return stream;
    }
  }
  return nullptr;
}

BytesView picture_of(const AVStream& cover) {
  return {cover.attached_pic.data, static_cast<std::size_t>(cover.attached_pic.size)};
}

/// Most containers say all that is wanted in their head; the others must be read into.
bool is_described(const AVFormatContext& context) {
  const auto* video = first_stream(context, AVMEDIA_TYPE_VIDEO);
  const auto* audio = first_stream(context, AVMEDIA_TYPE_AUDIO);
  const bool has_size = video == nullptr || video->codecpar->width > 0;
  return (video != nullptr || audio != nullptr) && has_size && context.duration > 0 &&
         context.ctx_flags == 0;
}

std::string tag_of(const AVFormatContext& context, const AVStream& stream, const char* key) {
  for (const auto* dictionary : {context.metadata, stream.metadata}) {
    if (const auto* entry = av_dict_get(dictionary, key, nullptr, 0)) {
      return entry->value;
    }
  }
  return {};
}

bool is_on_its_side(const AVStream& stream) {
  const auto* matrix = av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr);
  if (matrix == nullptr) {
    return false;
  }
  const auto angle = av_display_rotation_get(reinterpret_cast<const std::int32_t*>(matrix));
  return std::abs(std::remainder(angle, 180.0)) > 45.0;
}

void take_size(const AVStream& video, ProbeAnswer& answer) {
  answer.width = static_cast<std::uint32_t>(std::max(0, video.codecpar->width));
  answer.height = static_cast<std::uint32_t>(std::max(0, video.codecpar->height));
  if (is_on_its_side(video)) {
    std::swap(answer.width, answer.height);
  }
}

/// A lone elementary stream is believed only when its decoder parameters could be read.
bool is_believable(const AVStream& stream) {
  const auto& codec = *stream.codecpar;
  return codec.codec_id != AV_CODEC_ID_NONE &&
         (codec.codec_type == AVMEDIA_TYPE_AUDIO ? codec.sample_rate > 0 : codec.width > 0);
}

}  // namespace

ProbeAnswer probe_streams(int file) {
  const Container container(file);
  auto* context = container.get();
  if (context == nullptr) {
    return {};
  }
  if (!is_described(*context) && avformat_find_stream_info(context, nullptr) < 0) {
    return {};
  }
  const auto* video = first_stream(*context, AVMEDIA_TYPE_VIDEO);
  const auto* stream = video != nullptr ? video : first_stream(*context, AVMEDIA_TYPE_AUDIO);
  if (stream == nullptr || !is_believable(*stream) || context->duration <= 0) {
    return {};
  }
  ProbeAnswer answer;
  answer.readable = true;
  answer.kind = video != nullptr ? ItemKind::video : ItemKind::audio;
  answer.duration_ms = static_cast<std::uint64_t>(context->duration / (AV_TIME_BASE / 1000));
  answer.title = tag_of(*context, *stream, "title");
  answer.artist = tag_of(*context, *stream, "artist");
  answer.album = tag_of(*context, *stream, "album");
  answer.track = static_cast<std::uint32_t>(
      std::strtoul(tag_of(*context, *stream, "track").c_str(), nullptr, 10));
  const auto* cover = cover_stream(*context);
  if (cover != nullptr && picture_of(*cover).size() <= art_bytes_max) {
    answer.art_extension = picture_type_of(picture_of(*cover)).extension;
  }
  if (video != nullptr) {
    take_size(*video, answer);
  }
  return answer;
}

Bytes art_in_streams(int file) {
  const Container container(file);
  const auto* cover = container.get() == nullptr ? nullptr : cover_stream(*container.get());
  if (cover == nullptr) {
    return {};
  }
  const auto picture = picture_of(*cover);
  return {picture.begin(), picture.end()};
}

}  // namespace hearth::home
