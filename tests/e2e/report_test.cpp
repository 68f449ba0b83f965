// What outlives a run: run records, the seconds that follow from them, and the report.
#include "headroom/image/picture_info.h"
#include "headroom/image/picture_text.h"

#include "e2e/e2e_support.h"

#include <filesystem>
#include <fstream>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

class ReportCommand : public EndToEnd {
 protected:
  [[nodiscard]] fs::path run_records() const { return folder_ / "state/headroom/receipts.jsonl"; }
  [[nodiscard]] std::vector<json> run_record_lines() const {
    std::vector<json> found;
    for (const std::string& line : lines(read_bytes(run_records()))) {
      found.push_back(json::parse(line, nullptr, /*allow_exceptions=*/false));
    }
    return found;
  }
};

TEST_F(ReportCommand, SaysWhenThereIsNothingYet) {
  const ProcessResult text = run({"report"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  ASSERT_EQ(lines(text.out).size(), 1U) << text.out;
  EXPECT_NE(text.out.find("receipts.jsonl has no runs"), std::string::npos) << text.out;
  const auto out = run_json({"report", "--json"});
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0], json::parse(R"({"groups": [], "last": []})"));
  EXPECT_EQ(run({"report", "-p", "cat"}).exit_code, 2);
}

TEST_F(ReportCommand, EveryPictureLeavesALineWithoutItsPrompt) {
  const auto made =
      run_json(quick({"-p", "a red apple", "--guidance", "2", "-n", "blurry, dark and noisy",
                      "--count", "2", "--json", "-o", "a.png"}));
  ASSERT_EQ(made.size(), 2U);
  const auto ids = run_json({"tokenize"},
                            "{\"text\": \"a red apple\", \"template\": true}\n"
                            "{\"text\": \"blurry, dark and noisy\", \"template\": true}\n");
  const auto kept = run_record_lines();
  ASSERT_EQ(kept.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    const json& line = kept[i];
    EXPECT_EQ(line["index"], i);
    EXPECT_EQ(line["opened"], i == 0);  // the second picture found the model loaded
    EXPECT_EQ(line["model"], kStarterModel.filename().string());
    EXPECT_EQ(line["device"], "CPU budget");
    EXPECT_EQ(line["dtype"], "fp32");
    EXPECT_GE(line["threads"], 1);
    EXPECT_EQ(line["plan"]["width"], 128);
    EXPECT_EQ(line["plan"]["height"], 64);
    EXPECT_EQ(line["plan"]["count"], 2);
    EXPECT_EQ(line["plan"]["rungs"], json::array({"resident"}));
    EXPECT_EQ(line["steps"], 2);
    EXPECT_EQ(line["guided_steps"], 2);
    EXPECT_EQ(line["prompt_tokens"], ids.at(0)["ids"].size());
    EXPECT_EQ(line["negative_tokens"], ids.at(1)["ids"].size());
    EXPECT_EQ(line["actual_peak_bytes"], made[i]["actual_peak_bytes"]);
    EXPECT_EQ(line["predicted_peak_bytes"], made[i]["predicted_peak_bytes"]);
    EXPECT_EQ(line["seconds"], made[i]["seconds"]);
    EXPECT_GT(line["seconds"]["save"], 0);
    EXPECT_TRUE(line["libtorch"].get<std::string>().starts_with("2.")) << line["libtorch"];
    const std::string time = line["time"];
    EXPECT_EQ(time.size(), std::string("2026-11-24T14:09:15Z").size());
    EXPECT_EQ(time.back(), 'Z');
  }
  const std::string bytes = read_bytes(run_records());
  EXPECT_EQ(bytes.find("apple"), std::string::npos);
  EXPECT_EQ(bytes.find("blurry"), std::string::npos);
}

TEST_F(ReportCommand, APictureCarriesPredictedAndActualOfEveryStage) {
  run_json(quick({"--json", "-o", "a.png"}));
  for (const PictureText& text : read_picture_info(folder_ / "a.png").texts) {
    if (text.keyword != "headroom") continue;
    const json settings = json::parse(text.value);
    ASSERT_EQ(settings["plan"]["stages"].size(), 5U);
    for (const json& stage : settings["plan"]["stages"]) {
      const std::string name = stage["name"];
      EXPECT_TRUE(stage["seconds"].is_number());
      EXPECT_TRUE(settings["receipt"]["stage_peak_bytes"].contains(name)) << name;
      EXPECT_TRUE(settings["receipt"]["seconds"].contains(name)) << name;
    }
    EXPECT_EQ(settings["receipt"]["prompt_tokens"], run_record_lines().at(0)["prompt_tokens"]);
    return;
  }
  FAIL() << "the picture has no settings";
}

