#include "e2e/e2e_support.h"

#include "support/shared_cache.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <unistd.h>

namespace headroom::test {
namespace fs = std::filesystem;

EndToEnd::EndToEnd() {
  std::string name = (fs::temp_directory_path() / "headroom-e2e-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = fs::canonical(name);
  fs::create_directories(folder_ / "tmp");
  environment_ = {{"HOME", (folder_ / "home").string()},
                  {"XDG_CONFIG_HOME", (folder_ / "config").string()},
                  {"XDG_STATE_HOME", (folder_ / "state").string()},
                  {"XDG_CACHE_HOME", shared_cache_folder()},
                  {"TMPDIR", (folder_ / "tmp").string()},
                  {"LANG", "C.UTF-8"}};
  // A sanitizer's settings and the loader's reach the program.
  for (const char* const passed : {"PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* const value = std::getenv(passed)) environment_[passed] = value;
  }
}

EndToEnd::~EndToEnd() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

ProcessOptions EndToEnd::options(std::vector<std::string> arguments) const {
  ProcessOptions options;
  options.program = kProgram;
  options.arguments = std::move(arguments);
  options.environment = environment_;
  options.folder = folder_;
  return options;
}

ProcessResult EndToEnd::run(std::vector<std::string> arguments, const std::string& input) const {
  ProcessOptions process = options(std::move(arguments));
  process.input = input;
  ProcessResult result = run_process(process);
  EXPECT_FALSE(result.timed_out);
  EXPECT_EQ(result.signal, 0) << result.err;
  return result;
}

std::vector<json> EndToEnd::run_json(std::vector<std::string> arguments,
                                     const std::string& input) const {
  const ProcessResult result = run(std::move(arguments), input);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  std::vector<json> values;
  for (const std::string& line : lines(result.out)) {
    values.push_back(json::parse(line, nullptr, /*allow_exceptions=*/false));
    EXPECT_FALSE(values.back().is_discarded()) << line;
  }
  return values;
}

std::vector<std::string> EndToEnd::quick(std::vector<std::string> more) {
  std::vector<std::string> arguments{"generate", "--steps", "2"};
  const auto typed = [&](const char* option) {
    return std::find(more.begin(), more.end(), option) != more.end();
  };
  if (!typed("--size") && !typed("--preset")) {
    arguments.insert(arguments.end(), {"--size", "128x64"});
  }
  if (!typed("-p")) arguments.insert(arguments.end(), {"-p", "a red apple"});
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

void EndToEnd::expect_refused(const ProcessResult& result, int exit_code,
                              const std::vector<std::string>& words) const {
  EXPECT_EQ(result.exit_code, exit_code) << result.err;
  EXPECT_EQ(result.out, "");
  const std::vector<std::string> said = lines(result.err);
  ASSERT_EQ(said.size(), 1U) << result.err;
  EXPECT_TRUE(said.front().starts_with("headroom: ")) << said.front();
  for (const std::string& word : words) {
    EXPECT_NE(said.front().find(word), std::string::npos) << word << " in: " << said.front();
  }
  EXPECT_EQ(files(), std::vector<std::string>());
}

void EndToEnd::expect_refused(std::vector<std::string> arguments, int exit_code,
                              const std::vector<std::string>& words) const {
  std::string call;
  for (const std::string& argument : arguments) call += argument.substr(0, 80) + " ";
  const ::testing::ScopedTrace trace(__FILE__, __LINE__, call);
  expect_refused(run(std::move(arguments)), exit_code, words);
}

std::vector<std::string> EndToEnd::files() const {
  std::vector<std::string> found;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder_)) {
    const std::string name = entry.path().lexically_relative(folder_).string();
    const bool kept = std::any_of(kept_.begin(), kept_.end(), [&](const std::string& k) {
      return name == k || name.starts_with(k + "/");
    });
    if (!entry.is_directory() && !kept && name != "state/headroom/headroom.log" &&
        name != "state/headroom/receipts.jsonl" && name != "state/headroom/model_hashes" &&
        !name.starts_with("state/headroom/unfinished/")) {
      found.push_back(name);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

fs::path EndToEnd::write(const std::string& relative, const std::string& bytes) {
  const fs::path file = folder_ / relative;
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << bytes;
  keep(relative);
  return file;
}

fs::path EndToEnd::copy_model() {
  const fs::path copy = folder_ / "model";
  fs::copy(kFixtures / "tiny" / "model", copy, fs::copy_options::recursive);
  keep("model");
  return copy;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) result.push_back(line);
  return result;
}

std::string read_bytes(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace headroom::test
