// The ten minutes on a real card (scripts/gpu_session.sh), rehearsed, so that they are never spent
// on errors of the script. What the steps find out here says nothing of a card.
#include "headroom/core/bytes.h"

#include "fake_card/card_program.h"
#include "support/paths.h"

#include <filesystem>
#include <fstream>

namespace headroom::test {
namespace {

class CardSession : public CardProgram {
 protected:
  // A program of the build with the stand-in's libraries.
  std::filesystem::path on_the_stand_in(const std::string& name) {
    const std::string program = (kProgram.parent_path() / name).string();
    const std::filesystem::path file =
        write("run/" + name, "#!/bin/sh\nLD_LIBRARY_PATH=" + environment_["LD_LIBRARY_PATH"] +
                                 " LD_PRELOAD=" + environment_["LD_PRELOAD"] + " exec " + program +
                                 " \"$@\"\n");
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    return file;
  }
  // The script, whose own programs must not load the stand-in's libraries.
  [[nodiscard]] ProcessOptions script(const std::string& name,
                                      std::vector<std::string> arguments) const {
    ProcessOptions call = options(std::move(arguments));
    call.program = test::source_folder() / "scripts" / name;
    call.environment.erase("LD_PRELOAD");
    call.environment.erase("LD_LIBRARY_PATH");
    call.environment["FAKE_OTHERS_FILE"] = (folder_ / "others").string();
    return call;
  }
  // Verdict by step.
  std::map<std::string, std::string> rehearse(const ProcessOptions& session) {
    const ProcessResult result = run_process(session, std::chrono::minutes(9));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    std::map<std::string, std::string> verdicts;
    for (const std::string& line : lines(read_bytes(folder_ / "out" / "facts.jsonl"))) {
      const json fact = json::parse(line);
      if (fact.contains("verdict")) verdicts[fact.at("step")] = fact.at("verdict");
      // S0 finds out what the card is called.
      if (fact.at("step") != "S0") {
        EXPECT_EQ(fact.at("card"), "Stand-in card") << line;
      }
    }
    return verdicts;
  }
};

TEST_F(CardSession, GoesThroughEveryStep) {
  on_the_stand_in("fake_card_allocator_test");
  ProcessOptions session =
      script("gpu_session.sh", {(folder_ / "out").string(), "--quick", "--deadline", "500",
                                "--checks", (folder_ / "run").string()});
  session.environment["HEADROOM_PROGRAM"] = on_the_stand_in("headroom").string();
  const auto verdicts = rehearse(session);
  EXPECT_EQ(verdicts.size(), 12U);
  for (const auto& [step, verdict] : verdicts) {
    EXPECT_FALSE(verdict.starts_with("broken")) << step << ": " << verdict;
    if (step == "S4") {
      // Its kernels do nothing, so the numbers cannot be the reference's.
      EXPECT_TRUE(verdict.ends_with("22 outside")) << verdict;
    } else {
      EXPECT_FALSE(verdict.starts_with("failed")) << step << ": " << verdict;
    }
  }
}

// The bundle, as it is carried to a machine that has torch and neither a compiler nor the rest.
// Made of what is built already, so its programs are those of this build and not of the bundle's
// torch.
TEST_F(CardSession, RunsOutOfTheBundle) {
  const std::filesystem::path bundle = folder_ / "bundle.tar.xz";
  const ProcessResult made =
      run_process(script("make_gpu_bundle.sh", {"--built", test::build_folder(), bundle.string()}),
                  std::chrono::minutes(3));
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_LE(std::filesystem::file_size(bundle), 16 * kMiB);

  // Torch as Python has it, of the stand-in's libraries.
  std::filesystem::create_directories(folder_ / "torch");
  std::filesystem::copy(HEADROOM_TORCH_DIR "/version.py", folder_ / "torch/version.py");
  const std::string libraries = environment_["LD_LIBRARY_PATH"];
  std::filesystem::create_symlink(libraries.substr(0, libraries.find(':')), folder_ / "torch/lib");
  // Long enough for the first steps.
  ProcessOptions session =
      script("gpu_session.sh", {(folder_ / "out").string(), "--quick", "--deadline", "20"});
  session.environment["HEADROOM_BUNDLE"] = bundle.string();
  session.environment["HEADROOM_TORCH_FOLDER"] = (folder_ / "torch").string();
  session.environment["LD_LIBRARY_PATH"] = libraries;
  auto verdicts = rehearse(session);
  EXPECT_EQ(verdicts.size(), 12U);
  EXPECT_EQ(verdicts["S0"], "Stand-in card");
  for (const auto& [step, verdict] : verdicts) {
    EXPECT_FALSE(verdict.starts_with("broken")) << step << ": " << verdict;
  }
}

// What an owner of a card calls, with the program that is built here.
TEST_F(CardSession, IsWhatTheCheckOfACardCalls) {
  ProcessOptions check = script("gpu_check.sh", {"cuda:0", "--quick", "--deadline", "20"});
  check.environment["HEADROOM_PROGRAM"] = on_the_stand_in("headroom").string();
  check.environment["HEADROOM_GPU_OUT"] = (folder_ / "out").string();
  auto verdicts = rehearse(check);
  EXPECT_EQ(verdicts.size(), 12U);
  EXPECT_EQ(verdicts["S0"], "Stand-in card");
  for (const auto& [step, verdict] : verdicts) {
    EXPECT_FALSE(verdict.starts_with("broken")) << step << ": " << verdict;
  }
  EXPECT_NE(read_bytes(folder_ / "out/table.txt").find("Stand-in card"), std::string::npos);
}

TEST_F(CardSession, RefusesABundleOfOtherSources) {
  write("bundle/sources", "other\n");
  write("bundle/commit", "0123abcd\n");
  write("bundle/torch_version", "2.13.0\n");
  ProcessOptions pack =
      options({"-C", (folder_ / "bundle").string(), "-cJf", (folder_ / "bundle.tar.xz").string(),
               "sources", "commit", "torch_version"});
  pack.program = "/bin/tar";
  pack.environment.erase("LD_PRELOAD");
  ASSERT_EQ(run_process(pack).exit_code, 0);
  ProcessOptions session = script("gpu_session.sh", {(folder_ / "out").string()});
  session.environment["HEADROOM_BUNDLE"] = (folder_ / "bundle.tar.xz").string();
  const ProcessResult result = run_process(session);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(
      result.err.find("other sources than this checkout's, at commit 0123abcd; make it again"),
      std::string::npos)
      << result.err;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out/facts.jsonl"));
}

TEST_F(CardSession, AsksWhereTheResultsShallGo) {
  const ProcessResult result = run_process(script("gpu_session.sh", {"--quick"}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.err, "error: say where the results shall go: scripts/gpu_session.sh OUT\n");
}

}  // namespace
}  // namespace headroom::test
