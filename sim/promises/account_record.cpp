#include "sim/promises/account_record.hpp"

#include "messages/seal/identity.hpp"
#include "sim/check/linearizability.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace hearth::sim {

namespace {

using namespace std::chrono_literals;

Millis ms(Instant::duration time) {
  return std::chrono::duration_cast<Millis>(time);
}

/// One device of one account: never there, there under its first name or another, or revoked for
/// good.
struct DeviceModel {
  enum class State : std::uint8_t { absent, present, renamed, revoked };
  enum class Input : std::uint8_t { enrol, rename, revoke, look };
  enum class Output : std::uint8_t { done, refused, seen, seen_renamed, unseen };

  static State initial() { return State::absent; }

  static std::optional<State> step(const State& state, const Input& input, const Output* output) {
    switch (input) {
      case Input::enrol:
        // Of one that is there already it is a retry's answer, or another's device.
        if (output != nullptr && *output == Output::refused) {
          return state == State::absent ? std::nullopt : std::optional(state);
        }
        return state == State::absent || state == State::present ? std::optional(State::present)
               : output == nullptr                               ? std::optional(state)
                                                                 : std::nullopt;
      case Input::rename: {
        const bool is_there = state == State::present || state == State::renamed;
        if (output != nullptr && *output == Output::refused) {
          return is_there ? std::nullopt : std::optional(state);
        }
        return is_there            ? std::optional(State::renamed)
               : output == nullptr ? std::optional(state)
                                   : std::nullopt;
      }
      case Input::revoke:
        if (output != nullptr && *output == Output::refused) {
          return state == State::absent ? std::optional(state) : std::nullopt;
        }
        return state == State::absent ? (output == nullptr ? std::optional(state) : std::nullopt)
                                      : std::optional(State::revoked);
      case Input::look:
        if (output == nullptr) {
          return state;
        }
        return *output == seen_as(state) ? std::optional(state) : std::nullopt;
    }
    return std::nullopt;
  }
  static Output seen_as(State state) {
    return state == State::present   ? Output::seen
           : state == State::renamed ? Output::seen_renamed
                                     : Output::unseen;
  }
  static bool is_read(const Input& input) { return input == Input::look; }
  static std::string describe(const Input& input, const Output* output) {
    constexpr const char* inputs[] = {"enrol", "rename", "revoke", "list"};
    constexpr const char* outputs[] = {"done", "refused", "has it", "has it renamed", "has it not"};
    return fmt::format("{} -> {}", inputs[static_cast<std::size_t>(input)],
                       output == nullptr ? "?" : outputs[static_cast<std::size_t>(*output)]);
  }
  static std::string describe(const State& state) {
    constexpr const char* states[] = {"absent", "present", "renamed", "revoked"};
    return states[static_cast<std::size_t>(state)];
  }
};

using Request = decltype(client::AccountCommand::request);

/// The wish of that kind that `request` is, or null.
template <class Wish>
const Wish* wish_in(const Request& request) {
  const auto* wish = std::get_if<client::Wish>(&request);
  return wish == nullptr ? nullptr : std::get_if<Wish>(wish);
}

/// Likewise of a question about pairing.
template <class Question>
const Question* question_in(const Request& request) {
  const auto* question = std::get_if<client::DirectoryQuestion>(&request);
  return question == nullptr ? nullptr : std::get_if<Question>(question);
}

/// The device that `request` wants to be in the account, or null.
const directory::Device* enrolled_by(const Request& request) {
  if (const auto* enrol = wish_in<client::EnrolDevice>(request)) {
    return &enrol->device;
  }
  const auto* approve = wish_in<client::ApprovePairing>(request);
  return approve == nullptr ? nullptr : &approve->device;
}

std::string text_of(const NodeId& id) {
  return fmt::format("{:02x}", fmt::join(id.bytes.begin(), id.bytes.begin() + 6, ""));
}

}  // namespace

AccountRecord::Device& AccountRecord::device_of(const NodeId& id) {
  const auto [at, is_new] =
      number_by_id_.try_emplace(id, static_cast<DeviceNumber>(devices_.size()));
  if (is_new) {
    devices_.push_back({id, {}, {}, {}, {}, {}});
  }
  return devices_[at->second];
}

const AccountRecord::Device* AccountRecord::find(const NodeId& id) const {
  const auto found = number_by_id_.find(id);
  return found == number_by_id_.end() ? nullptr : &devices_[found->second];
}

