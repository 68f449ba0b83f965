// What we take for settings of libtorch's allocator, libtorch takes: it ends the process over
// others.
#include "headroom/core/error.h"
#include "headroom/memory/allocator_conf.h"

#include <algorithm>
#include <exception>
#include <random>
#include <string>
#include <vector>

#include <c10/core/AllocatorConfig.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

bool libtorch_takes(const std::string& text) {
  // Settings of one call stay for the next and are checked against each other.
  c10::CachingAllocator::setAllocatorSettings("large_segment_size_mb:20,max_split_size_mb:4096");
  try {
    c10::CachingAllocator::setAllocatorSettings(text);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

bool we_take(const std::string& text) {
  try {
    (void)parse_allocator_conf(text);
    return true;
  } catch (const Error&) {
    return false;
  }
}

// Every key with a value that both know. cudaMallocAsync can only be chosen before libtorch starts.
const std::vector<std::string> kGood{"max_split_size_mb:64",
                                     "max_non_split_rounding_mb:20",
                                     "large_segment_size_mb:11",
                                     "roundup_power2_divisions:4",
                                     "roundup_power2_divisions:[256:1,512:2,>:4]",
                                     "roundup_power2_divisions:[256:0,]",
                                     "expandable_segments:True",
                                     "garbage_collection_threshold:0.5",
                                     "per_process_memory_fraction:1",
                                     "backend:native",
                                     "throw_on_cudamalloc_oom:True",
                                     "release_lock_on_cudamalloc:False",
                                     "release_lock_on_hipmalloc:True",
                                     "graph_capture_record_stream_reuse:True",
                                     "pinned_use_cuda_host_register:True",
                                     "pinned_use_hip_host_register:False",
                                     "pinned_use_background_threads:True",
                                     "pinned_free_catch_all:True",
                                     "pinned_num_register_threads:8",
                                     "pinned_reserve_segment_size_mb:64",
                                     "pinned_max_round_threshold_mb:4",
                                     "pinned_max_cached_size_mb:4"};

TEST(AllocatorSettings, EveryKeyIsKnownToBoth) {
  for (const std::string& text : kGood) {
    EXPECT_TRUE(libtorch_takes(text)) << text;
    EXPECT_TRUE(we_take(text)) << text;
  }
  for (const std::string& key : c10::CachingAllocator::AcceleratorAllocatorConfig::getKeys()) {
    const auto begins = [&](const std::string& text) { return text.starts_with(key + ":"); };
    EXPECT_TRUE(std::any_of(kGood.begin(), kGood.end(), begins)) << key << " is new";
  }
}

TEST(AllocatorSettings, WhatIsDamagedIsTakenByUsOnlyWhereLibtorchTakesIt) {
  constexpr int kTexts = 5000;
  constexpr std::string_view kPieces = ":,[]01x- >";
  std::mt19937_64 random(1);
  const auto below = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  int taken = 0;
  for (int i = 0; i < kTexts; ++i) {
    std::string text = kGood[below(kGood.size())];
    if (below(2) == 0) text += "," + kGood[below(kGood.size())];
    for (std::size_t changes = below(3); changes > 0; --changes) {
      const std::size_t at = below(text.size());
      if (below(2) == 0) {
        text.erase(at, 1 + below(3));
      } else {
        text.insert(at, 1, kPieces[below(kPieces.size())]);
      }
      if (text.empty()) text = "x";
    }
    if (!we_take(text)) continue;
    ++taken;
    EXPECT_TRUE(libtorch_takes(text)) << text;
  }
  EXPECT_GT(taken, kTexts / 5);
}

}  // namespace
}  // namespace headroom
