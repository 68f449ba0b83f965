#include "headroom/cli/command_line.h"

#include "headroom/cli/command_options.h"
#include "headroom/config/string_table.h"
#include "headroom/core/error.h"

#include "support/paths.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;

int run_nothing(const CommandLine&) { return 0; }

constexpr Command kCommands[] = {
    {"generate", "", &generate_options, &need_prompt, &run_nothing},
    {"finish", "", &finish_options, &need_pictures, &run_nothing},
    {"plan", "", &plan_options, nullptr, &run_nothing},
    {"devices", "", &devices_options, nullptr, &run_nothing},
};

// A configuration folder and an environment of its own.
class CommandLineTest : public ::testing::Test {
 protected:
  CommandLineTest() {
    std::string name = (fs::temp_directory_path() / "headroom-app-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
    ::setenv("XDG_CONFIG_HOME", folder_.c_str(), 1);
  }
  ~CommandLineTest() override {
    ::unsetenv("XDG_CONFIG_HOME");
    ::unsetenv("HEADROOM_MODEL_THREADS");
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  static CommandLine read(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "headroom");
    const auto line =
        read_command_line(static_cast<int>(arguments.size()), arguments.data(), kCommands);
    if (!line) throw std::runtime_error("the program had only to print");
    return *line;
  }

  fs::path write(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  fs::path folder_;
};

TEST_F(CommandLineTest, NothingTypedOpensTheWindow) {
  EXPECT_EQ(read({}).command, nullptr);
  EXPECT_TRUE(read({"--low-vram"}).config.model.low_vram);
  EXPECT_EQ(read({"--language", "zh"}).config.window.language, "zh");
}

TEST_F(CommandLineTest, ReadsEveryOptionOfARequest) {
  const CommandLine line = read({"generate",
                                 "-p",
                                 "a",
                                 "-n",
                                 "b",
                                 "--size",
                                 "1024x576",
                                 "--steps",
                                 "9",
                                 "--guidance",
                                 "1.5",
                                 "--seed",
                                 "18446744073709551615",
                                 "--count",
                                 "3",
                                 "--cfg-normalization",
                                 "2",
                                 "--cfg-truncation",
                                 "0.5",
                                 "--shift",
                                 "6",
                                 "-o",
                                 "x.png",
                                 "--dump",
                                 "d",
                                 "--json"});
  ASSERT_NE(line.command, nullptr);
  EXPECT_EQ(line.command->name, "generate");
  EXPECT_EQ(line.prompt, "a");
  EXPECT_EQ(line.negative_prompt, "b");
  EXPECT_EQ(line.size, (Size{1024, 576}));
  EXPECT_EQ(line.steps, 9);
  EXPECT_EQ(line.guidance, 1.5);
  EXPECT_EQ(line.seed, 18446744073709551615U);
  EXPECT_EQ(line.count, 3);
  EXPECT_EQ(line.cfg_normalization, 2.0);
  EXPECT_EQ(line.cfg_truncation, 0.5);
  EXPECT_EQ(line.shift, 6.0);
  EXPECT_EQ(line.output, "x.png");
  EXPECT_EQ(line.dump_file, "d");
  EXPECT_TRUE(line.json);
}

TEST_F(CommandLineTest, FinishTakesPicturesASizeAndAMethod) {
  const CommandLine defaults = read({"finish", "a.png"});
  EXPECT_EQ(defaults.finish_size, FinishSize{Times{2}});
  EXPECT_EQ(defaults.finish_how, std::nullopt);
  EXPECT_EQ(read({"finish", "a.png", "--how", "refine"}).finish_how, std::nullopt);
  EXPECT_EQ(read({"finish", "a.png", "--how", "refine:0.5"}).finish_how, FinishMethod{0.5});
  EXPECT_FALSE(defaults.seed_mode);
  const CommandLine line =
      read({"finish", "a.png", "kept", "--size", "1024", "--how", "same-seed", "--steps", "9"});
  EXPECT_EQ(line.pictures, (std::vector<fs::path>{"a.png", "kept"}));
  EXPECT_EQ(line.finish_size, FinishSize{LongerSide{1024}});
  EXPECT_EQ(line.finish_how, FinishMethod{std::nullopt});
  EXPECT_EQ(line.steps, 9);
  EXPECT_EQ(read({"finish", "a.png", "--preset", "16:9"}).finish_size,
            (FinishSize{Size{1024, 576}}));
  for (const std::vector<const char*>& wrong : std::vector<std::vector<const char*>>{
           {"finish"},
           {"finish", "a.png", "--size", "large"},
           {"finish", "a.png", "--how", "magic"},
           {"finish", "a.png", "--size", "2x", "--preset", "1024"},
           {"finish", "a.png", "--count", "2"}}) {
    EXPECT_THROW((void)read(wrong), Error);
  }
}

TEST_F(CommandLineTest, NumbersAreReadAsPeopleCopyThem) {
  const auto with = [](const char* option, const char* typed) {
    return read({"generate", "-p", "a", option, typed});
  };
  EXPECT_EQ(with("--steps", "Steps: 30").steps, 30);
  EXPECT_EQ(with("--steps", "30 steps").steps, 30);
  EXPECT_EQ(with("--guidance", "3,5").guidance, 3.5);
  EXPECT_EQ(with("--guidance", "CFG scale: 4").guidance, 3);
  EXPECT_EQ(with("--count", "4 images").count, 4);
  EXPECT_EQ(read({"generate", "-p", "a", "--init-image", "a.png", "--strength", "0,6"}).strength,
            0.6);
  EXPECT_EQ(with("--seed", "Seed: 5").seed, 5U);
  EXPECT_EQ(with("--variation", "7:0,2").variation, (Variation{7, 0.2}));
  EXPECT_EQ(with("--variety", "0,3:50").variety, (Variety{0.3, 50}));
  for (const char* const size : {"1024x768", "1024×768", "1024*768", "1024 x 768 px",
                                 "Size: 1024x768", "Width: 1024, Height: 768"})
    EXPECT_EQ(with("--size", size).size, (Size{1024, 768})) << size;
  EXPECT_EQ(read({"finish", "a.png", "--size", "1024 * 768"}).finish_size,
            (FinishSize{Size{1024, 768}}));
  EXPECT_EQ(read({"finish", "a.png", "--size", "1024px"}).finish_size,
            FinishSize{LongerSide{1024}});
  EXPECT_THROW((void)with("--steps", "Seed: 5"), Error);
  EXPECT_THROW((void)with("--steps", "3,5"), Error);
  EXPECT_THROW((void)with("--guidance", "1024x768"), Error);
}

TEST_F(CommandLineTest, AGridHasASettingAndItsValuesOnEachSide) {
  const auto values = [](const char* typed) {
    return read({"generate", "-p", "a cat", "--grid-x", typed}).grid_x.value().values;
  };
  using Values = std::vector<std::string>;
  EXPECT_EQ(read({"generate", "-p", "a", "--grid-y", "steps = 4, 8"}).grid_y->setting, "steps");
  EXPECT_EQ(values("steps = 4, 8"), (Values{"4", "8"}));
  EXPECT_EQ(values("prompt:cat=cat,\"dog, black\", \"a \"\"b\"\"\""),
            (Values{"cat", "dog, black", "a \"b\""}));
  EXPECT_EQ(values("negative=,blurry"), (Values{"", "blurry"}));
  EXPECT_EQ(values("seed=1-4,9"), (Values{"1", "2", "3", "4", "9"}));
  EXPECT_EQ(values("guidance=0-1(+0.25)"), (Values{"0", "0.25", "0.5", "0.75", "1"}));
  EXPECT_EQ(values("shift=1-2.5"), (Values{"1", "2"}));
  EXPECT_EQ(values("guidance=-1,1e-3"), (Values{"-1", "1e-3"})) << "no ranges";
  EXPECT_EQ(values("size=512x512,1024x576").size(), 2U);
  EXPECT_EQ(values("lora:ink=0-1(+0.5)"), (Values{"0", "0.5", "1"}));
  EXPECT_NO_THROW((void)read({"generate", "--grid-x", "prompt=a cat,a dog"}));
  for (const char* const wrong :
       {"", "steps", "=4", "colour=1,2", "prompt:=a", "lora:=1", "seed=1-1000", "count=1,2"}) {
    EXPECT_THROW((void)values(wrong), Error) << wrong;
  }
}

TEST_F(CommandLineTest, AValueOfAGridIsAsIfItWereTyped) {
  const auto with = [](const char* typed) {
    CommandLine line = read(
        {"generate", "-p", "a cat <lora:ink:0.5> and a cat", "--steps", "3", "--grid-x", typed});
    line.grid_x->apply(line.grid_x->values.front(), line);
    return line;
  };
  EXPECT_EQ(with("steps=4").steps, 4);
  EXPECT_EQ(with("size=512x256").size, (Size{512, 256}));
  EXPECT_EQ(with("preset=16:9").size, (Size{1024, 576}));
  EXPECT_EQ(with("seed=7").seed, 7U);
  EXPECT_EQ(with("negative=blurry").negative_prompt, "blurry");
  EXPECT_EQ(with("prompt:cat=dog").prompt, "a dog <lora:ink:0.5> and a dog");
  EXPECT_EQ(with("prompt=a boat").prompt, "a boat");
  EXPECT_EQ(with("lora:ink=0.8").prompt, "a cat and a cat <lora:ink:0.8>");
  EXPECT_EQ(with("lora:chalk=1").prompt, "a cat and a cat <lora:ink:0.5> <lora:chalk:1>");
  for (const char* const wrong : {"steps=0", "steps=x", "guidance=", "seed=-1", "seed=random",
                                  "prompt:fox=dog", "lora:ink=much", "size=big"}) {
    EXPECT_THROW((void)with(wrong), Error) << wrong;
  }
  const GridAxis axis{"steps", {"4"}};
  EXPECT_EQ(axis.label("4"), "steps 4");
  EXPECT_EQ((GridAxis{"prompt:cat", {}}).label("dog"), "dog");
  EXPECT_EQ((GridAxis{"lora:ink", {}}).label("0.8"), "ink 0.8");
}

TEST_F(CommandLineTest, LorasAreAsManyAsThereAreOptions) {
  EXPECT_TRUE(read({"plan"}).loras.empty());
  const CommandLine line =
      read({"generate", "--lora", "a, b.safetensors:0.5", "-p", "x", "--lora=c:-1", "--lora", "c"});
  EXPECT_EQ(line.loras, (std::vector<std::string>{"a, b.safetensors:0.5", "c:-1", "c"}));
  EXPECT_EQ(line.prompt, "x");
  EXPECT_THROW((void)read({"generate", "-p", "x", "--lora", "a", "b"}), Error);
}

TEST_F(CommandLineTest, TheModelFillsInWhatWasNotTyped) {
  ModelInfo model;
  model.steps = 16;
  model.guidance_scale = 2;
  model.negative_prompt = "blurry";
  const GenerationRequest defaults = build_request(read({"generate", "-p", "a"}), model);
  EXPECT_EQ(defaults.steps, 16);
  EXPECT_EQ(defaults.guidance_scale, 2);
  EXPECT_EQ(defaults.negative_prompt, "blurry");
  EXPECT_EQ(defaults.count, 1);
  EXPECT_FALSE(defaults.seed);
  EXPECT_FALSE(defaults.shift);
  const GenerationRequest typed = build_request(
      read({"generate", "-p", "a", "-n", "", "--guidance", "0", "--steps", "3"}), model);
  EXPECT_EQ(typed.steps, 3);
  EXPECT_EQ(typed.guidance_scale, 0);
  EXPECT_EQ(typed.negative_prompt, "");
}

TEST_F(CommandLineTest, CommandLineBeatsEnvironmentBeatsNamedFileBeatsUserFile) {
  EXPECT_EQ(read({"devices"}).config.model.threads, 0);
  write("headroom/config.yaml", "model:\n  threads: 1\n  dtype: bf16\n");
  EXPECT_EQ(read({"devices"}).config.model.threads, 1);
  const std::string named = write("named.yaml", "model:\n  threads: 2\n").string();
  EXPECT_EQ(read({"devices", "--config", named.c_str()}).config.model.threads, 2);
  ::setenv("HEADROOM_MODEL_THREADS", "3", 1);
  EXPECT_EQ(read({"devices", "--config", named.c_str()}).config.model.threads, 3);
  const CommandLine line =
      read({"--config", named.c_str(), "--threads", "4", "generate", "-p", "a"});
  EXPECT_EQ(line.config.model.threads, 4);
  EXPECT_EQ(line.config.model.dtype,
            NumberFormat::kBfloat16);  // what the stronger ones leave alone stays
}

TEST_F(CommandLineTest, DeviceOptionsStandBeforeOrAfterTheCommand) {
  EXPECT_EQ(read({"--vram-cap", "5G", "plan"}).config.memory.vram_cap_bytes, 5LL << 30);
  EXPECT_EQ(read({"plan", "--vram-cap", "5G"}).config.memory.vram_cap_bytes, 5LL << 30);
  EXPECT_EQ(read({"plan", "--vram-reserve", "0"}).config.memory.reserve_bytes, 0);
  EXPECT_EQ(read({"plan", "--pretend-vram=6.5G"}).config.memory.pretend_vram_bytes, 13LL << 29);
  EXPECT_EQ(read({"plan", "--pretend-others", "o.txt"}).config.memory.pretend_others_file, "o.txt");
}

TEST_F(CommandLineTest, AnOptionGivenTwiceCountsOnceTheLast) {
  EXPECT_EQ(read({"generate", "-p", "a", "--seed", "1", "--seed", "2"}).seed, 2U);
}

TEST_F(CommandLineTest, MinusOneAndRandomAskForANewSeed) {
  for (const char* const seed : {"-1", "random", "Random"}) {
    EXPECT_EQ(read({"generate", "-p", "a", "--seed", seed}).seed, std::nullopt) << seed;
  }
  EXPECT_EQ(read({"generate", "-p", "a", "--seed=-1"}).seed, std::nullopt);
  EXPECT_EQ(read({"generate", "-p", "a", "--seed", "1e3"}).seed, 1000U);
}

TEST_F(CommandLineTest, OtherProgramsSpellingsAreAnsweredWithOurs) {
  const auto refusal = [](std::vector<const char*> arguments) -> std::string {
    arguments.insert(arguments.begin(), {"generate", "-p", "a"});
    try {
      (void)read(arguments);
      return "taken";
    } catch (const Error& e) {
      EXPECT_EQ(e.kind(), ErrorKind::kInvalidRequest);
      return e.what();
    }
  };
  EXPECT_EQ(refusal({"-W", "512"}), "unknown option \"-W\"; use --size WxH, e.g. --size 768x512");
  using testing::HasSubstr;
  EXPECT_THAT(refusal({"-H", "512"}), HasSubstr("--size"));
  EXPECT_THAT(refusal({"-S", "512"}), HasSubstr("--seed"));
  EXPECT_THAT(refusal({"--half"}), HasSubstr("--dtype"));
  EXPECT_THAT(refusal({"--out", "x"}), HasSubstr("-o FILE"));
  EXPECT_THAT(refusal({"--img", "x"}), HasSubstr("--init-image"));
  EXPECT_THAT(refusal({"--t5xxl", "x"}), HasSubstr("--text-encoder"));
  EXPECT_THAT(refusal({"--verbose"}), HasSubstr("HEADROOM_LOG_LEVEL=debug"));
  EXPECT_THAT(refusal({"--width=512"}), HasSubstr("--size"));
  EXPECT_THAT(refusal({"--cfg-scale", "4"}), HasSubstr("--guidance"));
  EXPECT_THAT(refusal({"--cfg", "4"}), HasSubstr("CFG scale minus 1"));
  EXPECT_THAT(refusal({"--guidance_scale", "4"}), HasSubstr("as diffusers' guidance_scale does"));
  EXPECT_THAT(refusal({"--llm", "x"}), HasSubstr("--text-encoder"));
  EXPECT_THAT(refusal({"-c", "2"}), HasSubstr("--count"));
  EXPECT_THAT(refusal({"--diffusion-fa"}), HasSubstr("leave it out"));
  EXPECT_THAT(refusal({"--fp8_e4m3fn-text-enc"}), HasSubstr("leave it out"));
  EXPECT_THAT(refusal({"--vae-on-cpu"}), HasSubstr("--low-vram"));
  EXPECT_THAT(refusal({"--lora-model-dir", "x"}), HasSubstr("--lora"));
  EXPECT_THAT(refusal({"--negative-prompt", "b"}), HasSubstr("--negative"));
  EXPECT_THAT(refusal({"--negative_prompt", "b"}), HasSubstr("--negative"));
  EXPECT_THAT(refusal({"-m", "x"}), HasSubstr("--model"));
  EXPECT_THAT(refusal({"--sampling-steps", "4"}), HasSubstr("--steps"));
  EXPECT_THAT(refusal({"--num_inference_steps", "4"}), HasSubstr("--steps"));
  EXPECT_THAT(refusal({"--batch-size", "4"}), HasSubstr("--count"));
  EXPECT_THAT(refusal({"--lowvram"}), HasSubstr("--low-vram"));
  EXPECT_THAT(refusal({"--always-cpu"}), HasSubstr("use --device cpu"));
  EXPECT_THAT(refusal({"--aspect_ratio", "16:9"}), HasSubstr("--preset"));
  EXPECT_THAT(refusal({"--medvram"}), HasSubstr("--low-vram"));
  EXPECT_THAT(refusal({"--sampler", "euler"}), HasSubstr("Euler"));
  EXPECT_THAT(refusal({"--guidence", "2"}), HasSubstr("did you mean --guidance?"));
  EXPECT_THAT(refusal({"--promt", "b"}), HasSubstr("did you mean --prompt?"));
  EXPECT_THAT(refusal({"--xyzzy"}), HasSubstr("headroom generate --help lists the options"));
}

TEST_F(CommandLineTest, LongValuesAreCutInMessages) {
  const std::string typed = std::string(59, 'a') + "猫" + std::string(100000, 'b');
  try {
    (void)read({"generate", "-p", "a", "--size", typed.c_str()});
    FAIL() << "not refused";
  } catch (const Error& e) {
    EXPECT_EQ(e.kind(), ErrorKind::kInvalidRequest);
    EXPECT_EQ(std::string(e.what()),
              "--size \"" + std::string(59, 'a') + "...\" is not a size; write it like 768x512");
  }
}

TEST_F(CommandLineTest, TheWindowTakesWhatCanBeReadOfTheConfigurationAndKnowsEachFault) {
  const fs::path file = write("my.yaml", "window: {theme: light, width: 640}\nmodle: {}\n");
  ::setenv("HEADROOM_MODEL_THREADS", "many", 1);
  const CommandLine line = read({"--config", file.c_str()});
  EXPECT_EQ(line.config.window.theme, "light");
  ASSERT_EQ(line.config_problems.size(), 3U);
  EXPECT_THAT(line.config_problems[0].what(), testing::HasSubstr("window.width"));
  EXPECT_THAT(line.config_problems[1].what(), testing::HasSubstr("modle"));
  EXPECT_THAT(line.config_problems[2].what(), testing::HasSubstr("HEADROOM_MODEL_THREADS"));
  EXPECT_THROW(read({"plan", "--config", file.c_str()}), Error);
}

// Started from a menu, the window says what a terminal would: the option, and what is allowed.
TEST_F(CommandLineTest, WhatIsWrongWithAnOptionHasWordsInChinese) {
  const StringTable zh(test::source_folder() / "configs/lang/messages.zh.yaml");
  const auto words_of = [&](std::vector<const char*> arguments) -> std::string {
    try {
      (void)read(std::move(arguments));
    } catch (const Error& e) {
      return zh.words(e.message());
    }
    return "nothing was wrong";
  };
  EXPECT_EQ(words_of({"--vram-cap", "0"}),
            "--vram-cap \"0\" 不是内存大小；请写成 6G 或 5500M 这样，至少 1 MB");
  EXPECT_EQ(words_of({"--threads", "-4"}), "--threads \"-4\" 不允许；请用 0 到 1024 的整数");
  EXPECT_EQ(words_of({"--nonsense"}),
            "没有 \"--nonsense\" 这个选项；headroom --help 会列出所有选项");
  EXPECT_EQ(words_of({"--modle", "x"}), "没有 \"--modle\" 这个选项；是不是想写 --model？");
  EXPECT_EQ(words_of({"--lowvram"}),
            "没有 \"--lowvram\" 这个选项；请用 --low-vram；不用它也会按需节省内存");
  EXPECT_EQ(words_of({"--model"}), "--model 需要一个值；用法见 headroom --help");
  EXPECT_EQ(words_of({"--language", "xx"}), "--language \"xx\" 未知；请用 en or zh");
}

}  // namespace
}  // namespace headroom
