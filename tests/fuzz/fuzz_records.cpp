// What stands alone: log records and snapshots of a damaged disk, and what data connections say.

#include "messages/base/check.hpp"
#include "messages/envelope/codec.hpp"
#include "tests/support/message_types.hpp"

namespace {

using namespace hearth;

using DataMessages =
    test::TypeList<relay::OpenStream, relay::AcceptStream, home::StreamRequest, home::StreamHeader>;

void read_each(auto types, BytesView bytes) {
  test::for_each(types, [&bytes](auto type) {
    using Record = typename decltype(type)::type;
    if (const auto record = decode<Record>(bytes); record) {
      HEARTH_CHECK(decode<Record>(encode(record.value())).value() == record.value());
    }
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read_each(test::Records{}, {data, size});
  read_each(DataMessages{}, {data, size});
  return 0;
}
