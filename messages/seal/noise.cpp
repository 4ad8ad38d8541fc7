#include "messages/seal/noise.hpp"

#include "messages/base/check.hpp"
#include "messages/seal/init.hpp"
#include "messages/seal/noise_pattern.hpp"
#include "messages/seal/noise_symmetric.hpp"
#include "messages/seal/random.hpp"

#include <sodium/crypto_scalarmult_curve25519.h>

#include <string>
#include <utility>

namespace hearth::seal {

namespace {

Error failure(const char* detail) {
  return Error{ErrorCode::handshake_failed, detail};
}

ExchangeKey public_of(const SecretKey& secret) {
  ExchangeKey key;
  crypto_scalarmult_curve25519_base(key.bytes.data(), secret.data());
  return key;
}

std::string protocol_name(std::string_view pattern) {
  return "Noise_" + std::string(pattern) + "_25519_ChaChaPoly_BLAKE2b";
}

/// What `keys` lack for that side of `pattern`, or null.
const char* missing_key(const NoisePattern& pattern, bool initiator, const NoiseKeys& keys) {
  const bool known_own = initiator ? pattern.knows_initiator : pattern.knows_responder;
  const bool known_peer = initiator ? pattern.knows_responder : pattern.knows_initiator;
  if ((known_own || pattern.sends_static(initiator)) && !keys.own) {
    return "the pattern needs a static key of our own";
  }
  if (known_peer && !keys.peer) {
    return "the pattern needs the peer's static key";
  }
  if (keys.psks.size() != pattern.psk_count) {
    return "as many pre-shared keys are needed as the pattern names";
  }
  return nullptr;
}

}  // namespace

class NoiseHandshake::State {
 public:
  State(const NoisePattern& pattern, std::string_view name, bool initiator, NoiseKeys keys)
      : pattern_(pattern),
        initiator_(initiator),
        keys_(std::move(keys)),
        peer_(keys_.peer),
        symmetric_(protocol_name(name)) {
    symmetric_.mix_hash(keys_.prologue);
    if (pattern_.knows_initiator) {
      mix_known_key(initiator_);
    }
    if (pattern_.knows_responder) {
      mix_known_key(!initiator_);
    }
  }

  [[nodiscard]] bool done() const { return !broken_ && next_ == pattern_.message_count; }

  Result<Bytes> write(BytesView payload);
  Result<Bytes> read(BytesView message);
  NoiseSession finish() const;

 private:
  [[nodiscard]] bool may_act(bool writing) const {
    const bool own_turn = (next_ % 2 == 0) == initiator_;
    return !broken_ && next_ < pattern_.message_count && own_turn == writing;
  }
  Error broken(const char* detail) {
    broken_ = true;
    return failure(detail);
  }
  void mix_known_key(bool own) {
    symmetric_.mix_hash(own ? public_of(*keys_.own).view() : peer_->view());
  }
  void mix_ephemeral(const ExchangeKey& key);
  void write_ephemeral(Bytes& out);
  bool read_ephemeral(BytesView& rest);
  bool read_static(BytesView& rest);
  bool write_token(NoiseToken token, Bytes& out);
  bool read_token(NoiseToken token, BytesView& rest);
  bool mix_secret(NoiseToken token);
  bool mix_product(const std::optional<SecretKey>& own, const std::optional<ExchangeKey>& peer);

