#include "actors/replication/group_rows.hpp"

#include "messages/base/little_endian.hpp"

#include <memory>
#include <utility>

namespace hearth::replication {

namespace {

/// Puts numbers and ids one behind the other.
class Packer {
 public:
  template <class Int>
  Packer& number(Int value) {
    bytes_.resize(bytes_.size() + sizeof(Int));
    put_le(&bytes_[bytes_.size() - sizeof(Int)], value);
    return *this;
  }
  Packer& bytes(BytesView view) {
    bytes_.insert(bytes_.end(), view.begin(), view.end());
    return *this;
  }
  Packer& id(const SnapshotId& id) { return number(id.index).number(id.term); }
  Packer& hash(const RowHash& hash) {
    for (const auto part : hash.parts) {
      number(part);
    }
    return *this;
  }
  [[nodiscard]] Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

/// Takes them apart again; who reads has looked at the size.
class Unpacker {
 public:
  explicit Unpacker(BytesView bytes) : rest_(bytes) {}

  template <class Int>
  Int number() {
    return get_le<Int>(next(sizeof(Int)).data());
  }
  NodeId node() { return *NodeId::from(next(NodeId::size)); }
  SnapshotId id() {
    const auto index = number<Index>();
    return {index, number<Term>()};
  }
  RowHash hash() {
    RowHash hash;
    for (auto& part : hash.parts) {
      part = number<std::uint64_t>();
    }
    return hash;
  }
  [[nodiscard]] BytesView rest() const { return rest_; }

 private:
  BytesView next(std::size_t size) {
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }

  BytesView rest_;
};

constexpr std::size_t id_bytes = 16;
constexpr std::size_t hash_bytes = 32;
constexpr std::size_t base_bytes = 4 + id_bytes;
constexpr std::size_t hard_state_bytes = 8 + NodeId::size;
constexpr std::size_t entry_bytes = 8 + 1;
constexpr std::size_t applied_bytes = 8 + 8 + hash_bytes;
constexpr std::size_t mark_bytes = NodeId::size + id_bytes + 4 + 4 + hash_bytes;

Error malformed(const std::string& what) {
  return {ErrorCode::log_corrupt, what + " of a replicated group has another form"};
}

std::string key_of(char prefix, std::uint64_t number) {
  std::string key(1, prefix);
  for (int shift = 56; shift >= 0; shift -= 8) {
    key.push_back(static_cast<char>(number >> shift));
  }
  return key;
}

std::uint64_t number_in(std::string_view key) {
  std::uint64_t number = 0;
  for (const auto byte : key.substr(1, 8)) {
    number = number << 8U | static_cast<unsigned char>(byte);
  }
  return number;
}

}  // namespace

Bytes encode(const LogBase& base) {
  const auto configuration = encode(base.snapshot.configuration);
  return Packer().number(base.generation).id(base.snapshot.id).bytes(configuration).take();
}

Result<LogBase> decode_base(BytesView bytes) {
  if (bytes.size() < base_bytes) {
    return malformed("the base");
  }
  Unpacker in(bytes);
  LogBase base;
  base.generation = in.number<Generation>();
  base.snapshot.id = in.id();
  auto configuration = decode_configuration(in.rest());
  if (!configuration) {
    return malformed("the base");
  }
  base.snapshot.configuration = std::move(*configuration);
  return base;
}

Bytes encode(const HardState& state) {
  return Packer().number(state.term).bytes(state.vote.view()).take();
}

Result<HardState> decode_hard_state(BytesView bytes) {
  if (bytes.size() != hard_state_bytes) {
    return malformed("the hard state");
  }
  Unpacker in(bytes);
  const auto term = in.number<Term>();
  return HardState{term, in.node()};
}

std::string entry_key(Index index) {
  return key_of(entry_prefix, index);
}

Bytes encode(const Entry& entry) {
  Packer out;
  out.number(entry.term).number(static_cast<std::uint8_t>(entry.kind));
  return entry.payload ? out.bytes(*entry.payload).take() : out.take();
}

Result<Entry> decode_entry(std::string_view key, BytesView bytes) {
  if (key.size() != 9 || key[0] != entry_prefix || bytes.size() < entry_bytes ||
      bytes[8] > static_cast<std::uint8_t>(EntryKind::configuration)) {
    return malformed("an entry");
  }
  Unpacker in(bytes);
  Entry entry{number_in(key), in.number<Term>(), EntryKind{in.number<std::uint8_t>()}, nullptr};
  const auto payload = in.rest();
  if (entry.kind != EntryKind::no_op) {
    entry.payload = std::make_shared<const Bytes>(payload.begin(), payload.end());
  }
  const bool is_unreadable =
      entry.kind == EntryKind::configuration && !decode_configuration(payload);
  if (is_unreadable || (entry.kind == EntryKind::no_op && !payload.empty())) {
    return malformed("an entry");
  }
  return entry;
}

Bytes encode(const Applied& applied) {
  return Packer().number(applied.index).number(applied.sequence).hash(applied.hash).take();
}

Result<Applied> decode_applied(BytesView bytes) {
  if (bytes.size() != applied_bytes) {
    return malformed("the row of what is applied");
  }
  Unpacker in(bytes);
  Applied applied;
  applied.index = in.number<Index>();
  applied.sequence = in.number<storage::Sequence>();
  applied.hash = in.hash();
  return applied;
}

Bytes encode(const StagingMark& mark) {
  const auto& staged = mark.staged;
  return Packer()
      .bytes(staged.from.view())
      .id(staged.id)
      .number(staged.chunks)
      .number(staged.next)
      .hash(mark.hash)
      .take();
}

Result<std::optional<Applied>> read_applied(const storage::LogReader& log, GroupId group) {
  const auto base_row = log.row(log_stream(group), base_key);
  if (!base_row) {
    return base_row.error();
  }
  const auto base = base_row.value() ? decode_base(*base_row.value()) : LogBase{};
  if (!base) {
    return base.error();
  }
  const auto row = log.row(rows_stream(group, base.value().generation), applied_key);
  if (!row || !row.value()) {
    return row ? Result<std::optional<Applied>>(std::nullopt) : row.error();
  }
  const auto applied = decode_applied(*row.value());
  return applied ? Result<std::optional<Applied>>(applied.value()) : applied.error();
}

Result<StagingMark> decode_mark(BytesView bytes) {
  if (bytes.size() != mark_bytes) {
    return malformed("the mark of a staged snapshot");
  }
  Unpacker in(bytes);
  StagingMark mark;
  mark.staged.from = in.node();
  mark.staged.id = in.id();
  mark.staged.chunks = in.number<std::uint32_t>();
  mark.staged.next = in.number<std::uint32_t>();
  mark.hash = in.hash();
  return mark;
}

std::string sequence_key(storage::StreamId stream) {
  return key_of(sequence_prefix, static_cast<std::uint64_t>(stream));
}

Bytes encode_sequence(storage::Sequence sequence) {
  return Packer().number(sequence).take();
}

Result<storage::Sequence> decode_sequence(BytesView bytes) {
  if (bytes.size() != sizeof(storage::Sequence)) {
    return malformed("the sequence of a stream");
  }
  return get_le<storage::Sequence>(bytes.data());
}

storage::StreamId stream_in(std::string_view key) {
  return storage::StreamId{number_in(key)};
}

std::string row_key(storage::StreamId stream, std::string_view key) {
  return key_of(row_prefix, static_cast<std::uint64_t>(stream)).append(key);
}

}  // namespace hearth::replication