TEST_F(ReportCommand, ANewProcessKnowsSecondsFromEarlierRuns) {
  const std::vector<std::string> plan{"plan", "--size", "256x256", "--json"};
  EXPECT_EQ(run_json(plan).at(0)["plan"]["seconds_are_estimated"], true);
  run_json(quick({"--json", "-o", "a.png"}));
  const json known = run_json(plan).at(0)["plan"];
  double sum = 0;
  for (const json& stage : known["stages"]) {
    EXPECT_GT(stage["seconds"], 0) << stage["name"];
    sum += stage["seconds"].get<double>();
  }
  EXPECT_NEAR(known["seconds"].get<double>(), sum, 1e-9);
  EXPECT_EQ(known["seconds_are_estimated"], false);
  const ProcessResult text = run({"plan", "--size", "256x256"});
  EXPECT_NE(text.out.find("time     about "), std::string::npos) << text.out;
  // Not for another number format or another number of threads.
  for (const std::vector<std::string>& other :
       {std::vector<std::string>{"--dtype", "bf16"}, std::vector<std::string>{"--threads", "37"}}) {
    std::vector<std::string> call = plan;
    call.insert(call.end(), other.begin(), other.end());
    EXPECT_EQ(run_json(call).at(0)["plan"]["seconds_are_estimated"], true) << other.front();
  }
}

TEST_F(ReportCommand, ComparesPredictedWithActual) {
  for (const char* const name : {"a.png", "b.png"}) run_json(quick({"--json", "-o", name}));
  const json report = run_json({"report", "--json"}).at(0);
  ASSERT_EQ(report["groups"].size(), 1U);
  const json& group = report["groups"][0];
  EXPECT_EQ(group["device"], "CPU budget");
  EXPECT_EQ(group["dtype"], "fp32");
  EXPECT_EQ(group["runs"], 2);
  const auto kept = run_record_lines();
  const auto ratio = [](double predicted, double actual) { return predicted / actual - 1; };
  EXPECT_EQ(group["peak_error"]["runs"], 2);
  EXPECT_NEAR(group["peak_error"]["median"].get<double>(),
              ratio(kept[0]["predicted_peak_bytes"], kept[0]["actual_peak_bytes"]), 1e-9);
  // The first had only an estimate of its seconds.
  EXPECT_EQ(group["seconds_error"]["denoise"]["runs"], 1);
  EXPECT_NEAR(group["seconds_error"]["denoise"]["median"].get<double>(),
              ratio(kept[1]["plan"]["stages"][2]["seconds"], kept[1]["seconds"]["denoise"]), 1e-9);
  ASSERT_EQ(report["last"].size(), 2U);
  EXPECT_EQ(report["last"][1]["time"], kept[1]["time"]);
  const ProcessResult text = run({"report"});
  EXPECT_EQ(text.exit_code, 0);
  EXPECT_NE(text.out.find("on CPU budget, fp32: 2 pictures"), std::string::npos) << text.out;
  EXPECT_NE(text.out.find("128x64"), std::string::npos) << text.out;
}

TEST_F(ReportCommand, ShowsTheLastTenAndSkipsDamagedLines) {
  run_json(quick({"--json", "-o", "a.png"}));
  const std::string line = lines(read_bytes(run_records())).at(0);
  std::ofstream out(run_records(), std::ios::binary | std::ios::app);
  out << "not ours\n{\"half\": ";
  out << "\n" << line.substr(0, 50) << "\n";
  for (int i = 0; i < 12; ++i) out << line << "\n";
  out.close();
  const json report = run_json({"report", "--json"}).at(0);
  EXPECT_EQ(report["groups"][0]["runs"], 13);
  EXPECT_EQ(report["last"].size(), 10U);
}

TEST_F(ReportCommand, AReceiptThatCannotBeKeptIsAWarningAndNoLostPicture) {
  fs::create_directories(run_records());  // a folder of that name is in the way
  const ProcessResult result = run(quick({"--count", "2", "-o", "a.png"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(fs::exists(folder_ / "a.png"));
  EXPECT_TRUE(fs::exists(folder_ / "a_2.png"));
  const std::vector<std::string> said = lines(result.err);
  ASSERT_EQ(said.size(), 2U) << result.err;  // nothing could be read, nothing kept; each once
  EXPECT_NE(said[0].find("no seconds from earlier runs"), std::string::npos) << said[0];
  EXPECT_NE(said[1].find("cannot keep the receipt in"), std::string::npos) << said[1];
  const ProcessResult report = run({"report"});
  EXPECT_EQ(report.exit_code, 3) << report.out;
  EXPECT_EQ(lines(report.err).size(), 1U) << report.err;
}

}  // namespace
}  // namespace headroom::test
