// The first vector function of a process, which MKL can compute less exactly on several threads.
#include "headroom/device/device.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/from_blob.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace headroom {
namespace {

constexpr std::int64_t kValues = 9216;  // enough to be shared by two threads

std::uint64_t hash(std::span<const float> values) {  // FNV-1a
  std::uint64_t sum = 14695981039346656037U;
  for (const float value : values) {
    std::uint32_t bits = 0;
    std::memcpy(&bits, &value, sizeof bits);
    sum = (sum ^ bits) * 1099511628211U;
  }
  return sum;
}

std::uint64_t hash_of_exponentials() {
  std::vector<float> values;
  std::uint32_t state = 1;
  for (std::int64_t i = 0; i < kValues; ++i) {
    state = state * 1664525U + 1013904223U;
    values.push_back(static_cast<float>(state >> 8U) / 4e6F - 2);
  }
  at::set_num_threads(2);
  const at::Tensor of = at::exp(at::from_blob(values.data(), {kValues}, at::kFloat));
  return hash({of.const_data_ptr<float>(), static_cast<std::size_t>(kValues)});
}

// In a process of its own, which begins with the processor's set-up as the program does.
std::uint64_t hash_in_a_new_process() {
  std::array<int, 2> pipe_ends{};
  if (::pipe(pipe_ends.data()) != 0) return 0;
  const pid_t child = ::fork();
  if (child == 0) {
    choose_device("cpu").backend->set_up();
    const std::uint64_t found = hash_of_exponentials();
    _exit(::write(pipe_ends[1], &found, sizeof found) == sizeof found ? 0 : 1);
  }
  ::close(pipe_ends[1]);
  std::uint64_t found = 0;
  if (::read(pipe_ends[0], &found, sizeof found) != sizeof found) found = 0;
  ::close(pipe_ends[0]);
  ::waitpid(child, nullptr, 0);
  return found;
}

TEST(VectorMath, IsTheSameInEveryProcess) {
  const std::uint64_t first = hash_in_a_new_process();
  ASSERT_NE(first, 0U);
  int others = 0;
  for (int i = 0; i < 500; ++i) others += hash_in_a_new_process() == first ? 0 : 1;
  EXPECT_EQ(others, 0);
}

}  // namespace
}  // namespace headroom