void AccountRecord::sent(const NodeId& manager, const client::AccountCommand& command, Instant at) {
  Sent sent;
  sent.manager = manager;
  sent.command = command;
  sent.at = at;
  commands_.emplace(command.id, std::move(sent));
  waiting_.emplace(command.id, at);
  if (const auto* enrolled = enrolled_by(command.request)) {
    enrolling(manager, *enrolled);
  } else if (const auto* revoke = wish_in<client::RevokeDevice>(command.request)) {
    auto& device = device_of(revoke->device);
    device.revoke_sent_at = device.revoke_sent_at.value_or(at);
  }
}

void AccountRecord::enrolling(const NodeId& manager, const directory::Device& device) {
  const auto& key = device.keys.signing;
  const auto id = seal::node_id_of(key);
  device_of(id).name = device.name;
  const auto number = number_by_id_.at(id);
  if (number_by_key_.emplace(key, number).second) {
    devices_of_[manager].push_back(number);
  }
}

std::optional<Instant::duration> AccountRecord::answered(const client::AccountAnswer& answer,
                                                         Instant at) {
  const auto found = commands_.find(answer.id);
  if (found == commands_.end()) {
    return std::nullopt;
  }
  auto& sent = found->second;
  waiting_.erase(answer.id);
  sent.answered_at = at;
  sent.answer = answer.answer;
  sent.tries = answer.tries;
  if (answer.answer) {
    done(sent, answer.id, answer.answer.value(), at);
  }
  return at - sent.at;
}

void AccountRecord::done(Sent& sent, std::uint64_t id, const client::AccountReply& answer,
                         Instant at) {
  const auto& request = sent.command.request;
  if (const auto* device = enrolled_by(request)) {
    device_of(seal::node_id_of(device->keys.signing)).enrolled_at = at;
    if (const auto* approve = wish_in<client::ApprovePairing>(request)) {
      used_at_by_code_.emplace(approve->code, at);
    }
  } else if (const auto* rename = wish_in<client::RenameDevice>(request)) {
    device_of(rename->device).renamed_at = at;
  } else if (const auto* revoke = wish_in<client::RevokeDevice>(request)) {
    device_of(revoke->device).revoked_at = at;
  } else if (const auto* show = question_in<directory::ShowPairing>(request)) {
    const auto used = used_at_by_code_.find(show->code);
    if (used != used_at_by_code_.end() && used->second < sent.at) {
      reopened_ = show->code;
    }
  } else if (question_in<directory::OfferPairing>(request) != nullptr) {
    if (const auto* offered = std::get_if<directory::PairingOffered>(&answer)) {
      code_by_device_[sent.manager] = offered->code;
    }
  } else if (wish_in<client::ListDevices>(request) != nullptr) {
    if (const auto* listed = std::get_if<client::DevicesListed>(&answer)) {
      look(sent, *listed);
    } else {
      no_list_ = fmt::format("account command {} is a list, and its answer none", id);
    }
  }
}

std::optional<std::string> AccountRecord::offered_code(const NodeId& device) const {
  const auto found = code_by_device_.find(device);
  return found == code_by_device_.end() ? std::nullopt : std::optional(found->second);
}

void AccountRecord::look(Sent& sent, const client::DevicesListed& listed) {
  std::map<DeviceNumber, bool> renamed_there;
  for (const auto& device : listed.devices) {
    if (const auto known = number_by_key_.find(device.keys.signing);
        known != number_by_key_.end()) {
      renamed_there[known->second] = device.name != devices_[known->second].name;
    }
  }
  for (const auto number : devices_of_[sent.manager]) {
    const auto there = renamed_there.find(number);
    const bool has_it = there != renamed_there.end();
    sent.looks.push_back({number, has_it, has_it && there->second});
    check(sent, sent.looks.back());
  }
}

/// Compares what is there with what was acknowledged before the list was asked for.
void AccountRecord::check(const Sent& list, const Look& look) {
  const auto& device = devices_[look.device];
  const auto lose = [&](const char* kind, Instant at) {
    const auto text = text_of(device.id);
    if (std::none_of(lost_.begin(), lost_.end(),
                     [&](const auto& lost) { return lost.id == text && lost.kind == kind; })) {
      lost_.push_back({"accounts", kind, text, ms(at.time_since_epoch()), device.name});
    }
  };
  if (device.revoked_at && *device.revoked_at < list.at && look.has_it) {
    lose("device_revoked", *device.revoked_at);
  }
  if (device.renamed_at && *device.renamed_at < list.at && look.has_it && !look.is_renamed) {
    lose("device_renamed", *device.renamed_at);
  }
  if (device.enrolled_at && *device.enrolled_at < list.at && !device.revoke_sent_at &&
      !look.has_it) {
    lose("device_enrolled", *device.enrolled_at);
  }
}

