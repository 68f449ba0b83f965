#include "headroom/device/device.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/device/cpu_budget.h"

#include "system_memory.h"

#include <cstdlib>
#include <fstream>
#include <optional>
#include <string>

#include <ATen/ops/empty.h>
#include <c10/util/Exception.h>
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
  EXPECT_FALSE(devices.back().backend->has_own_memory());
  EXPECT_EQ(devices.back().id(), "cpu");
  EXPECT_EQ(devices.back().name, "CPU budget");
  EXPECT_EQ(choose_device("cpu").id(), "cpu");
  EXPECT_EQ(choose_device("auto").id(), devices.front().id());
  EXPECT_EQ(pretended_device("cuda", 1, "a card").id(), "cuda:1");
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
                             "cuda0", "cuda:99999999999", "auto ", "cpu:0", "auto:1"}) {
    EXPECT_THAT(refusal(wanted), HasSubstr("\"" + std::string(wanted) + "\" is not known"));
    EXPECT_THAT(refusal(wanted), HasSubstr("auto, cpu, cuda, cuda:N"));
  }
}

TEST(Devices, AKindThatIsNotThereCanBePlannedFor) {
  EXPECT_EQ(absent_device("cpu").has_value(), false);
  EXPECT_EQ(absent_device("auto").has_value(), false);
  EXPECT_EQ(absent_device("toaster").has_value(), false);
  if (has_card()) return;
  ASSERT_TRUE(absent_device("cuda:2").has_value());
  EXPECT_EQ(absent_device("cuda:2")->id(), "cuda:2");
}

TEST(Devices, ACardThatIsNotThereIsRefused) {
  EXPECT_THAT(refusal("cuda:99"), HasSubstr("\"cuda:99\" is not there"));
  if (has_card()) {
    EXPECT_EQ(choose_device("cuda").id(), "cuda:0");
  } else {
    EXPECT_THAT(refusal("cuda"), HasSubstr("--device cpu"));
  }
}

TEST(Devices, ACardThatIsNotThereHoldsNothingAndCanDoNothing) {
  const Device card = pretended_device("cuda", 0, "a card");
  card.backend->set_up();
  card.backend->reserve(kGiB, kMiB);
  EXPECT_TRUE(card.backend->has_own_memory());
  EXPECT_EQ(card.backend->usual_format(), NumberFormat::kBfloat16);
  EXPECT_EQ(card.backend->use().peak, 0);
  EXPECT_EQ(card.backend->capacity().total, 0);
  EXPECT_EQ(card.backend->driver_allocations(), 0);
  const MemorySnapshot s = DeviceMemory(card, 6 * kGiB).read();
  // A card that is sold with 6 GB gives programs 5.8 GiB, of which context and code take 0.3 to
  // 0.45.
  EXPECT_EQ(s.free + s.reserved_by_driver, 6 * kGiB);
  EXPECT_GT(static_cast<double>(s.free) / kGiB, 5.8 - 0.45);
  EXPECT_LT(static_cast<double>(s.free) / kGiB, 5.8 - 0.3);
  EXPECT_EQ(card.backend->caching_settings(), "expandable_segments:True");
  EXPECT_EQ(s.used_by_others, 0);
  EXPECT_EQ(s.source, "CUDA: a card");
  EXPECT_FALSE(s.is_main_memory);
}

// A real card's, see EveryCard.IsCalibrated: known of one that is not there, too.
TEST(Devices, ACardThatIsNotThereHasTheWorkspaceOfCublas) {
  EXPECT_EQ(pretended_device("cuda", 0, "a card").backend->library_bytes(), 8320 * 1024);
  EXPECT_EQ(pretended_device("cuda", 0, "a card", 86).backend->library_bytes(), 8320 * 1024);
  EXPECT_EQ(pretended_device("cuda", 0, "a card", 120).backend->library_bytes(), 32 * kMiB);
}

TEST(Devices, TheGeneralNameOfTheAllocatorsSettingsComesBeforeTheOldOne) {
  const Device card = pretended_device("cuda", 0, "a card");
  const Device cpu = choose_device("cpu");
  setenv("PYTORCH_CUDA_ALLOC_CONF", "max_split_size_mb:30", 1);
  EXPECT_EQ(card.backend->caching_settings(), "max_split_size_mb:30");
  setenv("PYTORCH_ALLOC_CONF", "max_split_size_mb:40", 1);
  EXPECT_EQ(card.backend->caching_settings(), "max_split_size_mb:40");
  EXPECT_EQ(cpu.backend->caching_settings(), std::nullopt);
  unsetenv("PYTORCH_ALLOC_CONF");
  unsetenv("PYTORCH_CUDA_ALLOC_CONF");
}

