#pragma once

namespace hearth::home {

/// The whole life of a probe worker's child: answers until `socket` closes. Returns the exit code.
int run_probe_worker(int socket);

}  // namespace hearth::home
