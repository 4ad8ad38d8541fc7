#pragma once

namespace hearth::sim {

/// While it lives, the arithmetic of libsodium's ciphers, key exchange, signatures and hashes is
/// replaced by one of a few instructions a word, in the whole process. Everything above stays the
/// code that ships: handshakes, frames, tunnels, tickets and streams. What the arithmetic promises
/// holds against faults, though not against attackers: who has another key, or a frame that was
/// changed, cut, repeated, reordered or made for another place, gets an error, and plaintext never
/// shows on the way. Nothing made by one arithmetic can be read by the other.
///
/// One at a time. Works because a program's own definition of a function goes before a shared
/// library's: only programs that link this file have it.
class LightSeal final {
 public:
  LightSeal();
  LightSeal(const LightSeal&) = delete;
  LightSeal& operator=(const LightSeal&) = delete;
  ~LightSeal();
};

}  // namespace hearth::sim
