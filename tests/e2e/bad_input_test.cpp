// What people get wrong: a clear sentence, the right exit code, nothing written.
#include "e2e/e2e_support.h"

#include <fstream>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

class BadInput : public EndToEnd {
 protected:
  // Refused for what is in `more`, with everything else in order.
  void refuse(std::vector<std::string> more, const std::vector<std::string>& words,
              int code = 2) const {
    expect_refused(quick(std::move(more)), code, words);
  }
};

TEST_F(BadInput, Prompts) {
  refuse({"-p", ""}, {"prompt is empty"});
  refuse({"-p", " \t\n "}, {"prompt is empty"});
  refuse({"-p", std::string(100000, 'a')}, {"100000 bytes", "65536"});
  refuse({"-p", "a \xFF\xFE cat"}, {"not valid UTF-8"});
  refuse({"-n", std::string(100000, 'a')}, {"negative prompt", "100000 bytes"});
  refuse({"-n", "\xC3"}, {"negative prompt", "not valid UTF-8"});
  expect_refused({"generate"}, 2, {"-p"});
  expect_refused({"generate", "-p"}, 2, {"--prompt"});
}

TEST_F(BadInput, Sizes) {
  refuse({"--size", "0x0"}, {"0×0", "multiple of 64", "64×64"});
  refuse({"--size", "37x37"}, {"37×37", "64×64"});
  refuse({"--size", "520x512"}, {"520×512", "512×512"});
  refuse({"--size", "65536x64"}, {"65536×64", "8192×64"});
  refuse({"--size", "abc"}, {"--size \"abc\"", "768x512"});
  refuse({"--size", ""}, {"--size"});
  refuse({"--size", "512"}, {"--size \"512\""});
  refuse({"--size", "-64x64"}, {"--size"});
  refuse({"--size", "99999999999x64"}, {"--size"});
  refuse({"--preset", "3:2"}, {"--preset \"3:2\"", "16:9"});
  refuse({"--size", "512x512", "--preset", "512"}, {"--size", "--preset", "one of them"});
}

TEST_F(BadInput, Numbers) {
  refuse({"--steps", "0"}, {"--steps \"0\"", "1 to 1000"});
  refuse({"--steps", "1001"}, {"--steps \"1001\"", "1 to 1000"});
  refuse({"--steps", "2.5"}, {"--steps"});
  refuse({"--guidance", "nan"}, {"--guidance \"nan\"", "not a number"});
  refuse({"--guidance", "inf"}, {"--guidance \"inf\"", "not a number"});
  refuse({"--guidance", "101"}, {"guidance is 101", "0 to 100"});
  refuse({"--guidance", "-0.5"}, {"guidance is -0.5", "0 to 100"});
  refuse({"--guidance", "two"}, {"--guidance \"two\"", "not a number"});
  refuse({"--seed", "-2"}, {"--seed \"-2\"", "from 0", "-1 for a new one"});
  refuse({"--seed", "abc"}, {"--seed \"abc\""});
  refuse({"--seed", "18446744073709551616"}, {"--seed", "18446744073709551615"});
  refuse({"--count", "0"}, {"--count \"0\"", "1 to 64"});
  refuse({"--count", "65"}, {"--count \"65\"", "1 to 64"});
  refuse({"--shift", "0"}, {"shift"});
  refuse({"--cfg-normalization", "-1"}, {"cfg-normalization"});
  refuse({"--cfg-truncation", "nan"}, {"cfg-truncation"});
  refuse({"--threads", "-1"}, {"--threads", "0 to 1024"});
  refuse({"--pretend-vram", "lots"}, {"--pretend-vram \"lots\"", "6G"});
  refuse({"--pretend-vram", "6"}, {"--pretend-vram \"6\"", "6G"});
  refuse({"--vram-cap", "0"}, {"--vram-cap"});
}

TEST_F(BadInput, CommandsAndOptions) {
  expect_refused({"paint"}, 2, {"unknown command \"paint\"", "generate"});
  expect_refused({"--nope"}, 2, {"unknown option \"--nope\"", "headroom --help"});
  refuse({"--nope"}, {"unknown option \"--nope\"", "headroom generate --help"});
  refuse({"cat"}, {"\"cat\"", "quotes"});
  refuse({"--seed"}, {"--seed"});
  expect_refused({"devices", "--prompt", "a"}, 2, {"--prompt"});
  expect_refused({"--language", "fr"}, 2, {"--language \"fr\"", "en or zh"});
}

TEST_F(BadInput, Devices) {
  refuse({"--device", "gpu"}, {"device \"gpu\"", "auto, cpu, cuda"});
  refuse({"--device", "cuda:99"}, {"device \"cuda:99\" is not there"});
  const auto report = run_json({"devices", "--json"});
  if (report.at(0)["devices"].size() == 1) {
    refuse({"--device", "cuda"}, {"no CUDA card is usable", "--device cpu"});
  }
  refuse({"--dtype", "nope"}, {"\"nope\"", "fp32, bf16, fp16 or int8"});
}

