#include "headroom/device/processor_load.h"

#include "support/temp_folder.h"

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;

TEST(ProcessorLoad, CountsWhatAnotherProgramTakes) {
  const auto before = others_processor_seconds();
  ASSERT_TRUE(before);
  const pid_t child = fork();
  if (child == 0) {  // burns half a second of processor time, however long that takes
    const std::clock_t end = std::clock() + CLOCKS_PER_SEC / 2;
    while (std::clock() < end) {
    }
    _exit(0);
  }
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  const auto after = others_processor_seconds();
  ASSERT_TRUE(after);
  EXPECT_GT(*after - *before, 0.4);  // counted in ticks of 10 ms for each core
}

TEST(ProcessorLoad, IsNotKnownWhereTheSystemDoesNotTell) {
  const test::TempFolder folder;
  const fs::path& root = folder.path();
  EXPECT_FALSE(others_processor_seconds(root));
  fs::create_directory(root / "proc");
  for (const char* const text : {"", "cpu  1 2 3", "intr 1 2 3 4 5 6 7 8 9"}) {
    std::ofstream(root / "proc/stat") << text;
    EXPECT_FALSE(others_processor_seconds(root)) << text;
  }
}

}  // namespace
}  // namespace headroom
