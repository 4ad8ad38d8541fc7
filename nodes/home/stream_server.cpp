#include "nodes/home/stream_server.hpp"

#include "nodes/home/served_stream.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace hearth::home {

namespace {

constexpr Millis art_timeout_max{4'000};  ///< A stop waits for it.
constexpr std::size_t disk_threads = 4;
/// Streams too many that are told so at a time; more are dropped.
constexpr std::size_t refusals_max = 64;

}  // namespace

class StreamServer::Engine final {
 public:
  explicit Engine(StreamServerOptions options)
      : options_(std::move(options)),
        art_worker_({options_.probe.command, std::min(options_.probe.timeout, art_timeout_max)}),
        work_(io_.get_executor()) {
    for (std::size_t i = 0; i < options_.threads; ++i) {
      threads_.emplace_back([this] { io_.run(); });
    }
  }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  ~Engine() {
    files_.stop();
    files_.join();
    cut_if([](const ServedStream& /*stream*/) { return true; });
    disk_.stop();
    disk_.join();
    work_.reset();
    for (auto& thread : threads_) {
      thread.join();
    }
  }

  void serve(ServeStream order) {
    const std::lock_guard lock(mutex_);
    const bool refused = streams_.size() - refusals_ >= options_.streams_max;
    if (refused) {
      ++stats_.streams_refused;
      if (refusals_ >= refusals_max) {
        return;
      }
      ++refusals_;
      order.header.error = static_cast<std::uint16_t>(ErrorCode::limit_reached);
    }
    const auto number = ++last_number_;
    const auto source = order.source;
    const bool has_source = order.header.error == 0;
    auto stream = std::make_shared<ServedStream>(
        ServedStream::Shop{io_, disk_, resolver_, options_.dial_timeout}, std::move(order),
        [this, number, refused](const ServedStream::Ended& ended) {
          forget(number, ended, refused);
        });
    streams_.emplace(number, stream);
    boost::asio::post(files_, [this, stream, source, has_source] {
      stream->start(has_source ? open(source) : Error{});
    });
  }

  void end(const EndStreams& order) {
    cut_if([&](const ServedStream& stream) {
      const auto& source = stream.source();
      return stream.client() == order.client && !order.still.contains(source.folder, source.path);
    });
  }

  [[nodiscard]] StreamServerStats stats() const {
    const std::lock_guard lock(mutex_);
    auto stats = stats_;
    stats.streams_open = streams_.size() - refusals_;
    return stats;
  }

 private:
  Result<StreamContent> open(const StreamSource& source) {
    return StreamContent::open(source, [this](int file, std::string_view extension) {
      const std::lock_guard lock(art_mutex_);
      auto art = art_worker_.ask(ProbeTask::art, file, extension);
      if (art && art.value().empty()) {
        return Result<Bytes>(Error{ErrorCode::item_gone, "there is no cover in the file"});
      }
      return art;
    });
  }

  template <class Predicate>
  void cut_if(const Predicate& predicate) {
    const std::lock_guard lock(mutex_);
    for (const auto& [number, stream] : streams_) {
      if (predicate(*stream)) {
        stream->cut();
      }
    }
  }

  void forget(std::uint64_t number, const ServedStream::Ended& ended, bool refused) {
    const std::lock_guard lock(mutex_);
    streams_.erase(number);
    if (refused) {  // and counted already
      --refusals_;
      return;
    }
    stats_.media_bytes += ended.media_bytes;
    ++(ended.refused    ? stats_.streams_refused
       : ended.complete ? stats_.streams_served
                        : stats_.streams_failed);
  }

  const StreamServerOptions options_;
  mutable std::mutex mutex_;
  std::map<std::uint64_t, std::shared_ptr<ServedStream>> streams_;
  std::size_t refusals_ = 0;  ///< Of `streams_`.
  std::uint64_t last_number_ = 0;
  StreamServerStats stats_;
  std::mutex art_mutex_;
  ProbeWorker art_worker_;

  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::thread_pool files_{1};  ///< Opens files, which may take long on a sleeping disk.
  boost::asio::thread_pool disk_{disk_threads};
  Resolver resolver_;
  std::vector<std::thread> threads_;
};

StreamServer::StreamServer(StreamServerOptions options)
    : engine_(std::make_unique<Engine>(std::move(options))) {}

StreamServer::~StreamServer() = default;

void StreamServer::serve(ServeStream order) {
  engine_->serve(std::move(order));
}

void StreamServer::end(EndStreams order) {
  engine_->end(order);
}

StreamServerStats StreamServer::stats() const {
  return engine_->stats();
}

}  // namespace hearth::home
