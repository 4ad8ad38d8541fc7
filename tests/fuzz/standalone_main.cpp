// Drives a fuzz target where there is no libFuzzer: the seeds as they are, then mutations of them.
//
//   <name>_fuzz [--seconds N] [--seed N] [FILE...]
//
// The same seed makes the same inputs in the same order. An input that ends the process is left in
// the file fuzz_failure; naming files runs these alone.

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
// Of the sanitizers' runtime, where there is one.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));

namespace {

using Input = std::vector<std::uint8_t>;

constexpr std::size_t input_bytes_max = 64U << 10U;
constexpr int mutations_max = 6;
constexpr std::uint64_t runs_between_looks_at_the_clock = 64;

struct Options {
  double seconds = 2;
  std::uint64_t seed = 1;
  std::vector<std::string> files;
};

Input current;  // What a crash leaves behind: a handler can reach nothing else.

void keep_current() {
  if (auto* file = std::fopen("fuzz_failure", "wb"); file != nullptr) {
    std::fwrite(current.data(), 1, current.size(), file);
    std::fclose(file);
  }
}

void on_abort(int) {
  keep_current();
  std::signal(SIGABRT, SIG_DFL);
}

void run(Input input) {
  current = std::move(input);
  LLVMFuzzerTestOneInput(current.data(), current.size());
}

Input read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Sorted by path, so that every machine runs the same.
std::vector<Input> read_seeds() {
  std::vector<std::filesystem::path> paths;
  std::istringstream folders(HEARTH_FUZZ_SEEDS);
  for (std::string folder; std::getline(folders, folder, ':');) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.is_regular_file()) {
        paths.push_back(entry.path());
      }
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Input> seeds{Input{}};
  std::transform(paths.begin(), paths.end(), std::back_inserter(seeds), read_file);
  return seeds;
}

class Mutator {
 public:
  Mutator(std::vector<Input> seeds, std::uint64_t seed) : seeds_(std::move(seeds)), random_(seed) {}

  Input next() {
    auto input = any_seed();
    for (auto left = 1 + below(mutations_max); left > 0; --left) {
      mutate(input);
    }
    return input;
  }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }
  const Input& any_seed() { return seeds_[below(seeds_.size())]; }
  std::uint8_t any_byte() { return static_cast<std::uint8_t>(random_()); }
  std::ptrdiff_t place_in(const Input& input) {
    return static_cast<std::ptrdiff_t>(below(input.size() + 1));
  }

  void mutate(Input& input) {
    switch (input.empty() ? 5 : below(8)) {
      case 0: input[below(input.size())] ^= static_cast<std::uint8_t>(1U << below(8)); return;
      case 1: input[below(input.size())] = any_byte(); return;
      case 2: input[below(input.size())] = below(2) == 0 ? 0x00 : 0xff; return;
      case 3: input.resize(below(input.size())); return;
      case 4: return copy_word(input);
      case 5: return insert(input, {any_byte(), any_byte(), any_byte(), any_byte()});
      case 6: return insert(input, any_seed());
      default: return erase(input);
    }
  }

  /// Most formats here are made of words: pointers and numbers that make sense somewhere else.
  void copy_word(Input& input) {
    constexpr std::size_t word = 8;
    if (const auto words = input.size() / word; words > 0) {
      const auto from = input.begin() + static_cast<std::ptrdiff_t>(word * below(words));
      std::vector<std::uint8_t> copied(from, from + word);
      std::copy(copied.begin(), copied.end(),
                input.begin() + static_cast<std::ptrdiff_t>(word * below(words)));
    }
  }
  void insert(Input& input, const Input& what) {
    if (input.size() + what.size() <= input_bytes_max) {
      input.insert(input.begin() + place_in(input), what.begin(), what.end());
    }
  }
  void erase(Input& input) {
    const auto from = place_in(input);
    const auto to = place_in(input);
    input.erase(input.begin() + std::min(from, to), input.begin() + std::max(from, to));
  }

  std::vector<Input> seeds_;
  std::mt19937_64 random_;
};

/// Processor time: a busy machine does not make the test do less.
double seconds_used() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--seconds" && i + 1 < argc) {
      options.seconds = std::atof(argv[++i]);
    } else if (argument == "--seed" && i + 1 < argc) {
      options.seed = std::strtoull(argv[++i], nullptr, 10);
    } else {
      options.files.emplace_back(argument);
    }
  }
  return options;
}

std::uint64_t run_mutations(const Options& options) {
  auto seeds = read_seeds();
  std::for_each(seeds.begin(), seeds.end(), [](const Input& seed) { run(seed); });
  std::uint64_t runs = seeds.size();
  Mutator mutator(std::move(seeds), options.seed);
  while (runs % runs_between_looks_at_the_clock != 0 || seconds_used() < options.seconds) {
    run(mutator.next());
    ++runs;
  }
  return runs;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = parse(argc, argv);
  std::signal(SIGABRT, on_abort);
  if (__sanitizer_set_death_callback != nullptr) {
    __sanitizer_set_death_callback(keep_current);
  }
  if (options.files.empty()) {
    std::printf("%llu inputs\n", static_cast<unsigned long long>(run_mutations(options)));
    return 0;
  }
  for (const auto& file : options.files) {
    run(read_file(file));
  }
  return 0;
}
