#include "headroom/config/app_config.h"

#include "headroom/core/bytes.h"

#include "config/config_test_support.h"
#include "support/expect_error.h"
#include "support/paths.h"
#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

using test::expect_error;
using test::fields;
using test::ScopedHome;
using test::TempFolder;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

AppConfig load(const std::string& yaml) {
  const TempFolder folder;
  AppConfig config;
  load_config_file(folder.write("my.yaml", yaml), config);
  return config;
}

void expect_refused_with(const testing::Matcher<std::string>& message, const std::string& yaml) {
  const TempFolder folder;
  const auto file = folder.write("my.yaml", yaml);
  AppConfig config;
  config.window.theme = "light";
  const AppConfig before = config;
  expect_error(ErrorKind::kConfig, message, [&] { load_config_file(file, config); });
  EXPECT_EQ(fields(config), fields(before)) << "changed by a file that was refused";
}

void expect_refused(const std::string& yaml, const std::string& part) {
  expect_refused_with(HasSubstr(part), yaml);
}

TEST(ConfigFile, SetsEveryKey) {
  const AppConfig config = load(R"(
model:
  path: /models/turbo
  folders: [/data/ComfyUI, /models]
  device: cuda:1
  dtype: bf16
  threads: 6
  low_vram: true
  check_weights: false
  weight_cache: false
  offload_layers: [text_encoder, "vae"]
memory:
  pretend_vram: 6G
  pretend_others: /others.txt
  vram_cap: 5.5 GB
  reserve: 536870912
output:
  folder: /pictures
window:
  language: zh
  theme: light
  width: 1920
  height: 1080
  ui_scale: 1.5
log:
  level: debug
  folder: /logs
)");
  EXPECT_EQ(config.model.path, "/models/turbo");
  EXPECT_THAT(config.model.folders, ElementsAre("/data/ComfyUI", "/models"));
  EXPECT_EQ(config.model.device, "cuda:1");
  EXPECT_EQ(config.model.dtype, NumberFormat::kBfloat16);
  EXPECT_EQ(config.model.threads, 6);
  EXPECT_TRUE(config.model.low_vram);
  EXPECT_FALSE(config.model.check_weights);
  EXPECT_FALSE(config.model.weight_cache);
  EXPECT_THAT(config.model.offload_layers, ElementsAre("text_encoder", "vae"));
  EXPECT_EQ(config.memory.pretend_vram_bytes, 6 * kGiB);
  EXPECT_EQ(config.memory.pretend_others_file, "/others.txt");
  EXPECT_EQ(config.memory.vram_cap_bytes, 11 * kGiB / 2);
  EXPECT_EQ(config.memory.reserve_bytes, 512 * kMiB);
  EXPECT_EQ(config.output.folder, "/pictures");
  EXPECT_EQ(config.window.language, "zh");
  EXPECT_EQ(config.window.theme, "light");
  EXPECT_EQ(config.window.width, 1920);
  EXPECT_EQ(config.window.height, 1080);
  EXPECT_EQ(config.window.ui_scale, 1.5);
  EXPECT_EQ(config.log.level, "debug");
  EXPECT_EQ(config.log.folder, "/logs");
}

TEST(ConfigFile, OverlaysOnlyWhatItNames) {
  const TempFolder folder;
  AppConfig config;
  config.model.dtype = NumberFormat::kFloat16;
  config.window.width = 1500;
  load_config_file(folder.write("a.yaml", "window: {height: 900}"), config);
  EXPECT_EQ(config.model.dtype, NumberFormat::kFloat16);
  EXPECT_EQ(config.window.width, 1500);
  EXPECT_EQ(config.window.height, 900);
}

TEST(ConfigFile, RemembersWhereASettingStands) {
  const TempFolder folder;
  AppConfig config;
  load_config_file(folder.write("a.yaml", "model:\n  threads: 2\n  enable_cpu_offload: on\n"),
                   config);
  EXPECT_EQ(config.places.size(), 2U);
  EXPECT_THAT(config.places.at("model.threads"), EndsWith("a.yaml:2: model.threads"));
  EXPECT_THAT(config.places.at("model.low_vram"), EndsWith("a.yaml:3: model.enable_cpu_offload"));
  load_config_environment({"HEADROOM_MODEL_THREADS=3"}, config);
  EXPECT_EQ(config.places.at("model.threads"), "HEADROOM_MODEL_THREADS");
}

TEST(ConfigFile, TheDocumentedFileChangesNothing) {
  AppConfig config;
  load_config_file(test::source_folder() / "configs/config.yaml", config);
  EXPECT_EQ(fields(config), fields(AppConfig{}));
}

