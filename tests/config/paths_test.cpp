#include "headroom/config/paths.h"

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace headroom {
namespace {

// Sets a variable, or removes it, while it lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    if (const char* const now = std::getenv(name)) before_ = now;
    value != nullptr ? ::setenv(name, value, 1) : ::unsetenv(name);
  }
  ~Variable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::optional<std::string> before_;
};

TEST(Paths, FollowTheBaseDirectoriesThatAreSet) {
  const Variable config("XDG_CONFIG_HOME", "/a/config");
  const Variable state("XDG_STATE_HOME", "/a/state");
  const Variable cache("XDG_CACHE_HOME", "/a/cache");
  const Variable data("XDG_DATA_HOME", "/a/data");
  EXPECT_EQ(user_config_file(), "/a/config/headroom/config.yaml");
  EXPECT_EQ(run_log_file(), "/a/state/headroom/receipts.jsonl");
  EXPECT_EQ(resumable_folder(), "/a/state/headroom/unfinished");
  EXPECT_EQ(weight_cache_folder(), "/a/cache/headroom/weights");
  EXPECT_EQ(lora_folder(), "/a/data/headroom/loras");
  EXPECT_EQ(upscaler_folder(), "/a/data/headroom/upscalers");
  EXPECT_EQ(font_folders().front(), "/a/data/fonts") << "a person's own fonts come first";
}

// The specification: an unset or relative variable does not count.
TEST(Paths, LieInTheHomeFolderOtherwise) {
  const Variable home("HOME", "/home/ada");
  const Variable config("XDG_CONFIG_HOME", nullptr);
  const Variable state("XDG_STATE_HOME", "state");
  const Variable pictures("XDG_PICTURES_DIR", "");
  EXPECT_EQ(user_config_file(), "/home/ada/.config/headroom/config.yaml");
  EXPECT_EQ(default_log_folder(), "/home/ada/.local/state/headroom");
  EXPECT_EQ(default_output_folder(), "/home/ada/Pictures/Headroom");
}

TEST(Paths, WithoutAHomeAreStillAbsolute) {
  for (const char* const value : {static_cast<const char*>(nullptr), ""}) {
    const Variable home("HOME", value);
    const Variable config("XDG_CONFIG_HOME", nullptr);
    EXPECT_EQ(user_config_file(), "/tmp/.config/headroom/config.yaml");
  }
}

// As huggingface_hub documents it: the cache's own variable, then that of all of its files.
TEST(Paths, FindTheCacheOfHuggingFace) {
  const Variable cache("XDG_CACHE_HOME", "/a/cache");
  const Variable own("HF_HUB_CACHE", "/b/hub");
  const Variable house("HF_HOME", "/c");
  EXPECT_EQ(hugging_face_cache(), "/b/hub");
  const Variable not_own("HF_HUB_CACHE", nullptr);
  EXPECT_EQ(hugging_face_cache(), "/c/hub");
  const Variable no_house("HF_HOME", nullptr);
  EXPECT_EQ(hugging_face_cache(), "/a/cache/huggingface/hub");
}

TEST(Paths, OfTheProgramsOwnFilesLieBesideIt) {
  EXPECT_EQ(share_folder().filename(), "headroom");
  EXPECT_EQ(share_folder().parent_path().filename(), "share");
  EXPECT_EQ(starter_model_folder().parent_path(), share_folder());
  EXPECT_EQ(known_models_folder().parent_path(), share_folder());
}

TEST(Paths, NoTwoFilesOfTheProgramAreOne) {
  const std::set<std::filesystem::path> files{
      user_config_file(),  window_state_file(), added_folders_file(),
      model_hashes_file(), calibration_file(),  rates_file(),
      cards_file(),        run_log_file(),      resumable_folder()};
  EXPECT_EQ(files.size(), 9U);
}

}  // namespace
}  // namespace headroom
