// What is measured of a device, and what plans make of it.
#include "e2e/e2e_support.h"

namespace headroom::test {
namespace {

class CalibrateCommand : public EndToEnd {
 protected:
  [[nodiscard]] json plan() const {
    return run_json({"plan", "--json", "--device", "cpu", "--threads", "1", "--size", "64x64"})
        .at(0)["plan"];
  }
};

TEST_F(CalibrateCommand, AddsNothingOnTheCpuAndChangesNoPlan) {
  const json before = plan();
  const json out =
      run_json({"calibrate", "--json", "--device", "cpu", "--dtype", "fp32", "--threads", "1"})
          .at(0);
  EXPECT_EQ(out["device"], "CPU budget");
  EXPECT_EQ(out["dtype"], "fp32");
  EXPECT_EQ(out["threads"], 1);
  for (const char* const op : {"linear", "attention", "conv2d"}) {
    EXPECT_EQ(out["added"][op], json({{"constant_bytes", 0}, {"factor", 0.0}})) << op;
  }
  EXPECT_EQ(out["added"]["kept_bytes"], 0);
  EXPECT_GE(out["measurements"].size(), 9U);
  EXPECT_EQ(out["left_out"], json::array());
  const json file = json::parse(read_bytes(out["file"].get<std::string>()));
  EXPECT_EQ(file["calibrations"].size(), 1U);
  EXPECT_EQ(plan(), before);
}

TEST_F(CalibrateCommand, PlansAddWhatIsStoredForTheDeviceAlone) {
  const json before = plan();
  const json out =
      run_json({"calibrate", "--json", "--device", "cpu", "--dtype", "fp32", "--threads", "1"})
          .at(0);
  const std::string path = out["file"];
  json file = json::parse(read_bytes(path));
  constexpr std::int64_t kMore = 50 << 20;
  file["calibrations"][0]["kept_bytes"] = kMore;
  write(std::filesystem::relative(path, folder_).string(), file.dump());
  const json more = plan();
  for (const std::size_t stage : {1, 2, 3}) {
    EXPECT_EQ(more["stages"][stage]["peak_bytes"].get<std::int64_t>(),
              before["stages"][stage]["peak_bytes"].get<std::int64_t>() + kMore);
  }
  file["calibrations"][0]["libtorch"] = "1.0";
  write(std::filesystem::relative(path, folder_).string(), file.dump());
  EXPECT_EQ(plan(), before);
}

TEST_F(CalibrateCommand, ADamagedFileIsAWarningOnly) {
  const json out =
      run_json({"calibrate", "--json", "--device", "cpu", "--dtype", "fp32", "--threads", "1"})
          .at(0);
  const std::string path = out["file"];
  write(std::filesystem::relative(path, folder_).string(), "{\"calibrations\": [{}]}");
  const ProcessResult result = run({"plan", "--json", "--size", "64x64"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(lines(result.err).size(), 1U) << result.err;
  EXPECT_NE(result.err.find("calibration.json is ignored"), std::string::npos) << result.err;
}

TEST_F(CalibrateCommand, PrintsATable) {
  const ProcessResult result = run({"calibrate", "--device", "cpu", "--threads", "2"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  EXPECT_NE(result.out.find("CPU budget, fp32"), std::string::npos);
  EXPECT_NE(result.out.find("conv2d     nothing"), std::string::npos) << result.out;
}

TEST_F(CalibrateCommand, BadUsageIsOneSentence) {
  expect_refused({"calibrate", "--dtype", "fp8"}, 2, {"fp8"});
  expect_refused({"calibrate", "--device", "cuda:99"}, 2, {"cuda:99"});
  expect_refused({"calibrate", "--model", "x"}, 2, {"--model", "calibrate --help"});
}

}  // namespace
}  // namespace headroom::test
