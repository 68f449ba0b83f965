#include "headroom/device/workspace.h"

#include "headroom/device/cpu_budget.h"

#include "matmul_blocking.h"

#include <algorithm>
#include <string>

#include <ATen/Parallel.h>
#include <ATen/cpu/Utils.h>

namespace headroom::workspace {
namespace {

std::int64_t round_up(std::int64_t n, std::int64_t unit) { return (n + unit - 1) / unit * unit; }

std::int64_t bytes_of(c10::ScalarType dtype) {
  return static_cast<std::int64_t>(c10::elementSize(dtype));
}

thread_local bool on_card = false;
thread_local WorkspaceTerms calibrated;

// How this processor multiplies bfloat16. oneDNN chooses its kernels by it, and with them the
// scratch.
enum class BFloat16 { kWithoutOneDnn, kEmulated, kNative };

BFloat16 bfloat16_support() {
  static const BFloat16 support = [] {
    const auto capabilities = at::cpu::get_cpu_capabilities();
    const auto has = [&](const char* name) {
      const auto found = capabilities.find(name);
      return found != capabilities.end() && found->second.isBool() && found->second.toBool();
    };
    if (has("avx512_bf16") || has("amx_bf16")) return BFloat16::kNative;
    return has("avx512_bw") && has("avx512_vl") && has("avx512_dq") ? BFloat16::kEmulated
                                                                    : BFloat16::kWithoutOneDnn;
  }();
  return support;
}

}  // namespace

ScopedKernels::ScopedKernels(bool card, const WorkspaceTerms& terms)
    : previous_card_(on_card), previous_terms_(calibrated) {
  on_card = card;
  calibrated = terms;
}
ScopedKernels::~ScopedKernels() {
  on_card = previous_card_;
  calibrated = previous_terms_;
}

bool cpu_convolves_bfloat16() { return bfloat16_support() != BFloat16::kWithoutOneDnn; }

std::int64_t declared(const Linear& op) {
  // The libraries for float32, and libtorch's own code for float16, bring nothing.
  if (on_card || op.dtype != c10::kBFloat16) return 0;
  // libtorch multiplies the smallest matrices itself.
  constexpr std::int64_t kSmallest = 16 * 16 * 16;
  if (op.rows * op.in * op.out <= kSmallest) return 0;
  switch (bfloat16_support()) {
    case BFloat16::kWithoutOneDnn:
      return 0;
    case BFloat16::kEmulated:  // the result in float32
      return round_up(op.rows * op.out * 4, 128) + 128;
    case BFloat16::kNative:
      return bfloat16_matmul_scratch(op.rows, op.in, op.out, at::get_num_threads());
  }
  return 0;
}

std::int64_t declared(const Attention& op) {
  const std::int64_t element = bytes_of(op.dtype);
  if (on_card) {
    if (op.head_dim <= kWidestFusedHead) return op.queries * op.heads * 4;  // each log-sum
    // Scores and their softmax, of a few queries.
    return 2 * std::min(op.queries, kUnfusedQueryRows) * op.keys * op.heads * element;
  }
  const std::int64_t query_tile = op.queries >= 768 ? 256 : op.queries >= 192 ? 64 : 32;
  const std::int64_t tile = std::min(query_tile, op.queries);
  const std::int64_t key_tile = std::min<std::int64_t>(512, op.keys);
  const std::int64_t threads = at::get_num_threads();
  // Float32 for every thread: a tile of scores, its rows' maxima and sums, a tile of results. In 16
  // bits the scores once more in that format, to be multiplied with the values.
  const std::int64_t per_thread = tile * key_tile + 2 * tile + tile * op.head_dim;
  const std::int64_t narrow_scores = op.dtype == c10::kFloat ? 0 : tile * key_tile * element;
  return cpu_budget::rounded(threads * per_thread * 4) +
         cpu_budget::rounded(threads * narrow_scores) +
         cpu_budget::rounded(op.queries * op.heads * 4);  // each query's log-sum
}

std::int64_t declared(const Convolution& op) {
  if (on_card) return 0;
  const std::int64_t element = bytes_of(op.dtype);
  // The weights reordered for the kernel, which takes 32 bits of input channels at a time.
  const std::int64_t weights = round_up(op.out_channels, 16) *
                               round_up(op.in_channels, 4 / element) * op.kernel * op.kernel *
                               element;
  const std::int64_t threads = at::get_num_threads();
  if (op.dtype == c10::kBFloat16 && bfloat16_support() == BFloat16::kEmulated) {
    // For each thread the result in float32, of a 1x1 kernel only.
    const std::int64_t wide =
        op.kernel == 1 ? threads * (round_up(op.out_channels, 16) * op.out_pixels * 4 + 256) : 0;
    return weights + wide;
  }
  constexpr std::int64_t kScratchPad = 4128;
  constexpr std::int64_t kPerThread = 4112;
  return weights + cpu_budget::rounded(kScratchPad + threads * kPerThread);
}

std::int64_t operation_bytes(const Linear& op) {
  return (op.rows * op.in + op.in * op.out + op.rows * op.out) * bytes_of(op.dtype);
}
std::int64_t operation_bytes(const Attention& op) {
  return 2 * (op.queries + op.keys) * op.heads * op.head_dim * bytes_of(op.dtype);
}
std::int64_t operation_bytes(const Convolution& op) {
  return (op.in_channels * op.in_pixels + op.out_channels * op.out_pixels +
          op.in_channels * op.out_channels * op.kernel * op.kernel) *
         bytes_of(op.dtype);
}

std::int64_t predicted(const Linear& op) {
  return declared(op) + calibrated.linear.of(operation_bytes(op));
}
std::int64_t predicted(const Attention& op) {
  return declared(op) + calibrated.attention.of(operation_bytes(op));
}
std::int64_t predicted(const Convolution& op) {
  return declared(op) + calibrated.conv2d.of(operation_bytes(op));
}

namespace {
enum Law : std::uint8_t { kLinear, kAttention, kConvolution };
Ledger::Operation recorded(Law law, c10::ScalarType dtype, std::array<std::int64_t, 5> sizes) {
  return {law, static_cast<std::int8_t>(dtype), sizes};
}
}  // namespace

Ledger::Operation recorded(const Linear& op) {
  return recorded(kLinear, op.dtype, {op.rows, op.in, op.out});
}
Ledger::Operation recorded(const Attention& op) {
  return recorded(kAttention, op.dtype, {op.queries, op.keys, op.heads, op.head_dim});
}
Ledger::Operation recorded(const Convolution& op) {
  return recorded(kConvolution, op.dtype,
                  {op.in_channels, op.out_channels, op.kernel, op.in_pixels, op.out_pixels});
}

std::int64_t predicted(const Ledger::Operation& op) {
  const auto dtype = static_cast<c10::ScalarType>(op.dtype);
  const auto& s = op.sizes;
  switch (op.law) {
    case kLinear:
      return predicted(Linear{s[0], s[1], s[2], dtype});
    case kAttention:
      return predicted(Attention{s[0], s[1], s[2], s[3], dtype});
    default:
      return predicted(Convolution{s[0], s[1], s[2], s[3], s[4], dtype});
  }
}

std::int64_t layer_norm_statistic(std::int64_t rows, c10::ScalarType dtype) {
  return rows * (on_card ? 4 : bytes_of(dtype));  // a card keeps them in float32
}

}  // namespace headroom::workspace
