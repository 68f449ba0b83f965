// Pictures that start from another one, through the command line with the starter model.
#include "headroom/core/sha256.h"
#include "headroom/image/image_reader.h"
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

TEST_F(InitImage, GreyOfAMaskIsBetweenKeptAndPaintedAnew) {
  const Image from = gradient(128, 256);
  const std::string file = put("from.png", from);
  // The lower half in this grey, the upper white.
  const auto lower_difference = [&](std::uint8_t grey) {
    Image mask = half_white(128, 256);
    std::fill(mask.rgb.begin() + 3 * 128 * 128, mask.rgb.end(), grey);
    const std::string name = "grey" + std::to_string(grey);
    const json out = run_json(start({"--init-image", file, "--mask", put(name + ".png", mask), "-o",
                                     name + "-made.png"}))
                         .at(0);
    EXPECT_EQ(out["predicted_peak_bytes"], out["actual_peak_bytes"]);
    return mean_difference(read_image(folder_ / (name + "-made.png")), from, 160, 256);
  };
  const double black = lower_difference(0);
  const double grey = lower_difference(40);  // the last two of sixteen steps
  const double white = lower_difference(255);
  EXPECT_GT(grey, 1.05 * black);
  EXPECT_GT(white, 1.1 * grey);
  // What compression leaves of black and white is no grey.
  const auto pixels = [&](const char* name) { return read_image(folder_ / name).rgb; };
  lower_difference(6);
  lower_difference(250);
  EXPECT_EQ(pixels("grey6-made.png"), pixels("grey0-made.png"));
  EXPECT_EQ(pixels("grey250-made.png"), pixels("grey255-made.png"));
}

