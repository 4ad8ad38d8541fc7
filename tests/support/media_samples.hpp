#pragma once
// Real media files for tests: the demo library, made once per build folder.

#include "messages/base/check.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <string>
#include <sys/file.h>
#include <unistd.h>

namespace hearth::testing {

namespace fs = std::filesystem;

/// Path of a file or folder of the demo library. Look, do not touch.
inline fs::path media_sample(const std::string& path) {
  static const fs::path library = [] {
    const fs::path made = HEARTH_TEST_MEDIA;
    const auto lock = made.string() + ".lock";  // Tests run side by side.
    const int file = ::open(lock.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0644);
    HEARTH_CHECK(file >= 0 && ::flock(file, LOCK_EX) == 0);
    const auto make =
        std::string(HEARTH_SOURCE_DIR) + "/deploy/demo_library.sh '" + made.string() + "'";
    HEARTH_CHECK(std::system(make.c_str()) == 0);
    ::close(file);
    return made;
  }();
  return library / path;
}

inline void copy_sample(const std::string& sample, const fs::path& to) {
  fs::create_directories(to.parent_path());
  fs::copy_file(media_sample(sample), to, fs::copy_options::overwrite_existing);
}

inline const std::string dawn_mp3 = "Music/The Test Tones/First Light/01 - Dawn.mp3";
inline const std::string summer_flac = "Music/Åsa Söder/Årstider/Åsa Söder – Frühling.flac";
inline const std::string summer_cover = "Music/Åsa Söder/Årstider/cover.jpg";
inline const std::string colours_mp4 = "Films/Colours in Motion.mp4";
inline const std::string first_photo = "Photos/2021 Été à Zürich/IMG_0001.jpg";

}  // namespace hearth::testing