TEST(ConfigFile, TheDocumentedFileNamesEveryKeyOnce) {
  const std::string text = test::read_bytes(test::source_folder() / "configs/config.yaml");
  const auto keys = known_config_keys();
  EXPECT_EQ(keys.size(), 26U);
  for (const std::string& key : keys) {
    const std::string section = key.substr(0, key.find('.'));
    const std::string name = key.substr(key.find('.') + 1);
    // The section's part of the file, from its own line to the next section's.
    const std::size_t start = text.find("\n" + section + ":\n");
    ASSERT_NE(start, std::string::npos) << section;
    std::size_t end = start + 1;
    do {
      end = text.find('\n', end + 1);
    } while (end + 1 < text.size() && (text[end + 1] == ' ' || text[end + 1] == '\n'));
    const std::string part = text.substr(start, end - start);
    int found = 0;
    for (const std::string& line : {"\n  " + name + ":", "\n  # " + name + ":"}) {
      for (std::size_t at = part.find(line); at != std::string::npos; at = part.find(line, at + 1))
        ++found;
    }
    EXPECT_EQ(found, 1) << key;
  }
}

TEST(ConfigFile, EmptyFilesChangeNothing) {
  for (const char* yaml :
       {"", "\n\n", "# only a comment\n", "---\n", "~", "model:\n", "model: {}\n",
        "model:\n  path:\n  threads: ~\n  offload_layers:\nmemory: null\n"}) {
    EXPECT_EQ(fields(load(yaml)), fields(AppConfig{})) << yaml;
  }
}

TEST(ConfigFile, AcceptsQuotesSwitchWordsAndLineEndings) {
  EXPECT_EQ(load("window:\r\n  width: \"1400\"\r\n").window.width, 1400);
  EXPECT_EQ(load("\xEF\xBB\xBFwindow: {width: '1400'}").window.width, 1400);
  for (const char* yes : {"true", "True", "yes", "on", "ON", "1"}) {
    EXPECT_TRUE(load(std::string("model: {low_vram: ") + yes + "}").model.low_vram) << yes;
  }
  for (const char* no : {"false", "no", "off", "0"}) {
    EXPECT_FALSE(load(std::string("model: {low_vram: ") + no + "}").model.low_vram) << no;
  }
}

TEST(ConfigFile, EnableCpuOffloadIsLowVram) {
  EXPECT_TRUE(load("model: {enable_cpu_offload: true}").model.low_vram);
  expect_refused_with(AllOf(HasSubstr("my.yaml:3: model.enable_cpu_offload: the same setting"),
                            HasSubstr("my.yaml:2: model.low_vram")),
                      "model:\n  low_vram: true\n  enable_cpu_offload: false\n");
}

TEST(ConfigFile, TildeIsTheHomeFolder) {
  const ScopedHome home("/home/somebody");
  const AppConfig config =
      load("output: {folder: ~/Pictures/x}\nlog: {folder: \"~\"}\nmodel: {path: ~/m}");
  EXPECT_EQ(config.output.folder, "/home/somebody/Pictures/x");
  EXPECT_EQ(config.log.folder, "/home/somebody");
  EXPECT_EQ(config.model.path, "/home/somebody/m");
  EXPECT_EQ(load("output: {folder: ~other/x}").output.folder, "~other/x");
  EXPECT_EQ(load("output: {folder: a/~/b}").output.folder, "a/~/b");
}

TEST(ConfigFile, TildeWithoutHomeIsRefused) {
  const ScopedHome home(nullptr);
  expect_refused("output:\n  folder: ~/x", "my.yaml:2: output.folder: \"~/x\" is not allowed");
}

TEST(ConfigFile, AcceptsTheEndsOfEachRange) {
  EXPECT_EQ(load("model: {threads: 0}").model.threads, 0);
  EXPECT_EQ(load("model: {threads: 1024}").model.threads, 1024);
  EXPECT_EQ(load("model: {device: cuda:63}").model.device, "cuda:63");
  EXPECT_EQ(load("model: {device: Npu:07}").model.device, "npu:7");  // whether there is one
  EXPECT_EQ(load("window: {width: 1000, height: 640}").window.height, 640);
  EXPECT_EQ(load("window: {width: 16384, height: 16384}").window.width, 16384);
  EXPECT_EQ(load("window: {ui_scale: 0}").window.ui_scale, 0);
  EXPECT_EQ(load("window: {ui_scale: 0.5}").window.ui_scale, 0.5);
  EXPECT_EQ(load("window: {ui_scale: 4}").window.ui_scale, 4);
  EXPECT_EQ(load("memory: {pretend_vram: 1M}").memory.pretend_vram_bytes, kMiB);
  EXPECT_EQ(load("memory: {reserve: 0}").memory.reserve_bytes, 0);
  EXPECT_THAT(load("model: {offload_layers: []}").model.offload_layers, IsEmpty());
}

