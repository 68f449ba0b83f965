#include "headroom/device/device.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/device/cpu_budget.h"

#include "system_memory.h"

#include <fstream>
#include <string>

#include <ATen/ops/empty.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using ::testing::HasSubstr;

at::Tensor take(std::int64_t bytes) { return at::empty({bytes}, at::TensorOptions(at::kByte)); }

bool has_card() { return list_devices().size() > 1; }

TEST(Devices, TheCpuIsAlwaysThereAndLast) {
  const std::vector<Device> devices = list_devices();
  ASSERT_FALSE(devices.empty());
  EXPECT_EQ(devices.back().kind, Device::Kind::kCpu);
  EXPECT_EQ(devices.back().id(), "cpu");
  EXPECT_EQ(devices.back().name, "CPU budget");
  EXPECT_EQ(choose_device("cpu").id(), "cpu");
  EXPECT_EQ(choose_device("auto").id(), devices.front().id());
  EXPECT_EQ((Device{Device::Kind::kCuda, 1, "a card"}.id()), "cuda:1");
}

std::string refusal(const std::string& wanted) {
  try {
    return "took " + choose_device(wanted).id();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInvalidRequest) << error.what();
    return error.what();
  }
}

TEST(Devices, WhatIsNoDeviceIsRefusedWithWhatWouldBe) {
  for (const char* wanted : {"", "gpu", "CPU", "cuda:", "cuda:x", "cuda:1x", "cuda:-1", "cuda: 1",
                             "cuda0", "cuda:99999999999", "auto "}) {
    EXPECT_THAT(refusal(wanted), HasSubstr("\"" + std::string(wanted) + "\" is not known"));
    EXPECT_THAT(refusal(wanted), HasSubstr("auto, cpu, cuda or cuda:N"));
  }
}

TEST(Devices, ACardThatIsNotThereIsRefused) {
  EXPECT_THAT(refusal("cuda:99"), HasSubstr("\"cuda:99\" is not there"));
  if (has_card()) {
    EXPECT_EQ(choose_device("cuda").id(), "cuda:0");
  } else {
    EXPECT_THAT(refusal("cuda"), HasSubstr("--device cpu"));
  }
}

TEST(DeviceMemory, TheCpusPartsAddUpToWhatThisProgramMayUse) {
  cpu_budget::install();
  const at::Tensor held = take(kMiB);
  const MemorySnapshot s = DeviceMemory(choose_device("cpu"), {}).read();
  const SystemMemory system = read_system_memory();
  EXPECT_EQ(s.total, system.total_bytes);
  EXPECT_GT(s.total, 0);
  EXPECT_GE(s.free, 0);
  EXPECT_LE(s.free, s.total);
  EXPECT_GE(s.activations, kMiB);
  EXPECT_GE(s.used_by_others, 0);
  EXPECT_FALSE(s.pretended);
  EXPECT_EQ(s.source, "CPU budget");
}

TEST(DeviceMemory, PretendsToBeASmallCard) {
  cpu_budget::install();
  const DeviceMemory memory(choose_device("cpu"), 6 * kGiB);
  const at::Tensor held = take(10 * kMiB);
  const MemorySnapshot s = memory.read();
  EXPECT_TRUE(s.pretended);
  EXPECT_EQ(s.total, 6 * kGiB);
  EXPECT_EQ(s.used_by_others, 0);
  EXPECT_EQ(s.free + s.ours(), s.total);
  EXPECT_GE(s.ours(), 10 * kMiB);
  EXPECT_EQ(DeviceMemory(choose_device("cpu"), 1).read().free, 0);  // never negative
}

TEST(DeviceUse, PeaksAreThoseOfTheStageAndOfTheRun) {
  cpu_budget::install();
  const Device cpu = choose_device("cpu");
  const DeviceMemory memory(cpu, {});
  const std::int64_t before = read_use(cpu).activations;
  begin_run(cpu);
  { const at::Tensor x = take(3 * kMiB); }
  EXPECT_EQ(read_use(cpu).peak - before, 3 * kMiB);
  EXPECT_EQ(end_stage(cpu) - before, 3 * kMiB);
  { const at::Tensor x = take(kMiB); }
  EXPECT_EQ(read_use(cpu).peak - before, kMiB);
  EXPECT_EQ(end_stage(cpu) - before, kMiB);
  EXPECT_EQ(memory.read().peak - before, 3 * kMiB);  // the run's
  begin_run(cpu);
  EXPECT_EQ(memory.read().peak - before, 0);
}

TEST(DeviceUse, ALimitIsEnforcedAndLifted) {
  const Device cpu = choose_device("cpu");
  cpu_budget::install();
  enforce_limit(cpu, read_use(cpu).activations + kMiB);
  EXPECT_THROW(take(2 * kMiB), Error);
  enforce_limit(cpu, 0);
  EXPECT_NO_THROW(take(2 * kMiB));
}

TEST(Report, HasEveryDeviceWithItsMemory) {
  const SystemReport report = report_devices(4 * kGiB);
  ASSERT_EQ(report.devices.size(), list_devices().size());
  for (const DeviceReport& entry : report.devices) EXPECT_EQ(entry.memory.total, 4 * kGiB);
  EXPECT_EQ(report.devices.back().device.id(), "cpu");
  EXPECT_TRUE(report.devices.back().other_programs.empty());
}

TEST(SystemMemory, IsNotMoreThanTheMachineHas) {
  std::ifstream meminfo("/proc/meminfo");
  std::string key;
  std::int64_t kib = 0;
  ASSERT_TRUE(meminfo >> key >> kib);
  ASSERT_EQ(key, "MemTotal:");
  const SystemMemory memory = read_system_memory();
  EXPECT_GT(memory.total_bytes, 0);
  EXPECT_LE(memory.total_bytes, kib * 1024);
  EXPECT_LE(memory.available_bytes, memory.total_bytes);
}

}  // namespace
}  // namespace headroom
