#include "headroom/config/app_config.h"
#include "headroom/core/bytes.h"

#include "config/config_test_support.h"
#include "support/expect_error.h"

#include <algorithm>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using test::expect_error;
using test::fields;
using test::ScopedHome;
using testing::AllOf;
using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;
using testing::IsEmpty;

AppConfig load(const std::vector<std::string>& environment) {
  AppConfig config;
  load_config_environment(environment, config);
  return config;
}

void expect_refused(const std::vector<std::string>& environment, const std::string& part) {
  AppConfig config;
  config.window.theme = "light";
  const AppConfig before = config;
  expect_error(ErrorKind::kConfig, HasSubstr(part),
               [&] { load_config_environment(environment, config); });
  EXPECT_EQ(fields(config), fields(before)) << "changed by variables that were refused";
}

TEST(ConfigEnvironment, SetsEveryKey) {
  // A value other than the default for each key; a key without one here is a gap in this test.
  std::map<std::string, std::string> values{{"model.path", "/m"},
                                            {"model.text_encoder", "/t"},
                                            {"model.vae", "/v"},
                                            {"model.preview_decoder", "/p"},
                                            {"model.folders", "/a,/b"},
                                            {"model.tokenizer", "/k"},
                                            {"model.device", "cpu"},
                                            {"model.dtype", "fp16"},
                                            {"model.threads", "3"},
                                            {"model.low_vram", "true"},
                                            {"model.enable_cpu_offload", "true"},
                                            {"model.check_weights", "false"},
                                            {"model.weight_cache", "false"},
                                            {"model.offload_layers", "a,b"},
                                            {"memory.pretend_vram", "6G"},
                                            {"memory.pretend_others", "/others"},
                                            {"memory.vram_cap", "5G"},
                                            {"memory.reserve", "1G"},
                                            {"output.folder", "/o"},
                                            {"window.language", "en"},
                                            {"window.theme", "light"},
                                            {"window.width", "1111"},
                                            {"window.height", "777"},
                                            {"window.ui_scale", "2"},
                                            {"log.level", "warn"},
                                            {"log.folder", "/l"}};
  for (const std::string& key : known_config_keys()) {
    ASSERT_TRUE(values.count(key)) << key;
    std::string name = "HEADROOM_" + key;
    std::replace(name.begin(), name.end(), '.', '_');
    for (char& c : name) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    EXPECT_NE(fields(load({name + "=" + values[key]})), fields(AppConfig{})) << name;
  }
  const AppConfig config =
      load({"HEADROOM_MEMORY_PRETEND_VRAM=6G", "HEADROOM_MODEL_OFFLOAD_LAYERS=a,b",
            "HEADROOM_WINDOW_WIDTH=1111", "HEADROOM_MODEL_PATH=/a=b"});
  EXPECT_EQ(config.memory.pretend_vram_bytes, 6 * kGiB);
  EXPECT_THAT(config.model.offload_layers, ElementsAre("a", "b"));
  EXPECT_EQ(config.window.width, 1111);
  EXPECT_EQ(config.model.path, "/a=b");
}

TEST(ConfigEnvironment, OverlaysOnlyWhatItNames) {
  AppConfig config;
  config.window.theme = "light";
  load_config_environment({"HEADROOM_LOG_LEVEL=off"}, config);
  EXPECT_EQ(config.window.theme, "light");
  EXPECT_EQ(config.log.level, "off");
}

TEST(ConfigEnvironment, IgnoresWhatIsNotItsOwn) {
  EXPECT_EQ(fields(load({"PATH=/bin", "HEADROOM=1", "headroom_model_path=x",
                         "MY_HEADROOM_MODEL_PATH=x", "", "=", "HEADROOM_WITHOUT_EQUALS",
                         "HEADROOM_TORCH_DIR=/t", "HEADROOM_DEPS_DIR=/d", "HEADROOM_UI_DUMP=/u"})),
            fields(AppConfig{}));
}

TEST(ConfigEnvironment, AnEmptyValueChangesNothing) {
  EXPECT_EQ(fields(load({"HEADROOM_MODEL_DTYPE=", "HEADROOM_MODEL_OFFLOAD_LAYERS="})),
            fields(AppConfig{}));
}

TEST(ConfigEnvironment, TildeIsTheHomeFolder) {
  const ScopedHome home("/home/somebody");
  EXPECT_EQ(load({"HEADROOM_OUTPUT_FOLDER=~/x"}).output.folder, "/home/somebody/x");
}

TEST(ConfigEnvironment, RefusesBadValues) {
  AppConfig config;
  expect_error(
      ErrorKind::kConfig,
      Eq("HEADROOM_MODEL_DTYPE: \"fp8\" is not allowed; use auto, fp32, bf16, fp16, int8 or "
         "q4"),
      [&] { load_config_environment({"HEADROOM_MODEL_DTYPE=fp8"}, config); });
  expect_refused({"HEADROOM_LOG_LEVEL=off", "HEADROOM_WINDOW_WIDTH=10"},
                 "HEADROOM_WINDOW_WIDTH: \"10\"");
  expect_refused({"HEADROOM_MODEL_OFFLOAD_LAYERS=a,,b"},
                 "HEADROOM_MODEL_OFFLOAD_LAYERS: \"a\", \"\", \"b\"");
}

