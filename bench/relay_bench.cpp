// CPU per GB of the splice engine, and of any other relay, under the same load.
//
//   relay_bench relay PORT
//     the engine in a process of its own, with two fixed keys; whoever holds them is admitted
//   relay_bench load hearth PORT STREAMS SECONDS PID
//     homes send to clients through that process
//   relay_bench load tcp PORT STREAMS SECONDS PID SINK_PORT
//     the same through a relay that connects to SINK_PORT
//
// `load` prints the CPU seconds that process PID used per GB (1e9 bytes) received, and GB/s.
// bench/relay_bench.sh runs both sides in turn and prints the comparison.

#include "messages/base/little_endian.hpp"
#include "nodes/relay/splice_engine.hpp"

#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <netinet/tcp.h>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <thread>
#include <vector>

namespace hearth {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto warm_up = 700ms;
constexpr std::size_t chunk_bytes = 128U << 10U;

seal::DataKey key_of(std::uint8_t byte) {
  std::array<std::uint8_t, 32> bytes{};
  bytes.fill(byte);
  return seal::data_key(seal::SecretKey(bytes));
}

NodeId node_of(std::uint8_t byte) {
  NodeId id;
  id.bytes.fill(byte);
  return id;
}

[[noreturn]] void fail(const char* what) {
  std::perror(what);
  std::exit(1);
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

UniqueFd bound(std::uint16_t port) {
  UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int one = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  const auto address = loopback(port);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail("bind");
  }
  return socket;
}

int run_relay(std::uint16_t port) {
  std::vector<UniqueFd> listeners;
  listeners.push_back(bound(port));
  SpliceEngineOptions options;
  options.congestion_control = "";  // The peer has the kernel's default, too.
  std::unique_ptr<SpliceEngine> engine;
  auto started =
      SpliceEngine::start(std::move(listeners), options, [&engine](relay::RelayExternal event) {
        if (const auto* wanted = std::get_if<relay::OpenWanted>(&event)) {
          const auto pair = get_le<std::uint64_t>(wanted->open.sealed_request.data());
          engine->order(relay::ExpectLeg{wanted->connection, pair, node_of(2)});
        }
      });
  if (!started) {
    std::fprintf(stderr, "%s\n", started.error().detail.c_str());
    return 1;
  }
  engine = std::move(started.value());
  engine->order(relay::InstallKey{key_of(1), node_of(1), Role::client});
  engine->order(relay::InstallKey{key_of(2), node_of(2), Role::home});
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  int signal = 0;
  sigwait(&signals, &signal);
  return 0;
}

// ---- load ----

/// Retries while the relay is coming up.
int dial(std::uint16_t port) {
  const auto address = loopback(port);
  for (int attempt = 0; attempt < 50; ++attempt) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      return socket;
    }
    ::close(socket);
    std::this_thread::sleep_for(100ms);
  }
  fail("connect");
}

void send_all(int socket, BytesView bytes) {
  if (::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(bytes.size())) {
    fail("send");
  }
}

/// Goes on until the initiator waits for `until` bytes, 0: to the end.
void talk(int socket, link::DataInitiator& initiator, bool to_the_end) {
  while (!initiator.done()) {
    Bytes got(initiator.wants());
    if (::recv(socket, got.data(), got.size(), MSG_WAITALL) != static_cast<ssize_t>(got.size())) {
      fail("preface");
    }
    const auto answer = initiator.feed(got);
    if (!answer) {
      fail("preface refused");
    }
    send_all(socket, answer.value());
    if (!to_the_end) {
      return;
    }
  }
}

struct Sockets {
  std::vector<int> sources;
  std::vector<int> sinks;
};

Sockets pairs_through_hearth(std::uint16_t port, std::uint64_t streams) {
  Sockets sockets;
  for (std::uint64_t pair = 1; pair <= streams; ++pair) {
    Bytes number(8);
    // New in every run of this program, as the relay goes on.
    put_le(number.data(), (static_cast<std::uint64_t>(::getpid()) << 32U) | pair);
    const auto client = dial(port);
    link::DataInitiator asking(key_of(1), relay::OpenStream{node_of(2), {}, number});
    send_all(client, asking.first_flight());
    talk(client, asking, false);
    const auto home = dial(port);
    link::DataInitiator accepting(key_of(2),
                                  relay::AcceptStream{get_le<std::uint64_t>(number.data())});
    send_all(home, accepting.first_flight());
    talk(home, accepting, true);
    talk(client, asking, true);
    sockets.sources.push_back(home);
    sockets.sinks.push_back(client);
  }
  return sockets;
}