TEST(ConfigFile, RefusesBadValuesWithLineKeyAndWhatIsAllowed) {
  struct Case {
    const char* section;
    const char* key;
    std::vector<std::string> bad;
    const char* allowed;
  };
  const std::vector<Case> cases{
      {"model",
       "device",
       {"\"cuda:\"", "cuda:64", "cuda:-1", "cuda:x", "\"a card\"", "\":1\"", "\"\""},
       "KIND:N"},
      {"model", "dtype", {"fp8", "b16", "Q44"}, "auto, fp32, bf16, fp16, int8 or q4"},
      {"model", "threads", {"-1", "1025", "2.5", "many", "0x4", "99999999999"}, "from 0 to 1024"},
      {"model", "low_vram", {"maybe", "2", "\"\""}, "true or false"},
      {"model", "enable_cpu_offload", {"maybe"}, "true or false"},
      {"model", "offload_layers", {"[a, \"\"]"}, "a list of layer names"},
      {"model", "folders", {"[a, \"\"]"}, "a list of folders"},
      {"memory",
       "pretend_vram",
       {"6", "6X", "-1G", "lots", "1e30G", "1023K"},
       "such as 6G or 512M"},
      {"memory", "vram_cap", {"0", "5 apples"}, "such as 6G or 512M"},
      {"memory", "reserve", {"-1", "a bit"}, "such as 512M, or 0"},
      {"window", "language", {"de", "english"}, "auto, en or zh"},
      {"window", "theme", {"blue"}, "dark or light"},
      {"window", "width", {"999", "16385", "wide"}, "from 1000 to 16384"},
      {"window", "height", {"639", "16385"}, "from 640 to 16384"},
      {"window", "ui_scale", {"0.4", "4.1", "-1", "nan", "inf", ".inf"}, "from 0.5 to 4"},
      {"log", "level", {"loud", "2"}, "trace, debug, info, warn, error or off"}};
  for (const Case& one : cases) {
    for (const std::string& value : one.bad) {
      const std::string yaml =
          std::string("# first line\n") + one.section + ":\n  " + one.key + ": " + value + "\n";
      expect_refused_with(
          AllOf(HasSubstr(std::string("my.yaml:3: ") + one.section + "." + one.key + ": "),
                HasSubstr("is not allowed; use "), HasSubstr(one.allowed)),
          yaml);
    }
  }
}

TEST(ConfigFile, RefusesTheWrongKindOfNode) {
  expect_refused("model:\n  dtype: [fp32]\n",
                 "my.yaml:2: model.dtype: a list is not allowed; use auto");
  expect_refused("model:\n  dtype:\n    x: y\n", "my.yaml:2: model.dtype: a map is not allowed");
  expect_refused("model:\n  offload_layers: vae\n",
                 "my.yaml:2: model.offload_layers: one value is not allowed");
  expect_refused("model:\n  offload_layers: {a: b}\n",
                 "model.offload_layers: a map is not allowed");
  expect_refused("model:\n  offload_layers:\n    - a\n    - [b]\n",
                 "my.yaml:4: model.offload_layers: use a list");
  expect_refused("model: 3\n", "my.yaml:1: model: a section must have keys below it");
  expect_refused("model:\n  - path\n", "my.yaml:2: model: a section must have keys below it");
  expect_refused("- model\n", "my.yaml:1: the file must consist of sections");
  expect_refused("just words\n", "my.yaml:1: the file must consist of sections");
  expect_refused("[a]: b\n", "my.yaml:1: a key must be a plain word");
  expect_refused("model:\n  {a: b}: c\n", "my.yaml:2: a key must be a plain word");
}

TEST(ConfigFile, SuggestsTheNearestKey) {
  expect_refused("\nmodel:\n  pth: x\n",
                 "my.yaml:3: model.pth: there is no such key (did you mean model.path?)");
  expect_refused("model: {low_vrma: true}", "(did you mean model.low_vram?)");
  expect_refused("model: {lowvram: true}", "(did you mean model.low_vram?)");
  expect_refused("model: {enable_cpu_ofload: true}", "(did you mean model.enable_cpu_offload?)");
  expect_refused("window: {Theme: dark}", "(did you mean window.theme?)");
  expect_refused("model: {theme: dark}", "(did you mean window.theme?)");
  expect_refused("log: {vram_cap: 3G}", "(did you mean memory.vram_cap?)");
  expect_refused("windows: {theme: dark}",
                 "my.yaml:1: windows: there is no such section (did you mean window?)");
  expect_refused("\ntheme: dark", "my.yaml:2: theme: this key belongs below \"window:\"");
}

TEST(ConfigFile, ListsTheKeysWhenNoneIsNear) {
  expect_refused_with(
      AllOf(HasSubstr("window.opacity_of_everything: there is no such key"),
            Not(HasSubstr("did you mean")), HasSubstr("known: "), HasSubstr("window.ui_scale")),
      "window: {opacity_of_everything: 1}");
  expect_refused("plugins: {}", "(known: model, memory, output, window, log)");
  expect_refused("window: {" + std::string(500, 'w') + ": 1}", "(known: ");
}

