#pragma once
#include "support/paths.h"
#include "support/process.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace headroom::test {

using nlohmann::json;

// Runs the real program, with a home of its own in a temporary folder.
class EndToEnd : public ::testing::Test {
 protected:
  EndToEnd();
  ~EndToEnd() override;

  [[nodiscard]] ProcessOptions options(std::vector<std::string> arguments) const;
  ProcessResult run(std::vector<std::string> arguments, const std::string& input = {}) const;
  // Runs it, expects exit code 0, and reads each line of its output as JSON.
  std::vector<json> run_json(std::vector<std::string> arguments,
                             const std::string& input = {}) const;
  // "generate", these, and few pixels and steps.
  static std::vector<std::string> quick(std::vector<std::string> more);

  // Expects the exit code, one line on stderr that begins with "headroom: " and holds `words`,
  // nothing on stdout, and no file anywhere but the log and earlier run records.
  void expect_refused(const ProcessResult& result, int exit_code,
                      const std::vector<std::string>& words) const;
  void expect_refused(std::vector<std::string> arguments, int exit_code,
                      const std::vector<std::string>& words) const;

  // Every file below the temporary folder, relative to it, apart from the log, the run records,
  // what waits to be finished and what keep() named.
  [[nodiscard]] std::vector<std::string> files() const;
  void keep(const std::string& relative) { kept_.push_back(relative); }
  std::filesystem::path write(const std::string& relative, const std::string& bytes);
  // A copy of the small reference model, to be damaged.
  std::filesystem::path copy_model();

  std::filesystem::path folder_;                    // also the working folder
  std::map<std::string, std::string> environment_;  // of the program

 private:
  std::vector<std::string> kept_;
};

inline const std::filesystem::path kProgram = test::built_program(HEADROOM_PROGRAM);
inline const std::filesystem::path kStarterModel = test::starter_model();
inline const std::filesystem::path kFixtures = test::data_folder() / "zimage";

[[nodiscard]] std::vector<std::string> lines(const std::string& text);
[[nodiscard]] std::string read_bytes(const std::filesystem::path& file);

}  // namespace headroom::test