TEST_F(InitImage, OutpaintingExtendsTheCanvasAndKeepsWhatIsInside) {
  const Image from = gradient(512, 128);
  const std::string file = put("from.png", from);
  const ProcessResult result =
      run(start({"--init-image", file, "--outpaint", "0,0,64,0", "-o", "wide.png"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(
      result.err.find("canvas of from.png grows from 512×128 to 576×128 px (0 px left, 0 top, "
                      "64 right, 0 bottom)"),
      std::string::npos)
      << result.err;
  const Image wide = read_image(folder_ / "wide.png");
  ASSERT_EQ(wide.width, 576);
  ASSERT_EQ(wide.height, 128);
  double sum = 0;
  int painted = 0;
  for (int y = 0; y < 128; ++y) {
    for (int x = 0; x < 320; ++x) {  // beyond the feather and the decoder's reach
      const auto at = [&](const Image& image) {
        return int{image.rgb[static_cast<std::size_t>(3 * (y * image.width + x))]};
      };
      sum += std::abs(at(wide) - at(from));
    }
    const auto last = [&](int x) {
      return int{wide.rgb[static_cast<std::size_t>(3 * (y * wide.width + x))]};
    };
    if (std::abs(last(575) - last(520)) > 2) ++painted;
  }
  EXPECT_LT(sum / (128 * 320), 25);
  EXPECT_GT(painted, 30);  // no mere streaks of the edge
  const json told = run_json({"inspect", "wide.png", "--json"}).at(0);
  EXPECT_NE(told["unknown"]["request.mask"].get<std::string>().find("outpaint 0,0,64,0"),
            std::string::npos);
  // What whole units need beyond that goes to the same sides.
  const ProcessResult odd =
      run(start({"--init-image", put("odd.png", gradient(150, 100)), "--outpaint", "20,0,0,0",
                 "--steps", "2", "-o", "odd-made.png"}));
  EXPECT_NE(odd.err.find("150×100 to 192×128 px (42 px left, 0 top, 0 right, 28 bottom)"),
            std::string::npos)
      << odd.err;
}

TEST_F(InitImage, PaddingKeepsAllOfThePicture) {
  const std::string file = put("from.png", gradient(150, 100));
  ProcessResult result =
      run(start({"--init-image", file, "--steps", "2", "--fit", "pad", "-o", "pad.png"}));
  EXPECT_NE(result.err.find("is extended at its edges to 192×128"), std::string::npos)
      << result.err;
  EXPECT_EQ(read_image(folder_ / "pad.png").width, 192);
  result = run(start({"--init-image", file, "--steps", "2", "--fit", "pad", "--size", "128x128",
                      "-o", "fit.png"}));
  EXPECT_NE(result.err.find("resized to fit into 128×128 and extended"), std::string::npos)
      << result.err;
  EXPECT_EQ(read_image(folder_ / "fit.png").height, 128);
}

TEST_F(InitImage, AFolderGoesToAFolderAndOneThatFailsDoesNotStopTheRest) {
  put("in/a.png", gradient(64, 64));
  put("in/c.png", gradient(128, 64));
  write("in/b.jpg", "no picture");
  write("in/notes.txt", "no picture either");
  const std::vector<std::string> call = start({"--init-image", "in", "--steps", "2", "-o", "out"});
  ProcessResult result = run(call);
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_EQ(lines(result.out).size(), 2U);
  EXPECT_EQ(files(), (std::vector<std::string>{"out/a.png", "out/c.png"}));
  EXPECT_EQ(read_image(folder_ / "out/c.png").width, 128);
  EXPECT_NE(result.err.find("1 of 3: a.png"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("headroom: cannot read in/b.jpg: "), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("2 pictures made, 0 were there already, 1 failed"), std::string::npos);
  // Again: what is there stays, what was mended is made.
  const std::string first = read_bytes(folder_ / "out/a.png");
  write("in/b.jpg", encode_png(gradient(64, 64), {}));
  result = run(call);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("1 picture made, 2 were there already, 0 failed"), std::string::npos)
      << result.err;
  EXPECT_EQ(read_bytes(folder_ / "out/a.png"), first);
  EXPECT_EQ(files().size(), 3U);
  // With other settings it is no repetition.
  std::vector<std::string> other = call;
  other.insert(other.end(), {"--strength", "0.3"});
  result = run(other);
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_NE(result.err.find("out/a.png is there already and was made otherwise"), std::string::npos)
      << result.err;
  EXPECT_NE(result.err.find("0 were there already, 3 failed"), std::string::npos) << result.err;
  EXPECT_EQ(read_bytes(folder_ / "out/a.png"), first);
  // Masks by the same names.
  put("masks/a.png", half_white(64, 64));
  result = run(start({"--init-image", "in", "--mask", "masks", "--steps", "2", "-o", "masked"}));
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "masked/a.png"));
  EXPECT_NE(result.err.find("masks/c.png"), std::string::npos) << result.err;
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
  for (const char* const strength : {"0", "-1", "1.5"}) {
    refuse({"--init-image", file, "--strength", strength}, 2, {"strength", "above 0", "at most 1"});
  }
  for (const char* const strength : {"much", "nan"}) {
    refuse({"--init-image", file, "--strength", strength}, 2,
           {"--strength \"" + std::string(strength) + "\"", "not a number"});
  }
  refuse({"--strength", "0.5"}, 2, {"--strength needs", "--init-image"});
  refuse({"--mask", mask}, 2, {"--mask needs", "--init-image"});
  refuse({"--init-image", "none.png"}, 3, {"none.png"});
  refuse({"--init-image", (kStarterModel / "README.md").string()}, 3, {"not a PNG or JPEG"});
  refuse({"--init-image", file, "--mask", put("small.png", half_white(64, 64))}, 2,
         {"mask small.png is 64×64 px", "from.png is 128×128 px"});
  Image black = half_white(128, 128);
  std::fill(black.rgb.begin(), black.rgb.end(), 0);
  refuse({"--init-image", file, "--mask", put("black.png", black)}, 2, {"black.png is black"});
  refuse({"--init-image", put("tiny.png", gradient(20, 20))}, 2,
         {"tiny.png is 20×20 px", "--size"});
  refuse({"--init-image", file, "--size", "100x100"}, 2, {"100×100", "multiple of 64"});
  for (const char* const margins : {"1,2,3", "0,0,0,0", "-1,0,0,0", "a,b,c,d", "1,2,3,4,5", ""}) {
    refuse({"--init-image", file, "--outpaint", margins}, 2, {"--outpaint", "128,0,128,0"});
  }
  refuse({"--init-image", file, "--outpaint", "64,0,0,0", "--size", "256x256"}, 2,
         {"--outpaint", "--size"});
  refuse({"--outpaint", "64,0,0,0"}, 2, {"--outpaint needs", "--init-image"});
  refuse({"--init-image", file, "--fit", "stretch"}, 2, {"--fit", "crop or pad"});
  std::filesystem::create_directories(folder_ / "empty");
  refuse({"--init-image", "empty"}, 2, {"folder", "-o"});  // -o a.png
}

}  // namespace
}  // namespace headroom::test
