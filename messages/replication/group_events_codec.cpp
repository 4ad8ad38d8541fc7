#include "messages/envelope/wire_codec.hpp"
#include "messages/replication/replication_messages.hpp"
#include "messages/schema/replication.capnp.h"

#include <utility>

namespace hearth {

using namespace replication;  // NOLINT(google-build-using-namespace): specialisations live here.

template <>
struct Codec<RowChange> {
  using Wire = wire::RowChange;
  static void write(Wire::Builder to, const RowChange& from) {
    to.setKey(data_of(from.key));
    if (from.value) {
      to.setValue(data_of(*from.value));
    }
  }
  static RowChange read(Wire::Reader from, FieldReader& in) {
    const auto key = in.bytes(from.getKey(), limits::replicated_row_key_bytes_max, "key");
    if (key.empty()) {
      in.refuse("key", "is empty");
    }
    RowChange row{std::string(key.begin(), key.end()), std::nullopt};
    switch (from.which()) {
      case Wire::REMOVED: return row;
      case Wire::VALUE:
        row.value = in.bytes(from.getValue(), GroupEvents::encoded_bytes_max, "value");
        return row;
    }
    in.refuse("row", "is of a later version");
    return row;
  }
};

template <>
struct Codec<StreamEvents> {
  using Wire = wire::StreamEvents;
  static void write(Wire::Builder to, const StreamEvents& from) {
    to.setStream(from.stream);
    auto records = to.initRecords(count_of(from.records));
    for (unsigned i = 0; i < records.size(); ++i) {
      records.set(i, data_of(from.records[i]));
    }
    write_list(to.initRows(count_of(from.rows)), from.rows);
  }
  static StreamEvents read(Wire::Reader from, FieldReader& in) {
    return {from.getStream(), read_records(from.getRecords(), in),
            in.list<RowChange>(from.getRows(), GroupEvents::rows_max, "rows")};
  }

 private:
  static std::vector<Bytes> read_records(capnp::List<capnp::Data>::Reader from, FieldReader& in) {
    std::vector<Bytes> records;
    if (from.size() > GroupEvents::records_max) {
      in.refuse("records", "has too many elements");
      return records;
    }
    for (const auto record : from) {
      records.push_back(in.bytes(record, GroupEvents::encoded_bytes_max, "record"));
    }
    return records;
  }
};

template <>
struct Codec<GroupEvents> {
  using Wire = wire::GroupEvents;
  static void write(Wire::Builder to, const GroupEvents& from) {
    to.setSequence(from.sequence);
    write_list(to.initStreams(count_of(from.streams)), from.streams);
  }
  static GroupEvents read(Wire::Reader from, FieldReader& in) {
    return {from.getSequence(),
            in.list<StreamEvents>(from.getStreams(), GroupEvents::streams_max, "streams")};
  }
};

HEARTH_RECORD_CODEC(GroupEvents);

}  // namespace hearth
