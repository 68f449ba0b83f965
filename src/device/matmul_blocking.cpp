#include "matmul_blocking.h"

#include <algorithm>
#include <limits>

namespace headroom::workspace {
namespace {

constexpr std::int64_t kColumns = 64;  // of a block of the result
constexpr std::int64_t kMostRows = 256;

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

// Rows of the result that the busiest and the idlest thread compute when blocks of `block` rows,
// one column of blocks after the other, are dealt out in equal shares.
struct Load {
  std::int64_t most = 0;
  std::int64_t least = 0;
};
Load load_of(std::int64_t rows, std::int64_t block, std::int64_t columns, std::int64_t threads) {
  const std::int64_t blocks = divide_up(rows, block);
  const std::int64_t work = blocks * columns;
  const auto rows_of_first = [&](std::int64_t n) { return n / blocks * rows + n % blocks * block; };
  Load load{0, std::numeric_limits<std::int64_t>::max()};
  std::int64_t begin = 0;
  for (std::int64_t thread = 0; thread < threads; ++thread) {
    const std::int64_t end = begin + work / threads + (thread < work % threads ? 1 : 0);
    const std::int64_t share = rows_of_first(end) - rows_of_first(begin);
    load.most = std::max(load.most, share);
    load.least = std::min(load.least, share);
    begin = end;
  }
  return load;
}

// Rows of a block: as many as possible among those that waste least, in rows that pad the last
// block or in a thread that waits for the others; among equals, those that leave the busiest thread
// least.
std::int64_t rows_of_block(std::int64_t rows, std::int64_t columns, std::int64_t threads) {
  const std::int64_t fewest = std::min<std::int64_t>(rows, threads > columns ? 16 : 32);
  std::int64_t best = fewest;
  double least_waste = std::numeric_limits<double>::infinity();
  std::int64_t least_load = 0;
  for (std::int64_t block = std::min(rows, kMostRows); block >= fewest; --block) {
    const auto padded = static_cast<double>(divide_up(rows, block) * block);
    const Load load = load_of(rows, block, columns, threads);
    const double waste =
        std::max((padded - static_cast<double>(rows)) / padded,
                 static_cast<double>(load.most - load.least) / static_cast<double>(load.most));
    constexpr double kSame = 1e-9;
    if (waste < least_waste - kSame || (waste < least_waste + kSame && load.most < least_load)) {
      best = block;
      least_waste = waste;
      least_load = load.most;
    }
  }
  return best;
}

}  // namespace

std::int64_t bfloat16_matmul_scratch(std::int64_t rows, std::int64_t in, std::int64_t out,
                                     std::int64_t threads) {
  constexpr std::int64_t kFixed = 384;
  constexpr std::int64_t kPerThread = 640;
  // For every thread a strip of the weights, reordered, and a block of the result in float32.
  const std::int64_t depth = in > 1024 && rows > 1 ? 1024 : std::min<std::int64_t>(512, in);
  const std::int64_t strip = divide_up(depth, 32) * 32 * kColumns * 2;
  const std::int64_t block =
      rows_of_block(rows, divide_up(out, kColumns), threads) * std::min(out, kColumns) * 4;
  return kFixed + threads * (kPerThread + strip + block);
}

}  // namespace headroom::workspace
