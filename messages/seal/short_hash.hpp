#pragma once
// Spreads keys evenly over few places. Not a secret, and no proof of anything.
// Source: Aumasson and Bernstein, "SipHash: a fast short-input PRF" (SipHash-2-4).

#include "messages/base/types.hpp"

#include <cstdint>

namespace hearth::seal {

/// SipHash-2-4 of `message` under one fixed key: the same for ever, at every node. Any thread.
[[nodiscard]] std::uint64_t short_hash(BytesView message);

}  // namespace hearth::seal
