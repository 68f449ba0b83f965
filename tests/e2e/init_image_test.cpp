// Pictures that start from another one, through the command line with the starter model.
#include "headroom/core/sha256.h"
#include "headroom/image/png_writer.h"

#include "e2e/e2e_support.h"

#include <cmath>

namespace headroom::test {
namespace {

class InitImage : public EndToEnd {
 protected:
  // A picture of colours that change slowly.
  static Image gradient(int width, int height) {
    Image image{width, height, {}};
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        image.rgb.insert(image.rgb.end(), {static_cast<std::uint8_t>(255 * x / width),
                                           static_cast<std::uint8_t>(255 * y / height), 128});
      }
    }
    return image;
  }
  // White in its upper half.
  static Image half_white(int width, int height) {
    Image image{width, height, {}};
    image.rgb.assign(static_cast<std::size_t>(3 * width * height), 0);
    std::fill_n(image.rgb.begin(), 3 * width * height / 2, 255);
    return image;
  }
  std::string put(const std::string& name, const Image& image) {
    keep(name);
    return write(name, encode_png(image, {})).string();
  }
  static std::vector<std::string> start(std::vector<std::string> more) {
    std::vector<std::string> arguments{"generate", "-p", "a red apple", "--seed", "5", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  // In levels of 0..255, over the rows from `first` to `end`.
  static double mean_difference(const Image& a, const Image& b, int first, int end) {
    double sum = 0;
    for (int i = 3 * a.width * first; i < 3 * a.width * end; ++i) {
      sum += std::abs(int{a.rgb[static_cast<std::size_t>(i)]} -
                      int{b.rgb[static_cast<std::size_t>(i)]});
    }
    return sum / (3.0 * a.width * (end - first));
  }
};

TEST_F(InitImage, StrengthSaysHowFarThePictureGoesFromTheOneItBeganWith) {
  const Image from = gradient(128, 192);
  const std::string file = put("from.png", from);
  const auto distance = [&](const std::string& strength) {
    const auto out = run_json(
        start({"--init-image", file, "--strength", strength, "-o", "at" + strength + ".png"}));
    EXPECT_EQ(out.at(0)["width"], 128);  // as the picture's own
    EXPECT_EQ(out.at(0)["height"], 192);
    EXPECT_GT(out.at(0)["seconds"]["encode-image"], 0);
    EXPECT_NEAR(out.at(0)["actual_peak_bytes"].get<double>() /
                    out.at(0)["predicted_peak_bytes"].get<double>(),
                1.0, 0.02);
    return mean_difference(read_image(folder_ / ("at" + strength + ".png")), from, 0, 192);
  };
  const double little = distance("0.05");
  const double more = distance("1");
  EXPECT_LT(little, 25);
  EXPECT_GT(more, 1.5 * little);
}

TEST_F(InitImage, WhatTheMaskLeavesBlackStays) {
  const Image from = gradient(128, 128);
  run_json(start({"--init-image", put("from.png", from), "--mask",
                  put("mask.png", half_white(128, 128)), "-o", "a.png"}));
  const Image made = read_image(folder_ / "a.png");
  // Latents are 32 px, and a decoder looks at their neighbours: half a latent of margin.
  const double painted = mean_difference(made, from, 0, 48);
  const double kept = mean_difference(made, from, 80, 128);
  EXPECT_LT(kept, 25);
  EXPECT_GT(painted, 1.5 * kept);
}

TEST_F(InitImage, IsInTheSettingsByNameAndHash) {
  const std::string file = put("from.png", gradient(128, 128));
  const std::string mask = put("mask.png", half_white(128, 128));
  run_json(start({"--init-image", file, "--mask", mask, "--strength", "0.5", "-o", "a.png"}));
  const auto out = run_json({"inspect", "a.png", "--json"});
  const json& unknown = out.at(0)["unknown"];
  EXPECT_EQ(unknown["request.strength"], "0.5");
  EXPECT_NE(unknown["request.init_image"].get<std::string>().find(sha256(read_bytes(file))),
            std::string::npos);
  EXPECT_NE(unknown["request.mask"].get<std::string>().find("mask.png"), std::string::npos);
  EXPECT_EQ(out.at(0)["settings"]["prompt"], "a red apple");
  EXPECT_EQ(out.at(0)["receipt"]["start"], "masked image");
}

TEST_F(InitImage, OfAnySizeIsFittedAndThatIsSaid) {
  const std::string file = put("from.png", gradient(150, 100));
  ProcessResult result = run(start({"--init-image", file, "--steps", "2", "-o", "cut.png"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("from.png is 150×100 px and is cut to 128×64"), std::string::npos)
      << result.err;
  result = run(start({"--init-image", file, "--steps", "2", "--size", "64x64", "-o", "fit.png"}));
  EXPECT_NE(result.err.find("cut to the shape of 64×64 and resized"), std::string::npos)
      << result.err;
  EXPECT_EQ(read_image(folder_ / "fit.png").width, 64);
}

TEST_F(InitImage, IsPlannedFor) {
  const std::string file = put("from.png", gradient(256, 256));
  const auto stages = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"plan", "--json", "--size", "256x256"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    std::vector<std::string> names;
    const std::vector<json> out = run_json(arguments);
    for (const json& stage : out.at(0)["plan"]["stages"]) {
      names.push_back(stage["name"]);
    }
    return names;
  };
  EXPECT_EQ(stages({}), (std::vector<std::string>{"load", "encode", "denoise", "decode", "save"}));
  EXPECT_EQ(
      stages({"--init-image", file}),
      (std::vector<std::string>{"load", "encode", "encode-image", "denoise", "decode", "save"}));
}

TEST_F(InitImage, BadInputIsOneSentence) {
  const std::string file = put("from.png", gradient(128, 128));
  const std::string mask = put("mask.png", half_white(128, 128));
  const auto refuse = [&](const std::vector<std::string>& more, int code,
                          const std::vector<std::string>& words) {
    std::vector<std::string> arguments = start({"-o", "a.png"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    expect_refused(arguments, code, words);
  };
  for (const char* const strength : {"0", "-1", "1.5", "nan"}) {
    refuse({"--init-image", file, "--strength", strength}, 2, {"strength", "above 0", "at most 1"});
  }
  refuse({"--init-image", file, "--strength", "much"}, 2, {"--strength \"much\"", "not a number"});
  refuse({"--strength", "0.5"}, 2, {"--strength needs", "--init-image"});
  refuse({"--mask", mask}, 2, {"--mask needs", "--init-image"});
  refuse({"--init-image", "none.png"}, 3, {"none.png"});
  refuse({"--init-image", (kStarterModel / "README.md").string()}, 3, {"neither a PNG nor a JPEG"});
  refuse({"--init-image", file, "--mask", put("small.png", half_white(64, 64))}, 2,
         {"mask small.png is 64×64 px", "from.png is 128×128 px"});
  Image black = half_white(128, 128);
  std::fill(black.rgb.begin(), black.rgb.end(), 0);
  refuse({"--init-image", file, "--mask", put("black.png", black)}, 2, {"black.png is black"});
  refuse({"--init-image", put("tiny.png", gradient(20, 20))}, 2,
         {"tiny.png is 20×20 px", "--size"});
  refuse({"--init-image", file, "--size", "100x100"}, 2, {"100×100", "multiple of 64"});
}

}  // namespace
}  // namespace headroom::test
