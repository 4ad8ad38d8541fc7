#pragma once
// A super-peer with one client behind it, for tests of the home's stream server: takes the home's
// connection, opens what it seals, grants credit.

#include "actors/link/data_preface.hpp"
#include "messages/envelope/codec.hpp"
#include "messages/home/sealed_request.hpp"
#include "nodes/home/stream_server.hpp"
#include "tests/support/data_socket.hpp"
#include "tests/support/sealed_stream.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <utility>

namespace hearth::test {

/// The length before a frame, little-endian.
inline std::size_t length_of(const Bytes& bytes) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    length |= std::size_t{bytes[i]} << (8 * i);
  }
  return length;
}

class ServedClient {
 public:
  ServedClient(home::StreamServer& server, home::StreamSource source, home::StreamRequest request,
               std::uint64_t size, std::uint64_t number = 1)
      : request_(request), context_(stream_context(number)), listener_(bound_socket()) {
    EXPECT_EQ(::listen(listener_.get(), 1), 0);
    auto sealed = home::seal_request(context_, request);
    auto opened = open_stream_request(sealed.bytes);
    grants_.emplace(std::move(sealed.grants));
    home::StreamHeader promised;
    promised.size = size;
    promised.version.bytes.fill(5);
    promised.mime = "audio/mpeg";
    server.serve({{{"127.0.0.1", port_of(listener_.get())}},
                  stream_data_key(),
                  pair,
                  context_,
                  std::move(opened.grants),
                  request,
                  promised,
                  std::move(source),
                  client_id()});
  }

  static constexpr std::uint64_t pair = 77;
  static NodeId client_id() { return testing::identity_of(9).id; }

  /// Takes the home's connection and closes it before it has said anything. False: it did not come.
  bool turn_away() {
    pollfd waits{listener_.get(), POLLIN, 0};
    return ::poll(&waits, 1, patience_ms) == 1 &&
           UniqueFd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  }

  /// The home's connection, up to its order. False: it did not come, or said something else.
  bool accept() {
    pollfd waits{listener_.get(), POLLIN, 0};
    if (::poll(&waits, 1, patience_ms) != 1) {
      return false;
    }
    socket_ = UniqueFd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    link::DataResponder responder;
    const auto key = stream_data_key();
    while (!responder.order()) {
      const auto got = receive(responder.wants());
      if (got.empty()) {
        return false;
      }
      const auto answer = responder.feed(got, [&](Role role, const link::DataKeyName& name) {
        return role == Role::home && name == key.name ? &key : nullptr;
      });
      if (!answer || !send(answer.value())) {
        return false;
      }
    }
    const auto* order = std::get_if<relay::AcceptStream>(&*responder.order());
    return order != nullptr && order->pair == pair;
  }

  /// Opens one frame more. False: the connection is over; `final` says how.
  bool take_frame() {
    if (!opener_) {
      const auto head = receive_all(seal::stream_header_bytes);
      if (head.size() != seal::stream_header_bytes) {
        return false;
      }
      opener_.emplace(seal::media_key(context_.master, context_.number), head);
    }
    const auto prefix = receive_all(4);
    if (prefix.size() != 4) {
      return false;
    }
    const auto length = length_of(prefix);
    const auto frame = receive_all(length);
    const auto data = seal::stream_associated_data(
        context_, header ? header->version : ItemVersion{}, request_.offset);
    auto opened = opener_->open(frame, data);
    EXPECT_TRUE(opened);
    if (!opened) {
      return false;
    }
    take(std::move(opened.value()));
    return true;
  }
  void take_all() {
    while (!final && take_frame()) {
    }
  }
  void take_until(std::size_t media_bytes) {
    while (media.size() < media_bytes && take_frame()) {
    }
  }

  void grant(std::uint64_t total) {
    Bytes plain(8);
    for (unsigned i = 0; i < 8; ++i) {
      plain[i] = static_cast<std::uint8_t>(total >> (8 * i));
    }
    Bytes frame;
    grants_->seal(frame, plain, seal::stream_associated_data(context_, {}, 0), false);
    EXPECT_TRUE(send(frame));
  }
  void close() { socket_.reset(); }

  std::optional<home::StreamHeader> header;
  Bytes media;
  bool final = false;

 private:
  void take(seal::StreamOpener::Opened frame) {
    final = frame.final;
    if (!header) {
      auto decoded = decode<home::StreamHeader>(frame.plain);
      ASSERT_TRUE(decoded);
      header = std::move(decoded.value());
    } else {
      media.insert(media.end(), frame.plain.begin(), frame.plain.end());
    }
  }
  bool send(BytesView bytes) {
    return ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }
  Bytes receive(std::size_t bytes) {
    Bytes got(bytes);
    pollfd waits{socket_.get(), POLLIN, 0};
    const auto count =
        ::poll(&waits, 1, patience_ms) == 1 ? ::recv(socket_.get(), got.data(), bytes, 0) : -1;
    got.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return got;
  }
  Bytes receive_all(std::size_t bytes) {
    Bytes all;
    while (all.size() < bytes) {
      const auto got = receive(bytes - all.size());
      if (got.empty()) {
        break;
      }
      all.insert(all.end(), got.begin(), got.end());
    }
    return all;
  }

  home::StreamRequest request_;
  seal::StreamContext context_;
  UniqueFd listener_;
  UniqueFd socket_;
  std::optional<seal::StreamSealer> grants_;
  std::optional<seal::StreamOpener> opener_;
};

}  // namespace hearth::test
