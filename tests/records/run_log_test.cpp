#include "headroom/records/run_log.h"

#include "headroom/core/error.h"
#include "headroom/core/run_record.h"
#include "headroom/records/request_json.h"
#include "headroom/records/run_record_json.h"

#include "records/sample_run_record.h"
#include "support/expect_error.h"
#include "support/temp_folder.h"

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::expect_error;
using test::TempFolder;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

RunRecord full_run_record(const std::string& time = "2026-11-24T14:09:15Z") {
  RunRecord run_record = test::sample_run_record();
  run_record.model = "Z-Image \"Turbo\" 图";
  run_record.time = time;
  return run_record;
}

std::vector<std::string> times(const std::vector<RunRecord>& run_records) {
  std::vector<std::string> result;
  for (const RunRecord& run_record : run_records) result.push_back(run_record.time);
  return result;
}

TEST(RunRecordLine, ComesBackExactly) {
  const RunRecord run_record = full_run_record();
  const std::string line = run_record_line(run_record);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto read = read_run_record_line(line);
  ASSERT_TRUE(read);
  EXPECT_EQ(to_json(*read), to_json(run_record));
  EXPECT_EQ(to_json(read->plan), to_json(run_record.plan));
  EXPECT_EQ(read->shape, run_record.shape);
}

TEST(RunRecordLine, HoldsTheModelsFilesByTheirContent) {
  RunRecord run_record = full_run_record();
  EXPECT_FALSE(to_json(run_record).contains("model_files"));
  run_record.model_files = {{"transformer", "z-image-Q4_K_M.gguf", std::string(64, '1')},
                            {"vae", "ae.safetensors", std::string(64, '2')}};
  const std::string line = run_record_line(run_record);
  const auto read = read_run_record_line(line);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->model_files, run_record.model_files);
  json damaged = json::parse(line);
  damaged["model_files"] = {{{"part", "vae"}, {"sha256", 7}}, "x", 3};
  const auto rest = read_run_record_line(damaged.dump());
  ASSERT_TRUE(rest);
  EXPECT_TRUE(rest->model_files.empty());
}

TEST(RunRecordLine, HoldsPredictedAndActualOfEveryStage) {
  const json line = json::parse(run_record_line(full_run_record()));
  EXPECT_EQ(line["plan"]["stages"][1]["name"], "denoise");
  EXPECT_EQ(line["plan"]["stages"][1]["peak_bytes"], 40);
  EXPECT_EQ(line["plan"]["stages"][1]["seconds"], 5.0);
  EXPECT_EQ(line["stage_peak_bytes"]["decode"], 4);
  EXPECT_EQ(line["seconds"]["decode"], 0.4);
}

TEST(RunRecordLine, RefusesWhatIsNotOne) {
  const std::string whole = run_record_line(full_run_record());
  for (const std::string& line :
       {std::string(), std::string("{}"), std::string("[1]"), std::string("null"),
        std::string("# mine"), whole.substr(0, whole.size() / 2), whole.substr(1)}) {
    EXPECT_FALSE(read_run_record_line(line)) << line;
  }
}

TEST(RunRecordLine, AFieldThatIsNullOrOfAnotherKindIsAsIfItWasMissing) {
  const json good = json::parse(run_record_line(full_run_record()));
  const auto expect_default = [&](const std::string& pointer) {
    const json::json_pointer place(pointer);
    const auto missing =
        read_run_record_line(good.patch({{{"op", "remove"}, {"path", pointer}}}).dump());
    ASSERT_TRUE(missing) << pointer;
    for (const json& wrong : {json(nullptr), json(-1), json::array({1})}) {
      json other = good;
      other[place] = wrong;
      const auto read = read_run_record_line(other.dump());
      ASSERT_TRUE(read) << pointer << " " << wrong;
      EXPECT_EQ(run_record_line(*read), run_record_line(*missing)) << pointer << " " << wrong;
    }
  };
  for (const auto& item : good.items()) expect_default("/" + item.key());
  for (const auto& item : good["plan"].items()) expect_default("/plan/" + item.key());
  for (const char* const pointer : {"/plan/stages/0/name", "/plan/stages/1/seconds",
                                    "/seconds/denoise", "/stage_peak_bytes/load"}) {
    expect_default(pointer);
  }
}

