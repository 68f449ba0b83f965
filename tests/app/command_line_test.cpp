#include "cli/command_line.h"

#include "headroom/core/error.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;

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
    const auto line = read_command_line(static_cast<int>(arguments.size()), arguments.data());
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
  EXPECT_EQ(defaults.finish_how, FinishMethod{0.35});
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
  EXPECT_EQ(line.config.model.dtype, "bf16");  // what the stronger ones leave alone stays
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

}  // namespace
}  // namespace headroom
