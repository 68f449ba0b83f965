#pragma once
#include <filesystem>
#include <string>

namespace headroom::test {

// One cache folder for all tests that run the program, so that the device is measured, for a
// second, only once.
[[nodiscard]] inline std::string shared_cache_folder() {
  return (std::filesystem::temp_directory_path() / "headroom-test-cache").string();
}

}  // namespace headroom::test