TEST(ConfigEnvironment, LeavesOtherProgramsVariablesAlone) {
  const AppConfig config = load(
      {"HEADROOM_MODE=cache", "HEADROOM_SAVINGS_PROFILE=off", "HEADROOM_EXCLUDE_TOOLS=x",
       "HEADROOM_TELEMETRY=off", "HEADROOM_PROGRAM=/p", "HEADROOM_PORT=8787", "HEADROOM_API_KEY=k",
       "HEADROOM_MODEL_LIMITS={}", "HEADROOM_MODEL_NAME=gpt", "HEADROOM_=", "HEADROOM_LOG=1"});
  EXPECT_EQ(fields(config), fields(AppConfig{}));
  EXPECT_THAT(config.warnings, IsEmpty());
}

TEST(ConfigEnvironment, WarnsOfNamesThatNearlyAreOurs) {
  const AppConfig config =
      load({"HEADROOM_MODEL_PTH=x", "HEADROOM_LOGLEVEL=", "HEADROOM_DTYPE=fp16"});
  EXPECT_EQ(fields(config), fields(AppConfig{}));
  std::vector<std::string> warnings;
  for (const Message& warning : config.warnings) warnings.push_back(warning.english());
  EXPECT_THAT(warnings,
              ElementsAre("HEADROOM_MODEL_PTH is set, but there is no such setting; did you mean "
                          "HEADROOM_MODEL_PATH?",
                          HasSubstr("HEADROOM_LOG_LEVEL?"), HasSubstr("HEADROOM_MODEL_DTYPE?")));
}

TEST(ConfigEnvironment, TakesWordsInAnyCaseAndWithBlanksAroundThem) {
  for (const char* const level : {"INFO", "Info", " info ", "info\r"}) {
    EXPECT_EQ(load({"HEADROOM_LOG_LEVEL=" + std::string(level)}).log.level, "info") << level;
  }
  EXPECT_EQ(load({"HEADROOM_LOG_LEVEL=warning"}).log.level, "warn");
  EXPECT_EQ(load({"HEADROOM_LOG_LEVEL=WARNING"}).log.level, "warn");
  EXPECT_EQ(load({"HEADROOM_LOG_LEVEL=CRITICAL"}).log.level, "error");
  EXPECT_EQ(load({"HEADROOM_LOG_LEVEL=20"}).log.level, "info");
  EXPECT_EQ(load({"HEADROOM_LOG_LEVEL=NOTSET"}).log.level, "trace");
  EXPECT_EQ(load({"HEADROOM_MODEL_DEVICE=CUDA:1"}).model.device, "cuda:1");
  EXPECT_EQ(load({"HEADROOM_MODEL_THREADS= 2 "}).model.threads, 2);
  EXPECT_EQ(load({"HEADROOM_MODEL_PATH=/a folder "}).model.path, "/a folder");
  EXPECT_THAT(load({"HEADROOM_MODEL_OFFLOAD_LAYERS=a, b "}).model.offload_layers,
              ElementsAre("a", "b"));
  EXPECT_EQ(fields(load({"HEADROOM_MODEL_THREADS=  "})), fields(AppConfig{}));
}

TEST(ConfigEnvironment, RefusesOneSettingUnderTwoNames) {
  expect_refused({"HEADROOM_MODEL_LOW_VRAM=1", "HEADROOM_MODEL_ENABLE_CPU_OFFLOAD=1"},
                 "HEADROOM_MODEL_ENABLE_CPU_OFFLOAD: the same setting is already given at "
                 "HEADROOM_MODEL_LOW_VRAM");
}

TEST(ConfigEnvironment, QuotesThatAFileOfVariablesKeptDoNotCount) {
  AppConfig config;
  load_config_environment({"HEADROOM_LOG_LEVEL=\"debug\"", "HEADROOM_WINDOW_WIDTH='1500'",
                           "HEADROOM_OUTPUT_FOLDER=\"\""},
                          config);
  EXPECT_EQ(config.log.level, "debug");
  EXPECT_EQ(config.window.width, 1500);
  EXPECT_EQ(config.output.folder, "") << "an empty value changes nothing";
}

TEST(ConfigEnvironment, WithFaultsAskedForReadsTheRestAndNamesEachFault) {
  AppConfig config;
  std::vector<Error> faults;
  load_config_environment(
      {"HEADROOM_WINDOW_WIDTH=640", "HEADROOM_WINDOW_THEME=light", "HEADROOM_MODEL_THREADS=many"},
      config, &faults);
  EXPECT_EQ(config.window.theme, "light");
  ASSERT_EQ(faults.size(), 2U);
  EXPECT_NE(std::string(faults[0].what()).find("HEADROOM_WINDOW_WIDTH"), std::string::npos);
  EXPECT_NE(std::string(faults[1].what()).find("HEADROOM_MODEL_THREADS"), std::string::npos);
}

}  // namespace
}  // namespace headroom