TEST(RunRecordLine, FiguresBeyondAnyMachineAreAsIfTheyWereMissing) {
  const auto run_record = read_run_record_line(
      R"({"model": "m", "actual_peak_bytes": 9000000000000000000,
          "copy_bytes_per_second": 1e300, "seconds": {"denoise": 1e308, "decode": 2.5},
          "plan": {"peak_bytes": 9000000000000000000, "seconds": 1e200, "rungs": []}})");
  ASSERT_TRUE(run_record.has_value());
  EXPECT_EQ(run_record->actual_peak_bytes, 0);
  EXPECT_EQ(run_record->copy_bytes_per_second, 0);
  EXPECT_EQ(run_record->stage_seconds[static_cast<std::size_t>(Stage::kDenoise)], 0);
  EXPECT_EQ(run_record->stage_seconds[static_cast<std::size_t>(Stage::kDecode)], 2.5);
  EXPECT_EQ(run_record->plan.peak_bytes, 0);
  EXPECT_EQ(run_record->plan.seconds, 0);
}

TEST(RunRecordLine, WithoutItsPlanItIsNotTakenForOneThatHasNoRungs) {
  const json good = json::parse(run_record_line(full_run_record()));
  for (const char* const pointer : {"/plan", "/plan/rungs"}) {
    const auto read =
        read_run_record_line(good.patch({{{"op", "remove"}, {"path", pointer}}}).dump());
    ASSERT_TRUE(read) << pointer;
    EXPECT_THAT(read->plan.execution, ElementsAre("unknown"));
    EXPECT_EQ(read->model, full_run_record().model);
  }
  const auto read =
      read_run_record_line(good.patch({{{"op", "remove"}, {"path", "/model"}}}).dump());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->model, "");
  EXPECT_EQ(read->plan.execution, full_run_record().plan.execution);
}

// Every path to a value inside `value`.
std::vector<std::string> pointers(const json& value) {
  std::vector<std::string> paths;
  const json flat = value.flatten();
  for (const auto& item : flat.items()) paths.push_back(item.key());
  for (const auto& item : value.items()) paths.push_back("/" + item.key());
  return paths;
}

TEST(RunRecordLine, OfAnotherVersionWithAFieldOrAStageLessKeepsTheRest) {
  const RunRecord whole = full_run_record();
  const json good = json::parse(run_record_line(whole));
  for (const std::string& path : pointers(good)) {
    if (path == "/model" || path == "/plan") continue;
    const auto read = read_run_record_line(good.patch({{{"op", "remove"}, {"path", path}}}).dump());
    ASSERT_TRUE(read) << path;
    EXPECT_EQ(read->model, whole.model) << path;
    EXPECT_TRUE(read->shape.steps == whole.shape.steps || path == "/steps") << path;
    EXPECT_TRUE(read->plan.width == whole.plan.width || path == "/plan/width") << path;
  }
  EXPECT_EQ(
      read_run_record_line(good.patch({{{"op", "remove"}, {"path", "/seconds/decode"}}}).dump())
          ->stage_seconds[static_cast<std::size_t>(Stage::kDecode)],
      0.0);
}

TEST(RunRecordLine, OfAnotherVersionWithAFieldOrAStageMoreKeepsWhatIsKnown) {
  json more = json::parse(run_record_line(full_run_record()));
  more["new"] = {{"a", 1}};
  more["seconds"]["polish"] = 3.0;
  more["stage_peak_bytes"]["polish"] = 5;
  more["plan"]["new"] = "x";
  json stage = more["plan"]["stages"][0];
  stage["name"] = "polish";
  more["plan"]["stages"].push_back(stage);
  const auto read = read_run_record_line(more.dump());
  ASSERT_TRUE(read);
  EXPECT_EQ(run_record_line(*read), run_record_line(full_run_record()));
}

