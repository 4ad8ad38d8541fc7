#pragma once
// The bytes of one item, whatever happens to connections on the way: plans a stream, fetches it,
// and after a break goes on at the offset reached, through the other super-peer, with the same
// version of the file. The consumer sees no break.

#include "actors/client/resume_policy.hpp"
#include "nodes/gateway/data_connection.hpp"
#include "nodes/gateway/library_client.hpp"

#include <cstdint>
#include <memory>
#include <optional>

namespace hearth::gateway {

struct Fetch {
  NodeId home;
  ItemId item;
  home::StreamPart part = home::StreamPart::media;
  ItemVersion version;  ///< Zero: whichever there is; then pinned for what follows.
  std::uint64_t offset = 0;
  std::uint64_t end = 0;  ///< First byte not wanted; 0: to the end.
};

/// Called on the loop's thread, never from inside a call to the fetcher.
class StreamConsumer {
 public:
  StreamConsumer() = default;
  StreamConsumer(const StreamConsumer&) = delete;
  StreamConsumer& operator=(const StreamConsumer&) = delete;
  virtual ~StreamConsumer() = default;

  virtual void on_header(const home::StreamHeader& header) = 0;  ///< Once, first.
  virtual void on_media(Bytes bytes) = 0;                        ///< Not empty; see `taken`.
  virtual void on_end() = 0;                                     ///< Everything is there.
  virtual void on_failed(const Error& error) = 0;                ///< It will never be.
};

/// Lives on the loop's thread. Holds about `client::credit_max` bytes that were given to the
/// consumer and not taken, and fetches no more until they are.
class StreamFetcher final : public std::enable_shared_from_this<StreamFetcher> {
 public:
  /// `consumer` must outlive the fetcher until `cancel`; the others always.
  StreamFetcher(http::EventLoop& loop, Resolver& resolver, LibraryClient& library, Fetch fetch,
                StreamConsumer& consumer);

  void start();
  /// The consumer is done with so many more bytes.
  void taken(std::uint64_t bytes);
  /// Ends everything. The consumer is not called any more.
  void cancel();

 private:
  void plan();
  void on_plan(Result<client::Answer> answer);
  void on_effects(client::ReceiverEffects effects);
  void on_header(const home::StreamHeader& header);
  void on_broken(const client::StreamBroken& broken);
  void fail(const Error& error);

  http::EventLoop& loop_;
  Resolver& resolver_;
  LibraryClient& library_;
  Fetch fetch_;  ///< `offset` moves with what was received.
  StreamConsumer* consumer_;
  client::ResumePolicy policy_;
  std::unique_ptr<DataConnection> connection_;
  std::shared_ptr<void> retry_;
  std::uint64_t old_untaken_ = 0;  ///< Given to the consumer by connections that are over.
  std::uint64_t new_untaken_ = 0;  ///< By the present one.
  bool header_told_ = false;
  bool resting_ = false;  ///< Broken while the consumer was full: resumes when it takes.
};

}  // namespace hearth::gateway
