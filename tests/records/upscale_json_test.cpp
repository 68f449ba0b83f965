#include "headroom/records/upscale_json.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

const UpscaleRecord kRecord{"猫.png", std::string(64, 'a'), "x4plus.pth", 4, 0.25, "1.2.3"};

TEST(UpscaleJson, ComesBackAsItWas) {
  const auto read = parse_upscale_json(upscale_json(kRecord));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->file, kRecord.file);
  EXPECT_EQ(read->sha256, kRecord.sha256);
  EXPECT_EQ(read->model, kRecord.model);
  EXPECT_EQ(read->scale, 4);
  EXPECT_EQ(read->denoise, 0.25);
  EXPECT_EQ(read->version, "1.2.3");
  UpscaleRecord plain = kRecord;
  plain.denoise.reset();
  EXPECT_FALSE(parse_upscale_json(upscale_json(plain))->denoise);
}

TEST(UpscaleJson, WhatItTookComesBackWhereItWasWrittenDown) {
  EXPECT_FALSE(parse_upscale_json(upscale_json(kRecord))->run);
  UpscaleRecord measured = kRecord;
  measured.run = RunRecord{};
  measured.run->plan.peak_bytes = 300;
  measured.run->plan.execution = {"pieces:4"};
  measured.run->actual_peak_bytes = 200;
  measured.run->shape.start = StartFrom::kFinished;
  measured.run->stage_seconds[index_of(Stage::kUpscale)] = 1.5;
  measured.run->model = "x4plus.pth";
  const auto read = parse_upscale_json(upscale_json(measured));
  ASSERT_TRUE(read && read->run);
  EXPECT_EQ(read->run->plan.peak_bytes, 300);
  EXPECT_EQ(read->run->plan.execution, measured.run->plan.execution);
  EXPECT_EQ(read->run->actual_peak_bytes, 200);
  EXPECT_EQ(read->run->stage_seconds[index_of(Stage::kUpscale)], 1.5);
  EXPECT_EQ(read->run->model, "x4plus.pth");
  EXPECT_TRUE(is_same_upscale(kRecord, measured));
}

TEST(UpscaleJson, OfAnotherTextIsNothing) {
  for (const char* const text :
       {"", "4", "[]", "{}", "{\"from\": 3}", "{\"from\": {}, \"scale\": \"4\"}",
        "{\"from\": {}, \"scale\": 0}", "{\"from\": {}, \"scale\": 1e30}",
        "{\"from\": {}, \"scale\": 9223372036854775807}"}) {
    EXPECT_FALSE(parse_upscale_json(text)) << text;
  }
}

TEST(UpscaleJson, IsTheSameWhereTheSameWasDoneToTheSamePicture) {
  UpscaleRecord other = kRecord;
  other.version = "9";
  other.file = "moved.png";
  EXPECT_TRUE(is_same_upscale(kRecord, other));
  const auto differs = [](auto change) {
    UpscaleRecord record = kRecord;
    change(record);
    return !is_same_upscale(kRecord, record);
  };
  EXPECT_TRUE(differs([](UpscaleRecord& r) { r.sha256 = "b"; }));
  EXPECT_TRUE(differs([](UpscaleRecord& r) { r.model = "lanczos"; }));
  EXPECT_TRUE(differs([](UpscaleRecord& r) { r.scale = 2; }));
  EXPECT_TRUE(differs([](UpscaleRecord& r) { r.denoise = 0.5; }));
}

}  // namespace
}  // namespace headroom
