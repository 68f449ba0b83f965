#include "headroom/forecast/calibration.h"

#include "headroom/core/error.h"
#include "headroom/forecast/calibration_file.h"

#include "pipeline/run_support.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

#include <ATen/Parallel.h>
#include <gmock/gmock.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;

class Calibrate : public ::testing::Test {
 protected:
  Calibrate() {
    cpu_budget::install();
    cpu_budget::set_limit(0);
    std::string name = (fs::temp_directory_path() / "headroom_calibrate_XXXXXX").string();
    folder_ = mkdtemp(name.data());
    file_ = folder_ / "state" / "calibration.json";
  }
  ~Calibrate() override {
    fs::remove_all(folder_);
    at::set_num_threads(1);
  }
  [[nodiscard]] std::string text() const {
    std::ostringstream out;
    out << std::ifstream(file_).rdbuf();
    return out.str();
  }
  void write(const std::string& content) const {
    fs::create_directories(file_.parent_path());
    std::ofstream(file_) << content;
  }

  Device cpu_ = choose_device("cpu");
  fs::path folder_, file_;
};

TEST_F(Calibrate, FindsNothingToAddOnTheCpu) {
  for (const std::string dtype : {"fp32", "bf16", "fp16"}) {
    for (const int threads : {1, 2}) {
      const Calibration found = calibrate(cpu_, read_number_format(dtype), threads);
      EXPECT_EQ(found.terms, WorkspaceTerms{}) << dtype << " " << threads;
      EXPECT_EQ(found.key.device, "CPU budget");
      EXPECT_THAT(found.key.dtype, ::testing::StartsWith(dtype));  // and perhaps the decoder's
      EXPECT_EQ(found.key.threads, threads);
      EXPECT_THAT(found.left_out, ::testing::IsEmpty());
      std::map<std::string, int> shapes;
      for (const OpMeasurement& m : found.measurements) {
        ++shapes[m.op];
        EXPECT_EQ(m.declared_bytes, 0) << m.op << " " << m.shape;
        EXPECT_EQ(m.measured_bytes, 0) << m.op << " " << m.shape;
        EXPECT_GT(m.operation_bytes, 0);
      }
      for (const char* const op : {"linear", "attention", "conv2d"}) {
        EXPECT_GE(shapes[op], 3) << op;
      }
    }
  }
}

// A device whose libraries take more than is declared, and keep some of it, as cuBLAS does.
TEST_F(Calibrate, CoversWhatADeviceTakesBeyondTheDeclared) {
  constexpr std::int64_t kKept = 8 << 20;
  bool first = true;
  const MeasureOp measure = [&](std::string_view op, const std::function<void()>& work) {
    WorkUse use = cpu_.backend->measure(work);
    if (op == "linear" && first) use.kept += kKept;
    first = false;
    if (op == "attention") use.peak += 5000;
    if (op == "conv2d") use.peak += 3 * use.peak;
    return use;
  };
  const Calibration found = calibrate(cpu_, NumberFormat::kFloat32, 1, measure);
  EXPECT_EQ(found.terms.kept_bytes, kKept);
  EXPECT_EQ(found.terms.linear, WorkspaceTerm{});
  EXPECT_EQ(found.terms.attention, (WorkspaceTerm{5000, 0}));
  EXPECT_GT(found.terms.conv2d.factor, 0);
  for (const OpMeasurement& m : found.measurements) {
    const WorkspaceTerm& term = m.op == "linear"      ? found.terms.linear
                                : m.op == "attention" ? found.terms.attention
                                                      : found.terms.conv2d;
    EXPECT_GE(m.declared_bytes + term.of(m.operation_bytes) + 1024, m.measured_bytes)
        << m.op << " " << m.shape;
  }
}

TEST_F(Calibrate, LeavesOutWhatDoesNotFit) {
  const MeasureOp measure = [&](std::string_view op, const std::function<void()>& work) -> WorkUse {
    TORCH_CHECK_WITH(OutOfMemoryError, op != "attention", "no memory");
    return cpu_.backend->measure(work);
  };
  const Calibration found = calibrate(cpu_, NumberFormat::kFloat32, 1, measure);
  EXPECT_EQ(found.terms.attention, WorkspaceTerm{});
  EXPECT_FALSE(found.left_out.empty());
  for (const std::string& shape : found.left_out) {
    EXPECT_THAT(shape, ::testing::StartsWith("attention "));
  }
}

TEST_F(Calibrate, RefusesAnUnknownFormat) {
  EXPECT_THROW(static_cast<void>(calibrate(cpu_, read_number_format("fp8"), 1)), Error);
}

Calibration made(const std::string& device, const std::string& dtype, std::int64_t kept) {
  Calibration c;
  c.key = {device, "2.13.0", dtype, 0};
  c.terms = {
      .linear = {100, 0.125}, .attention = {0, 0.1}, .conv2d = {1 << 20, 1.7}, .kept_bytes = kept};
  return c;
}

