// What a seed becomes: variations of a picture, variety of the prompt, one composition.
#include "headroom/image/image_reader.h"

#include "e2e/e2e_support.h"

namespace headroom::test {
namespace {

class Seeds : public EndToEnd {
 protected:
  // The picture's pixels, whose need was predicted to the byte.
  std::vector<std::uint8_t> pixels(std::vector<std::string> more) {
    const std::string name = "p" + std::to_string(++made_) + ".png";
    more.insert(more.end(), {"--json", "-o", name});
    const json out = run_json(quick(std::move(more))).at(0);
    EXPECT_EQ(out["predicted_peak_bytes"], out["actual_peak_bytes"]);
    return read_image(folder_ / name).rgb;
  }
  json unknown(int picture) {
    return run_json({"inspect", "p" + std::to_string(picture) + ".png", "--json"}).at(0)["unknown"];
  }
  int made_ = 0;
};

TEST_F(Seeds, AVariationGoesFromOneSeedToAnother) {
  const auto own = pixels({"--seed", "5"});
  const auto other = pixels({"--seed", "9"});
  EXPECT_EQ(pixels({"--seed", "5", "--variation", "9:0"}), own);
  EXPECT_EQ(pixels({"--seed", "5", "--variation", "9:1"}), other);
  const auto between = pixels({"--seed", "5", "--variation", "9:0.2"});
  EXPECT_NE(between, own);
  EXPECT_EQ(unknown(5)["request.variation"], "{\"seed\":9,\"strength\":0.2}");
  EXPECT_EQ(pixels({"--seed", "5", "--variation", "9:0.2"}), between);
}

TEST_F(Seeds, SeveralVariationsAreOfOneSeed) {
  const auto second = pixels({"--seed", "5", "--variation", "10:0.2"});
  const auto out = run_json(
      quick({"--seed", "5", "--variation", "9:0.2", "--count", "2", "--json", "-o", "v.png"}));
  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0]["seed"], 5);
  EXPECT_EQ(out[1]["seed"], 5);
  EXPECT_EQ(read_image(folder_ / "v_2.png").rgb, second);
}

TEST_F(Seeds, VarietyIsTheSeedsAndIsRecorded) {
  const auto plain = pixels({"--seed", "5"});
  EXPECT_EQ(pixels({"--seed", "5", "--variety", "0"}), plain);
  const auto varied = pixels({"--seed", "5", "--variety", "0.5"});
  EXPECT_NE(varied, plain);
  EXPECT_EQ(pixels({"--seed", "5", "--variety", "0.5:50"}), varied);
  EXPECT_EQ(unknown(4)["request.variety"], "{\"percent\":50.0,\"strength\":0.5}");
  // Each picture of a job has its own, as it has alone.
  const auto sixth = pixels({"--seed", "6", "--variety", "0.5"});
  run_json(quick({"--seed", "5", "--variety", "0.5", "--count", "2", "--json", "-o", "v.png"}));
  EXPECT_EQ(read_image(folder_ / "v.png").rgb, varied);
  EXPECT_EQ(read_image(folder_ / "v_2.png").rgb, sixth);
}

TEST_F(Seeds, OneCompositionIsAnotherNoiseAndIsRecorded) {
  const auto plain = pixels({"--seed", "5"});
  EXPECT_EQ(pixels({"--seed", "5", "--seed-mode", "plain"}), plain);
  const auto own = pixels({"--seed", "5", "--seed-mode", "composition"});
  EXPECT_NE(own, plain);
  EXPECT_EQ(unknown(3)["request.seed_mode"], "composition");
  EXPECT_EQ(pixels({"--seed", "5", "--seed-mode", "composition"}), own);
}

TEST_F(Seeds, BadValuesAreOneSentence) {
  for (const char* const typed : {"9", "9:", ":0.2", "9:2", "9:-1", "x:0.2", "9:nan", "-1:0.2"}) {
    expect_refused(quick({"--variation", typed}), 2, {"--variation", "7:0.2"});
  }
  for (const char* const typed : {"much", "-1", "11", "0.3:101", "0.3:", ""}) {
    expect_refused(quick({"--variety", typed}), 2, {"--variety", "0.3:50"});
  }
  expect_refused(quick({"--seed-mode", "other"}), 2, {"--seed-mode", "plain or composition"});
}

}  // namespace
}  // namespace headroom::test
