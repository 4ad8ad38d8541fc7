#pragma once
// The client's side of one stream over one data connection: asks the super-peer for it, opens what
// the home seals, and grants credit as its consumer takes the bytes. Source:
// docs/formats/stream.md.

#include "actors/client/client_ports.hpp"
#include "actors/link/data_preface.hpp"
#include "messages/base/result.hpp"
#include "messages/base/types.hpp"
#include "messages/home/home_messages.hpp"
#include "messages/seal/stream_keys.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace hearth::client {

// ---- inputs ----

/// The connection to the super-peer's data port is up: the first input.
struct DataConnected {};
/// What came, cut anywhere.
struct DataArrived {
  BytesView bytes;
};
/// The connection is over, for whatever reason.
struct DataClosed {};
/// The consumer is done with so many more bytes of what this machine gave it.
struct MediaTaken {
  std::uint64_t bytes = 0;
};
/// At least every `receiver_tick`.
struct ReceiverTick {};

using ReceiverInput =
    std::variant<DataConnected, DataArrived, DataClosed, MediaTaken, ReceiverTick>;

inline constexpr Millis receiver_tick{100};
/// From the connection to the header: the home has to dial as well.
inline constexpr Millis stream_opening_max{5000};
/// Credit, and thus memory, for a consumer that takes nothing, and for one that takes all.
inline constexpr std::uint64_t credit_min = 1U << 20U;
inline constexpr std::uint64_t credit_max = 4U << 20U;

// ---- effects ----

/// The stream is over before its end.
struct StreamBroken {
  Error error;
  bool resumable = false;  ///< Another connection may go on at the offset reached.
};

struct ReceiverEffects {
  Bytes send;
  std::optional<home::StreamHeader> header;  ///< Once, before any media.
  std::vector<Bytes> media;                  ///< In order, proven to be the home's.
  std::optional<StreamBroken> broken;
  bool finished = false;  ///< All bytes that were asked for are there.
};

/// Pure. Holds at most one incomplete frame; what it gives away and is not yet taken is bounded by
/// the credit it granted. After `finished` or `broken` no input has an effect.
class StreamReceiverMachine {
 public:
  /// `preface` is made of the plan's key, ticket and sealed request: it draws a key at random.
  /// Precondition: `plan.request.credit` is at least 1.
  StreamReceiverMachine(StreamPlan plan, link::DataInitiator preface);

  [[nodiscard]] ReceiverEffects step(const ReceiverInput& input, Instant now);

 private:
  void take(const DataConnected& input, Instant now, ReceiverEffects& effects);
  void take(const DataArrived& input, Instant now, ReceiverEffects& effects);
  void take(const DataClosed& input, Instant now, ReceiverEffects& effects);
  void take(const MediaTaken& input, Instant now, ReceiverEffects& effects);
  void take(const ReceiverTick& input, Instant now, ReceiverEffects& effects);

  Result<BytesView> take_preface(BytesView bytes, ReceiverEffects& effects);
  Result<void> take_frames(ReceiverEffects& effects);
  Result<void> take_frame(BytesView frame, ReceiverEffects& effects);
  Result<void> take_header(BytesView plain, bool final, ReceiverEffects& effects);
  Result<void> take_media(Bytes plain, bool final, ReceiverEffects& effects);
  void grant(Instant now, ReceiverEffects& effects);
  void fail(Error error, bool resumable, ReceiverEffects& effects);
  [[nodiscard]] bool owed() const;

  StreamPlan plan_;
  link::DataInitiator preface_;
  std::optional<seal::StreamOpener> opener_;
  Bytes header_data_;        ///< Associated data of the header.
  Bytes media_data_;         ///< Of what follows; empty until the header is there.
  Bytes request_data_;       ///< Of our own frames.
  Bytes pending_;            ///< The beginning of a frame.
  std::uint64_t total_ = 0;  ///< Bytes that this stream will bring; known with the header.
  std::uint64_t received_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t granted_ = 0;
  Instant opened_at_{};
  Instant heard_at_{};
  bool over_ = false;
  bool refused_ = false;
};

/// Whether a home's refusal may be otherwise on another try: transient ones, and those that mean a
/// ticket or stream number that was used up on the way.
[[nodiscard]] bool worth_retrying(ErrorCode code);

}  // namespace hearth::client
