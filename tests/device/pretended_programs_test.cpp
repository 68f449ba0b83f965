#include "headroom/device/pretended_programs.h"

#include "headroom/core/bytes.h"
#include "headroom/device/device.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace headroom {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Pretended : public testing::Test {
 protected:
  Pretended() { std::filesystem::remove(file_); }
  ~Pretended() override { std::filesystem::remove(file_); }
  void write(const std::string& text) const { std::ofstream(file_) << text; }

  const std::filesystem::path file_ =
      std::filesystem::path(testing::TempDir()) /
      (std::to_string(::getpid()) + "_pretended_programs.txt");  // tests run side by side
  std::vector<std::string> warnings_;
  const OtherPrograms programs_ = read_programs_from(
      file_, [this](const std::string& warning) { warnings_.push_back(warning); });
  const DeviceMemory memory_{choose_device("cpu"), 6 * kGiB, programs_};
};

TEST_F(Pretended, AMissingFileSaysNothing) {
  EXPECT_THAT(programs_(), IsEmpty());
  const MemorySnapshot s = memory_.read();
  EXPECT_EQ(s.used_by_others, 0);
  EXPECT_EQ(s.free + s.ours(), 6 * kGiB);
  EXPECT_TRUE(s.pretended);
}

TEST_F(Pretended, ProgramsHoldMemoryAsTheFileSaysAtEachReading) {
  write("512M Xorg\n2.5G  video editor \r\n\n");
  MemorySnapshot s = memory_.read();
  EXPECT_EQ(s.used_by_others, 3 * kGiB);
  EXPECT_EQ(s.free + s.ours(), 3 * kGiB);
  EXPECT_THAT(memory_.other_programs(), ElementsAre(Field(&OtherProgram::name, "video editor"),
                                                    Field(&OtherProgram::name, "Xorg")));
  EXPECT_EQ(memory_.other_programs().front().bytes, 5 * kGiB / 2);
  write("1G game");
  s = memory_.read();
  EXPECT_EQ(s.used_by_others, kGiB);
  EXPECT_THAT(memory_.other_programs(), ElementsAre(Field(&OtherProgram::name, "game")));
  std::filesystem::remove(file_);
  EXPECT_EQ(memory_.read().used_by_others, 0);
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(Pretended, WhoHoldsMoreThanThereIsLeavesNothingFree) {
  write("4G one\n8000000000G two\n8000000000G three\n");
  const MemorySnapshot s = memory_.read();
  EXPECT_EQ(s.free, 0);
  EXPECT_EQ(s.used_by_others + s.ours(), s.total);
}

TEST_F(Pretended, OneBadLineIsNamedAndAllAreLeftOut) {
  write("1G fine\nlots blender\n-1G negative\n2G\n1G also fine\n");
  EXPECT_EQ(memory_.read().used_by_others, 2 * kGiB);
  EXPECT_EQ(memory_.read().used_by_others, 2 * kGiB);
  ASSERT_EQ(warnings_.size(), 1U);
  EXPECT_THAT(warnings_.front(), HasSubstr("pretended_programs.txt:2: "));
  EXPECT_THAT(warnings_.front(), HasSubstr("2.5G blender"));
}

TEST_F(Pretended, AddToWhatIsReallyThereWithoutAPretendedSize) {
  const DeviceMemory real(choose_device("cpu"), {});
  const DeviceMemory both(choose_device("cpu"), {}, programs_);
  write("64M game");
  const MemorySnapshot s = both.read();
  EXPECT_EQ(s.total, real.read().total);
  EXPECT_TRUE(s.pretended);
  EXPECT_GE(s.used_by_others, std::min(64 * kMiB, s.total - s.ours()));
  EXPECT_EQ(s.free + s.ours() + s.used_by_others + s.reserved_by_driver, s.total);
}

TEST_F(Pretended, TheReportNamesThemOnEveryDevice) {
  write("1G game");
  const SystemReport report = report_devices(4 * kGiB, programs_);
  ASSERT_FALSE(report.devices.empty());
  for (const DeviceReport& entry : report.devices) {
    EXPECT_EQ(entry.memory.used_by_others, kGiB);
    EXPECT_THAT(entry.other_programs, ElementsAre(Field(&OtherProgram::name, "game")));
  }
}

}  // namespace
}  // namespace headroom