TEST(DeviceErrors, OutOfMemoryIsKnownInEveryDisguise) {
  const c10::SourceLocation here{"f", "file.cpp", 1};
  EXPECT_TRUE(is_out_of_memory(Error(ErrorKind::kOutOfMemory, "full")));
  EXPECT_TRUE(is_out_of_memory(c10::OutOfMemoryError(here, "full")));
  EXPECT_TRUE(is_out_of_memory(c10::AcceleratorError(here, 2, "CUDA error: out of memory")));
  for (const char* what : {"CUBLAS_STATUS_ALLOC_FAILED", "CUDNN_STATUS_ALLOC_FAILED"}) {
    EXPECT_TRUE(is_out_of_memory(c10::Error(here, std::string("CUDA error: ") + what + " in f")));
  }
  EXPECT_FALSE(is_out_of_memory(Error(ErrorKind::kIo, "CUDNN_STATUS_ALLOC_FAILED")));
  EXPECT_FALSE(is_out_of_memory(c10::AcceleratorError(here, 700, "an illegal memory access")));
  EXPECT_FALSE(is_out_of_memory(c10::Error(here, "CUBLAS_STATUS_NOT_SUPPORTED")));
}

TEST(DeviceErrors, ADriverThatGaveUpIsAnErrorOfItsOwnThatSaysWhatToDo) {
  const c10::SourceLocation here{"f", "file.cpp", 1};
  const std::optional<Error> failure =
      device_failure(c10::AcceleratorError(here, 700, "CUDA error: an illegal memory access"));
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->kind(), ErrorKind::kDevice);
  EXPECT_THAT(failure->what(), HasSubstr("code 700"));
  EXPECT_THAT(failure->what(), HasSubstr("start Headroom again"));
  EXPECT_FALSE(device_failure(c10::AcceleratorError(here, 2, "out of memory")).has_value());
  // Starting again would not help.
  for (const auto& [code, words] : {std::pair(35, "update it"), {209, "no code for this card"}}) {
    const auto lasting = device_failure(c10::AcceleratorError(here, code, "CUDA error"));
    ASSERT_TRUE(lasting.has_value());
    EXPECT_THAT(lasting->what(), HasSubstr(words));
    EXPECT_THAT(lasting->what(), ::testing::Not(HasSubstr("start Headroom again")));
  }
  EXPECT_FALSE(device_failure(c10::Error(here, "shapes differ")).has_value());
}

TEST(DeviceErrors, MessagesCarryNeitherFramesNorAdviceForProgrammers) {
  const c10::SourceLocation here{"f", "file.cpp", 1};
  EXPECT_EQ(plain_message(c10::AcceleratorError(here, 700, "CUDA error: illegal\nSearch ...")),
            "CUDA error: illegal");
  EXPECT_EQ(plain_message(c10::AcceleratorError(here, 2, "CUDA error: out of memory\nSearch ...")),
            "the device ran out of memory");
  EXPECT_EQ(plain_message(c10::OutOfMemoryError(here, "Tried to allocate 2 GiB. Set PYTORCH_...")),
            "the device ran out of memory");
  EXPECT_EQ(plain_message(c10::Error(here, "shapes differ")), "shapes differ");
  EXPECT_EQ(plain_message(Error(ErrorKind::kIo, "no space left")), "no space left");
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
  EXPECT_TRUE(s.is_main_memory);
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
  const std::int64_t before = cpu.backend->use().activations;
  cpu.backend->begin_run();
  { const at::Tensor x = take(3 * kMiB); }
  EXPECT_EQ(cpu.backend->use().peak - before, 3 * kMiB);
  EXPECT_EQ(cpu.backend->end_stage().in_use - before, 3 * kMiB);
  { const at::Tensor x = take(kMiB); }
  EXPECT_EQ(cpu.backend->use().peak - before, kMiB);
  EXPECT_EQ(cpu.backend->end_stage().in_use - before, kMiB);
  EXPECT_EQ(memory.read().peak - before, 3 * kMiB);  // the run's
  cpu.backend->begin_run();
  EXPECT_EQ(memory.read().peak - before, 0);
}

TEST(DeviceUse, ALimitIsEnforcedAndLifted) {
  const Device cpu = choose_device("cpu");
  cpu_budget::install();
  cpu.backend->limit(cpu.backend->use().activations + kMiB);
  EXPECT_THROW(take(2 * kMiB), Error);
  cpu.backend->limit(0);
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