TEST(RunRecordLine, TellsARunThatStartedFromAPicture) {
  RunRecord run_record = full_run_record();
  EXPECT_EQ(run_record_line(run_record).find("encode-image"), std::string::npos);
  EXPECT_EQ(run_record_line(run_record).find("\"start\""), std::string::npos);
  run_record.shape.start = StartFrom::kMaskedImage;
  run_record.stage_seconds[index_of(Stage::kEncodeImage)] = 0.25;
  const std::optional<RunRecord> read = read_run_record_line(run_record_line(run_record));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->shape, run_record.shape);
  EXPECT_EQ(read->stage_seconds, run_record.stage_seconds);
}

TEST(RunRecordLine, TellsARunThatOnlyEnlarged) {
  RunRecord run_record = full_run_record();
  EXPECT_EQ(run_record_line(run_record).find("\"scale\""), std::string::npos);
  run_record.shape.start = StartFrom::kFinished;
  run_record.scale = 3;
  run_record.stage_seconds = {};
  run_record.stage_seconds[index_of(Stage::kUpscale)] = 0.25;
  const std::optional<RunRecord> read = read_run_record_line(run_record_line(run_record));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->shape, run_record.shape);
  EXPECT_EQ(read->scale, 3);
  EXPECT_EQ(read->stage_seconds, run_record.stage_seconds);
}

TEST(RunLog, ReadsTheNewestThatOnlyEnlarged) {
  const TempFolder folder;
  const RunLog file(folder / "receipts.jsonl");
  for (const char* const time : {"1", "2", "3", "4"}) {
    RunRecord run_record = full_run_record(time);
    run_record.scale = *time == '2' ? 0 : 2;
    file.append(run_record);
  }
  EXPECT_THAT(times(file.read_enlarged(2)), ElementsAre("3", "4"));
  EXPECT_THAT(times(file.read_enlarged(9)), ElementsAre("1", "3", "4"));
}

TEST(RunLog, IsEmptyWhenThereIsNone) {
  const TempFolder folder;
  EXPECT_TRUE(RunLog(folder / "none" / "receipts.jsonl").read().empty());
  EXPECT_EQ(folder.file_count(), 0U);  // asking makes nothing
}

TEST(RunLog, KeepsRunRecordsInOrderAcrossPrograms) {
  const TempFolder folder;
  const fs::path file = folder / "state" / "receipts.jsonl";
  RunLog(file).append(full_run_record("1"));
  RunLog(file).append(full_run_record("2"));
  EXPECT_THAT(times(RunLog(file).read()), ElementsAre("1", "2"));
}

TEST(RunLog, ReadsTheNewestOfOneModel) {
  const TempFolder folder;
  const RunLog file(folder / "receipts.jsonl");
  for (const char* const time : {"1", "2", "3", "4", "5"}) {
    RunRecord run_record = full_run_record(time);
    if (run_record.time == "4") run_record.model = "other";
    file.append(run_record);
  }
  const std::string model = full_run_record().model;
  EXPECT_THAT(times(file.read(model)), ElementsAre("1", "2", "3", "5"));
  EXPECT_THAT(times(file.read(model, 2)), ElementsAre("3", "5"));
  EXPECT_THAT(times(file.read("other")), ElementsAre("4"));
  // That the name stands somewhere else in the line does not count.
  EXPECT_TRUE(file.read(full_run_record().device).empty());
}

TEST(RunLog, SkipsDamagedAndForeignLines) {
  const TempFolder folder;
  const std::string line = run_record_line(full_run_record("old"));
  const fs::path path = folder.write(
      "receipts.jsonl", "{\"mine\": 1}\n\n" + line + "\nnoise\xFF\n" + line.substr(0, 100));
  const RunLog file(path);
  EXPECT_THAT(times(file.read()), ElementsAre("old"));
  file.append(full_run_record("new"));  // begins a line of its own after the torn one
  EXPECT_THAT(times(file.read()), ElementsAre("old", "new"));
}

