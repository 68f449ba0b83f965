// Kept pictures that are made anew at a larger size, through the command line.
#include "headroom/core/sha256.h"
#include "headroom/image/image_reader.h"
#include "headroom/image/png_writer.h"

#include "e2e/e2e_support.h"
#include "support/made_lora.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

namespace headroom::test {
namespace {

class Finish : public EndToEnd {
 protected:
  // A small picture of the starter model, with its settings inside.
  std::string make(const std::string& name, std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--json", "-o", name});
    if (std::find(more.begin(), more.end(), "--seed") == more.end()) {
      more.insert(more.end(), {"--seed", "5"});
    }
    run_json(quick(std::move(more)));
    keep(name);
    return name;
  }
  [[nodiscard]] std::vector<std::uint8_t> pixels(const std::string& name) const {
    return read_image(folder_ / name).rgb;
  }
  json finish(std::vector<std::string> more) {
    more.insert(more.begin(), "finish");
    more.emplace_back("--json");
    const std::vector<json> out = run_json(std::move(more));
    return out.size() == 1 ? out.front() : json(out);
  }
  std::string put(const std::string& name, const std::vector<PictureText>& texts) {
    const Image image{128, 64, std::vector<std::uint8_t>(std::size_t{3} * 128 * 64, 90)};
    return write(name, encode_png(image, texts)).string();
  }
};

TEST_F(Finish, RefiningIsAStartFromTheEnlargedPictureWithItsOwnSettings) {
  make("fox.png", {"-p", "a blue boat", "-n", "red", "--guidance", "1.5", "--steps", "4"});
  run_json({"generate",   "-p",           "a blue boat", "-n",     "red",
            "--guidance", "1.5",          "--steps",     "4",      "--seed",
            "5",          "--init-image", "fox.png",     "--size", "256x128",
            "--strength", "0.5",          "--json",      "-o",     "expected.png"});
  const json out = finish({"fox.png", "--how", "refine:0.5", "--size", "256", "-o", "made.png"});
  EXPECT_EQ(out["width"], 256);
  EXPECT_EQ(out["height"], 128);
  EXPECT_EQ(out["seed"], 5);
  EXPECT_EQ(out["predicted_peak_bytes"], out["actual_peak_bytes"]);
  EXPECT_EQ(pixels("made.png"), pixels("expected.png"));
  const json told = run_json({"inspect", "made.png", "--json"}).at(0);
  const json origin{{"file", "fox.png"},
                    {"sha256", sha256(read_bytes(folder_ / "fox.png"))},
                    {"how", "refine:0.5"}};
  EXPECT_EQ(told["origin"], origin);
  EXPECT_EQ(out["origin"], origin);
  EXPECT_FALSE(told["unknown"].contains("request.origin"));
}

TEST_F(Finish, TheModelSaysHowMuchChanges) {
  make("fox.png", {"-p", "a blue boat", "--steps", "4"});
  EXPECT_EQ(finish({"fox.png", "-o", "made.png"})["origin"]["how"], "refine:0.15");
  EXPECT_EQ(finish({"fox.png", "--how", "refine", "-o", "again.png"})["origin"]["how"],
            "refine:0.15");
}

TEST_F(Finish, TheSameSeedIsWhatItsSettingsGiveAtTheLargerSize) {
  const std::vector<std::string> settings{
      "-p",          "a red apple", "--steps", "3",         "--seed", "9",       "--seed-mode",
      "composition", "--variation", "3:0.4",   "--variety", "0.3:70", "--shift", "2.5"};
  make("fox.png", settings);
  std::vector<std::string> call{"generate", "--size", "256x128", "--json", "-o", "expected.png"};
  call.insert(call.end(), settings.begin(), settings.end());
  run_json(call);
  finish({"fox.png", "--how", "same-seed", "-o", "made.png"});
  EXPECT_EQ(pixels("made.png"), pixels("expected.png"));
}

// Of several pictures of a job each has its own seed.
TEST_F(Finish, AFurtherPictureOfAJobHasItsOwnSeed) {
  make("fox.png", {"--count", "2"});
  keep("fox_2.png");
  run_json(quick({"--size", "256x128", "--seed", "6", "--json", "-o", "expected.png"}));
  EXPECT_EQ(finish({"fox_2.png", "--how", "same-seed", "-o", "made.png"})["seed"], 6);
  EXPECT_EQ(pixels("made.png"), pixels("expected.png"));
}

TEST_F(Finish, WhatIsTypedStandsOverThePicturesSettings) {
  make("fox.png");
  run_json({"generate", "-p", "a boat", "--steps", "3", "--guidance", "0", "--seed", "8", "--size",
            "256x128", "--json", "-o", "expected.png"});
  finish({"fox.png", "--how", "same-seed", "-p", "a boat", "--steps", "3", "--guidance", "0",
          "--seed", "8", "-o", "made.png"});
  EXPECT_EQ(pixels("made.png"), pixels("expected.png"));
}

TEST_F(Finish, LorasAreThoseOfThePictureOrThoseThatAreTyped) {
  const auto folder = folder_ / "home/.local/share/headroom/loras";
  std::filesystem::create_directories(folder);
  keep("home");
  write_lora(kStarterModel / "transformer", folder / "ink.safetensors", 3, 0.2F);
  write_lora(kStarterModel / "transformer", folder / "chalk.safetensors", 4, 0.2F);
  make("ink.png", {"--lora", "ink:0.5"});
  make("plain.png");
  const auto expected = [&](const std::string& lora) {
    std::vector<std::string> call = quick({"--size", "256x128", "--seed", "5", "--json"});
    if (!lora.empty()) call.insert(call.end(), {"--lora", lora});
    const std::string name = "expected" + lora.substr(0, lora.find(':')) + ".png";
    call.insert(call.end(), {"-o", name});
    run_json(call);
    return pixels(name);
  };
  // In one call: each with its own.
  finish({"ink.png", "plain.png", "--how", "same-seed", "-o", "out"});
  EXPECT_EQ(pixels("out/ink_256x128.png"), expected("ink:0.5"));
  EXPECT_EQ(pixels("out/plain_256x128.png"), expected(""));
  const json out =
      finish({"ink.png", "--how", "same-seed", "--lora", "chalk:0.7", "-o", "chalk.png"});
  EXPECT_EQ(out["loras"].size(), 1U);
  EXPECT_EQ(pixels("chalk.png"), expected("chalk:0.7"));
  std::filesystem::remove(folder / "ink.safetensors");
  const ProcessResult gone = run({"finish", "ink.png", "-o", "none.png"});
  EXPECT_EQ(gone.exit_code, 2) << gone.err;
  EXPECT_NE(gone.err.find("ink.png: "), std::string::npos) << gone.err;
}

TEST_F(Finish, ManyGoToAFolderAndOneThatFailsDoesNotStopTheRest) {
  make("kept/a.png");
  make("kept/c.png", {"--size", "64x128"});
  write("kept/b.png", "no picture");
  put("kept/d.png", {});
  const std::vector<std::string> call{"finish", "kept", "-o", "out", "--size", "256"};
  ProcessResult result = run(call);
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_EQ(files(), (std::vector<std::string>{"out/a_256x128.png", "out/c_128x256.png"}));
  EXPECT_NE(result.err.find("headroom: b.png: it is not a PNG or JPEG picture"), std::string::npos)
      << result.err;
  EXPECT_NE(result.err.find("headroom: d.png: no settings"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("2 pictures to finish: at most "), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("1 of 2: a.png: 128×64 by refine:0.15 to 256×128 px: "),
            std::string::npos)
      << result.err;
  EXPECT_NE(result.err.find("2 pictures made, 0 were there already, 2 failed"), std::string::npos)
      << result.err;
  // Again: what is there stays, what was mended is made.
  const std::string first = read_bytes(folder_ / "out/a_256x128.png");
  std::filesystem::remove(folder_ / "kept/b.png");
  std::filesystem::remove(folder_ / "out/c_128x256.png");
  result =
      run({"finish", "kept", "-o", "out", "--size", "256", "-p", "a red apple", "--steps", "2"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("2 pictures made, 1 were there already, 0 failed"), std::string::npos)
      << result.err;
  EXPECT_EQ(read_bytes(folder_ / "out/a_256x128.png"), first);
  EXPECT_EQ(files().size(), 3U);
}

TEST_F(Finish, AnotherWayGetsANameOfItsOwn) {
  make("fox.png");
  finish({"fox.png", "-o", "out"});
  finish({"fox.png", "-o", "out", "--how", "same-seed"});
  const std::vector<std::string> both{"out/fox_256x128.png", "out/fox_256x128_2.png"};
  EXPECT_EQ(files(), both);
  const ProcessResult again = run({"finish", "fox.png", "-o", "out", "--how", "same-seed"});
  EXPECT_NE(again.err.find("1 were there already"), std::string::npos) << again.err;
  EXPECT_EQ(files(), both);
  // Two of one name.
  make("more/fox.png", {"--seed", "8"});
  finish({"fox.png", "more/fox.png", "-o", "two"});
  EXPECT_TRUE(std::filesystem::exists(folder_ / "two/fox_256x128_2.png"));
}

TEST_F(Finish, PicturesOfOtherProgramsAreFinishedAsFarAsTheyTell) {
  const std::string file = put("theirs.png", {{"parameters",
                                               "a red apple\nSteps: 3, Sampler: Euler, CFG scale: "
                                               "2, Seed: 4, Size: 128x64, Model: theirs",
                                               false}});
  const ProcessResult result = run({"finish", file, "--how", "same-seed", "-o", "made.png"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("made by another program"), std::string::npos) << result.err;
  run_json(quick({"--size", "256x128", "--steps", "3", "--guidance", "1", "--seed", "4", "--json",
                  "-o", "expected.png"}));
  EXPECT_EQ(pixels("made.png"), pixels("expected.png"));
  // Without settings a refined picture needs words, and no seed.
  const ProcessResult words =
      run({"finish", put("bare.png", {}), "-p", "a red apple", "--guidance", "0", "-o", "b.png"});
  EXPECT_EQ(words.exit_code, 0) << words.err;
  EXPECT_NE(words.err.find("it does not tell steps, so the model's own are used"),
            std::string::npos)
      << words.err;
}

TEST_F(Finish, ACutIsSaid) {
  make("fox.png");
  const ProcessResult result = run({"finish", "fox.png", "--size", "128x128", "-o", "square.png"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("50 % of it is cut off for the shape of 128×128 px"), std::string::npos)
      << result.err;
}

// Killed while it is decoded.
TEST_F(Finish, OneThatWasCutShortIsResumedWithItsOrigin) {
  make("fox.png", {"--size", "512x512"});
  const std::vector<std::string> call{"finish", "fox.png", "--size", "1024", "-o", "out"};
  const auto waits = [&] {
    const auto folder = folder_ / "state/headroom/unfinished";
    std::error_code none;
    return std::ranges::any_of(
        std::filesystem::directory_iterator(folder, none),
        [](const auto& e) { return !e.path().filename().string().starts_with('.'); });
  };
  {
    Process process(options(call));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!waits() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    process.send(SIGKILL);
    EXPECT_EQ(process.wait(std::chrono::seconds(20)).signal, SIGKILL);
  }
  ASSERT_EQ(files(), std::vector<std::string>());
  const ProcessResult resumed = run({"resume"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  ASSERT_EQ(files(), std::vector<std::string>{"out/fox_1024x1024.png"});
  EXPECT_EQ(run_json({"inspect", "out/fox_1024x1024.png", "--json"}).at(0)["origin"]["how"],
            "refine:0.15");
  const ProcessResult again = run(call);
  EXPECT_NE(again.err.find("0 pictures made, 1 were there already"), std::string::npos)
      << again.err;
}

TEST_F(Finish, AnotherModelIsSaid) {
  make("fox.png");
  const std::string model = copy_model().string();
  run_json({"generate", "--model", model, "-p", "a fox", "--size", "64x64", "--steps", "2",
            "--seed", "1", "--json", "-o", "tiny.png"});
  keep("tiny.png");
  expect_refused({"finish", "tiny.png", "-o", "a.png"}, 2,
                 {"tiny.png: it was made with model", "starter-model", "--model"});
  const ProcessResult typed = run({"finish", "fox.png", "--model", model, "-o", "made.png"});
  EXPECT_EQ(typed.exit_code, 0) << typed.err;
  EXPECT_NE(typed.err.find("fox.png: it was made with starter-model and is finished with model"),
            std::string::npos)
      << typed.err;
}

TEST_F(Finish, TheModelOfAPictureIsOpenedWhereItIsFound) {
  make("fox.png");
  const std::string model = copy_model().string();
  run_json({"generate", "--model", model, "-p", "a fox", "--size", "64x64", "--steps", "2",
            "--seed", "1", "--json", "-o", "tiny.png"});
  keep("tiny.png");
  write("c.yaml", "model:\n  folders: [" + model + "]\n");
  const ProcessResult result =
      run({"finish", "tiny.png", "fox.png", "--config", "c.yaml", "-o", "out"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("pictures of model are finished with it: " + model), std::string::npos)
      << result.err;
  EXPECT_NE(result.err.find("2 pictures made, 0 were there already, 0 failed"), std::string::npos)
      << result.err;
  const auto made_by = [&](const char* file) {
    return run_json({"inspect", file, "--json"}).at(0)["receipt"]["model"];
  };
  EXPECT_EQ(made_by("out/tiny_128x128.png"), "model");
  EXPECT_EQ(made_by("out/fox_256x128.png"), "starter-model");
}

TEST_F(Finish, WhatDoesNotFitIsRefusedBeforeItBegins) {
  make("fox.png", {"--size", "512x512"});
  expect_refused({"finish", "fox.png", "--size", "2048", "--pretend-vram", "21M", "-o", "a.png"}, 4,
                 {"fox.png: 2048×2048", "needs", "MB"});
}

TEST_F(Finish, BadInputIsOneSentence) {
  make("fox.png");
  const std::string bare = put("bare.png", {});
  put("in/a.png", {});
  const auto refuse = [&](std::vector<std::string> more, int code,
                          const std::vector<std::string>& words) {
    more.insert(more.begin(), "finish");
    more.insert(more.end(), {"-o", "a.png"});
    expect_refused(more, code, words);
  };
  refuse({}, 2, {"finish needs a picture"});
  refuse({"none.png"}, 3, {"none.png"});
  refuse({bare}, 2, {"bare.png: no settings in it say what it shows", "-p"});
  refuse({bare, "-p", "a fox", "--how", "same-seed"}, 2, {"bare.png: it tells no seed", "--seed"});
  refuse({"fox.png", "--size", "128"}, 2, {"fox.png: it is 128×64 px", "larger --size"});
  refuse({"fox.png", "--size", "200x200"}, 2, {"200×200", "multiple of 64"});
  refuse({"fox.png", "--size", "big"}, 2, {"--size \"big\"", "2x", "1024x576"});
  refuse({"fox.png", "--how", "refine:2"}, 2, {"--how \"refine:2\"", "same-seed"});
  refuse({"fox.png", bare}, 2, {"folder", "-o"});
  refuse({(kStarterModel / "README.md").string()}, 3, {"README.md"});
  const std::string header("\x08\0\0\0\x7F\0\0\x3F\0\0", 10);  // 128 x 64
  write("w.webp", std::string("RIFF\x16\0\0\0WEBPVP8X\x0A\0\0\0", 20) + header);
  write("g.gif", "GIF89a");
  refuse({"g.gif", "-p", "a fox"}, 3, {"g.gif: it is not a PNG or JPEG picture; convert it"});
  refuse({"w.webp", "-p", "a fox"}, 3, {"w.webp: it is not a PNG or JPEG picture; convert it"});
  std::filesystem::create_directories(folder_ / "empty");
  refuse({"empty"}, 2, {"empty holds no PNG or JPEG"});
  write("there.png", "");
  expect_refused({"finish", "fox.png", "-o", "there.png"}, 3, {"there.png already exists"});
  make("second.png", {"--init-image", "fox.png"});
  refuse({"second.png", "--how", "same-seed"}, 2, {"second.png: it was started from fox.png"});
}

}  // namespace
}  // namespace headroom::test