  NoisePattern pattern_;
  bool initiator_;
  NoiseKeys keys_;
  std::optional<ExchangeKey> peer_;
  std::optional<ExchangeKey> peer_ephemeral_;
  SymmetricState symmetric_;
  std::size_t next_ = 0;  // message
  std::size_t psks_used_ = 0;
  bool broken_ = false;
};

/// With a psk the ephemeral keys are mixed in as well: they make every message key fresh.
void NoiseHandshake::State::mix_ephemeral(const ExchangeKey& key) {
  symmetric_.mix_hash(key.view());
  if (pattern_.psk_count > 0) {
    symmetric_.mix_key(key.view());
  }
}

void NoiseHandshake::State::write_ephemeral(Bytes& out) {
  if (!keys_.ephemeral) {
    keys_.ephemeral = random_secret();
  }
  const auto key = public_of(*keys_.ephemeral);
  out.insert(out.end(), key.bytes.begin(), key.bytes.end());
  mix_ephemeral(key);
}

bool NoiseHandshake::State::read_ephemeral(BytesView& rest) {
  if (rest.size() < ExchangeKey::size) {
    return false;
  }
  peer_ephemeral_ = ExchangeKey::from(rest.first(ExchangeKey::size));
  rest = rest.subspan(ExchangeKey::size);
  mix_ephemeral(*peer_ephemeral_);
  return true;
}

bool NoiseHandshake::State::read_static(BytesView& rest) {
  const auto sealed_bytes = ExchangeKey::size + symmetric_.overhead();
  if (rest.size() < sealed_bytes) {
    return false;
  }
  const auto plain = symmetric_.decrypt_and_hash(rest.first(sealed_bytes));
  rest = rest.subspan(sealed_bytes);
  if (!plain) {
    return false;
  }
  const auto key = ExchangeKey::from(*plain);
  if (keys_.peer && keys_.peer != key) {
    return false;
  }
  peer_ = key;
  return true;
}

/// False for a point of low order: the product would be known to everybody.
bool NoiseHandshake::State::mix_product(const std::optional<SecretKey>& own,
                                        const std::optional<ExchangeKey>& peer) {
  std::array<std::uint8_t, 32> product{};
  const bool good =
      own && peer &&
      crypto_scalarmult_curve25519(product.data(), own->data(), peer->bytes.data()) == 0;
  if (good) {
    symmetric_.mix_key(product);
  }
  wipe(product);
  return good;
}

bool NoiseHandshake::State::mix_secret(NoiseToken token) {
  switch (token) {
    case NoiseToken::ee: return mix_product(keys_.ephemeral, peer_ephemeral_);
    case NoiseToken::ss: return mix_product(keys_.own, peer_);
    case NoiseToken::es:
      return initiator_ ? mix_product(keys_.ephemeral, peer_)
                        : mix_product(keys_.own, peer_ephemeral_);
    case NoiseToken::se:
      return initiator_ ? mix_product(keys_.own, peer_ephemeral_)
                        : mix_product(keys_.ephemeral, peer_);
    case NoiseToken::psk:
      symmetric_.mix_key_and_hash(keys_.psks[psks_used_++].bytes());
      return true;
    case NoiseToken::e:
    case NoiseToken::s: break;
  }
  return false;
}

bool NoiseHandshake::State::write_token(NoiseToken token, Bytes& out) {
  if (token == NoiseToken::e) {
    write_ephemeral(out);
    return true;
  }
  if (token == NoiseToken::s) {
    symmetric_.encrypt_and_hash(out, public_of(*keys_.own).view());
    return true;
  }
  return mix_secret(token);
}

bool NoiseHandshake::State::read_token(NoiseToken token, BytesView& rest) {
  if (token == NoiseToken::e) {
    return read_ephemeral(rest);
  }
  if (token == NoiseToken::s) {
    return read_static(rest);
  }
  return mix_secret(token);
}

Result<Bytes> NoiseHandshake::State::write(BytesView payload) {
  if (!may_act(true)) {
    return broken("it is not our turn to write");
  }
  Bytes message;
  for (const auto token : pattern_.messages[next_]) {
    if (!write_token(token, message)) {
      return broken("the peer's key is a point of low order");
    }
  }
  symmetric_.encrypt_and_hash(message, payload);
  if (message.size() > noise_message_bytes_max) {
    return broken("the message would be longer than 65535 bytes");
  }
  ++next_;
  return message;
}

Result<Bytes> NoiseHandshake::State::read(BytesView message) {
  if (!may_act(false)) {
    return broken("it is not our turn to read");
  }
  if (message.size() > noise_message_bytes_max) {
    return broken("the message is longer than 65535 bytes");
  }
  for (const auto token : pattern_.messages[next_]) {
    if (!read_token(token, message)) {
      return broken("the message is too short, was changed, or its key is not the expected one");
    }
  }
  auto payload = symmetric_.decrypt_and_hash(message);
  if (!payload) {
    return broken("the message was changed, or keys or prologues differ");
  }
  ++next_;
  return std::move(*payload);
}

NoiseSession NoiseHandshake::State::finish() const {
  const auto keys = symmetric_.split();
  NoiseSession session;
  if (initiator_ || !pattern_.one_way()) {
    session.send = CipherState(keys[initiator_ ? 0 : 1].key());
  }
  if (!initiator_ || !pattern_.one_way()) {
    session.receive = CipherState(keys[initiator_ ? 1 : 0].key());
  }
  session.hash = symmetric_.hash();
  session.exported = keys[2].key();
  session.peer = peer_;
  return session;
}

NoiseHandshake::NoiseHandshake(std::unique_ptr<State> state) : state_(std::move(state)) {}
NoiseHandshake::NoiseHandshake(NoiseHandshake&&) noexcept = default;
NoiseHandshake& NoiseHandshake::operator=(NoiseHandshake&&) noexcept = default;
NoiseHandshake::~NoiseHandshake() = default;

Result<NoiseHandshake> NoiseHandshake::start(std::string_view pattern, bool initiator,
                                             NoiseKeys keys) {
  HEARTH_CHECK(init());
  const auto found = find_noise_pattern(pattern);
  if (!found) {
    return Error{ErrorCode::value_invalid, "no such Noise pattern: " + std::string(pattern)};
  }
  if (const auto* const missing = missing_key(*found, initiator, keys)) {
    return Error{ErrorCode::value_invalid, missing};
  }
  return NoiseHandshake(std::make_unique<State>(*found, pattern, initiator, std::move(keys)));
}

Result<Bytes> NoiseHandshake::write(BytesView payload) {
  return state_ ? state_->write(payload) : Result<Bytes>(failure("the handshake is over"));
}

Result<Bytes> NoiseHandshake::read(BytesView message) {
  return state_ ? state_->read(message) : Result<Bytes>(failure("the handshake is over"));
}

bool NoiseHandshake::done() const {
  return state_ && state_->done();
}

NoiseSession NoiseHandshake::finish() {
  HEARTH_CHECK(done());
  auto session = state_->finish();
  state_.reset();
  return session;
}

}  // namespace hearth::seal
