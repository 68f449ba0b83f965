// The folder of weights in the number format that they are computed in, by its command.
#include "e2e/e2e_support.h"

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

TEST_F(CacheCommand, BadUsageIsOneSentence) {
  expect_refused({"cache", "--clean"}, 2, {"--clean", "--clear"});
  expect_refused({"cache", "now"}, 2, {"\"now\"", "cache --help"});
}

}  // namespace
}  // namespace headroom::test
