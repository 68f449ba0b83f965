// What the program does with libtorch's allocator for cards: reserve, limit, give back. The
// settings come from the environment: CMakeLists.txt has the modes.
#include "headroom/core/bytes.h"
#include "headroom/device/device.h"

#include <functional>
#include <vector>

#include <ATen/ops/empty.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

class CardBackend : public ::testing::Test {
 protected:
  CardBackend() { card_.set_up(); }
  ~CardBackend() override {
    card_.limit(0);
    card_.let_go();
  }

  [[nodiscard]] at::Tensor take(std::int64_t bytes) const {
    return at::empty({bytes}, at::TensorOptions(card_.torch_device()).dtype(at::kByte));
  }
  [[nodiscard]] bool takes(std::int64_t bytes) const {
    try {
      static_cast<void>(take(bytes));
      return true;
    } catch (const std::exception& error) {
      EXPECT_TRUE(is_out_of_memory(error)) << error.what();
      return false;
    }
  }
  [[nodiscard]] std::int64_t given() const {
    const DeviceCapacity now = card_.capacity();
    return now.total - now.free;
  }

  const Device device_ = choose_device("cuda");
  DeviceBackend& card_ = *device_.backend;
};

// 7 MiB of the large pool and 1 of the small one at a time, as two segments have room for.
void fill(const std::function<at::Tensor(std::int64_t)>& take) {
  std::vector<at::Tensor> held;
  for (int i = 0; i < 20; ++i) held.push_back(take(7 * kMiB));
  for (int i = 0; i < 8; ++i) held.push_back(take(kMiB));
}

TEST_F(CardBackend, AsksTheDriverForNothingWithinWhatIsReserved) {
  card_.reserve(200 * kMiB, 8 * kMiB);
  EXPECT_GE(given(), 200 * kMiB);
  EXPECT_LE(given(), 220 * kMiB);  // large segments may be whole 20 MiB
  fill([&](std::int64_t bytes) { return take(bytes); });
  EXPECT_EQ(card_.driver_allocations(), 0);
  static_cast<void>(take(300 * kMiB));
  EXPECT_GT(card_.driver_allocations(), 0);
}

// What is free already is in pieces: it must not be taken for what is missing.
TEST_F(CardBackend, ReservesTheRestWhereSomethingIsHeldAlready) {
  const at::Tensor weights = take(30 * kMiB);
  static_cast<void>(take(120 * kMiB));  // stays in the cache
  card_.reserve(260 * kMiB, 4 * kMiB);
  EXPECT_GE(given(), 260 * kMiB);
  EXPECT_LE(given(), 280 * kMiB);
}

TEST_F(CardBackend, GivesBackWhatIsNotInUse) {
  const at::Tensor small = take(1000);
  card_.reserve(400 * kMiB, 8 * kMiB);
  card_.let_go();
  EXPECT_LE(given(), 2 * kMiB);
}

TEST_F(CardBackend, RefusesWhatPassesTheLimitThoughTheCardHasMore) {
  card_.limit(100 * kMiB);
  const at::Tensor most = take(80 * kMiB);
  EXPECT_FALSE(takes(60 * kMiB));
  EXPECT_GT(card_.capacity().free, kGiB);
  card_.limit(200 * kMiB);
  EXPECT_TRUE(takes(60 * kMiB));
  card_.limit(0);
  EXPECT_TRUE(takes(600 * kMiB));
}

TEST_F(CardBackend, DropsItsCacheBeforeTheLimitRefusesAnything) {
  card_.limit(100 * kMiB);
  static_cast<void>(take(80 * kMiB));
  EXPECT_TRUE(takes(96 * kMiB));
  EXPECT_LE(given(), 100 * kMiB);
}

TEST_F(CardBackend, CountsAsWeightsWhatItsOwnerSays) {
  const at::Tensor networks = take(50 * kMiB);
  card_.count_as_weights(40 * kMiB);
  EXPECT_EQ(card_.use().weights, 40 * kMiB);
  EXPECT_EQ(card_.use().activations, 10 * kMiB);
  card_.count_as_weights(0);  // they left
  EXPECT_EQ(card_.use().weights, 0);
}

TEST_F(CardBackend, TellsWhatTheCardGaveAndWhatOfItWasInUse) {
  card_.begin_run();
  card_.reserve(200 * kMiB, 2 * kMiB);
  static_cast<void>(take(50 * kMiB));
  const PeakUse peak = card_.end_stage();
  EXPECT_GE(peak.held, 200 * kMiB);
  // The block that reserved it was in use for a moment, which is nothing of the run's.
  EXPECT_EQ(peak.in_use, 50 * kMiB);
}

}  // namespace
}  // namespace headroom
