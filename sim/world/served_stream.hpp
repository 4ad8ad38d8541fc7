#pragma once
// One stream of a simulated home: the real stream sender on a simulated connection.

#include "actors/home/home_ports.hpp"
#include "actors/home/stream_sender_machine.hpp"
#include "actors/link/data_preface.hpp"
#include "sim/world/media.hpp"
#include "sim/world/sim_socket.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace hearth::sim {

class ServedStream final {
 public:
  /// Dials at once. `ended` is called once, from its own work.
  ServedStream(Network& network, Timers& timers, HostId host, const Media& media,
               home::ServeStream order, std::function<void()> ended);
  ~ServedStream();

  [[nodiscard]] const NodeId& client() const { return order_.client; }
  [[nodiscard]] const home::StreamSource& source() const { return order_.source; }
  void end();

 private:
  void connected();
  void arrived(BytesView bytes);
  void begin();
  void perform(home::StreamEffects effects);
  void writable_when(std::size_t under_way);
  void tick();
  [[nodiscard]] bool is_unchanged() const;

  Network& network_;
  Timers& timers_;
  const Media& media_;
  home::ServeStream order_;
  std::function<void()> ended_;
  std::optional<link::DataInitiator> preface_;
  std::optional<home::StreamSenderMachine> machine_;
  std::unique_ptr<SimSocket> socket_;
  bool writing_ = false;
  bool closing_ = false;
  bool over_ = false;
  std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace hearth::sim
