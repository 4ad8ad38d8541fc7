#include "nodes/home/prober.hpp"

#include "nodes/home/media_type.hpp"

namespace hearth::home {

namespace {

Prober prober_of(std::string_view extension) {
  const auto* type = media_type_of_extension(extension);
  return type == nullptr ? Prober::streams : type->prober;
}

}  // namespace

ProbeAnswer probe(int file, std::string_view extension) {
  switch (prober_of(extension)) {
    case Prober::picture: return probe_picture(file);
    case Prober::streams: return probe_streams(file);
    case Prober::tags: break;
  }
  auto answer = probe_tags(file);
  return answer.readable ? answer : probe_streams(file);
}

Bytes embedded_art(int file, std::string_view extension) {
  auto art = prober_of(extension) == Prober::tags ? art_in_tags(file) : Bytes{};
  if (art.empty()) {
    art = art_in_streams(file);
  }
  return art.size() <= art_bytes_max ? art : Bytes{};
}

}  // namespace hearth::home
