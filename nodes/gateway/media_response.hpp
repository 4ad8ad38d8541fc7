#pragma once
// The answer to one GET or HEAD of a media or art URL.

#include "nodes/gateway/capability.hpp"
#include "nodes/gateway/stream_fetcher.hpp"
#include "nodes/http/byte_range.hpp"
#include "nodes/http/exchange.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

namespace hearth::gateway {

/// Lives on the loop's thread, until the answer is out or the client has gone.
class MediaResponse final : public StreamConsumer,
                            public std::enable_shared_from_this<MediaResponse> {
 public:
  /// `loop`, `resolver` and `library` must outlive it.
  MediaResponse(http::EventLoop& loop, Resolver& resolver, LibraryClient& library, MediaName name,
                http::ExchangePtr exchange);
  ~MediaResponse() override;

  void start();

  void on_header(const home::StreamHeader& header) override;
  void on_media(Bytes bytes) override;
  void on_end() override;
  void on_failed(const Error& error) override;

 private:
  void look_up();
  void on_item(const Result<client::Answer>& answer);
  bool decide(const home::StreamHeader& file, const std::string& etag);
  [[nodiscard]] http::RangeChoice chosen_range(const std::string& etag, std::uint64_t size) const;
  void on_cover();
  void fetch(std::uint64_t offset, std::uint64_t end);
  void pump();

  http::EventLoop& loop_;
  Resolver& resolver_;
  LibraryClient& library_;
  MediaName name_;
  http::ExchangePtr exchange_;
  std::shared_ptr<StreamFetcher> fetcher_;
  http::Response head_;
  http::ByteRange range_;  ///< Of what is sent.
  ItemVersion version_;
  std::deque<Bytes> queue_;
  home::StreamHeader cover_header_;
  Bytes cover_;  ///< While `gathering_`.
  bool gathering_ = false;
  bool decided_ = false;
  bool begun_ = false;
  bool writing_ = false;
  bool looked_again_ = false;
};

}  // namespace hearth::gateway
