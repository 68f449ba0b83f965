#include "cuda/nvml.h"

#include <cstdlib>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace headroom {
namespace {

const auto kOwn = static_cast<std::uint32_t>(getpid());

class NvmlTest : public ::testing::Test {
 protected:
  void SetUp() override {
    unsetenv("CUDA_VISIBLE_DEVICES");
    unsetenv("FAKE_NVML_NO_DRIVER");
    unsetenv("FAKE_NVML_PROGRAMS");
  }
  void TearDown() override { SetUp(); }
  static Nvml open() { return Nvml::open(HEADROOM_FAKE_NVML).value(); }
  static void show_cards(const char* list) { setenv("CUDA_VISIBLE_DEVICES", list, 1); }
};

TEST_F(NvmlTest, AbsenceIsNormal) {
  EXPECT_FALSE(Nvml::open("/nowhere/libnvidia-ml.so.1").has_value());
  setenv("FAKE_NVML_NO_DRIVER", "1", 1);
  EXPECT_FALSE(Nvml::open(HEADROOM_FAKE_NVML).has_value());
}

TEST_F(NvmlTest, AnswersForTheCardThatIsAsked) {
  const Nvml nvml = open();
  EXPECT_EQ(nvml.driver_version(), "123.45");
  EXPECT_EQ(nvml.name(0), "Fake Card 0");
  EXPECT_EQ(nvml.name(1), "Fake Card 1");
  ASSERT_TRUE(nvml.memory(1).has_value());
  EXPECT_EQ(nvml.memory(1)->total, 8LL << 30);
  EXPECT_EQ(nvml.memory(1)->reserved, 101);
}

TEST_F(NvmlTest, ListsOtherProgramsLargestFirstAndEachOnce) {
  std::vector<std::uint32_t> pids;
  std::vector<std::int64_t> bytes;
  for (const Nvml::Process& p : open().other_processes(0, kOwn)) {
    pids.push_back(p.pid);
    bytes.push_back(p.bytes);
    // Process 1 exists everywhere, the others are beyond any process number.
    EXPECT_EQ(p.name.empty(), p.pid != 1) << p.pid;
  }
  EXPECT_THAT(pids, ::testing::ElementsAre(4000001, 4000003, 1));
  EXPECT_THAT(bytes, ::testing::ElementsAre(500, 400, 300));
}

// In a container this process has another number for the driver.
TEST_F(NvmlTest, LeavesOutTheNumberThatItIsTold) {
  const auto others = open().other_processes(0, 4000001);
  std::vector<std::uint32_t> pids;
  for (const Nvml::Process& p : others) {
    pids.push_back(p.pid);
    EXPECT_TRUE(p.name.empty());  // of another process with that number here
  }
  EXPECT_THAT(pids, ::testing::ElementsAre(kOwn, 4000003, 1));
}

TEST_F(NvmlTest, ListsMoreProgramsThanWereThoughtOf) {
  setenv("FAKE_NVML_PROGRAMS", "200", 1);
  EXPECT_EQ(open().other_processes(0, kOwn).size(), 200U);
}

TEST_F(NvmlTest, ACardThatSaysNothingGivesNothing) {
  const Nvml nvml = open();
  for (const int card : {2, 3}) {
    EXPECT_EQ(nvml.name(card), std::nullopt);
    EXPECT_FALSE(nvml.memory(card).has_value());
    EXPECT_TRUE(nvml.other_processes(card, kOwn).empty());
  }
}

TEST_F(NvmlTest, CardsAreNumberedAsTheEnvironmentShowsThem) {
  const Nvml nvml = open();
  show_cards("1,0");
  EXPECT_EQ(nvml.name(0), "Fake Card 1");
  EXPECT_EQ(nvml.name(1), "Fake Card 0");
  EXPECT_EQ(nvml.name(2), std::nullopt);  // hidden
  show_cards("1");
  EXPECT_EQ(nvml.name(0), "Fake Card 1");
  EXPECT_EQ(nvml.name(1), std::nullopt);
}

TEST_F(NvmlTest, AListThatCannotBeReadHidesTheCards) {
  const Nvml nvml = open();
  for (const char* list : {"", "GPU-5a3c", "x,1"}) {
    show_cards(list);
    EXPECT_EQ(nvml.name(0), std::nullopt) << '"' << list << '"';
  }
}

}  // namespace
}  // namespace headroom
