#include "headroom/device/workspace.h"

#include "headroom/device/memory_tag.h"

#include "thread_scopes.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <vector>

#include <ATen/ops/mkldnn_convolution.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>

namespace headroom::workspace {
namespace {

std::int64_t bytes_of(c10::ScalarType dtype) {
  return static_cast<std::int64_t>(c10::elementSize(dtype));
}

}  // namespace

ScopedKernels::ScopedKernels(const KernelSet& kernels) : previous_(thread_scopes().kernels) {
  thread_scopes().kernels = kernels;
}
ScopedKernels::~ScopedKernels() { thread_scopes().kernels = previous_; }

const KernelSet& current_kernels() { return thread_scopes().kernels; }

bool cpu_convolves_bfloat16() {
  static const bool convolves = [] {
    const c10::InferenceMode inference;
    const ScopedMemoryTag tag(MemoryTag::kHost);
    const auto picture = at::TensorOptions(at::kCPU).dtype(at::kBFloat16);
    const at::Tensor x =
        at::zeros({1, 16, 8, 8}, picture).contiguous(at::MemoryFormat::ChannelsLast);
    const at::Tensor w =
        at::zeros({16, 16, 3, 3}, picture).contiguous(at::MemoryFormat::ChannelsLast);
    try {
      static_cast<void>(at::mkldnn_convolution(x, w, {}, {1, 1}, {1, 1}, {1, 1}, 1));
    } catch (const std::exception&) {
      return false;  // the library reports that the processor lacks something
    }
    return true;
  }();
  return convolves;
}

namespace {

bool is_flash(const Attention& op, const KernelSet& kernels) {
  return kernels.calibrated.multiprocessors > 0 && bytes_of(op.dtype) == 2;
}

// Into how many parts libtorch's flash attention splits the keys, so that few queries keep the
// whole GPU busy: the smallest number that leaves little more of it idle in the last wave than the
// best number would. A multiprocessor runs two parts at a time.
std::int64_t attention_parts(const Attention& op, int multiprocessors) {
  constexpr std::int64_t kQueriesOfABlock = 64;
  constexpr std::int64_t kMaxParts = 128;
  const std::int64_t places = 2 * static_cast<std::int64_t>(multiprocessors);
  const auto blocks = [](std::int64_t rows, std::int64_t of) { return (rows + of - 1) / of; };
  const std::int64_t jobs = op.heads * blocks(op.queries, kQueriesOfABlock);
  if (static_cast<float>(jobs) >= 0.8F * static_cast<float>(places)) return 1;
  const std::int64_t keys_of_a_block = op.head_dim <= 64 ? 256 : op.head_dim <= 128 ? 128 : 64;
  const std::int64_t key_blocks = blocks(op.keys, keys_of_a_block);
  const std::int64_t most = std::min({kMaxParts, places, key_blocks});
  // If the largest part had as many key blocks as with one part fewer, one part would be empty.
  const auto is_possible = [&](std::int64_t parts) {
    return parts == 1 || blocks(key_blocks, parts) != blocks(key_blocks, parts - 1);
  };
  const auto busy = [&](std::int64_t parts) {
    const float waves = static_cast<float>(jobs * parts) / static_cast<float>(places);
    return waves / std::ceil(waves);
  };
  float best = 0;
  for (std::int64_t parts = 1; parts <= most; ++parts) {
    if (is_possible(parts)) best = std::max(best, busy(parts));
  }
  for (std::int64_t parts = 1; parts <= most; ++parts) {
    if (is_possible(parts) && busy(parts) >= 0.85 * best) return parts;
  }
  return 1;
}

// The blocks that 16-bit flash attention allocates. Other kernels allocate only the first.
enum AttentionBlock : std::uint8_t {
  kLogSums,
  kRandomState,  // allocated even without dropout
  kUnusedNumber,
  // The parts' own, when keys are split; they are joined in the end.
  kPartLogSums,
  kPartResults,
};
constexpr int kAttentionBlocks = kPartResults + 1;

std::int64_t attention_block(int block, const Attention& op, const KernelSet& kernels) {
  if (!kernels.card) return 0;
  if (op.head_dim > kWidestFusedHead) {
    // Scores and their softmax, for a few queries at a time.
    const std::int64_t scores = std::min(op.queries, kUnfusedQueryRows) * op.keys * op.heads;
    return block == kLogSums ? 2 * scores * bytes_of(op.dtype) : 0;
  }
  const std::int64_t log_sums = op.queries * op.heads * 4;
  // The memory-efficient kernel has log-sums only for gradients.
  if (bytes_of(op.dtype) > 2) return 0;
  if (!is_flash(op, kernels)) return block == kLogSums ? log_sums : 0;
  const auto parts = [&] {
    const std::int64_t count = attention_parts(op, kernels.calibrated.multiprocessors);
    return count > 1 ? count : 0;
  };
  switch (block) {
    case kLogSums:
      return log_sums;
    case kRandomState:
      return 2 * 8;
    case kUnusedNumber:
      return 8;
    case kPartLogSums:
      return parts() * log_sums;
    default:
      return parts() * log_sums * (op.head_dim <= 192 ? (op.head_dim + 31) / 32 * 32 : 256);
  }
}

}  // namespace

std::int64_t declared(const Linear&, const KernelSet&) { return 0; }

std::int64_t declared(const Attention& op, const KernelSet& kernels) {
  std::int64_t bytes = 0;
  for (int block = 0; block < kAttentionBlocks; ++block) {
    bytes += attention_block(block, op, kernels);
  }
  return bytes;
}

std::int64_t declared(const Convolution&, const KernelSet&) { return 0; }

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

std::int64_t predicted(const Linear& op, const KernelSet& kernels) {
  return declared(op, kernels) + kernels.calibrated.linear.of(operation_bytes(op));
}
std::int64_t predicted(const Attention& op, const KernelSet& kernels) {
  return declared(op, kernels) + kernels.calibrated.attention.of(operation_bytes(op));
}
std::int64_t predicted(const Convolution& op, const KernelSet& kernels) {
  return declared(op, kernels) + kernels.calibrated.conv2d.of(operation_bytes(op));
}

namespace {
enum Law : std::uint8_t { kLinear, kAttention, kConvolution };
AllocationTrace::Operation recorded(Law law, c10::ScalarType dtype,
                                    std::array<std::int64_t, 5> sizes) {
  return {law, static_cast<std::int8_t>(dtype), sizes};
}
}  // namespace

std::vector<AllocationTrace::Operation> blocks(const Linear& op, const KernelSet&) {
  return {recorded(kLinear, op.dtype, {op.rows, op.in, op.out})};
}
std::vector<AllocationTrace::Operation> blocks(const Attention& op, const KernelSet& kernels) {
  const bool is_one = !is_flash(op, kernels) || op.head_dim > kWidestFusedHead;
  std::vector<AllocationTrace::Operation> blocks;
  for (int block = 0; block < (is_one ? 1 : kAttentionBlocks); ++block) {
    blocks.push_back(
        recorded(kAttention, op.dtype, {op.queries, op.keys, op.heads, op.head_dim, block}));
  }
  return blocks;
}
std::vector<AllocationTrace::Operation> blocks(const Convolution& op, const KernelSet&) {
  return {recorded(kConvolution, op.dtype,
                   {op.in_channels, op.out_channels, op.kernel, op.in_pixels, op.out_pixels})};
}

std::int64_t block_bytes(const AllocationTrace::Operation& block, const KernelSet& kernels) {
  const auto dtype = static_cast<c10::ScalarType>(block.dtype);
  const auto& s = block.sizes;
  switch (block.law) {
    case kLinear:
      return predicted(Linear{s[0], s[1], s[2], dtype}, kernels);
    case kAttention: {
      const Attention op{s[0], s[1], s[2], s[3], dtype};
      const std::int64_t found = kernels.calibrated.attention.of(operation_bytes(op));
      return attention_block(static_cast<int>(s[4]), op, kernels) + (s[4] == kLogSums ? found : 0);
    }
    default:
      return predicted(Convolution{s[0], s[1], s[2], s[3], s[4], dtype}, kernels);
  }
}

std::int64_t layer_norm_statistic(std::int64_t rows, const KernelSet& kernels) {
  return kernels.card ? rows * 4 : 0;  // float32, whatever the rows' format
}

}  // namespace headroom::workspace
