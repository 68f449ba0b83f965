// The folder of weights in the number format that they are computed in, by its command.
#include "e2e/e2e_support.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace headroom::test {
namespace {

class CacheCommand : public EndToEnd {
 protected:
  CacheCommand() {
    environment_["XDG_CACHE_HOME"] = (folder_ / "cache").string();
    keep("cache/headroom/rates.json");
  }
  // A plan that streams, in a format that the starter model's files are not in.
  [[nodiscard]] json make() const {
    return run_json(quick({"--dtype", "bf16", "--seed", "3", "--json", "--low-vram", "--config",
                           "streams.yaml"}))
        .at(0);
  }
};

TEST_F(CacheCommand, ListsAndClearsWhatRunsKept) {
  write("streams.yaml", "model:\n  offload_layers: [text_encoder.layers.*, layers.*]\n");
  json listed = run_json({"cache", "--json"}).at(0);
  EXPECT_EQ(listed["folder"], (folder_ / "cache/headroom/weights").string());
  EXPECT_EQ(listed["entries"], json::array());
  EXPECT_EQ(listed["total_bytes"], 0);
  EXPECT_EQ(lines(run({"cache"}).out).size(), 1U);

  environment_["HEADROOM_MODEL_WEIGHT_CACHE"] = "false";
  (void)make();
  EXPECT_FALSE(std::filesystem::exists(folder_ / "cache/headroom/weights"));
  environment_.erase("HEADROOM_MODEL_WEIGHT_CACHE");
  (void)make();
  listed = run_json({"cache", "--json"}).at(0);
  ASSERT_EQ(listed["entries"].size(), 2U);
  std::int64_t bytes = 0;
  for (const json& entry : listed["entries"]) {
    EXPECT_EQ(entry["format"], "BF16");
    EXPECT_EQ(entry["usable"], true);
    const std::filesystem::path file = entry["file"].get<std::string>();
    EXPECT_EQ(entry["bytes"], std::filesystem::file_size(file));
    bytes += entry["bytes"].get<std::int64_t>();
  }
  EXPECT_EQ(listed["total_bytes"], bytes);
  const ProcessResult table = run({"cache"});
  EXPECT_NE(table.out.find("/transformer"), std::string::npos) << table.out;
  EXPECT_NE(table.out.find("/text_encoder"), std::string::npos) << table.out;

  const json cleared = run_json({"cache", "--clear", "--json"}).at(0);
  EXPECT_EQ(cleared["entries"], listed["entries"]);
  EXPECT_EQ(cleared["cleared"], true);
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "cache/headroom/weights"));
}

// What is being written, by whatever process, is neither counted nor removed.
TEST_F(CacheCommand, CountsAndClearsWhatAKilledRunLeft) {
  const std::string weights = "cache/headroom/weights/";
  write(weights + "0123456789abcdef-BF16.safetensors.part", std::string(3000, 'x'));
  const std::filesystem::path written =
      write(weights + "fedcba9876543210-BF16.safetensors.part", std::string(5000, 'x'));
  const int lock = ::open(written.c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(::flock(lock, LOCK_EX), 0);

  const json listed = run_json({"cache", "--json"}).at(0);
  ASSERT_EQ(listed["entries"].size(), 1U);
  EXPECT_EQ(listed["entries"][0]["unfinished"], true);
  EXPECT_EQ(listed["entries"][0]["usable"], false);
  EXPECT_EQ(listed["total_bytes"], 3000);
  const ProcessResult table = run({"cache"});
  EXPECT_NE(table.out.find("killed"), std::string::npos) << table.out;

  const ProcessResult cleared = run({"cache", "--clear"});
  EXPECT_EQ(cleared.out.find("removed nothing"), std::string::npos) << cleared.out;
  EXPECT_TRUE(std::filesystem::exists(written));
  ::close(lock);
  EXPECT_EQ(run_json({"cache", "--clear", "--json"}).at(0)["total_bytes"], 5000);
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / weights));
}

TEST_F(CacheCommand, BadUsageIsOneSentence) {
  expect_refused({"cache", "--clean"}, 2, {"--clean", "--clear"});
  expect_refused({"cache", "now"}, 2, {"\"now\"", "cache --help"});
}

}  // namespace
}  // namespace headroom::test
