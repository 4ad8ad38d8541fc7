#include "nodes/cli/account/recovery_key_io.hpp"

#include "messages/seal/recovery_key.hpp"
#include "nodes/support/exit_code.hpp"
#include "nodes/support/files.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <iostream>
#include <system_error>
#include <termios.h>
#include <unistd.h>

namespace hearth::cli::account {

namespace {

constexpr std::size_t key_bytes_max = 1024;

Error no_terminal(const char* what) {
  return {ErrorCode::value_invalid,
          fmt::format("{} wants a person at a terminal, or --recovery-key-file", what)};
}

/// The terminal shows nothing of what is typed while this lives.
class Unseen {
 public:
  Unseen() {
    is_changed_ = ::tcgetattr(STDIN_FILENO, &before_) == 0;
    auto quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    is_changed_ = is_changed_ && ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet) == 0;
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;
  ~Unseen() {
    if (is_changed_) {
      ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
      write_stderr("\n");
    }
  }

 private:
  termios before_{};
  bool is_changed_ = false;
};

Result<std::string> typed_line() {
  if (::isatty(STDIN_FILENO) == 0) {
    return no_terminal("typing the recovery key");
  }
  write_stderr("Recovery key (it is not shown): ");
  const Unseen unseen;
  std::string line;
  std::getline(std::cin, line);
  return line;
}

Result<std::string> text_of(const std::string& file) {
  if (file.empty()) {
    return typed_line();
  }
  if (file == "-") {
    std::string line;
    std::getline(std::cin, line);
    return line;
  }
  const auto bytes = read_file(file, key_bytes_max);
  return bytes ? Result<std::string>(std::string(bytes.value().begin(), bytes.value().end()))
               : bytes.error();
}

}  // namespace

Result<void> hand_out(const seal::SecretKey& key, const std::string& file) {
  const auto text = seal::recovery_key_text(key) + "\n";
  if (!file.empty()) {
    return is_there(file) ? Error{ErrorCode::already_exists,
                                  file + " is there already: give --recovery-key-file another name"}
                          : write_file(file, text, 0600);
  }
  if (::isatty(STDERR_FILENO) == 0) {
    return no_terminal("showing the recovery key");
  }
  write_stderr(fmt::format(
      "Recovery key, shown this once. Write it down and keep it away from your devices: whoever "
      "has "
      "it can take the account over, and without it an account whose managers are lost is lost.\n"
      "\n    {}\n",
      text));
  return {};
}

void take_back(const std::string& file) {
  std::error_code ignored;
  if (file.empty()) {
    write_stderr("No account was made: forget the recovery key above.\n");
  } else {
    std::filesystem::remove(file, ignored);
  }
}

Result<seal::SecretKey> read_in(const std::string& file) {
  const auto text = text_of(file);
  if (!text) {
    return text.error();
  }
  const auto key = seal::read_recovery_key(text.value());
  return key ? Result<seal::SecretKey>(*key)
             : Error{ErrorCode::value_invalid,
                     "this is no recovery key, or one letter of it is wrong: it has 14 groups of "
                     "four letters and digits"};
}

}  // namespace hearth::cli::account