TEST(RunLog, DropsTheOldestWhenItGrowsTooLarge) {
  const TempFolder folder;
  const std::int64_t line =
      static_cast<std::int64_t>(run_record_line(full_run_record("000")).size()) + 1;
  const fs::path path = folder / "receipts.jsonl";
  const RunLog file(path, 8 * line);
  for (int i = 0; i < 100; ++i) {
    file.append(full_run_record(std::to_string(100 + i)));
    ASSERT_LE(static_cast<std::int64_t>(fs::file_size(path)), 8 * line);
    const std::vector<std::string> kept = times(file.read());
    ASSERT_EQ(kept.back(), std::to_string(100 + i));
    ASSERT_GE(kept.size(), static_cast<std::size_t>(std::min(i + 1, 6)));  // three quarters
    for (std::size_t k = 0; k < kept.size(); ++k) {
      ASSERT_EQ(kept[k], std::to_string(101 + i - static_cast<int>(kept.size() - k)));
    }
  }
  EXPECT_EQ(folder.file_count(), 1U);
}

TEST(RunLog, AFileOfOneEndlessLineIsReplaced) {
  const TempFolder folder;
  const RunLog file(folder.write("receipts.jsonl", std::string(100'000, 'x')), 10'000);
  file.append(full_run_record("1"));
  EXPECT_THAT(times(file.read()), ElementsAre("1"));
  EXPECT_LT(fs::file_size(file.path()), 10'000U);
}

TEST(RunLog, ManyWritersLoseNothing) {
  const TempFolder folder;
  constexpr int kPrograms = 4;
  constexpr int kEach = 100;
  const std::int64_t line =
      static_cast<std::int64_t>(run_record_line(full_run_record("0000")).size()) + 1;
  // So small that it is replaced under their feet all the time.
  const RunLog file(folder / "receipts.jsonl", 20 * line);
  std::vector<pid_t> children;
  for (int program = 0; program < kPrograms; ++program) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      try {
        for (int i = 0; i < kEach; ++i) {
          file.append(full_run_record(std::to_string(1000 * (program + 1) + i)));
        }
      } catch (const Error&) {
        ::_exit(1);
      }
      ::_exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  const std::vector<std::string> kept = times(file.read());
  EXPECT_GE(kept.size(), 15U);  // three quarters
  EXPECT_EQ(static_cast<std::int64_t>(fs::file_size(file.path())),
            static_cast<std::int64_t>(kept.size()) * line);  // all of them whole
  // What is kept is the end of what was written, so of each program the end of what it wrote.
  for (int program = 0; program < kPrograms; ++program) {
    int expected = -1;
    for (const std::string& time : kept) {
      if (time.front() != '1' + program) continue;
      if (expected >= 0) {
        EXPECT_EQ(time, std::to_string(expected));
      }
      expected = std::stoi(time) + 1;
    }
    if (expected >= 0) {
      EXPECT_EQ(expected, 1000 * (program + 1) + kEach);
    }
  }
}

TEST(RunLog, AFolderThatTakesNoFilesIsAnIoErrorThatNamesTheFile) {
  const TempFolder folder;
  folder.write("taken", "mine");
  const RunLog file(folder / "taken/receipts.jsonl");
  expect_error(ErrorKind::kIo, AllOf(HasSubstr("taken/receipts.jsonl"), HasSubstr("receipt")),
               [&] { file.append(full_run_record()); });
  fs::create_directories(folder / "folder");
  const RunLog no_file(folder / "folder");
  expect_error(ErrorKind::kIo, HasSubstr("folder"), [&] { no_file.append(full_run_record()); });
  expect_error(ErrorKind::kIo, HasSubstr("folder"), [&] { static_cast<void>(no_file.read()); });
  expect_error(ErrorKind::kIo, HasSubstr("the disk is full"),
               [&] { RunLog("/dev/full").append(full_run_record()); });
}

TEST(RunLog, WhatCannotBeWrittenWholeIsNotWrittenAtAll) {
  const TempFolder folder;
  const RunLog file(folder / "receipts.jsonl");
  file.append(full_run_record("1"));
  const std::string before = test::read_bytes(file.path());
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {  // where files may only grow by another 100 bytes
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{before.size() + 100, before.size() + 100};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(2);
    try {
      file.append(full_run_record("2"));
    } catch (const Error& error) {
      ::_exit(error.kind() == ErrorKind::kIo ? 0 : 3);
    }
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(test::read_bytes(file.path()), before);
}

}  // namespace
}  // namespace headroom
