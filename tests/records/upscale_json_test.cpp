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
