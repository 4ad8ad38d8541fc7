// hearth-prober: opens untrusted media for a home. It is started by the home, with the socket as
// its standard input; it takes no options and no signals.

#include "nodes/home/probe_child.hpp"

#include <unistd.h>

int main() {
  return hearth::home::run_probe_worker(STDIN_FILENO);
}
