#include "headroom/core/error.h"
#include "headroom/memory/cuda_allocator_model.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

namespace headroom {
namespace {

constexpr std::int64_t kLeastSplitSize_mb = 20;     // a large segment: AllocatorConfig refuses less
constexpr std::int64_t kLeastLargeSegment_mb = 11;  // AllocatorConfig: "must be > 10 MB"

// Options that PyTorch knows and that change where memory comes from, but that are not modelled.
struct NotModelled {
  std::string_view key;
  std::string_view note;
};
constexpr NotModelled kNotModelled[] = {
    {"garbage_collection_threshold",
     "garbage_collection_threshold is honoured by the allocator, but predictions are made as if it "
     "were off: the real need can be smaller."},
    {"per_process_memory_fraction",
     "per_process_memory_fraction is honoured by the allocator, but not by predictions: use "
     "--vram-cap to limit both."},
};
// Options that do not change how much device memory is taken.
constexpr std::string_view kHarmless[] = {
    "pinned_use_cuda_host_register", "pinned_num_register_threads",
    "pinned_use_background_threads", "pinned_reserve_segment_size_mb",
    "pinned_max_round_threshold_mb", "pinned_max_cached_size_mb",
    "release_lock_on_cudamalloc",    "graph_capture_record_stream_reuse",
    "throw_on_cudamalloc_oom",
};

struct Option {
  std::string key, value;
};

// Blanks mean nothing anywhere; commas inside of brackets separate the items of a list.
std::vector<Option> split(std::string_view text) {
  std::vector<Option> options;
  std::string item;
  const auto finish = [&] {
    if (item.empty()) return;
    const std::size_t colon = item.find(':');
    Option& option = options.emplace_back();
    option.key = item.substr(0, colon);
    if (colon != std::string::npos) option.value = item.substr(colon + 1);
    item.clear();
  };
  int depth = 0;
  for (const char c : text) {
    if (c == ' ' || (c >= '\t' && c <= '\r')) continue;
    if (c == '[') ++depth;
    if (c == ']') --depth;
    if (c == ',' && depth <= 0) {
      finish();
    } else {
      item += c;
    }
  }
  finish();
  return options;
}

[[noreturn]] void refuse(const Option& option, const std::string& wanted) {
  throw Error(ErrorKind::kConfig, "PYTORCH_CUDA_ALLOC_CONF: " + option.key + " must be " + wanted +
                                      ", not \"" + option.value +
                                      "\"; correct it or leave it out.");
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
  constexpr std::int64_t kMost_mb = std::numeric_limits<std::int64_t>::max() / kMiB;
  const std::optional<std::int64_t> mb = parse_number<std::int64_t>(option.value);
  if (!mb || *mb < least_mb || *mb > kMost_mb) {
    refuse(option, "a whole number of MiB from " + std::to_string(least_mb) + " on");
  }
  return *mb * kMiB;
}

// One number for all sizes, or a list such as [256:1,512:2,>:4]: sizes in MiB, powers of two.
void parse_divisions(const Option& option, CudaAllocatorSettings& settings) {
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

double parse_threshold(const Option& option) {
  const std::optional<double> share = parse_number<double>(option.value);
  if (!share || !(*share > 0 && *share < 1)) refuse(option, "a number between 0 and 1");
  return *share;
}

bool is_harmless(std::string_view key) {
  for (const std::string_view harmless : kHarmless) {
    if (key == harmless) return true;
  }
  return false;
}

}  // namespace

CudaAllocatorSettings parse_cuda_alloc_conf(std::string_view text) {
  CudaAllocatorSettings settings;
  for (const Option& option : split(text)) {
    bool known = is_harmless(option.key);
    for (const NotModelled& other : kNotModelled) {
      if (option.key != other.key) continue;
      settings.notes.emplace_back(other.note);
      known = true;
    }
    if (option.key == "max_split_size_mb") {
      settings.max_split_size_bytes = parse_mb(option, kLeastSplitSize_mb);
    } else if (option.key == "max_non_split_rounding_mb") {
      settings.max_non_split_rounding_bytes = parse_mb(option, kLeastSplitSize_mb);
    } else if (option.key == "large_segment_size_mb") {
      settings.large_segment_bytes = parse_mb(option, kLeastLargeSegment_mb);
    } else if (option.key == "roundup_power2_divisions") {
      parse_divisions(option, settings);
    } else if (option.key == "expandable_segments") {
      settings.expandable_segments = parse_flag(option);
    } else if (option.key == "garbage_collection_threshold") {
      settings.garbage_collection_threshold = parse_threshold(option);
    } else if (option.key == "backend") {
      if (option.value != "native" && option.value != "cudaMallocAsync") {
        refuse(option, "native or cudaMallocAsync");
      }
      if (option.value == "cudaMallocAsync") {
        settings.notes.emplace_back(
            "backend:cudaMallocAsync leaves memory to the driver, but predictions are made for the "
            "native allocator: the real need can differ either way.");
      }
    } else if (!known) {
      settings.unknown_keys.push_back(option.key);
    }
  }
  return settings;
}

}  // namespace headroom
