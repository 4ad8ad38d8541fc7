#include "messages/envelope/envelope.hpp"

#include "messages/base/check.hpp"
#include "messages/base/limits.hpp"
#include "messages/envelope/envelope_access.hpp"

#include <algorithm>
#include <atomic>
#include <new>
#include <utility>

namespace hearth {

namespace {

constexpr std::size_t word_bytes = 8;

}  // namespace

/// Stands before the words of its message, in one allocation.
struct Envelope::Buffer {
  std::atomic<std::uint32_t> references{1};
  std::uint32_t size = 0;  // In bytes.

  std::uint8_t* bytes() { return reinterpret_cast<std::uint8_t*>(this + 1); }

  static Buffer* make(std::size_t bytes) {
    static_assert(sizeof(Buffer) % word_bytes == 0, "words must stay aligned");
    auto* buffer = new (::operator new(sizeof(Buffer) + bytes)) Buffer;
    buffer->size = static_cast<std::uint32_t>(bytes);
    return buffer;
  }

  static void release(Buffer* buffer) {
    // The last holder must see what the others read before it frees the buffer.
    if (buffer->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      buffer->~Buffer();
      ::operator delete(buffer);
    }
  }
};

Envelope::Envelope(const Envelope& other) noexcept : buffer_(other.buffer_) {
  if (buffer_ != nullptr) {
    buffer_->references.fetch_add(1, std::memory_order_relaxed);
  }
}

Envelope::Envelope(Envelope&& other) noexcept : buffer_(std::exchange(other.buffer_, nullptr)) {}

Envelope& Envelope::operator=(Envelope other) noexcept {
  std::swap(buffer_, other.buffer_);
  return *this;
}

Envelope::~Envelope() {
  if (buffer_ != nullptr) {
    Buffer::release(buffer_);
  }
}

Result<Envelope> Envelope::from_bytes(BytesView bytes) {
  if (bytes.size() > limits::envelope_bytes_max) {
    return Error{ErrorCode::frame_oversized, "envelope larger than 1 MiB"};
  }
  if (bytes.empty() || bytes.size() % word_bytes != 0) {
    return Error{ErrorCode::message_malformed, "envelope is not whole words"};
  }
  auto envelope = EnvelopeAccess::allocate(bytes.size());
  std::copy(bytes.begin(), bytes.end(), envelope.buffer_->bytes());
  return envelope;
}

BytesView Envelope::bytes() const noexcept {
  return buffer_ == nullptr ? BytesView{} : BytesView{buffer_->bytes(), buffer_->size};
}

Envelope EnvelopeAccess::allocate(std::size_t bytes) {
  HEARTH_CHECK(bytes > 0 && bytes % word_bytes == 0 && bytes <= limits::envelope_bytes_max);
  Envelope envelope;
  envelope.buffer_ = Envelope::Buffer::make(bytes);
  return envelope;
}

std::span<std::uint8_t> EnvelopeAccess::writable(Envelope& envelope) {
  return {envelope.buffer_->bytes(), envelope.buffer_->size};
}

}  // namespace hearth
