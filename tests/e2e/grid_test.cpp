// Grids of pictures over two settings, through the command line.
#include "headroom/image/image_reader.h"

#include "e2e/e2e_support.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <thread>

namespace headroom::test {
namespace {

class PictureGrid : public EndToEnd {
 protected:
  static std::vector<std::string> grid(std::vector<std::string> more) {
    more.insert(more.end(), {"--seed", "5", "-o", "out"});
    return quick(std::move(more));
  }
  [[nodiscard]] std::vector<std::uint8_t> pixels(const std::string& name) const {
    return read_image(folder_ / name).rgb;
  }
};

TEST_F(PictureGrid, HasAPictureForEachPairOfValuesAndASheet) {
  const std::vector<json> out =
      run_json(grid({"--grid-x", "steps=1,2,3", "--grid-y", "guidance=0,2", "--json"}));
  ASSERT_EQ(out.size(), 7U);
  EXPECT_EQ(out[1]["file"], "out/x2_y1.png");
  EXPECT_EQ(out[1]["steps"], 2);
  EXPECT_EQ(out[1]["guidance"], 0);
  EXPECT_EQ(out[6], (json{{"sheet", "out/sheet.png"}, {"pictures", 6}, {"of", 6}}));
  EXPECT_EQ(files(), (std::vector<std::string>{"out/sheet.png", "out/x1_y1.png", "out/x1_y2.png",
                                               "out/x2_y1.png", "out/x2_y2.png", "out/x3_y1.png",
                                               "out/x3_y2.png"}));
  run_json(quick({"--steps", "3", "--guidance", "2", "--seed", "5", "--json", "-o", "alone.png"}));
  EXPECT_EQ(pixels("out/x3_y2.png"), pixels("alone.png"));
  // The pictures are in the sheet as they are.
  const Image sheet = read_image(folder_ / "out/sheet.png");
  EXPECT_GT(sheet.width, 3 * 128);
  EXPECT_GT(sheet.height, 2 * 64);
  const json told = run_json({"inspect", "out/sheet.png", "--json"}).at(0);
  EXPECT_EQ(told["other_texts"]["Description"],
            "Columns: steps 1; steps 2; steps 3. Rows: guidance 0; guidance 2");
}

TEST_F(PictureGrid, WordsSizesAndSeedsVary) {
  run_json(
      grid({"--grid-x", "prompt:apple=apple,boat", "--grid-y", "size=64x64,128x64", "--json"}));
  run_json(quick({"-p", "a red boat", "--size", "64x64", "--seed", "5", "--json", "-o", "b.png"}));
  EXPECT_EQ(pixels("out/x2_y1.png"), pixels("b.png"));
  EXPECT_EQ(read_image(folder_ / "out/x1_y2.png").width, 128);
  run_json({"generate", "--grid-x", "prompt=a red apple,\"a boat, blue\"", "--size", "64x64",
            "--steps", "1", "-o", "one", "--json"});
  const auto settings = [&](const char* file) {
    return run_json({"inspect", file, "--json"}).at(0)["settings"];
  };
  EXPECT_EQ(settings("one/x2_y1.png")["prompt"], "a boat, blue");
  // Where no seed is typed all have the same.
  EXPECT_EQ(settings("one/x1_y1.png")["seed"], settings("one/x2_y1.png")["seed"]);
}

TEST_F(PictureGrid, GoesOnWhereItWasCutShort) {
  const std::vector<std::string> call{"generate",    "-p",      "a red apple", "--size",
                                      "64x64",       "--steps", "2",           "--grid-x",
                                      "shift=1,2,3", "-o",      "out"};
  run(call);
  std::filesystem::remove(folder_ / "out/x2_y1.png");
  std::filesystem::remove(folder_ / "out/sheet.png");
  const std::string first = read_bytes(folder_ / "out/x1_y1.png");
  ProcessResult result = run(call);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("1 picture of 3 x 1: at most "), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("1 picture made, 2 were there already, 0 failed"), std::string::npos)
      << result.err;
  EXPECT_EQ(read_bytes(folder_ / "out/x1_y1.png"), first);
  EXPECT_TRUE(std::filesystem::exists(folder_ / "out/sheet.png"));
  const auto seed = [&](const char* file) {
    return run_json({"inspect", file, "--json"}).at(0)["settings"]["seed"];
  };
  EXPECT_EQ(seed("out/x2_y1.png"), seed("out/x1_y1.png"));
  // Once more there is nothing to do, and no second sheet.
  const std::vector<std::string> all = files();
  result = run(call);
  EXPECT_NE(result.err.find("0 pictures made, 3 were there already"), std::string::npos);
  EXPECT_EQ(files(), all);
  // Of other settings it would not be the same grid.
  const ProcessResult other =
      run({"generate", "-p", "a boat", "--size", "64x64", "--grid-x", "shift=1,2,3", "-o", "out"});
  EXPECT_EQ(other.exit_code, 3);
  EXPECT_NE(other.err.find("shift 1: out/x1_y1.png is there already and has other settings"),
            std::string::npos)
      << other.err;
  EXPECT_EQ(files(), all);
}

TEST_F(PictureGrid, CancellingKeepsWhatIsMadeAndItsSheet) {
  ProcessOptions call = options(grid({"--grid-x", "steps=1,1000,999", "--size", "512x512"}));
  Process process(call);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!std::filesystem::exists(folder_ / "out/x1_y1.png") &&
         std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  process.send(SIGINT);
  const ProcessResult result = process.wait(std::chrono::seconds(60));
  EXPECT_EQ(result.exit_code, 130) << result.err;
  EXPECT_EQ(files(), (std::vector<std::string>{"out/sheet_1_of_3.png", "out/x1_y1.png"}));
}

TEST_F(PictureGrid, SaysWhatCouldNotBeSavedAndThatThereIsNoSheet) {
  ProcessOptions call = options(grid({"--grid-x", "steps=1,2", "--size", "256x256"}));
  call.file_bytes_limit = 2000;
  const ProcessResult result = run_process(call);
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_NE(result.err.find("the sheet is not made: none of its pictures is in out\n"),
            std::string::npos)
      << result.err;
  EXPECT_NE(result.err.find("0 pictures made, 0 were there already, 0 failed; 2 pictures could not "
                            "be saved there"),
            std::string::npos)
      << result.err;
  EXPECT_EQ(files(), std::vector<std::string>());
}

TEST_F(PictureGrid, ASheetThatCannotBeWrittenIsSaidAndThePicturesStay) {
  const std::vector<std::string> call = grid({"--grid-x", "steps=1,2", "--size", "128x128"});
  run(call);
  const auto bytes_of = [&](const char* file) {
    return std::filesystem::file_size(folder_ / "out" / file);
  };
  const auto largest = std::max(bytes_of("x1_y1.png"), bytes_of("x2_y1.png"));
  const auto sheet = bytes_of("sheet.png");
  ASSERT_GT(sheet, largest + 1000);
  std::filesystem::remove_all(folder_ / "out");
  ProcessOptions limited = options(call);
  limited.file_bytes_limit = static_cast<std::int64_t>((largest + sheet) / 2);
  const ProcessResult result = run_process(limited);
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_NE(result.err.find("the sheet is not made: cannot write out/sheet.png: the file would be "
                            "larger"),
            std::string::npos)
      << result.err;
  EXPECT_NE(result.err.find("2 pictures made, 0 were there already, 0 failed\n"), std::string::npos)
      << result.err;
  EXPECT_EQ(files(), (std::vector<std::string>{"out/x1_y1.png", "out/x2_y1.png"}));
}

TEST_F(PictureGrid, ACellThatDoesNotFitIsRefusedBeforeAnythingIsMade) {
  expect_refused(grid({"--grid-x", "size=64x64,2048x2048", "--pretend-vram", "21M"}), 4,
                 {"size 2048x2048: 2048×2048", "needs"});
}

TEST_F(PictureGrid, BadInputIsOneSentence) {
  const auto refuse = [&](const std::vector<std::string>& more, int code,
                          const std::vector<std::string>& words) {
    expect_refused(grid(more), code, words);
  };
  refuse({"--grid-x", "colour=1,2"}, 2, {"--grid-x", "names no setting", "steps"});
  refuse({"--grid-x", "steps=4,0"}, 2, {"steps 0: ", "from 1 to 1000"});
  refuse({"--grid-x", "steps=4,x"}, 2, {"steps x: the value \"x\" is not allowed; use a whole"});
  refuse({"--grid-x", "size=64x64,100x100"}, 2, {"size 100x100: ", "multiple of 64"});
  refuse({"--grid-x", "prompt:fox=dog"}, 2, {"dog: ", "does not hold \"fox\""});
  refuse({"--grid-x", "lora:none=1"}, 2, {"none 1: ", "none"});
  refuse({"--grid-x", "strength=0.2,0.4"}, 2, {"--init-image"});
  refuse({"--grid-x", "steps=1,2", "--grid-y", "steps=3"}, 2, {"both of steps"});
  refuse({"--grid-x", "steps=1,2", "--count", "2"}, 2, {"--count"});
  refuse({"--grid-x", "steps=1,2", "-p", "a {red|blue} fox"}, 2, {"choices"});
  refuse({"--grid-x", "steps=1,2", "--dump", "d"}, 2, {"--dump"});
  expect_refused(quick({"--grid-x", "steps=1,2"}), 2, {"folder", "-o"});
  expect_refused(quick({"--grid-x", "steps=1,2", "-o", "a.png"}), 2, {"folder", "-o"});
}

TEST_F(PictureGrid, LettersWithoutAFontAreNamed) {
  const ProcessResult result =
      run(grid({"--grid-x", "prompt:apple=apple,\xF3\xB0\x80\x80", "--size", "64x64"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("no font here has these letters"), std::string::npos) << result.err;
}

}  // namespace
}  // namespace headroom::test
