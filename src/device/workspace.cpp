#include "headroom/device/workspace.h"

#include "headroom/device/cpu_budget.h"

#include <algorithm>

#include <ATen/Parallel.h>

namespace headroom::workspace {
namespace {

std::int64_t round_up(std::int64_t n, std::int64_t unit) { return (n + unit - 1) / unit * unit; }

thread_local bool on_card = false;

}  // namespace

ScopedCard::ScopedCard(bool card) : previous_(on_card) { on_card = card; }
ScopedCard::~ScopedCard() { on_card = previous_; }

std::int64_t linear(std::int64_t, std::int64_t, std::int64_t, std::int64_t) { return 0; }

std::int64_t attention(std::int64_t queries, std::int64_t keys, std::int64_t heads,
                       std::int64_t head_dim, std::int64_t element_bytes) {
  if (on_card) {
    if (head_dim <= kWidestFusedHead) return queries * heads * 4;  // each query's log-sum
    // Scores and their softmax, of a few queries.
    return 2 * std::min(queries, kUnfusedQueryRows) * keys * heads * element_bytes;
  }
  const std::int64_t query_tile = queries >= 768 ? 256 : queries >= 192 ? 64 : 32;
  const std::int64_t tile = std::min(query_tile, queries);
  const std::int64_t key_tile = std::min<std::int64_t>(512, keys);
  const std::int64_t per_thread = tile * key_tile + 2 * tile + tile * head_dim;
  return cpu_budget::rounded(at::get_num_threads() * per_thread * 4) +
         cpu_budget::rounded(queries * heads * 4);
}

std::int64_t conv2d(std::int64_t in_channels, std::int64_t out_channels, std::int64_t kernel,
                    std::int64_t element_bytes) {
  if (on_card) return 0;
  constexpr std::int64_t kScratchPad = 4128;
  constexpr std::int64_t kPerThread = 4112;
  return round_up(out_channels, 16) * in_channels * kernel * kernel * element_bytes +
         cpu_budget::rounded(kScratchPad + at::get_num_threads() * kPerThread);
}

}  // namespace headroom::workspace