TEST_F(BadInput, OutputsThatCannotBe) {
  write("taken.png", "mine");
  write("taken_2.png", "mine");
  write("file", "mine");
  fs::create_directories(folder_ / "folder");
  refuse({"-o", "taken.png"}, {"taken.png", "already exists"}, 3);
  refuse({"-o", "file"}, {"file is not a folder"}, 3);
  refuse({"-o", "file/a.png"}, {"file is not a folder"}, 3);
  refuse({"-o", "file/sub"}, {"file"}, 3);
  refuse({"-o", std::string(300, 'a') + ".png"}, {"aaa", "name"}, 3);
  refuse({"-o", ""}, {"-o is empty"});
  refuse({"-o", "a.jpg"}, {"a.jpg", "PNG"});
  refuse({"--dump", "file/d.safetensors", "-o", "a.png"}, {"file"}, 3);
  refuse({"--dump", "folder", "-o", "a.png"}, {"folder"}, 3);
  EXPECT_EQ(read_bytes(folder_ / "taken.png"), "mine");
  fs::remove(folder_ / "taken.png");
  refuse({"-o", "taken.png", "--count", "2"}, {"taken_2.png", "already exists"}, 3);
}

TEST_F(BadInput, ModelsThatAreNotThere) {
  refuse({"--model", "nowhere"}, {"nowhere"}, 3);
  refuse({"--model", ""}, {"--model"});
  refuse({"--model", (kStarterModel / "vae").string()}, {"model_index.json"}, 3);
  expect_refused({"tokenize", "--model", "nowhere"}, 3, {"nowhere"});
}

TEST_F(BadInput, ModelsThatAreDamaged) {
  const fs::path model = copy_model();
  const auto damage = [&](const std::string& relative, const auto& change,
                          const std::vector<std::string>& words) {
    const fs::path file = model / relative;
    const std::string before = read_bytes(file);
    change(file, before);
    expect_refused({"generate", "-p", "a", "--size", "64x64", "--steps", "1", "--model", "model"},
                   3, words);
    std::ofstream(file, std::ios::binary) << before;
  };
  const auto cut = [](const fs::path& file, const std::string& bytes) {
    fs::resize_file(file, bytes.size() / 2);
  };
  const auto remove = [](const fs::path& file, const std::string&) { fs::remove(file); };
  const auto replace = [](std::string from, std::string to) {
    return [from = std::move(from), to = std::move(to)](const fs::path& file, std::string bytes) {
      const std::size_t at = bytes.find(from);
      ASSERT_NE(at, std::string::npos);
      std::ofstream(file, std::ios::binary) << bytes.replace(at, from.size(), to);
    };
  };
  damage("vae/diffusion_pytorch_model.safetensors", cut,
         {"vae/diffusion_pytorch_model.safetensors"});
  damage("vae/diffusion_pytorch_model.safetensors", remove, {"vae"});
  damage("tokenizer/tokenizer.json", cut, {"tokenizer.json"});
  damage("transformer/config.json", remove, {"transformer/config.json"});
  damage("transformer/config.json", cut, {"transformer/config.json"});
  damage("model_index.json", replace("\"ZImagePipeline\"", "\"FluxPipeline\""),
         {"model_index.json", "FluxPipeline", "ZImagePipeline"});
  damage("model_index.json", replace("\"Qwen3Model\"", "\"T5EncoderModel\""),
         {"model_index.json", "T5EncoderModel"});
}

TEST_F(BadInput, Configuration) {
  write("config/headroom/config.yaml", "model:\n  device: cpu\n  treads: 2\n");
  refuse({}, {"config.yaml:3: model.treads", "threads"});
  write("config/headroom/config.yaml", "# nothing\n");
  write("bad.yaml", "memory:\n  pretend_vram: lots\n");
  refuse({"--config", "bad.yaml"}, {"bad.yaml:2: memory.pretend_vram", "6G"});
  refuse({"--config", "missing.yaml"}, {"missing.yaml"});
  environment_["HEADROOM_MODEL_DEVICE"] = "toaster";
  refuse({}, {"HEADROOM_MODEL_DEVICE", "toaster"});
  environment_.erase("HEADROOM_MODEL_DEVICE");
  write("gpu.yaml", "model:\n  low_vram: true\n  device: GPU\n");
  refuse({"--config", "gpu.yaml"}, {"gpu.yaml:3: model.device", "cpu, cuda, cuda:N"});
  environment_["HEADROOM_MODE"] = "cache";  // another program's
  environment_["HEADROOM_LOG_LEVEL"] = "WARNING";
  EXPECT_EQ(run({"devices"}).err, "");
  environment_["HEADROOM_MODEL_DEVICES"] = "cpu";
  const ProcessResult warned = run({"devices"});
  EXPECT_EQ(warned.exit_code, 0);
  EXPECT_NE(warned.err.find("did you mean HEADROOM_MODEL_DEVICE?"), std::string::npos);
}

TEST_F(BadInput, TheWindowNeedsADisplay) {
  const ProcessResult result = run({"--language", "en"});
  EXPECT_NE(result.exit_code, 0);
  EXPECT_NE(result.err.find("headroom generate"), std::string::npos) << result.err;
}

TEST_F(BadInput, HelpAndVersionNeedNothing) {
  environment_["HEADROOM_MODEL_DEVICE"] = "toaster";
  const ProcessResult version = run({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_TRUE(version.out.starts_with("headroom "));
  const ProcessResult help = run({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* const command :
       {"generate", "plan", "devices", "inspect", "tokenize", "130 cancelled"}) {
    EXPECT_NE(help.out.find(command), std::string::npos) << command;
    if (std::string(command).find(' ') != std::string::npos) continue;
    const ProcessResult more = run({command, "--help"});
    EXPECT_EQ(more.exit_code, 0);
    EXPECT_NE(more.out.find("Usage: headroom " + std::string(command)), std::string::npos)
        << more.out;
  }
  EXPECT_EQ(files(), std::vector<std::string>());
}

}  // namespace
}  // namespace headroom::test
