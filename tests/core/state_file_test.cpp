#include "headroom/core/state_file.h"

#include "headroom/core/error.h"

#include "support/full_disk.h"

#include <fstream>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <unistd.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;
using test::FullDisk;

std::string contents(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

class StateFile : public testing::Test {
 protected:
  ~StateFile() override { fs::remove_all(folder_); }
  const fs::path folder_ =
      fs::temp_directory_path() / ("headroom_state_" + std::to_string(::getpid()));
};

TEST_F(StateFile, MakesItsFolderAndReplacesWhatWasThere) {
  const fs::path file = folder_ / "deep" / "file.json";
  write_state_file(file, "a longer first text", "store it in", "try again");
  EXPECT_EQ(contents(file), "a longer first text");
  write_state_file(file, "second", "store it in", "try again");
  EXPECT_EQ(contents(file), "second");
  EXPECT_EQ(std::distance(fs::directory_iterator(file.parent_path()), {}), 1);  // nothing beside it
}

TEST_F(StateFile, SaysWhatCannotBeDoneWithWhichFileAndWhatHelps) {
  fs::create_directories(folder_);
  std::ofstream(folder_ / "no_folder") << "a file";
  const fs::path file = folder_ / "no_folder" / "file.json";
  try {
    write_state_file(file, "text", "store it in", "try elsewhere");
    FAIL() << "there is no folder";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kIo);
    EXPECT_EQ(error.what(),
              "cannot store it in " + file.string() + ": Not a directory; try elsewhere");
  }
}

TEST_F(StateFile, OnAFullDiskWhatWasThereStaysAndNothingIsLeftBesideIt) {
  const fs::path file = folder_ / "file.json";
  write_state_file(file, "first", "store it in", "try again");
  {
    const FullDisk full;
    EXPECT_THROW(write_state_file(file, "second", "store it in", "try again"), Error);
  }
  EXPECT_EQ(contents(file), "first");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1);
  write_state_file(file, "second", "store it in", "try again");
  EXPECT_EQ(contents(file), "second");
}

}  // namespace
}  // namespace headroom