Sockets pairs_through_tcp(std::uint16_t port, std::uint16_t sink_port, std::uint64_t streams) {
  Sockets sockets;
  const auto listener = bound(sink_port);
  if (::listen(listener.get(), 4096) != 0) {
    fail("listen");
  }
  for (std::uint64_t i = 0; i < streams; ++i) {
    sockets.sources.push_back(dial(port));
    sockets.sinks.push_back(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  }
  return sockets;
}

int watch_all(const std::vector<int>& sockets, std::uint32_t events) {
  const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
  for (const int socket : sockets) {
    epoll_event event{};
    event.events = events;
    event.data.fd = socket;
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event);
  }
  return epoll;
}

/// Calls `work` with every socket that is ready, until `stop`.
template <class Work>
void serve(const std::vector<int>& sockets, std::uint32_t interest, const std::atomic<bool>& stop,
           Work work) {
  const int epoll = watch_all(sockets, interest);
  std::array<epoll_event, 512> events{};
  while (!stop) {
    const int count = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), 50);
    for (int i = 0; i < count; ++i) {
      work(events[static_cast<std::size_t>(i)].data.fd);
    }
  }
}

/// CPU time of all threads of `pid`, in seconds: what the scheduler counted, in ns.
double cpu_seconds(const std::string& pid) {
  double total = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + pid + "/task")) {
    std::ifstream file(task.path() / "schedstat");
    double on_cpu_ns = 0;
    file >> on_cpu_ns;
    total += on_cpu_ns / 1e9;
  }
  return total;
}

int run_load(const Sockets& sockets, double seconds, const std::string& pid) {
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> received{0};
  std::thread sink([&sockets, &stop, &received] {
    std::vector<char> buffer(std::size_t{1} << 20U);
    serve(sockets.sinks, EPOLLIN, stop, [&buffer, &received](int socket) {
      const auto count = ::recv(socket, buffer.data(), buffer.size(), MSG_TRUNC | MSG_DONTWAIT);
      received += count > 0 ? static_cast<std::uint64_t>(count) : 0;
    });
  });
  std::thread source([&sockets, &stop] {
    const std::vector<char> buffer(chunk_bytes, 7);
    serve(sockets.sources, EPOLLOUT, stop, [&buffer](int socket) {
      ::send(socket, buffer.data(), buffer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    });
  });
  std::this_thread::sleep_for(warm_up);
  const auto bytes_before = received.load();
  const auto cpu_before = cpu_seconds(pid);
  const auto began = Clock::now();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  const auto gigabytes = static_cast<double>(received - bytes_before) / 1e9;
  const auto cpu = cpu_seconds(pid) - cpu_before;
  const auto took = std::chrono::duration<double>(Clock::now() - began).count();
  stop = true;
  sink.join();
  source.join();
  std::printf("%.4f %.3f\n", cpu / gigabytes, gigabytes / took);
  return 0;
}

int usage() {
  std::fprintf(stderr,
               "usage: relay_bench relay PORT\n"
               "       relay_bench load hearth|tcp PORT STREAMS SECONDS PID [SINK_PORT]\n");
  return 2;
}

int run(const std::vector<std::string>& arguments) {
  const auto port = [&arguments](std::size_t at) {
    return static_cast<std::uint16_t>(std::stoi(arguments[at]));
  };
  if (arguments.size() == 2 && arguments[0] == "relay") {
    return run_relay(port(1));
  }
  if (arguments.size() < 6 || arguments[0] != "load") {
    return usage();
  }
  const auto streams = std::stoull(arguments[3]);
  const auto seconds = std::stod(arguments[4]);
  if (arguments[1] == "hearth") {
    return run_load(pairs_through_hearth(port(2), streams), seconds, arguments[5]);
  }
  if (arguments[1] == "tcp" && arguments.size() == 7) {
    return run_load(pairs_through_tcp(port(2), port(6), streams), seconds, arguments[5]);
  }
  return usage();
}

}  // namespace
}  // namespace hearth

int main(int argc, char** argv) {
  return hearth::run({argv + 1, argv + argc});
}
