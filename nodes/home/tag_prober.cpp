#include "nodes/home/media_type.hpp"
#include "nodes/home/prober.hpp"

#include <algorithm>
#include <fcntl.h>
#include <taglib/aifffile.h>
#include <taglib/apefile.h>
#include <taglib/apetag.h>
#include <taglib/asffile.h>
#include <taglib/attachedpictureframe.h>
#include <taglib/fileref.h>
#include <taglib/flacfile.h>
#include <taglib/id3v2tag.h>
#include <taglib/mp4file.h>
#include <taglib/mpcfile.h>
#include <taglib/mpegfile.h>
#include <taglib/oggflacfile.h>
#include <taglib/opusfile.h>
#include <taglib/tag.h>
#include <taglib/tfilestream.h>
#include <taglib/tpropertymap.h>
#include <taglib/vorbisfile.h>
#include <taglib/wavfile.h>
#include <taglib/wavpackfile.h>
#include <taglib/xiphcomment.h>
#include <unistd.h>

namespace hearth::home {

namespace {

/// Pictures of type 3 are front covers, in ID3v2, FLAC, Vorbis and ASF alike.
template <class Pictures, class IsFront>
auto front_of(const Pictures& pictures, const IsFront& is_front) {
  const auto front = std::find_if(pictures.begin(), pictures.end(), is_front);
  return front != pictures.end() ? front : pictures.begin();
}

TagLib::ByteVector art_of(const TagLib::ID3v2::Tag* tag) {
  if (tag == nullptr) {
    return {};
  }
  using Picture = TagLib::ID3v2::AttachedPictureFrame;
  const auto frames = tag->frameList("APIC");
  if (frames.isEmpty()) {
    return {};
  }
  const auto chosen = front_of(frames, [](const TagLib::ID3v2::Frame* frame) {
    const auto* picture = dynamic_cast<const Picture*>(frame);
    return picture != nullptr && picture->type() == Picture::FrontCover;
  });
  const auto* picture = dynamic_cast<const Picture*>(*chosen);
  return picture == nullptr ? TagLib::ByteVector{} : picture->picture();
}

TagLib::ByteVector art_of(const TagLib::List<TagLib::FLAC::Picture*>& pictures) {
  if (pictures.isEmpty()) {
    return {};
  }
  return (*front_of(pictures,
                    [](const TagLib::FLAC::Picture* picture) {
                      return picture->type() == TagLib::FLAC::Picture::FrontCover;
                    }))
      ->data();
}

TagLib::ByteVector art_of(TagLib::Ogg::XiphComment* comment) {
  return comment == nullptr ? TagLib::ByteVector{} : art_of(comment->pictureList());
}

TagLib::ByteVector art_of(const TagLib::MP4::Tag* tag) {
  if (tag == nullptr || !tag->contains("covr")) {
    return {};
  }
  const auto covers = tag->item("covr").toCoverArtList();
  return covers.isEmpty() ? TagLib::ByteVector{} : covers.front().data();
}

TagLib::ByteVector art_of(const TagLib::ASF::Tag* tag) {
  if (tag == nullptr || !tag->contains("WM/Picture")) {
    return {};
  }
  const auto pictures = tag->attribute("WM/Picture");
  return pictures.isEmpty() ? TagLib::ByteVector{} : pictures.front().toPicture().picture();
}

/// An APE item is a file name, a zero and the picture.
TagLib::ByteVector art_of(const TagLib::APE::Tag* tag) {
  if (tag == nullptr || !tag->itemListMap().contains("COVER ART (FRONT)")) {
    return {};
  }
  const auto item = tag->itemListMap()["COVER ART (FRONT)"].binaryData();
  const auto end = item.find('\0');
  return end < 0 ? TagLib::ByteVector{} : item.mid(static_cast<unsigned>(end) + 1);
}

template <class FileType, class TagOf>
bool take_art(TagLib::File* file, TagLib::ByteVector& art, const TagOf& tag_of) {
  if (auto* typed = dynamic_cast<FileType*>(file)) {
    art = art_of(tag_of(*typed));
    return true;
  }
  return false;
}

TagLib::ByteVector art_of(TagLib::File* file) {
  using namespace TagLib;  // NOLINT(google-build-using-namespace)
  ByteVector art;
  const auto id3v2 = [](auto& typed) { return typed.ID3v2Tag(); };
  const auto plain = [](auto& typed) { return typed.tag(); };
  const auto ape = [](auto& typed) { return typed.APETag(); };
  if (auto* flac = dynamic_cast<FLAC::File*>(file)) {
    art = art_of(flac->pictureList());
    return art.isEmpty() ? art_of(flac->ID3v2Tag()) : art;
  }
  static_cast<void>(
      take_art<MPEG::File>(file, art, id3v2) || take_art<MP4::File>(file, art, plain) ||
      take_art<Ogg::Vorbis::File>(file, art, plain) ||
      take_art<Ogg::Opus::File>(file, art, plain) || take_art<Ogg::FLAC::File>(file, art, plain) ||
      take_art<RIFF::AIFF::File>(file, art, plain) || take_art<RIFF::WAV::File>(file, art, id3v2) ||
      take_art<ASF::File>(file, art, plain) || take_art<APE::File>(file, art, ape) ||
      take_art<MPC::File>(file, art, ape) || take_art<WavPack::File>(file, art, ape));
  return art;
}

/// A stream that TagLib owns the descriptor of; it reads only.
class OwnStream {
 public:
  explicit OwnStream(int file)
      : stream_(::fcntl(file, F_DUPFD_CLOEXEC, 0), true), file_(&stream_, true) {
    stream_.seek(0);
  }
  [[nodiscard]] const TagLib::FileRef& file() const { return file_; }

 private:
  TagLib::FileStream stream_;
  TagLib::FileRef file_;
};

Bytes bytes_of(const TagLib::ByteVector& bytes) {
  return {bytes.begin(), bytes.end()};
}

}  // namespace

ProbeAnswer probe_tags(int file) {
  const OwnStream stream(file);
  const auto& ref = stream.file();
  if (ref.isNull() || ref.audioProperties() == nullptr ||
      ref.audioProperties()->lengthInMilliseconds() <= 0) {
    return {};
  }
  ProbeAnswer answer;
  answer.readable = true;
  answer.kind = ItemKind::audio;
  answer.duration_ms = static_cast<std::uint64_t>(ref.audioProperties()->lengthInMilliseconds());
  if (const auto* tag = ref.tag()) {
    answer.title = tag->title().to8Bit(true);
    answer.artist = tag->artist().to8Bit(true);
    answer.album = tag->album().to8Bit(true);
    answer.track = tag->track();
  }
  const auto art = art_of(ref.file());
  if (!art.isEmpty() && art.size() <= art_bytes_max) {
    answer.art_extension = picture_type_of(bytes_of(art)).extension;
  }
  return answer;
}

Bytes art_in_tags(int file) {
  const OwnStream stream(file);
  if (stream.file().isNull()) {
    return {};
  }
  return bytes_of(art_of(stream.file().file()));
}

}  // namespace hearth::home
