#include "headroom/memory/allocator_conf.h"

#include "headroom/core/error.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

namespace headroom {
namespace {

struct Option {
  std::string key, value;
};

[[noreturn]] void refuse(const Option& option, const std::string& wanted) {
  throw Error(ErrorKind::kConfig, option.key + " must be " + wanted + ", not \"" + option.value +
                                      "\"; correct it or leave it out.");
}

// Options as "key:value", separated by commas. A value is one word or a list in brackets, whose
// items are split the same way. Blanks have no meaning, and a comma may stand at the end.
std::vector<Option> split(std::string_view text) {
  std::string packed;
  for (const char c : text) {
    if (c != ' ' && (c < '\t' || c > '\r')) packed += c;
  }
  std::vector<Option> options;
  std::size_t start = 0;
  while (start < packed.size()) {
    std::size_t end = packed.find(',', start);
    const std::size_t colon = packed.find(':', start);
    const std::size_t bracket = colon == std::string::npos ? colon : colon + 1;
    if (colon < end && bracket < packed.size() && packed[bracket] == '[') {
      end = packed.find(']', bracket);
      if (end != std::string::npos) ++end;
    }
    end = std::min(end, packed.size());
    const std::string item = packed.substr(start, end - start);
    if (colon >= end || colon == start || bracket == end ||
        (end < packed.size() && packed[end] != ',')) {
      throw Error(ErrorKind::kConfig,
                  "\"" + item + "\" is no setting; each must be like max_split_size_mb:128.");
    }
    options.push_back({packed.substr(start, colon - start), packed.substr(bracket, end - bracket)});
    start = end + 1;
  }
  return options;
}

template <typename Number>
std::optional<Number> parse_number(const std::string& text) {
  Number number{};
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return number;
}

std::int64_t parse_mb(const Option& option, std::int64_t least_mb) {
  constexpr std::int64_t kMax_mb = std::numeric_limits<std::int64_t>::max() / kMiB;
  const std::optional<std::int64_t> mb = parse_number<std::int64_t>(option.value);
  if (!mb || *mb < least_mb || *mb > kMax_mb) {
    refuse(option, "a whole number of MiB from " + std::to_string(least_mb) + " on");
  }
  return *mb * kMiB;
}

// One number for all sizes, or a list such as [256:1,512:2,>:4]: sizes in MiB, powers of two.
void parse_divisions(const Option& option, CachingAllocatorSettings& settings) {
  auto& divisions = settings.roundup_power2_divisions;
  const auto is_power = [](std::int64_t n) {
    return n > 0 && std::has_single_bit(static_cast<std::uint64_t>(n));
  };
  const auto wrong = [&] { refuse(option, "a power of two, or a list such as [256:1,512:2,>:4]"); };
  if (!option.value.starts_with('[')) {
    const auto number = parse_number<std::int64_t>(option.value);
    if (!number || !is_power(*number)) wrong();
    divisions.fill(*number);
    return;
  }
  if (!option.value.ends_with(']')) wrong();
  std::size_t last = 0;
  bool first = true;
  for (const Option& item : split(option.value.substr(1, option.value.size() - 2))) {
    const auto number = parse_number<std::int64_t>(item.value);
    if (!number || (*number != 0 && !is_power(*number))) wrong();
    if (item.key == ">") {
      std::fill(divisions.begin() + static_cast<std::ptrdiff_t>(last) + 1, divisions.end(),
                *number);
      continue;
    }
    const auto size = parse_number<std::int64_t>(item.key);
    if (!size || !is_power(*size)) wrong();
    last = std::min<std::size_t>(std::bit_width(static_cast<std::uint64_t>(*size)) - 1,
                                 kRoundupIntervals - 1);
    if (std::exchange(first, false)) {
      std::fill_n(divisions.begin(), last, *number);
    }
    divisions[last] = *number;
  }
}

bool parse_flag(const Option& option) {
  if (option.value != "True" && option.value != "False") refuse(option, "True or False");
  return option.value == "True";
}

double parse_share(const Option& option, bool with_ends) {
  const std::optional<double> share = parse_number<double>(option.value);
  const bool good = share && (with_ends ? *share >= 0 && *share <= 1 : *share > 0 && *share < 1);
  if (!good) refuse(option, with_ends ? "a number from 0 to 1" : "a number between 0 and 1");
  return *share;
}

void parse_threads(const Option& option) {
  constexpr std::int64_t kMax = 128;
  const auto number = parse_number<std::int64_t>(option.value);
  if (!number || *number < 1 || *number > kMax ||
      !std::has_single_bit(static_cast<std::uint64_t>(*number))) {
    refuse(option, "a power of two up to 128");
  }
}

void parse_backend(const Option& option, CachingAllocatorSettings& settings) {
  if (option.value != "native" && option.value != "cudaMallocAsync") {
    refuse(option, "native or cudaMallocAsync");
  }
  if (option.value == "native") return;
  settings.notes.emplace_back(
      "backend:cudaMallocAsync leaves memory to the driver, but predictions are made for the "
      "native allocator: the real need can differ either way.");
}

// Every option that libtorch knows, with its rules (c10/core/AllocatorConfig.h and the CUDA part).
// Options that set nothing in `Settings` do not change how much device memory is taken.
struct Known {
  std::string_view key;
  void (*read)(const Option& option, CachingAllocatorSettings& settings);
};
using Settings = CachingAllocatorSettings;
constexpr std::int64_t kLeastSplitSize_mb = 20;
constexpr std::int64_t kLeastLargeSegment_mb = 11;  // "must be > 10 MB"
constexpr auto kFlag = [](const Option& o, Settings&) { parse_flag(o); };
constexpr auto kMegabytes = [](const Option& o, Settings&) { parse_mb(o, 1); };
constexpr Known kKnown[] = {
    {"max_split_size_mb",
     [](const Option& o, Settings& s) {
       s.max_split_size_bytes = parse_mb(o, kLeastSplitSize_mb);
     }},
    {"max_non_split_rounding_mb",
     [](const Option& o, Settings& s) {
       s.max_non_split_rounding_bytes = parse_mb(o, kLeastSplitSize_mb);
     }},
    {"large_segment_size_mb",
     [](const Option& o, Settings& s) {
       s.large_segment_bytes = parse_mb(o, kLeastLargeSegment_mb);
     }},
    {"roundup_power2_divisions", parse_divisions},
    {"expandable_segments",
     [](const Option& o, Settings& s) { s.expandable_segments = parse_flag(o); }},
    {"garbage_collection_threshold",
     [](const Option& o, Settings& s) {
       s.garbage_collection_threshold = parse_share(o, /*with_ends=*/false);
       s.notes.emplace_back(
           "garbage_collection_threshold is honoured by the allocator, but predictions are made "
           "as if it were off: the real need can be smaller.");
     }},
    {"per_process_memory_fraction",
     [](const Option& o, Settings& s) {
       parse_share(o, /*with_ends=*/true);
       s.notes.emplace_back(
           "per_process_memory_fraction is honoured by the allocator, but not by predictions: use "
           "--vram-cap to limit both.");
     }},
    {"backend", parse_backend},
    {"throw_on_cudamalloc_oom", kFlag},
    {"release_lock_on_cudamalloc", kFlag},
    {"release_lock_on_hipmalloc", kFlag},
    {"graph_capture_record_stream_reuse", kFlag},
    {"pinned_use_cuda_host_register", kFlag},
    {"pinned_use_hip_host_register", kFlag},
    {"pinned_use_background_threads", kFlag},
    {"pinned_free_catch_all", kFlag},
    {"pinned_num_register_threads", [](const Option& o, Settings&) { parse_threads(o); }},
    {"pinned_reserve_segment_size_mb", kMegabytes},
    {"pinned_max_round_threshold_mb", kMegabytes},
    {"pinned_max_cached_size_mb", kMegabytes},
};

}  // namespace

CachingAllocatorSettings parse_allocator_conf(std::string_view text) {
  CachingAllocatorSettings settings;
  for (const Option& option : split(text)) {
    const auto* const known = std::find_if(std::begin(kKnown), std::end(kKnown),
                                           [&](const Known& k) { return k.key == option.key; });
    if (known == std::end(kKnown)) {
      throw Error(ErrorKind::kConfig, option.key + " is not known; leave it out.");
    }
    known->read(option, settings);
  }
  if (settings.max_split_size_bytes < settings.large_segment_bytes) {
    throw Error(ErrorKind::kConfig,
                "max_split_size_mb must not be less than large_segment_size_mb; correct one.");
  }
  return settings;
}

}  // namespace headroom