TEST_F(Calibrate, IsReadBackForTheSameKeyOnly) {
  write_calibration(file_, made("a card", "bf16", 1));
  write_calibration(file_, made("a card", "fp16", 2));
  write_calibration(file_, made("another card", "bf16", 3));
  write_calibration(file_, made("a card", "bf16", 4));  // in place of the first
  const auto kept = [&](const CalibrationKey& key) {
    const StoredCalibration stored = read_calibration(file_, key);
    EXPECT_EQ(stored.problem, "");
    return stored.found ? stored.terms.kept_bytes : -1;
  };
  EXPECT_EQ(kept({"a card", "2.13.0", "bf16", 0}), 4);
  EXPECT_EQ(kept({"a card", "2.13.0", "fp16", 0}), 2);
  EXPECT_EQ(kept({"another card", "2.13.0", "bf16", 0}), 3);
  EXPECT_EQ(kept({"a card", "2.14.0", "bf16", 0}), -1);
  EXPECT_EQ(kept({"a card", "2.13.0", "fp32", 0}), -1);
  EXPECT_EQ(kept({"a card", "2.13.0", "bf16", 2}), -1);
  EXPECT_EQ(kept({"no card", "2.13.0", "bf16", 0}), -1);
  EXPECT_EQ(kept({"a card", "2.13.0", "bf16", 0, "590.10"}), -1);  // another driver
  EXPECT_EQ(read_calibration(file_, {"a card", "2.13.0", "bf16", 0}).terms,
            made("a card", "bf16", 4).terms);
}

TEST_F(Calibrate, AFileThatIsNotThereSaysNothing) {
  const StoredCalibration stored = read_calibration(file_, {"a card", "2.13.0", "bf16", 0});
  EXPECT_FALSE(stored.found);
  EXPECT_EQ(stored.problem, "");
}

TEST_F(Calibrate, ADamagedFileIsIgnoredWithOneSentence) {
  write_calibration(file_, made("a card", "bf16", 1));
  const std::string good = text();
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string bad = good;
    const std::size_t at = bad.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return bad.replace(at, from.size(), to);
  };
  const std::string damaged[] = {"",
                                 "{",
                                 "[]",
                                 "{}",
                                 "\xff\xfe",
                                 good.substr(0, good.size() / 2),
                                 with("0.125", "-0.125"),
                                 with("0.125", "1e999"),
                                 with("0.125", "1e30"),
                                 with("\"kept_bytes\": 1", "\"kept_bytes\": 900000000000000000"),
                                 with("0.125", "\"much\""),
                                 with("\"kept_bytes\": 1", "\"kept_bytes\": -1"),
                                 with("\"kept_bytes\": 1", "\"kept_bytes\": 1.5"),
                                 with("\"attention\"", "\"attentions\"")};
  const CalibrationKey key{"a card", "2.13.0", "bf16", 0};
  for (const std::string& content : damaged) {
    write(content);
    const StoredCalibration stored = read_calibration(file_, key);
    EXPECT_FALSE(stored.found) << content;
    EXPECT_EQ(stored.terms, WorkspaceTerms{});
    EXPECT_THAT(stored.problem, ::testing::HasSubstr(file_.string())) << content;
    EXPECT_THAT(stored.problem, ::testing::HasSubstr("headroom calibrate"));
    EXPECT_THAT(stored.problem, ::testing::Not(::testing::HasSubstr("\n")));
  }
  write_calibration(file_, made("a card", "bf16", 9));  // replaces it
  EXPECT_EQ(read_calibration(file_, key).terms.kept_bytes, 9);
}

TEST_F(Calibrate, APlaceThatCannotBeWrittenIsNamed) {
  std::ofstream(folder_ / "state") << "in the way";
  try {
    write_calibration(file_, made("a card", "bf16", 1));
    FAIL() << "written";
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kIo);
    EXPECT_THAT(e.what(), ::testing::HasSubstr(file_.string()));
  }
}

// What was found gets into every stage of the plan, in the column of workspaces.
TEST_F(Calibrate, PlansUseWhatWasFound) {
  const auto plan_with = [](const WorkspaceTerms& terms) {
    const test::Runner runner(test::model_root("tiny"),
                              [&](PipelineOptions& options) { options.workspace = terms; });
    GenerationRequest request = test::small_request(runner);
    request.width = request.height = 256;
    return runner.forecast(request).plan;
  };
  constexpr std::int64_t kMore = 64 << 20;  // far above anything else in this model
  const Plan plain = plan_with({});
  const Plan kept = plan_with({{}, {}, {}, kMore});
  const Plan convolutions = plan_with({{}, {}, {kMore, 0}, 0});
  const Plan products = plan_with({{kMore, 0}, {}, {}, 0});
  for (const Stage stage : {Stage::kEncode, Stage::kDenoise, Stage::kDecode}) {
    const auto of = [stage](const Plan& plan) { return *find_stage(plan, stage); };
    SCOPED_TRACE(stage_name(stage));
    EXPECT_EQ(of(kept).peak_bytes, of(plain).peak_bytes + kMore);
    EXPECT_EQ(of(kept).workspace_bytes, of(plain).workspace_bytes + kMore);
    EXPECT_EQ(of(convolutions).workspace_bytes, stage == Stage::kDecode ? kMore : 0);
    // The decoder multiplies too, in its attention.
    EXPECT_EQ(of(products).workspace_bytes, kMore);
  }
  EXPECT_EQ(plain.stages[0].workspace_bytes, 0);
}

}  // namespace
}  // namespace headroom
