#include "headroom/image/receipt_file.h"

#include "headroom/core/error.h"
#include "headroom/image/settings.h"

#include "image/expect_error.h"
#include "image/sample_receipt.h"
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

Receipt full_receipt(const std::string& time = "2026-11-24T14:09:15Z") {
  Receipt receipt = test::sample_receipt();
  receipt.model = "Z-Image \"Turbo\" 图";
  receipt.time = time;
  return receipt;
}

std::vector<std::string> times(const std::vector<Receipt>& receipts) {
  std::vector<std::string> result;
  for (const Receipt& receipt : receipts) result.push_back(receipt.time);
  return result;
}

TEST(ReceiptLine, ComesBackExactly) {
  const Receipt receipt = full_receipt();
  const std::string line = receipt_line(receipt);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto read = read_receipt_line(line);
  ASSERT_TRUE(read);
  EXPECT_EQ(to_json(*read), to_json(receipt));
  EXPECT_EQ(to_json(read->plan), to_json(receipt.plan));
  EXPECT_EQ(read->shape, receipt.shape);
}

TEST(ReceiptLine, HoldsPredictedAndActualOfEveryStage) {
  const json line = json::parse(receipt_line(full_receipt()));
  EXPECT_EQ(line["plan"]["stages"][1]["name"], "denoise");
  EXPECT_EQ(line["plan"]["stages"][1]["peak_bytes"], 40);
  EXPECT_EQ(line["plan"]["stages"][1]["seconds"], 5.0);
  EXPECT_EQ(line["stage_peak_bytes"]["decode"], 4);
  EXPECT_EQ(line["seconds"]["decode"], 0.4);
}

TEST(ReceiptLine, RefusesWhatIsNotOne) {
  const std::string whole = receipt_line(full_receipt());
  for (const std::string& line :
       {std::string(), std::string("{}"), std::string("[1]"), std::string("null"),
        std::string("# mine"), whole.substr(0, whole.size() / 2), whole.substr(1)}) {
    EXPECT_FALSE(read_receipt_line(line)) << line;
  }
}

TEST(ReceiptLine, AFieldThatIsNullOrOfAnotherKindIsAsIfItWasMissing) {
  const json good = json::parse(receipt_line(full_receipt()));
  const auto expect_default = [&](const std::string& pointer) {
    const json::json_pointer place(pointer);
    const auto missing =
        read_receipt_line(good.patch({{{"op", "remove"}, {"path", pointer}}}).dump());
    ASSERT_TRUE(missing) << pointer;
    for (const json& wrong : {json(nullptr), json(-1), json::array({1})}) {
      json other = good;
      other[place] = wrong;
      const auto read = read_receipt_line(other.dump());
      ASSERT_TRUE(read) << pointer << " " << wrong;
      EXPECT_EQ(receipt_line(*read), receipt_line(*missing)) << pointer << " " << wrong;
    }
  };
  for (const auto& item : good.items()) expect_default("/" + item.key());
  for (const auto& item : good["plan"].items()) expect_default("/plan/" + item.key());
  for (const char* const pointer : {"/plan/stages/0/name", "/plan/stages/1/seconds",
                                    "/seconds/denoise", "/stage_peak_bytes/load"}) {
    expect_default(pointer);
  }
}

TEST(ReceiptLine, FiguresBeyondAnyMachineAreAsIfTheyWereMissing) {
  const auto receipt = read_receipt_line(
      R"({"model": "m", "actual_peak_bytes": 9000000000000000000,
          "copy_bytes_per_second": 1e300, "seconds": {"denoise": 1e308, "decode": 2.5},
          "plan": {"peak_bytes": 9000000000000000000, "seconds": 1e200, "rungs": []}})");
  ASSERT_TRUE(receipt.has_value());
  EXPECT_EQ(receipt->actual_peak_bytes, 0);
  EXPECT_EQ(receipt->copy_bytes_per_second, 0);
  EXPECT_EQ(receipt->stage_seconds[static_cast<std::size_t>(Stage::kDenoise)], 0);
  EXPECT_EQ(receipt->stage_seconds[static_cast<std::size_t>(Stage::kDecode)], 2.5);
  EXPECT_EQ(receipt->plan.peak_bytes, 0);
  EXPECT_EQ(receipt->plan.seconds, 0);
}

