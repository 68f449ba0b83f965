#include "headroom/memory/allocator_conf.h"

#include "headroom/core/error.h"

#include <limits>
#include <map>
#include <string>

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(AllocatorConf, EmptyTextIsTheDefault) {
  for (const char* text : {"", "  "}) {
    const CachingAllocatorSettings settings = parse_allocator_conf(text);
    EXPECT_EQ(settings.max_split_size_bytes, std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(settings.max_non_split_rounding_bytes, 20 * kMiB);
    EXPECT_FALSE(settings.expandable_segments);
    EXPECT_EQ(settings.garbage_collection_threshold, 0);
    EXPECT_TRUE(settings.notes.empty());
  }
}

TEST(AllocatorConf, ReadsTheOptionsThatTheModelFollows) {
  const CachingAllocatorSettings settings = parse_allocator_conf(
      " max_split_size_mb:128, expandable_segments : "
      "True,max_non_split_rounding_mb:32,backend:native,"
      "pinned_use_background_threads:True");
  EXPECT_EQ(settings.max_split_size_bytes, 128 * kMiB);
  EXPECT_EQ(settings.max_non_split_rounding_bytes, 32 * kMiB);
  EXPECT_TRUE(settings.expandable_segments);
  EXPECT_TRUE(settings.notes.empty());
  EXPECT_FALSE(parse_allocator_conf("expandable_segments:False").expandable_segments);
  EXPECT_EQ(parse_allocator_conf("max_split_size_mb:20").max_split_size_bytes, 20 * kMiB);
}

TEST(AllocatorConf, SaysWhichOptionsPredictionsLeaveOut) {
  const CachingAllocatorSettings settings = parse_allocator_conf(
      "garbage_collection_threshold:0.8,"
      "backend:cudaMallocAsync,max_split_size_mb:64");
  EXPECT_DOUBLE_EQ(settings.garbage_collection_threshold, 0.8);
  EXPECT_EQ(settings.max_split_size_bytes, 64 * kMiB);
  ASSERT_EQ(settings.notes.size(), 2u);
  EXPECT_EQ(settings.notes[0].rfind("garbage_collection_threshold", 0), 0u);
  EXPECT_EQ(settings.notes[1].rfind("backend:cudaMallocAsync", 0), 0u);
}

// As AcceleratorAllocatorConfig of PyTorch 2.13 answers when it is asked for these.
TEST(AllocatorConf, ReadsDivisionsAsANumberOrAListOfSizes) {
  const auto divisions = [](std::string_view value) {
    return parse_allocator_conf("roundup_power2_divisions:" + std::string(value))
        .roundup_power2_divisions;
  };
  using Divisions = std::array<std::int64_t, kRoundupIntervals>;
  EXPECT_EQ(divisions("[4:2,16:8,64:1,>:4]"),
            (Divisions{2, 2, 2, 0, 8, 0, 1, 4, 4, 4, 4, 4, 4, 4, 4, 4}));
  EXPECT_EQ(divisions("[256:1,512:2,1024:4,>:8]"),
            (Divisions{1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 8, 8, 8, 8, 8}));
  EXPECT_EQ(divisions("[16:8,4:2]"), (Divisions{8, 8, 2, 8, 8}));
  EXPECT_EQ(divisions("[>:4]"), (Divisions{0, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4}));
  Divisions four;
  four.fill(4);
  EXPECT_EQ(divisions("4"), four);
  EXPECT_EQ(parse_allocator_conf("large_segment_size_mb:64").large_segment_bytes, 64 * kMiB);
}

// What a sentence of ours says of settings that libtorch refuses.
std::string complaint(std::string_view text) {
  try {
    (void)parse_allocator_conf(text);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kConfig) << text;
    return error.what();
  }
}

TEST(AllocatorConf, NamesWhatIsNotKnown) {
  EXPECT_EQ(complaint("max_split:128"), "max_split is not known; leave it out.");
  EXPECT_EQ(complaint("expandable_segments:True,colour:red"), "colour is not known; leave it out.");
}

TEST(AllocatorConf, NamesWhatIsNoSetting) {
  for (const auto& [text, item] : std::map<std::string, std::string>{
           {"colour", "colour"},
           {",", ""},
           {"max_split_size_mb", "max_split_size_mb"},
           {"max_split_size_mb:", "max_split_size_mb:"},
           {"expandable_segments:True,,backend:native", ""},
           {":1", ":1"},
           {"roundup_power2_divisions:[4:2]x", "roundup_power2_divisions:[4:2]"}}) {
    EXPECT_EQ(complaint(text),
              "\"" + item + "\" is no setting; each must be like max_split_size_mb:128.")
        << text;
  }
}

TEST(AllocatorConf, KeepsSplitsAboveSegmentsInAnyOrder) {
  const std::string wanted =
      "max_split_size_mb must not be less than large_segment_size_mb; correct one.";
  EXPECT_EQ(complaint("large_segment_size_mb:64,max_split_size_mb:32"), wanted);
  EXPECT_EQ(complaint("max_split_size_mb:32,large_segment_size_mb:64"), wanted);
  EXPECT_EQ(complaint("max_split_size_mb:64,large_segment_size_mb:64"), "");
}

TEST(AllocatorConf, RefusesWhatPyTorchWouldRefuseAndNamesTheOption) {
  for (const char* text : {"max_split_size_mb:19",
                           "max_split_size_mb:12x",
                           "max_split_size_mb:-128",
                           "max_split_size_mb:99999999999999999999",
                           "max_split_size_mb:9000000000000",
                           "max_non_split_rounding_mb:1",
                           "expandable_segments:true",
                           "expandable_segments:1",
                           "roundup_power2_divisions:3",
                           "roundup_power2_divisions:0",
                           "roundup_power2_divisions:[4:3]",
                           "roundup_power2_divisions:[5:2]",
                           "roundup_power2_divisions:[4:2",
                           "large_segment_size_mb:10",
                           "pinned_use_background_threads:1",
                           "pinned_num_register_threads:3",
                           "pinned_num_register_threads:256",
                           "pinned_reserve_segment_size_mb:0",
                           "per_process_memory_fraction:1.5",
                           "garbage_collection_threshold:0",
                           "garbage_collection_threshold:1",
                           "garbage_collection_threshold:nan",
                           "garbage_collection_threshold:much",
                           "backend:other"}) {
    const std::string key = std::string(text).substr(0, std::string(text).find(':'));
    EXPECT_NE(complaint(text).find(key + " must be"), std::string::npos) << complaint(text);
  }
}

}  // namespace
}  // namespace headroom
