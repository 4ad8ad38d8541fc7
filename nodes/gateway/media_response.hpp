#pragma once
// The answer to one GET or HEAD of a media or art URL. Nothing is said of a file that the home has
// not just opened, and a file that is newer than its catalogue is scanned first.

#include "nodes/gateway/capability.hpp"
#include "nodes/gateway/stream_fetcher.hpp"
#include "nodes/http/byte_range.hpp"
#include "nodes/http/exchange.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
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
  void tell_head();
  void on_cover();
  void fetch(std::uint64_t offset, std::uint64_t end);
  void pump();
  void again();
  void tell_home_of_loss();
  void rescan(const Error& why);
  void ask_scan(client::AskHome question, const Error& why, std::uint64_t run);
  void on_scan(const Result<client::Answer>& answer, const Error& why, std::uint64_t run);

  http::EventLoop& loop_;
  Resolver& resolver_;
  LibraryClient& library_;
  MediaName name_;
  http::ExchangePtr exchange_;
  std::shared_ptr<StreamFetcher> fetcher_;
  http::Response head_;
  std::optional<http::Response> refusal_;  ///< Takes the place of `head_`.
  http::ByteRange range_;                  ///< Of what is sent.
  ItemVersion version_;
  std::deque<Bytes> queue_;
  home::StreamHeader cover_header_;
  Bytes cover_;  ///< While `gathering_`.
  bool gathering_ = false;
  bool decided_ = false;
  bool begun_ = false;
  bool writing_ = false;
  bool bytes_follow_ = false;  ///< The head that was decided on.
  bool looked_again_ = false;
  std::optional<Instant> rescan_until_;
  std::shared_ptr<void> pause_;
};

}  // namespace hearth::gateway
