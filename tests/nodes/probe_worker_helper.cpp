// A probe worker for tests. Its mood says what it does when a FLAC file comes.

#include "nodes/home/probe_socket.hpp"
#include "nodes/home/probe_child.hpp"

#include <csignal>
#include <cstdlib>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace {

/// Leaves the socket as it is.
bool flac_comes() {
  hearth::home::ProbeRequest request{};
  const auto got = ::recv(STDIN_FILENO, &request, sizeof request, MSG_PEEK | MSG_WAITALL);
  return got == sizeof request &&
         std::string_view(request.extension, request.extension_bytes) == "flac";
}

void misbehave(std::string_view mood) {
  if (mood == "crash") {
    ::kill(::getpid(), SIGKILL);
  }
  if (mood == "hang") {
    for (;;) {
      ::pause();
    }
  }
  const unsigned char oversized[] = {0xFF, 0xFF, 0xFF, 0x7F};
  const unsigned char nonsense[] = {3, 0, 0, 0, 1, 2, 3};
  const auto lie = mood == "oversized" ? std::basic_string_view(oversized, sizeof oversized)
                                       : std::basic_string_view(nonsense, sizeof nonsense);
  static_cast<void>(::send(STDIN_FILENO, lie.data(), lie.size(), MSG_NOSIGNAL));
  for (;;) {
    ::pause();
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view mood = argc > 1 ? argv[1] : "well";
  if (mood == "well") {
    return hearth::home::run_probe_worker(STDIN_FILENO);
  }
  do {
    if (flac_comes()) {
      misbehave(mood);
    }
  } while (hearth::home::serve_probe_task(STDIN_FILENO));
  return 0;
}
