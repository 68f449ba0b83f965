// headroom upscale, with small random networks.
#include "headroom/image/image_reader.h"
#include "headroom/image/png_writer.h"
#include "headroom/image/resize.h"

#include "e2e/e2e_support.h"
#include "support/paths.h"

#include <csignal>
#include <fstream>
#include <random>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

const fs::path kUpscalers = test::data_folder() / "upscalers";

class Upscale : public EndToEnd {
 protected:
  static std::string network(const char* name) { return (kUpscalers / name).string(); }
  static Image noise(int width, int height) {
    std::mt19937 random(3);
    Image image{width, height, {}};
    for (int i = 0; i < 3 * width * height; ++i) {
      image.rgb.push_back(static_cast<std::uint8_t>(random() & 255U));
    }
    return image;
  }
  std::string put(const std::string& name, const Image& image,
                  const std::vector<PictureText>& texts = {}) {
    return write(name, encode_png(image, texts)).string();
  }
  // A program of that name that does what the shell says with "$2" and "$4", in and out.
  std::string program(const std::string& shell) {
    const fs::path file = write("bin/realesrgan-ncnn-vulkan", "#!/bin/sh\n" + shell + "\n");
    fs::permissions(file, fs::perms::owner_all);
    return file.string();
  }
};

TEST_F(Upscale, MakesTheSizeThatIsAskedForAtOnceAndInPieces) {
  const std::string from = put("from.png", noise(70, 50));
  keep("whole.png");
  keep("pieces.png");
  keep("three.png");
  const auto whole =
      run_json({"upscale", from, "--model", network("x4.pth"), "-o", "whole.png", "--json"});
  EXPECT_EQ(whole.at(0)["width"], 280);
  EXPECT_EQ(whole.at(0)["height"], 200);
  EXPECT_EQ(whole.at(0)["pieces"], 1);
  EXPECT_EQ(whole.at(0)["predicted_peak_bytes"], whole.at(0)["actual_peak_bytes"]);
  const auto pieces = run_json({"upscale", from, "--model", network("x4.pth"), "-o", "pieces.png",
                                "--json", "--vram-cap", "3.2M"});
  EXPECT_GT(pieces.at(0)["pieces"], 1);
  EXPECT_LE(pieces.at(0)["actual_peak_bytes"], 3355443);
  EXPECT_EQ(pieces.at(0)["predicted_peak_bytes"], pieces.at(0)["actual_peak_bytes"]);
  const Image a = read_image(folder_ / "whole.png");
  const Image b = read_image(folder_ / "pieces.png");
  ASSERT_EQ(a.rgb.size(), b.rgb.size());
  std::size_t different = 0;
  for (std::size_t i = 0; i < a.rgb.size(); ++i) different += a.rgb[i] == b.rgb[i] ? 0U : 1U;
  EXPECT_LT(different, a.rgb.size() / 1000);
  run_json(
      {"upscale", from, "--model", network("x4.pth"), "--scale", "3", "-o", "three.png", "--json"});
  EXPECT_EQ(read_image(folder_ / "three.png").rgb, resize_lanczos(a, 210, 150).rgb);
}

