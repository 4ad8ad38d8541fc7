#include "messages/envelope/wire_codec.hpp"
#include "messages/replication/member_codec.hpp"
#include "messages/replication/operator_messages.hpp"

#include <utility>

namespace hearth {

using namespace replication;  // NOLINT(google-build-using-namespace): specialisations live here.

template <>
struct Codec<DirectoryReport> {
  using Wire = wire::DirectoryReport;
  static void write(Wire::Builder to, const DirectoryReport& from) {
    to.setNode(data_of(from.node));
    if (!from.region.empty()) {
      to.setRegion(text_of(from.region));
    }
    if (from.replica) {
      Codec<ReplicaDescribed>::write(to.initReplica(), *from.replica);
    }
  }
  static DirectoryReport read(Wire::Reader from, FieldReader& in) {
    DirectoryReport report{in.id<NodeId>(from.getNode(), "node"),
                           in.text(from.getRegion(), limits::region_bytes_max, "region"),
                           std::nullopt};
    if (from.isReplica()) {
      report.replica = Codec<ReplicaDescribed>::read(from.getReplica(), in);
    }
    return report;
  }
};

template <>
struct Codec<ClusterSurvey> {
  using Wire = wire::ClusterSurvey;
  static void write(Wire::Builder to, const ClusterSurvey& from) {
    to.setSelf(data_of(from.self));
    write_list(to.initDirectories(count_of(from.directories)), from.directories);
    to.setGroups(from.groups);
  }
  static ClusterSurvey read(Wire::Reader from, FieldReader& in) {
    return {in.id<NodeId>(from.getSelf(), "self"),
            in.list<DirectoryReport>(from.getDirectories(), ClusterSurvey::directories_max,
                                     "directories"),
            from.getGroups()};
  }
};

template <>
struct Codec<OperatorOrder> {
  using Wire = wire::OperatorOrder;
  static void write(Wire::Builder to, const OperatorOrder& from) {
    if (const auto* change = std::get_if<ChangeMembers>(&from.what)) {
      Codec<ChangeMembers>::write(to.initChange(), *change);
    } else {
      to.setSurvey(static_cast<std::uint32_t>(std::get<SurveyGroup>(from.what).group));
    }
  }
  static OperatorOrder read(Wire::Reader from, FieldReader& in) {
    switch (from.which()) {
      case Wire::SURVEY: return {SurveyGroup{GroupId{from.getSurvey()}}};
      case Wire::CHANGE: return {Codec<ChangeMembers>::read(from.getChange(), in)};
    }
    in.refuse("order", "is of a later version");
    return {};
  }
};

namespace {

struct AnswerWriter {
  wire::OperatorAnswer::Builder to;

  void operator()(const ClusterSurvey& survey) {
    Codec<ClusterSurvey>::write(to.initSurvey(), survey);
  }
  void operator()(const MembersProposed& proposed) {
    Codec<MembersProposed>::write(to.initProposed(), proposed);
  }
  void operator()(const Error& error) {
    auto failure = to.initFailure();
    failure.setCode(static_cast<std::uint16_t>(error.code));
    failure.setDetail(text_of(error.detail.substr(0, OperatorAnswer::detail_bytes_max)));
  }
};

}  // namespace

template <>
struct Codec<OperatorAnswer> {
  using Wire = wire::OperatorAnswer;
  static void write(Wire::Builder to, const OperatorAnswer& from) {
    std::visit(AnswerWriter{to}, from.what);
  }
  static OperatorAnswer read(Wire::Reader from, FieldReader& in) {
    switch (from.which()) {
      case Wire::SURVEY: return {Codec<ClusterSurvey>::read(from.getSurvey(), in)};
      case Wire::PROPOSED: return {Codec<MembersProposed>::read(from.getProposed(), in)};
      case Wire::FAILURE: {
        const auto failure = from.getFailure();
        return {Error{error_code_from(failure.getCode()),
                      in.text(failure.getDetail(), OperatorAnswer::detail_bytes_max, "detail")}};
      }
    }
    in.refuse("answer", "is of a later version");
    return {};
  }
};

HEARTH_RECORD_CODEC(OperatorOrder);
HEARTH_RECORD_CODEC(OperatorAnswer);

}  // namespace hearth