TEST(ReceiptLine, WithoutItsPlanItIsNotTakenForOneThatHasNoRungs) {
  const json good = json::parse(receipt_line(full_receipt()));
  for (const char* const pointer : {"/plan", "/plan/rungs"}) {
    const auto read = read_receipt_line(good.patch({{{"op", "remove"}, {"path", pointer}}}).dump());
    ASSERT_TRUE(read) << pointer;
    EXPECT_THAT(read->plan.rungs, ElementsAre("unknown"));
    EXPECT_EQ(read->model, full_receipt().model);
  }
  const auto read = read_receipt_line(good.patch({{{"op", "remove"}, {"path", "/model"}}}).dump());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->model, "");
  EXPECT_EQ(read->plan.rungs, full_receipt().plan.rungs);
}

// Every path to a value inside `value`.
std::vector<std::string> pointers(const json& value) {
  std::vector<std::string> paths;
  const json flat = value.flatten();
  for (const auto& item : flat.items()) paths.push_back(item.key());
  for (const auto& item : value.items()) paths.push_back("/" + item.key());
  return paths;
}

TEST(ReceiptLine, OfAnotherVersionWithAFieldOrAStageLessKeepsTheRest) {
  const Receipt whole = full_receipt();
  const json good = json::parse(receipt_line(whole));
  for (const std::string& path : pointers(good)) {
    if (path == "/model" || path == "/plan") continue;
    const auto read = read_receipt_line(good.patch({{{"op", "remove"}, {"path", path}}}).dump());
    ASSERT_TRUE(read) << path;
    EXPECT_EQ(read->model, whole.model) << path;
    EXPECT_TRUE(read->shape.steps == whole.shape.steps || path == "/steps") << path;
    EXPECT_TRUE(read->plan.width == whole.plan.width || path == "/plan/width") << path;
  }
  EXPECT_EQ(read_receipt_line(good.patch({{{"op", "remove"}, {"path", "/seconds/decode"}}}).dump())
                ->stage_seconds[static_cast<std::size_t>(Stage::kDecode)],
            0.0);
}

TEST(ReceiptLine, OfAnotherVersionWithAFieldOrAStageMoreKeepsWhatIsKnown) {
  json more = json::parse(receipt_line(full_receipt()));
  more["new"] = {{"a", 1}};
  more["seconds"]["upscale"] = 3.0;
  more["stage_peak_bytes"]["upscale"] = 5;
  more["plan"]["new"] = "x";
  json stage = more["plan"]["stages"][0];
  stage["name"] = "upscale";
  more["plan"]["stages"].push_back(stage);
  const auto read = read_receipt_line(more.dump());
  ASSERT_TRUE(read);
  EXPECT_EQ(receipt_line(*read), receipt_line(full_receipt()));
}

TEST(ReceiptLine, TellsARunThatStartedFromAPicture) {
  Receipt receipt = full_receipt();
  EXPECT_EQ(receipt_line(receipt).find("encode-image"), std::string::npos);
  EXPECT_EQ(receipt_line(receipt).find("\"start\""), std::string::npos);
  receipt.shape.start = StartFrom::kMaskedImage;
  receipt.stage_seconds[index_of(Stage::kEncodeImage)] = 0.25;
  const std::optional<Receipt> read = read_receipt_line(receipt_line(receipt));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->shape, receipt.shape);
  EXPECT_EQ(read->stage_seconds, receipt.stage_seconds);
}

TEST(ReceiptFile, IsEmptyWhenThereIsNone) {
  const TempFolder folder;
  EXPECT_TRUE(ReceiptFile(folder / "none" / "receipts.jsonl").read().empty());
  EXPECT_EQ(folder.file_count(), 0U);  // asking makes nothing
}

TEST(ReceiptFile, KeepsReceiptsInOrderAcrossPrograms) {
  const TempFolder folder;
  const fs::path file = folder / "state" / "receipts.jsonl";
  ReceiptFile(file).append(full_receipt("1"));
  ReceiptFile(file).append(full_receipt("2"));
  EXPECT_THAT(times(ReceiptFile(file).read()), ElementsAre("1", "2"));
}