TEST(ConfigFile, RefusesDuplicateKeys) {
  expect_refused("log:\n  level: info\n  level: debug\n",
                 "my.yaml:3: log.level: it is already given in line 2; keep one of them");
  expect_refused("log:\n  level: info\nwindow:\n  theme: dark\nlog:\n  folder: x\n",
                 "my.yaml:5: log: it is already given in line 1");
}

TEST(ConfigFile, RefusesBadYamlWithItsLine) {
  for (const std::string quote : {"\"", "'"}) {
    for (const char* end : {"", "\n", "\r\n \n\n"}) {
      expect_refused("model:\n  path: " + quote + "not closed\nlog:\n  level: off" + end,
                     "my.yaml:4: this is not valid YAML (a quote is opened but never closed)");
    }
    expect_refused("model:\n  offload_layers: [" + quote + "not closed]\n",
                   "(a quote is opened but never closed)");
  }
  expect_refused("model:\n  path: a\n wrong: indent\n", "my.yaml:3: this is not valid YAML");
  expect_refused("model: [1, 2\n", "this is not valid YAML");
  expect_refused("model:\n\tpath: a\n", "my.yaml:2: this is not valid YAML");
  expect_refused("model: *nowhere\n", "my.yaml:1: this is not valid YAML");
  expect_refused("model:\n  path: a\n---\nlog:\n  level: off\n", "more than one YAML document");
  expect_refused(std::string(100000, '['), "this is not valid YAML");
  expect_refused(std::string(5'000'000, '#'), "larger than 4 MB, which no config file is");
}

TEST(ConfigFile, RefusesWhatIsNotUtf8) {
  expect_refused("model:\n  path: mod\xE8le\n", "my.yaml: the config file is not UTF-8 text");
  expect_refused(std::string("\xFF\xFEm\0o\0", 6), "is not UTF-8 text");
  EXPECT_EQ(load("model: {path: /模型/ü}").model.path, "/模型/ü");
}

TEST(ConfigFile, SaysWhenTheFileCannotBeRead) {
  const TempFolder folder;
  AppConfig config;
  expect_error(ErrorKind::kConfig,
               AllOf(HasSubstr("missing.yaml: "), HasSubstr("check that it exists")),
               [&] { load_config_file(folder / "missing.yaml", config); });
  expect_error(ErrorKind::kConfig, HasSubstr("this is a folder"),
               [&] { load_config_file(folder.path(), config); });
}

TEST(ConfigFile, WithFaultsAskedForReadsTheRestAndNamesEachFault) {
  const TempFolder folder;
  const auto file = folder.write("my.yaml", R"(
window:
  width: 640
  theme: light
  theme: dark
modle:
  path: /a
output: {folder: /pictures}
model:
  threads: many
  dtype: bf16
  colour: red
window:
  height: 900
)");
  AppConfig config;
  std::vector<Error> faults;
  load_config_file(file, config, &faults);
  EXPECT_EQ(config.window.theme, "light");
  EXPECT_EQ(config.window.height, 900);
  EXPECT_EQ(config.window.width, AppConfig{}.window.width);
  EXPECT_EQ(config.output.folder, "/pictures");
  EXPECT_EQ(config.model.dtype, NumberFormat::kBfloat16);
  EXPECT_EQ(config.model.threads, AppConfig{}.model.threads);
  std::vector<std::string> said;
  for (const Error& fault : faults) {
    EXPECT_EQ(fault.kind(), ErrorKind::kConfig);
    said.emplace_back(fault.what());
  }
  EXPECT_THAT(said, ElementsAre(HasSubstr(":3: window.width: \"640\" is not allowed"),
                                HasSubstr(":5: window.theme: it is already given in line 4"),
                                HasSubstr(":6: modle: there is no such section"),
                                HasSubstr(":10: model.threads: \"many\" is not allowed"),
                                HasSubstr(":12: model.colour: there is no such key"),
                                HasSubstr(":13: window: it is already given in line 2")));
}

TEST(ConfigFile, WithFaultsAskedForAFileThatIsNoYamlIsOneFault) {
  const TempFolder folder;
  AppConfig config;
  std::vector<Error> faults;
  load_config_file(folder.write("my.yaml", "window: [\n"), config, &faults);
  load_config_file(folder.path() / "none.yaml", config, &faults);
  ASSERT_EQ(faults.size(), 2U);
  EXPECT_THAT(faults[0].what(), HasSubstr("not valid YAML"));
  EXPECT_THAT(faults[1].what(), HasSubstr("cannot be opened"));
  EXPECT_EQ(fields(config), fields(AppConfig{}));
}

}  // namespace
}  // namespace headroom
