// Prompts from a file, choices and wildcards.
#include "e2e/e2e_support.h"

#include <set>

namespace headroom::test {
namespace {

class Prompts : public EndToEnd {
 protected:
  static std::vector<std::string> call(std::vector<std::string> more) {
    more.insert(more.begin(), {"generate", "--steps", "1", "--size", "64x64", "--json"});
    return more;
  }
  json told_by(const std::string& file) { return run_json({"inspect", file, "--json"}).at(0); }
};

TEST_F(Prompts, OfAFileAreMadeOneAfterTheOther) {
  write("prompts.txt", "\xEF\xBB\xBF# fruit\r\na red apple\r\n\r\n  a boat \r\n");
  const auto out =
      run_json(call({"--prompts", "prompts.txt", "--seed", "3", "--count", "2", "-o", "a.png"}));
  ASSERT_EQ(out.size(), 4U);
  const std::vector<std::string> names{"a.png", "a_2.png", "a_3.png", "a_4.png"};
  EXPECT_EQ(files(), names);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(out[i]["file"], names[i]);
    EXPECT_EQ(out[i]["seed"], 3 + i % 2);
    EXPECT_EQ(told_by(names[i])["settings"]["prompt"], i < 2 ? "a red apple" : "a boat");
  }
}

TEST_F(Prompts, ChoicesArePickedForEachPictureByItsSeedAndAreRecorded) {
  write("cards/colour.txt", "red\n{dark|bright} blue\n");
  const auto make = [&](const std::string& seed, const std::string& count,
                        const std::string& folder) {
    const auto out = run_json(call({"-p", "a __colour__ {apple|boat|}", "--wildcards", "cards",
                                    "--seed", seed, "--count", count, "-o", folder}));
    std::vector<std::string> prompts;
    for (const json& picture : out) {
      const json told = told_by(picture["file"].get<std::string>());
      prompts.push_back(told["settings"]["prompt"]);
      EXPECT_EQ(told["unknown"]["request.prompt_source"], "a __colour__ {apple|boat|}");
    }
    return prompts;
  };
  const std::vector<std::string> six = make("0", "6", "six");
  ASSERT_EQ(six.size(), 6U);
  EXPECT_GT(std::set<std::string>(six.begin(), six.end()).size(), 1U);
  for (const std::string& prompt : six) {
    EXPECT_EQ(prompt.find_first_of("_{|}"), std::string::npos) << prompt;
  }
  EXPECT_EQ(make("4", "1", "one"), std::vector<std::string>{six[4]});
}

TEST_F(Prompts, OneThatFailsIsNamedAndTheOthersGoOn) {
  write("cards/colour.txt", "red\n");
  write("prompts.txt", "a red apple\na boat <lora:none:1>\na __colour__ boat\n");
  const ProcessResult result =
      run(call({"--prompts", "prompts.txt", "--wildcards", "cards", "-o", "out"}));
  EXPECT_EQ(result.exit_code, 2) << result.err;
  EXPECT_EQ(lines(result.out).size(), 2U);
  EXPECT_NE(result.err.find("prompt 2: "), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("1 of 3 failed"), std::string::npos) << result.err;
}

TEST_F(Prompts, BadInputIsOneSentence) {
  write("none.txt", "# nothing\n\n");
  write("latin.txt", "caf\xE9\n");
  expect_refused(call({"--prompts", "missing.txt"}), 3,
                 {"missing.txt cannot be read: there is no such file or folder; check the path"});
  std::filesystem::create_directories(folder_ / "folder.txt");
  expect_refused(call({"--prompts", "folder.txt"}), 3, {"folder.txt", "name a file"});
  expect_refused(call({"--prompts", "none.txt"}), 2, {"none.txt holds no prompt"});
  expect_refused(call({"--prompts", "latin.txt"}), 2, {"latin.txt", "UTF-8"});
  expect_refused(call({"--prompts", "none.txt", "-p", "a boat"}), 2, {"-p and --prompts"});
  expect_refused(call({"-p", "a __colour__ boat", "--wildcards", "."}), 2, {"colour.txt"});
  expect_refused(call({"-p", "a __../colour__ boat", "--wildcards", "."}), 2, {"no wildcard"});
}

}  // namespace
}  // namespace headroom::test
