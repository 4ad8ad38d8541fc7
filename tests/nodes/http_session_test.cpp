// One HTTP connection whose client does not read.

#include "nodes/http/session.hpp"

#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <future>
#include <poll.h>
#include <string>

namespace hearth::http {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using asio::ip::tcp;

/// Writes until neither end's buffer takes any more.
void fill(tcp::socket& socket) {
  const std::string junk(65'536, 'x');
  boost::system::error_code error;
  socket.non_blocking(true, error);
  for (pollfd writable{socket.native_handle(), POLLOUT, 0}; ::poll(&writable, 1, 100) > 0;) {
    socket.write_some(asio::buffer(junk), error);
  }
}

TEST(HttpSession, ClosesWhenTheBodyIsLateAndContinueIsNotSentYet) {
  EventLoop loop;
  tcp::acceptor acceptor(loop.context(), {asio::ip::address_v4::loopback(), 0});
  tcp::socket client(loop.context());
  client.connect(acceptor.local_endpoint());
  auto socket = acceptor.accept();
  fill(socket);
  asio::write(client,
              asio::buffer(std::string{"POST / HTTP/1.1\r\nHost: 127.0.0.1:1\r\n"
                                       "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n"}));
  ServerLimits limits;
  limits.body_deadline = 100ms;
  const auto nobody = [](const ExchangePtr&) { FAIL() << "there is no request"; };
  const auto context = std::make_shared<SessionContext>(
      SessionContext{loop, limits, {}, nobody, HostCheck{"127.0.0.1", 1}});
  std::promise<void> closed;
  auto session =
      std::make_shared<Session>(std::move(socket), context, [&closed] { closed.set_value(); });
  loop.post([started = std::move(session)] { started->start(); });
  loop.start();
  EXPECT_EQ(closed.get_future().wait_for(5s), std::future_status::ready);
  loop.stop();
}

}  // namespace
}  // namespace hearth::http
