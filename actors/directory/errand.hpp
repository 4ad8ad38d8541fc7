#pragma once
// What becomes of one request at the directory that got it: which groups are to be asked, in which
// order, and what the answer is. Each step is one order to the leader of one group; whatever is
// interrupted between two of them is cleared up by the claims' own group (claim_messages.hpp).
//
//   open      claim the name | claim the device | claim the recovery key | commit
//   enrol     whose is who signed? | check, where it is not known here that the key signs | claim
//             the device | commit
//             with a code: a check, a look at its offer behind it, and its end behind the commit
//   append    any other event: whose is who signed? | do it
//   fetch     whose is who asks, or the recovery key? | do it
//   offer     whose is who asks? nobody's: a new offer
//   show      whose is who asks? | check | look at the offer
//   others    whose is who asks? | do it
//
// Pure; used by the directory's front alone.

#include "actors/directory/account_group.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <variant>
#include <vector>

namespace hearth::directory {

/// Who asked what, without any directory that passed it on.
struct Question {
  Asker asker;
  Envelope envelope;
  Header header;
};

class Errand {
 public:
  /// To the leader of the group that has `order.bucket`, or of the map's. The front fills in group
  /// and map.
  struct Send {
    Forwarded order;
    bool to_map_group = false;
    bool is_last = false;   ///< The answer is the answer to the question.
    bool is_event = false;  ///< Goes behind what the same device handed in before.
  };
  /// What happens next: one more order, or the end.
  using Next = std::variant<Send, Result<Envelope>>;

  /// `self` is the front's directory.
  Errand(const NodeId& self, Question question);

  /// Whose the key is, where that is known for good.
  using Known = std::function<Result<std::optional<AccountId>>(const ClaimKey&)>;
  /// Whether the key signs for the account, as far as is known here: enough to claim something for
  /// it. No: not known.
  using Signs = std::function<bool(const AccountId&, const SigningKey&)>;
  [[nodiscard]] Next begin(const Known& known, const Signs& signs);
  /// The leader's answer to the last order.
  [[nodiscard]] Next answered(Result<Envelope> answer);
  /// Claims that hold, or that nobody wants any more: tells for their groups, once.
  [[nodiscard]] std::vector<Forwarded> take_ended();

  [[nodiscard]] const Question& question() const { return question_; }

 private:
  enum class Stage : std::uint8_t {
    find,
    check,
    offer,
    name,
    device,
    recovery,
    commit,
    close,
    whole,
  };

  [[nodiscard]] Next begin_append(const Known& known, const Signs& signs);
  [[nodiscard]] Next begin_opening(const SignedEvent& event);
  [[nodiscard]] Next look_up(const Known& known);
  [[nodiscard]] Next find_next();
  [[nodiscard]] Next found(const std::optional<Claim>& claim);
  [[nodiscard]] Next nobodys();
  [[nodiscard]] Next at_account();
  [[nodiscard]] Next checked(Envelope answer);
  [[nodiscard]] Next claim_device();
  [[nodiscard]] Next claimed(const Claim& claim);
  [[nodiscard]] Next is_anothers(const Claim& claim);
  [[nodiscard]] Next commit();
  [[nodiscard]] Next committed(Result<Envelope> answer);
  [[nodiscard]] Next close();

  [[nodiscard]] Next ask_offer(ForwardStep step, Stage stage);
  /// The question itself, for the account's group.
  [[nodiscard]] Forwarded order(ForwardStep step) const;
  template <class Message>
  [[nodiscard]] Next claim(const Message& message, const ClaimKey& key, Stage stage);
  [[nodiscard]] Next reserve(const ClaimKey& key, Stage stage);
  void end_all(bool hold);
  void end(const std::optional<Claim>& claim, bool holds);

  NodeId self_;
  Question question_;
  Stage stage_ = Stage::find;
  AccountId account_;
  std::vector<ClaimKey> keys_;    ///< Any of which leads to the account, in this order.
  std::size_t sought_ = 0;        ///< Of them.
  std::optional<NodeId> device_;  ///< That is to be claimed.
  bool has_code_ = false;
  std::optional<ClaimKey> recovery_;  ///< That is to be claimed.
  std::optional<Claim> name_claim_;
  std::optional<Claim> device_claim_;
  std::optional<Claim> recovery_claim_;
  std::optional<Envelope> answer_;  ///< While the offer is being closed.
  std::vector<Forwarded> ended_;
};

}  // namespace hearth::directory