TEST_F(Upscale, LanczosNeedsNoFile) {
  const Image image = noise(20, 10);
  const std::string from = put("from.png", image);
  keep("out.png");
  const ProcessResult result =
      run({"upscale", from, "--model", "lanczos", "--scale", "3", "-o", "out.png"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "out.png\n");
  EXPECT_NE(result.err.find("20×10 to 60×30 by Lanczos"), std::string::npos) << result.err;
  EXPECT_EQ(read_image(folder_ / "out.png").rgb, resize_lanczos(image, 60, 30).rgb);
}

// What the README says of files from before PyTorch 1.6.
TEST_F(Upscale, ReadsModelsInBothFormatsOfPyTorch) {
  const std::string from = put("from.png", noise(12, 8));
  keep("new.png");
  keep("old.png");
  run_json({"upscale", from, "--model", network("hostile/fine.pth"), "-o", "new.png", "--json"});
  run_json(
      {"upscale", from, "--model", network("hostile/before_1_6.pth"), "-o", "old.png", "--json"});
  const Image old = read_image(folder_ / "old.png");
  EXPECT_EQ(old.width, 24);
  EXPECT_EQ(old.rgb, read_image(folder_ / "new.png").rgb);
}

TEST_F(Upscale, KeepsTransparencyAndTextsAndRecordsWhatWasDone) {
  const Image image = noise(12, 8);
  GreyImage alpha{12, 8, {}};
  for (int i = 0; i < 96; ++i) alpha.grey.push_back(static_cast<std::uint8_t>(i * 2));
  write("from.png", encode_png_with_alpha(
                        image, alpha, {{"parameters", "a cat\nSteps: 8, Seed: 5"}, {"a", "b"}}));
  keep("out.png");
  run_json({"upscale", "from.png", "--model", network("general_x2.safetensors"), "-o", "out.png",
            "--json"});
  EXPECT_EQ(read_transparent_image(folder_ / "out.png").alpha.grey,
            resize_lanczos(alpha, 24, 16).grey);
  const auto said = run_json({"inspect", "out.png", "--json"}).at(0);
  EXPECT_EQ(said["settings"]["prompt"], "a cat");
  EXPECT_EQ(said["other_texts"]["a"], "b");
  const json done = json::parse(said["other_texts"]["upscale"].get<std::string>());
  EXPECT_EQ(done["from"]["file"], "from.png");
  EXPECT_EQ(done["model"], "general_x2.safetensors");
  EXPECT_EQ(done["scale"], 2);
}

TEST_F(Upscale, AFolderIsGoneOnWithAndNothingForeignIsReplaced) {
  for (const char* const name : {"in/a.png", "in/b.png", "in/c.png"}) put(name, noise(9, 7));
  write("in/d.png", "no picture");
  const std::string foreign = put("out/b_4x.png", noise(3, 3));
  const std::string before = read_bytes(foreign);
  keep("out");
  const Words call{"upscale", "in", "--model", network("general_x4.pth"), "-o", "out"};
  ProcessResult result = run(call);
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_EQ(result.out, "out/a_4x.png\nout/c_4x.png\n");
  EXPECT_NE(result.err.find("b_4x.png already exists"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("headroom: cannot read in/d.png: "), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("2 pictures made, 0 were there already, 2 failed"), std::string::npos)
      << result.err;
  EXPECT_EQ(read_bytes(foreign), before);
  fs::remove(folder_ / "out/a_4x.png");
  fs::remove(folder_ / "in/d.png");
  fs::remove(foreign);
  result = run(call);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "out/a_4x.png\nout/b_4x.png\n");
  EXPECT_NE(result.err.find("out/c_4x.png is made already"), std::string::npos) << result.err;
}

TEST_F(Upscale, PicturesOfOneNameAreNumberedAndARepeatMakesWhatIsMissing) {
  put("a/cat.png", noise(9, 7));
  put("b/cat.png", noise(8, 7));
  put("cat.png", noise(7, 7));
  keep("out");
  const Words call{"upscale", "a", "b/cat.png", "cat.png", "--model", "lanczos", "-o", "out"};
  ProcessResult result = run(call);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "out/cat_2x.png\nout/cat_2x_2.png\nout/cat_2x_3.png\n");
  EXPECT_EQ(read_image(folder_ / "out/cat_2x_2.png").width, 16);
  fs::remove(folder_ / "out/cat_2x_2.png");
  result = run(call);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "out/cat_2x_2.png\n");
  EXPECT_NE(result.err.find("1 picture made, 2 were there already, 0 failed"), std::string::npos)
      << result.err;
  EXPECT_EQ(read_image(folder_ / "out/cat_2x_2.png").width, 16);
  // Alone or in another order, each finds its own.
  result = run({"upscale", "cat.png", "a/cat.png", "--model", "lanczos", "-o", "out"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "");
  result = run({"upscale", "b/cat.png", "--model", "lanczos", "-o", "out"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("out/cat_2x_2.png is made already"), std::string::npos) << result.err;
  // A file that is named is not numbered.
  expect_refused({"upscale", "b/cat.png", "--model", "lanczos", "-o", "out/cat_2x.png"}, 3,
                 {"already exists"});
}

TEST_F(Upscale, SaysWhatItNeedsAndRunsNothing) {
  put("from.png", noise(64, 64));
  const auto out = run_json(
      {"upscale", "from.png", "--model", network("x4.pth"), "--dry-run", "--json", "-o", "o.png"});
  EXPECT_EQ(out.at(0)["fits"], true);
  EXPECT_GT(out.at(0)["peak_bytes"], out.at(0)["weights_bytes"]);
  EXPECT_EQ(out.at(0)["width"], 256);
  EXPECT_EQ(files(), Words());
}

TEST_F(Upscale, RefusesInOneSentence) {
  const std::string from = put("from.png", noise(64, 64));
  const std::string model = network("x4.pth");
  expect_refused({"upscale", "--model", model}, 2, {"needs pictures"});
  expect_refused({"upscale", from}, 2, {"--model lanczos"});
  expect_refused({"upscale", from, "--model", model, "--scale", "5"}, 2, {"--scale", "2 to 4"});
  expect_refused({"upscale", from, "--model", network("x2.pth"), "--scale", "4"}, 2,
                 {"x2.pth", "2 times"});
  expect_refused({"upscale", from, "--model", "nowhere.pth"}, 3, {"nowhere.pth", "missing"});
  expect_refused({"upscale", "nowhere.png", "--model", model}, 3, {"nowhere.png"});
  expect_refused({"upscale", from, "--model", (kUpscalers / "hostile/system.pth").string()}, 3,
                 {"could run code"});
  expect_refused({"upscale", from, "--model", model, "--vram-cap", "1M", "-o", "o.png"}, 4,
                 {"smallest pieces", "--vram-cap"});
  expect_refused({"upscale", from, "--model", "realesrgan-ncnn-vulkan"}, 3, {"PATH"});
  expect_refused({"upscale", from, "--model", model, "--denoise", "0.5"}, 2, {"-wdn"});
  expect_refused({"upscale", from, "--model", model, "--denoise", "2"}, 2, {"between 0 and 1"});
  expect_refused({"upscale", from, "--model", "lanczos", "--denoise", "1"}, 2, {"--denoise"});
  put("wide.png", noise(8000, 1));
  expect_refused({"upscale", "wide.png", "--model", model, "-o", "o.png"}, 2, {"16384"});
  const std::string there = put("there.png", noise(3, 3));
  expect_refused({"upscale", from, "--model", model, "-o", there}, 3, {"already exists"});
}

TEST_F(Upscale, DenoiseMixesTheTwoModelsThatLieBesideEachOther) {
  put("from.png", noise(16, 16));
  const auto made = [&](const char* share, const char* file) {
    keep(file);
    run_json({"upscale", "from.png", "--model", network("realesr-general-x4v3.pth"), "--denoise",
              share, "-o", file, "--json"});
    return read_image(folder_ / file).rgb;
  };
  const auto half = made("0.5", "half.png");
  EXPECT_NE(made("0", "none.png"), half);
  EXPECT_NE(made("1", "all.png"), half);
}

TEST_F(Upscale, FinishesPicturesAsThatIsAskedFor) {
  put("from.png", noise(20, 12));
  const auto upscaled = run_json({"upscale", "from.png", "--model", network("x4.pth"), "--scale",
                                  "2", "-o", "one.png", "--json"});
  const auto finished = run_json({"finish", "from.png", "--how", "upscaler:" + network("x4.pth"),
                                  "--size", "40", "-o", "two.png", "--json"});
  keep("one.png");
  keep("two.png");
  EXPECT_EQ(finished.at(0)["width"], 40);
  EXPECT_EQ(finished.at(0)["height"], 24);
  EXPECT_EQ(finished.at(0)["model"], "x4.pth");
  EXPECT_EQ(finished.at(0)["predicted_peak_bytes"], upscaled.at(0)["predicted_peak_bytes"]);
  EXPECT_EQ(read_image(folder_ / "two.png").rgb, read_image(folder_ / "one.png").rgb);
  // What it cannot be and what has no place there is said, and nothing is made.
  const std::string how = "upscaler:" + network("x4.pth");
  expect_refused({"finish", "from.png", "--how", how, "--size", "50", "-o", "no.png"}, 2,
                 {"20×12", "40×24, 60×36 or 80×48"});
  expect_refused({"finish", "from.png", "--how", how, "--steps", "4", "-o", "no.png"}, 2,
                 {"--steps", "asks none"});
  expect_refused({"finish", "from.png", "--how", "upscaler:gone.pth", "-o", "no.png"}, 3,
                 {"gone.pth"});
  // Several go to a folder, once.
  put("more/a.png", noise(8, 8));
  put("more/b.png", noise(6, 8));
  const std::vector<std::string> many{"finish", "more", "--how", "upscaler:lanczos", "-o", "out"};
  EXPECT_EQ(run(many).exit_code, 0);
  EXPECT_TRUE(fs::exists(folder_ / "out/a_2x.png") && fs::exists(folder_ / "out/b_2x.png"));
  const ProcessResult again = run(many);
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_NE(again.err.find("2 were there already"), std::string::npos) << again.err;
}

TEST_F(Upscale, UsesTheProgramThatIsChosen) {
  const Image image = noise(10, 6);
  put("from.png", image);
  const Image four = resize_lanczos(image, 40, 24);
  const std::string made = put("made.png", four);
  const std::string good =
      program("test \"$1\" = -i && test \"$3\" = -o && cp " + made + " \"$4\"");
  keep("out.png");
  ProcessResult result = run({"upscale", "from.png", "--model", good, "-o", "out.png"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(read_image(folder_ / "out.png").rgb, four.rgb);
  environment_["PATH"] = (folder_ / "bin").string() + ":" + environment_["PATH"];
  keep("half.png");
  result = run({"upscale", "from.png", "--model", "realesrgan-ncnn-vulkan", "--scale", "2", "-o",
                "half.png"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(read_image(folder_ / "half.png").rgb, resize_lanczos(four, 20, 12).rgb);
  program("echo 'no vulkan device' >&2; exit 1");
  result = run({"upscale", "from.png", "--model", "realesrgan-ncnn-vulkan", "-o", "not.png"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_NE(result.err.find("no vulkan device"), std::string::npos) << result.err;
  program("cp \"$2\" \"$4\"");
  result = run({"upscale", "from.png", "--model", "realesrgan-ncnn-vulkan", "-o", "not.png"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_NE(result.err.find("another size"), std::string::npos) << result.err;
  EXPECT_FALSE(fs::exists(folder_ / "not.png"));
  EXPECT_TRUE(fs::is_empty(folder_ / "tmp"));
}

TEST_F(Upscale, AFolderDoesNotGoIntoItself) {
  put("in/from.png", noise(16, 16));
  for (const Words& call : {Words{"upscale", "in", "--model", "lanczos", "-o", "in"},
                            Words{"finish", "in", "-o", "in/../in"}}) {
    const ProcessResult result = run(call);
    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_NE(result.err.find("name another folder with -o"), std::string::npos) << result.err;
  }
  EXPECT_EQ(files(), Words());
}

TEST_F(Upscale, AProgramThatDoesNotListenIsKilledAfterAWhile) {
  put("from.png", noise(16, 16));
  const fs::path begun = folder_ / "begun";
  keep("begun");
  const std::string deaf = program("trap '' TERM INT; echo 1 > " + begun.string() + "; sleep 120");
  Process process(options({"upscale", "from.png", "--model", deaf, "-o", "out.png"}));
  for (int i = 0; i < 600 && !fs::exists(begun); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  process.send(SIGINT);
  EXPECT_EQ(process.wait(std::chrono::seconds(60)).exit_code, 130);
  EXPECT_EQ(files(), Words());
}

TEST_F(Upscale, ASignalEndsItWithoutAHalfFile) {
  put("from.png", noise(900, 900));
  Process process(options(
      {"upscale", "from.png", "--model", network("x4.pth"), "--vram-cap", "8M", "-o", "out.png"}));
  ASSERT_TRUE(
      process.wait_until_busy(SIGINT, std::chrono::milliseconds(500), std::chrono::seconds(60)));
  process.send(SIGINT);
  const ProcessResult result = process.wait(std::chrono::seconds(60));
  EXPECT_EQ(result.exit_code, 130) << result.err;
  EXPECT_NE(result.err.find("cancelled"), std::string::npos) << result.err;
  EXPECT_EQ(files(), Words());
  // The program that does the work ends with it.
  const fs::path child = folder_ / "child";
  keep("child");
  const std::string slow = program("sleep 300 & echo $! > " + child.string() +
                                   "; trap 'exit 1' TERM; while :; do sleep 0.05; done");
  Process other(options({"upscale", "from.png", "--model", slow, "-o", "out.png"}));
  ASSERT_TRUE(
      other.wait_until_busy(SIGTERM, std::chrono::milliseconds(0), std::chrono::seconds(60)));
  std::string pid;
  for (int i = 0; i < 600 && !(std::ifstream(child) >> pid); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  ASSERT_FALSE(pid.empty()) << "it was not begun";
  other.send(SIGTERM);
  EXPECT_EQ(other.wait(std::chrono::seconds(60)).exit_code, 130);
  EXPECT_EQ(files(), Words());
  const auto has_ended = [&] {
    std::string state;
    std::ifstream stat("/proc/" + pid + "/stat");
    for (int i = 0; i < 3; ++i) stat >> state;
    return state.empty() || state == "Z";
  };
  for (int i = 0; i < 100 && !has_ended(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_TRUE(has_ended()) << "what it started";
}

}  // namespace
}  // namespace headroom::test
