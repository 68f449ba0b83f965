// The ten minutes on a real card (scripts/gpu_session.sh), rehearsed, so that they are never spent
// on errors of the script. What the steps find out here says nothing of a card.
#include "fake_card/card_program.h"

#include <filesystem>
#include <fstream>

namespace headroom::test {
namespace {

class CardSession : public CardProgram {
 protected:
  // A program of the build with the stand-in's libraries, which the script's own must not load.
  std::filesystem::path on_the_stand_in(const std::string& name) {
    const std::string program = (kProgram.parent_path() / name).string();
    const std::filesystem::path file =
        write("run/" + name, "#!/bin/sh\nLD_LIBRARY_PATH=" + environment_["LD_LIBRARY_PATH"] +
                                 " LD_PRELOAD=" + environment_["LD_PRELOAD"] + " exec " + program +
                                 " \"$@\"\n");
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
    return file;
  }
  // Verdict by step.
  std::map<std::string, std::string> rehearse() {
    on_the_stand_in("fake_card_allocator_test");
    ProcessOptions session = options({(folder_ / "out").string(), "--quick", "--deadline", "500",
                                      "--checks", (folder_ / "run").string()});
    session.program = HEADROOM_SOURCE_DIR "/scripts/gpu_session.sh";
    session.environment["HEADROOM_PROGRAM"] = on_the_stand_in("headroom").string();
    session.environment["FAKE_OTHERS_FILE"] = (folder_ / "others").string();
    session.environment.erase("LD_PRELOAD");
    session.environment.erase("LD_LIBRARY_PATH");
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
  const auto verdicts = rehearse();
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

TEST_F(CardSession, AsksWhereTheResultsShallGo) {
  ProcessOptions session = options({"--quick"});
  session.program = HEADROOM_SOURCE_DIR "/scripts/gpu_session.sh";
  const ProcessResult result = run_process(session);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.err, "error: say where the results shall go: scripts/gpu_session.sh OUT\n");
}

}  // namespace
}  // namespace headroom::test
