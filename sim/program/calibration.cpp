#include "sim/program/calibration.hpp"

#include "messages/envelope/codec.hpp"
#include "messages/home/home_messages.hpp"
#include "messages/seal/identity.hpp"
#include "messages/seal/noise.hpp"
#include "sim/program/message_times.hpp"
#include "sim/program/sync_times.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <functional>
#include <unistd.h>
#include <vector>

namespace hearth::sim {
namespace {

using Clock = std::chrono::steady_clock;
using Nanos = std::chrono::duration<double, std::nano>;

constexpr int rounds = 200;
constexpr std::size_t media_frame_bytes = std::size_t{60} << 10U;

/// Of one call, the median over the rounds.
double median_ns(int calls, const std::function<void()>& call) {
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    const auto begin = Clock::now();
    for (int i = 0; i < calls; ++i) {
      call();
    }
    times.push_back(Nanos(Clock::now() - begin).count() / calls);
  }
  std::nth_element(times.begin(), times.begin() + rounds / 2, times.end());
  return times[rounds / 2];
}

struct Pair {
  seal::NoiseSession dialler;
  seal::NoiseSession listener;
  Nanos listening{0};  ///< What the listener's side took.
};

/// Of a home to its super-peer, as on every new link.
Result<Pair> shake_hands(const seal::Identity& dialler, const seal::Identity& listener) {
  auto one = seal::NoiseHandshake::start("IK", true,
                                         {dialler.exchange_secret, listener.keys.exchange, {}, {}});
  auto first = one ? one.value().write({}) : Result<Bytes>(one.error());
  const auto begin = Clock::now();
  auto other = seal::NoiseHandshake::start("IK", false, {listener.exchange_secret, {}, {}, {}});
  if (!first || !other) {
    return first ? other.error() : first.error();
  }
  const auto read = other.value().read(first.value());
  auto second = read ? other.value().write({}) : Result<Bytes>(read.error());
  const Nanos listening = Clock::now() - begin;
  if (!second) {
    return second.error();
  }
  if (const auto last = one.value().read(second.value()); !last) {
    return last.error();
  }
  return Pair{one.value().finish(), other.value().finish(), listening};
}

Result<double> handshake_ns(const seal::Identity& dialler, const seal::Identity& listener) {
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    const auto pair = shake_hands(dialler, listener);
    if (!pair) {
      return pair.error();
    }
    times.push_back(pair.value().listening.count());
  }
  std::nth_element(times.begin(), times.begin() + rounds / 2, times.end());
  return times[rounds / 2];
}

/// Of opening what the other side sealed, half of both.
double opening_ns(BytesView plain, Pair& pair) {
  Bytes frame;
  return median_ns(20,
                   [&] {
                     frame.clear();
                     static_cast<void>(pair.dialler.send.seal(frame, {}, plain));
                     static_cast<void>(pair.listener.receive.open(frame));
                   }) /
         2;
}

void charge_network(drill::Profile& profile, Pair& pair) {
  const Bytes media(media_frame_bytes);
  profile.byte_ns = opening_ns(media, pair) / static_cast<double>(media.size());
  const auto request = pack(Header{}, home::BrowseItems{{}, {}, 100});
  profile.piece_ns = static_cast<std::uint64_t>(opening_ns(request.bytes(), pair));
}

std::string name_of_measurement() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format(
      "{}, {:%Y-%m-%d}", host.data(),
      fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())));
}

}  // namespace

Result<drill::Profile> measure(const std::filesystem::path& folder) {
  drill::Profile profile;
  profile.name = name_of_measurement();
  const auto dialler = seal::Identity::generate();
  const auto listener = seal::Identity::generate();
  const auto handshake = handshake_ns(dialler, listener);
  auto pair = shake_hands(dialler, listener);
  if (!handshake || !pair) {
    return handshake ? pair.error() : handshake.error();
  }
  profile.connection_ns = static_cast<std::uint64_t>(handshake.value());
  charge_network(profile, pair.value());
  if (const auto synced = measure_syncs(folder, profile); !synced) {
    return synced.error();
  }
  measure_messages(profile);
  return profile;
}

}  // namespace hearth::sim