TEST(ReceiptFile, ReadsTheNewestOfOneModel) {
  const TempFolder folder;
  const ReceiptFile file(folder / "receipts.jsonl");
  for (const char* const time : {"1", "2", "3", "4", "5"}) {
    Receipt receipt = full_receipt(time);
    if (receipt.time == "4") receipt.model = "other";
    file.append(receipt);
  }
  const std::string model = full_receipt().model;
  EXPECT_THAT(times(file.read(model)), ElementsAre("1", "2", "3", "5"));
  EXPECT_THAT(times(file.read(model, 2)), ElementsAre("3", "5"));
  EXPECT_THAT(times(file.read("other")), ElementsAre("4"));
  // That the name stands somewhere else in the line does not count.
  EXPECT_TRUE(file.read(full_receipt().device).empty());
}

TEST(ReceiptFile, SkipsDamagedAndForeignLines) {
  const TempFolder folder;
  const std::string line = receipt_line(full_receipt("old"));
  const fs::path path = folder.write(
      "receipts.jsonl", "{\"mine\": 1}\n\n" + line + "\nnoise\xFF\n" + line.substr(0, 100));
  const ReceiptFile file(path);
  EXPECT_THAT(times(file.read()), ElementsAre("old"));
  file.append(full_receipt("new"));  // begins a line of its own after the torn one
  EXPECT_THAT(times(file.read()), ElementsAre("old", "new"));
}

TEST(ReceiptFile, DropsTheOldestWhenItGrowsTooLarge) {
  const TempFolder folder;
  const std::int64_t line = static_cast<std::int64_t>(receipt_line(full_receipt("000")).size()) + 1;
  const fs::path path = folder / "receipts.jsonl";
  const ReceiptFile file(path, 8 * line);
  for (int i = 0; i < 100; ++i) {
    file.append(full_receipt(std::to_string(100 + i)));
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

TEST(ReceiptFile, AFileOfOneEndlessLineIsReplaced) {
  const TempFolder folder;
  const ReceiptFile file(folder.write("receipts.jsonl", std::string(100'000, 'x')), 10'000);
  file.append(full_receipt("1"));
  EXPECT_THAT(times(file.read()), ElementsAre("1"));
  EXPECT_LT(fs::file_size(file.path()), 10'000U);
}

TEST(ReceiptFile, ManyWritersLoseNothing) {
  const TempFolder folder;
  constexpr int kPrograms = 4;
  constexpr int kEach = 100;
  const std::int64_t line =
      static_cast<std::int64_t>(receipt_line(full_receipt("0000")).size()) + 1;
  // So small that it is replaced under their feet all the time.
  const ReceiptFile file(folder / "receipts.jsonl", 20 * line);
  std::vector<pid_t> children;
  for (int program = 0; program < kPrograms; ++program) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      try {
        for (int i = 0; i < kEach; ++i) {
          file.append(full_receipt(std::to_string(1000 * (program + 1) + i)));
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

TEST(ReceiptFile, AFolderThatTakesNoFilesIsAnIoErrorThatNamesTheFile) {
  const TempFolder folder;
  folder.write("taken", "mine");
  const ReceiptFile file(folder / "taken/receipts.jsonl");
  expect_error(ErrorKind::kIo, AllOf(HasSubstr("taken/receipts.jsonl"), HasSubstr("receipt")),
               [&] { file.append(full_receipt()); });
  fs::create_directories(folder / "folder");
  const ReceiptFile no_file(folder / "folder");
  expect_error(ErrorKind::kIo, HasSubstr("folder"), [&] { no_file.append(full_receipt()); });
  expect_error(ErrorKind::kIo, HasSubstr("folder"), [&] { static_cast<void>(no_file.read()); });
  expect_error(ErrorKind::kIo, HasSubstr("the disk is full"),
               [&] { ReceiptFile("/dev/full").append(full_receipt()); });
}

TEST(ReceiptFile, WhatCannotBeWrittenWholeIsNotWrittenAtAll) {
  const TempFolder folder;
  const ReceiptFile file(folder / "receipts.jsonl");
  file.append(full_receipt("1"));
  const std::string before = test::read_bytes(file.path());
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {  // where files may only grow by another 100 bytes
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{before.size() + 100, before.size() + 100};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(2);
    try {
      file.append(full_receipt("2"));
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
