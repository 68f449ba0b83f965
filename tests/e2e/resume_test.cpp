// Runs that are killed at any moment: what was sampled is finished by the next one.
#include "headroom/core/image.h"
#include "headroom/image/image_reader.h"
#include "headroom/image/picture_info.h"
#include "headroom/records/find_settings.h"

#include "e2e/e2e_support.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <random>
#include <thread>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Resume : public EndToEnd {
 protected:
  [[nodiscard]] fs::path unfinished() const { return folder_ / "state/headroom/unfinished"; }

  // What waits, by the names of its files, those of writes that were cut short left out.
  [[nodiscard]] std::vector<std::string> waiting() const {
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(unfinished(), none)) {
      const std::string name = entry.path().filename().string();
      if (!name.starts_with('.')) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  [[nodiscard]] bool wait_for_latents() const {
    const auto end = std::chrono::steady_clock::now() + seconds(60);
    while (waiting().empty()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::sleep_for(milliseconds(1));
    }
    return true;
  }

  static std::vector<std::string> run_of(std::vector<std::string> more) {
    more.insert(more.begin(), {"generate", "-p", "a red apple", "--steps", "2", "--seed", "5"});
    if (std::find(more.begin(), more.end(), "--size") == more.end()) {
      more.insert(more.end(), {"--size", "768x768"});
    }
    return more;
  }

  // Killed while its picture is decoded. Returns the picture's name.
  std::string killed(const std::vector<std::string>& more) {
    Process process(options(run_of(more)));
    EXPECT_TRUE(wait_for_latents());
    process.send(SIGKILL);
    EXPECT_EQ(process.wait(seconds(20)).signal, SIGKILL);
    const std::vector<std::string> names = waiting();
    EXPECT_EQ(names.size(), 1U);
    return names.empty() ? std::string() : fs::path(names.front()).stem().string();
  }

  // Of all values; 1 when one differs by more than a level.
  [[nodiscard]] double share_off_by_one(const std::string& a, const std::string& b) const {
    const Image one = read_image(folder_ / a);
    const Image other = read_image(folder_ / b);
    EXPECT_EQ(one.rgb.size(), other.rgb.size());
    double differ = 0;
    for (std::size_t i = 0; i < one.rgb.size(); ++i) {
      const int off = std::abs(int{one.rgb[i]} - int{other.rgb.at(i)});
      if (off > 1) return 1;
      differ += off;
    }
    return differ / static_cast<double>(one.rgb.size());
  }

  void put_back(const std::string& name, const std::string& bytes) const {
    std::ofstream(unfinished() / (name + ".safetensors"), std::ios::binary) << bytes;
  }
};

TEST_F(Resume, FinishesThePictureWithTheSamePixelsUnderAnotherPlan) {
  const json whole = run_json(run_of({"-o", "whole.png", "--json"})).at(0);
  const std::string name = killed({"-o", "a.png"});
  ASSERT_FALSE(fs::exists(folder_ / "a.png"));

  const json listed = run_json({"resume", "--list", "--json"}).at(0);
  EXPECT_EQ(listed["name"], name);
  EXPECT_EQ(listed["prompt"], "a red apple");
  EXPECT_EQ(listed["seed"], 5);
  EXPECT_EQ(listed["output"], (folder_ / "a.png").string());
  EXPECT_EQ(waiting().size(), 1U);

  const fs::path latents = unfinished() / (name + ".safetensors");
  const std::string bytes = read_bytes(latents);
  EXPECT_EQ(run({"resume"}).out, (folder_ / "a.png").string() + "\n");
  EXPECT_EQ(read_image(folder_ / "a.png").rgb, read_image(folder_ / "whole.png").rgb);

  // Too little for the decoder in one piece. In strips it is other products, rounded otherwise.
  fs::remove(folder_ / "a.png");
  put_back(name, bytes);
  const json done = run_json({"resume", "--json", "--vram-cap", "30M"}).at(0);
  EXPECT_EQ(done["file"], (folder_ / "a.png").string());
  EXPECT_NE(done["plan"]["rungs"], whole["plan"]["rungs"]);
  EXPECT_EQ(done["predicted_peak_bytes"], done["actual_peak_bytes"]);
  EXPECT_LT(done["actual_peak_bytes"], whole["actual_peak_bytes"]);
  EXPECT_LE(share_off_by_one("a.png", "whole.png"), 1e-4);
  EXPECT_EQ(waiting(), std::vector<std::string>());
  // It says of itself what the run would have.
  const json a = run_json({"inspect", "a.png", "--json"}).at(0);
  const json b = run_json({"inspect", "whole.png", "--json"}).at(0);
  EXPECT_EQ(a["settings"], b["settings"]);
  EXPECT_EQ(run({"resume"}).out, "nothing waits to be finished\n");
}