std::optional<Instant> AccountRecord::revoked_since(const NodeId& device) const {
  const auto* found = find(device);
  return found == nullptr ? std::nullopt : found->revoked_at;
}

std::optional<Instant> AccountRecord::revocation_asked(const NodeId& device) const {
  const auto* found = find(device);
  return found == nullptr ? std::nullopt : found->revoke_sent_at;
}

bool AccountRecord::is_waiting(std::uint64_t command) const {
  return waiting_.count(command) != 0;
}

void AccountRecord::forget_waiting(const NodeId& manager) {
  std::erase_if(waiting_, [this, &manager](const auto& each) {
    return commands_.at(each.first).manager == manager;
  });
}

std::size_t AccountRecord::overdue(Instant now) const {
  return static_cast<std::size_t>(
      std::count_if(waiting_.begin(), waiting_.end(),
                    [now](const auto& each) { return now - each.second > 5s; }));
}

std::optional<double> AccountRecord::oldest_wait(Instant now) const {
  std::optional<double> oldest;
  for (const auto& [id, at] : waiting_) {
    oldest = std::max(oldest.value_or(0), static_cast<double>(ms(now - at).count()));
  }
  return oldest;
}

std::vector<std::string> AccountRecord::waiting() const {
  std::vector<std::string> all;
  for (const auto& [id, at] : waiting_) {
    all.push_back(fmt::format("a manager for the answer to its account command {}", id));
  }
  return all;
}

std::optional<ErrorCode> AccountRecord::refusal_of(std::uint64_t command) const {
  const auto found = commands_.find(command);
  if (found == commands_.end() || !found->second.answered_at || found->second.answer) {
    return std::nullopt;
  }
  return found->second.answer.error().code;
}

std::optional<client::DevicesListed> AccountRecord::last_list(const NodeId& manager) const {
  for (auto at = commands_.rbegin(); at != commands_.rend(); ++at) {
    const auto& sent = at->second;
    if (sent.manager == manager && sent.answered_at && sent.answer &&
        wish_in<client::ListDevices>(sent.command.request) != nullptr) {
      const auto* listed = std::get_if<client::DevicesListed>(&sent.answer.value());
      return listed != nullptr ? std::optional(*listed) : std::nullopt;
    }
  }
  return std::nullopt;
}

std::string AccountRecord::linearizability() const {
  using Model = DeviceModel;
  if (!no_list_.empty()) {
    return no_list_;
  }
  std::vector<Operation<Model>> history;
  const auto add = [&history](const Sent& sent, std::string key, Model::Input input,
                              Model::Output output) {
    Operation<Model> operation;
    operation.key = std::move(key);
    operation.input = input;
    operation.called = sent.at;
    // Refused at a second try: the first may have been done, and that be the reason.
    const bool is_answer = sent.answer.ok() || sent.tries == 1;
    if (sent.answered_at && is_answer) {
      operation.answer = Operation<Model>::Answer{*sent.answered_at, output};
    }
    history.push_back(std::move(operation));
  };
  std::vector<std::string> keys;
  for (const auto& device : devices_) {
    keys.push_back(text_of(device.id));
  }
  for (const auto& [id, sent] : commands_) {
    const auto done = sent.answer ? Model::Output::done : Model::Output::refused;
    if (const auto* device = enrolled_by(sent.command.request)) {
      add(sent, text_of(seal::node_id_of(device->keys.signing)), Model::Input::enrol, done);
    } else if (const auto* rename = wish_in<client::RenameDevice>(sent.command.request)) {
      add(sent, text_of(rename->device), Model::Input::rename, done);
    } else if (const auto* revoke = wish_in<client::RevokeDevice>(sent.command.request)) {
      add(sent, text_of(revoke->device), Model::Input::revoke, done);
    }
    for (const auto& look : sent.looks) {
      add(sent, keys[look.device], Model::Input::look,
          !look.has_it      ? Model::Output::unseen
          : look.is_renamed ? Model::Output::seen_renamed
                            : Model::Output::seen);
    }
  }
  const auto result = check_linearizability<Model>(history);
  return result.explanation;
}

}  // namespace hearth::sim