TEST_F(Resume, OneOfManyKeepsItsSeedAndItsName) {
  run_json(run_of({"-o", "whole.png", "--count", "2", "--json"}));
  Process process(options(run_of({"-o", "a.png", "--count", "2"})));
  ASSERT_TRUE(wait_for_latents());
  const std::vector<std::string> first = waiting();
  const auto end = std::chrono::steady_clock::now() + seconds(60);
  while ((waiting() == first || waiting().empty()) && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  process.send(SIGKILL);
  process.wait(seconds(20));
  const ProcessResult result = run({"resume"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(read_image(folder_ / "a_2.png").rgb, read_image(folder_ / "whole_2.png").rgb);
}

TEST_F(Resume, LeavesThePictureOfARunThatGoesOn) {
  Process process(options(run_of({"-o", "a.png"})));
  ASSERT_TRUE(wait_for_latents());
  process.send(SIGSTOP);
  const ProcessResult result = run({"resume"});
  EXPECT_EQ(result.out, "nothing waits to be finished\n");
  EXPECT_NE(result.err.find("1 picture belongs to a run that goes on"), std::string::npos)
      << result.err;
  process.send(SIGCONT);
  EXPECT_EQ(process.wait(seconds(60)).exit_code, 0);
  EXPECT_TRUE(fs::exists(folder_ / "a.png"));
  EXPECT_EQ(waiting(), std::vector<std::string>());
}

TEST_F(Resume, DoesNotSaveAPictureTwice) {
  for (const std::string output : {"a.png", "folder/"}) {
    const std::string name = killed({"-o", output});
    const std::string bytes = read_bytes(unfinished() / (name + ".safetensors"));
    const ProcessResult first = run({"resume"});
    EXPECT_EQ(first.exit_code, 0) << first.err;
    // As if it had been killed between the picture's end and its own.
    put_back(name, bytes);
    EXPECT_EQ(run({"resume"}).out, first.out);
    EXPECT_EQ(waiting(), std::vector<std::string>());
  }
  EXPECT_EQ(files().size(), 2U);
}

TEST_F(Resume, LeavesAFileThatHasThePicturesNameByNow) {
  killed({"-o", "a.png"});
  write("a.png", "somebody else's");
  const ProcessResult result = run({"resume"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("a.png is another picture by now"), std::string::npos) << result.err;
  EXPECT_EQ(read_bytes(folder_ / "a.png"), "somebody else's");
  ASSERT_EQ(files().size(), 1U);
  EXPECT_TRUE(files().front().starts_with("outputs_"));
}

TEST_F(Resume, NamesWhatItCannotReadAndLeavesIt) {
  const std::string name = killed({"-o", "a.png"});
  const std::string good = read_bytes(unfinished() / (name + ".safetensors"));
  std::string flipped = good;
  flipped.at(good.size() - 100) ^= 1;  // of the latents
  std::string later = good;
  const std::size_t version = later.find("\"headroom.unfinished\":\"1\"");
  ASSERT_NE(version, std::string::npos);
  later[version + 23] = '9';
  put_back("cut", good.substr(0, good.size() / 2));
  put_back("empty", "");
  put_back("flipped", flipped);
  put_back("later", later);
  put_back("text", "a letter to somebody");
  const ProcessResult result = run({"resume"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_TRUE(fs::exists(folder_ / "a.png")) << result.err;
  EXPECT_EQ(waiting().size(), 5U);
  EXPECT_EQ(lines(result.err).size(), 5U) << result.err;
  for (const std::string word :
       {"cut.safetensors", "empty.safetensors", "flipped.safetensors", "text.safetensors",
        "contents and their hash", "another version", "left as it is"}) {
    EXPECT_NE(result.err.find(word), std::string::npos) << word << " in " << result.err;
  }
  EXPECT_EQ(result.err.find("download"), std::string::npos) << result.err;
  EXPECT_EQ(run({"resume"}).out, "") << "what is damaged is there all the same";
  EXPECT_EQ(run({"resume", "--drop", "cut", "later"}).out, "removed cut\nremoved later\n");
  EXPECT_EQ(waiting().size(), 3U);
  EXPECT_EQ(run({"resume", "--drop", "all"}).exit_code, 0);
  EXPECT_EQ(waiting(), std::vector<std::string>());
}

TEST_F(Resume, NamesAModelThatIsGoneOrChanged) {
  const fs::path model = copy_model();
  killed({"--model", "model", "--size", "64x64", "--count", "64", "-o", "pictures"});
  const fs::path decoder = model / "vae" / "diffusion_pytorch_model.safetensors";
  ASSERT_TRUE(fs::exists(decoder));
  fs::last_write_time(decoder, fs::last_write_time(decoder) + seconds(10));
  ProcessResult result = run({"resume"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_NE(result.err.find(decoder.string() + ", which is another file by now"), std::string::npos)
      << result.err;
  fs::rename(model, folder_ / "moved");
  result = run({"resume"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_NE(result.err.find(decoder.string() + ", which is gone"), std::string::npos) << result.err;
  EXPECT_EQ(waiting().size(), 1U);
  // A person may know better. Another kind of model will not do.
  result = run({"resume", "--model", kStarterModel.string()});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_NE(result.err.find("another kind of model"), std::string::npos) << result.err;
  result = run({"resume", "--model", "moved"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(waiting(), std::vector<std::string>());
}

TEST_F(Resume, BadUseIsOneSentence) {
  expect_refused({"resume", "nothing"}, 2, {"no picture called \"nothing\" waits", "--list"});
  expect_refused({"resume", "--drop"}, 2, {"--drop needs names", "all"});
}

// Every picture before the kill is saved, or waits whole; the one after it is made from nothing by
// a run anew. So after a resume there is no gap among the seeds, and each picture is as it would
// be.
TEST_F(Resume, FiftyKillsAtAnyMomentLoseNothing) {
  copy_model();
  constexpr int kMax = 6;
  const auto arguments = [](const std::string& folder) {
    return std::vector<std::string>{"generate",
                                    "-p",
                                    "a boat",
                                    "--model",
                                    "model",
                                    "--size",
                                    "128x128",
                                    "--steps",
                                    "2",
                                    "--seed",
                                    "0",
                                    "--count",
                                    std::to_string(kMax),
                                    "-o",
                                    folder};
  };
  const auto by_seed = [&](const std::string& folder) {
    std::map<std::uint64_t, std::vector<std::uint8_t>> pictures;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder_ / folder, none)) {
      const std::string name = entry.path().filename().string();
      if (name.starts_with('.')) continue;  // a save that was cut short
      const PictureInfo info = read_picture_info(entry.path());
      const auto settings = find_settings(info.texts);
      pictures[settings.value().request.seed.value()] = read_image(entry.path()).rgb;
    }
    return pictures;
  };
  const auto start = std::chrono::steady_clock::now();
  ASSERT_EQ(run(arguments("whole")).exit_code, 0);
  const auto whole_run = std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::steady_clock::now() - start);
  const auto expected = by_seed("whole");
  ASSERT_EQ(expected.size(), static_cast<std::size_t>(kMax));

  std::mt19937 random(1);
  std::uniform_int_distribution<std::int64_t> delay(0, whole_run.count());
  int resumed = 0;
  for (int i = 0; i < 50; ++i) {
    SCOPED_TRACE("kill " + std::to_string(i));
    const std::string folder = "run" + std::to_string(i);
    Process process(options(arguments(folder)));
    std::this_thread::sleep_for(std::chrono::microseconds(delay(random)));
    process.send(SIGKILL);
    process.wait(seconds(20));
    const std::size_t waits = waiting().size();
    ASSERT_LE(waits, 1U);
    const std::size_t saved = by_seed(folder).size();
    if (waits > 0) {
      ++resumed;
      const ProcessResult result = run({"resume"});
      ASSERT_EQ(result.exit_code, 0) << result.err;
      EXPECT_EQ(result.err, "");
      ASSERT_EQ(waiting(), std::vector<std::string>());
    }
    const auto made = by_seed(folder);
    // Killed between a picture's end and that of what was kept of it, there are as many as before.
    EXPECT_TRUE(made.size() == saved + waits || made.size() == saved) << saved << " " << waits;
    for (const auto& [seed, pixels] : made) {
      EXPECT_LT(seed, made.size());  // no gap
      EXPECT_EQ(pixels, expected.at(seed)) << seed;
    }
  }
  EXPECT_GT(resumed, 0);
}

}  // namespace
}  // namespace headroom::test
