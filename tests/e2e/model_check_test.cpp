// Model folders as downloads and other programs leave them: whatever is asked, the answer is the
// same sentence, and it comes before any size is offered.
#include "headroom/weights/tensor_file.h"

#include "e2e/e2e_support.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <functional>
#include <limits>
#include <utility>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTransformer = "transformer/diffusion_pytorch_model.safetensors";
constexpr const char* kDecoder = "vae/diffusion_pytorch_model.safetensors";
constexpr const char* kTextEncoder = "text_encoder/model.safetensors";

class ModelCheck : public EndToEnd {
 protected:
  ModelCheck() : model_(copy_model()) {}

  void expect_same_refusal(const std::vector<std::string>& words) {
    std::vector<std::string> sentences;
    for (const std::vector<std::string>& call :
         {std::vector<std::string>{"inspect", "model"},
          {"plan", "--model", "model"},
          {"frontier", "--model", "model", "--step", "512"},
          {"generate", "-p", "a", "--size", "64x64", "--steps", "1", "--model", "model"}}) {
      const ProcessResult result = run(call);
      expect_refused(result, 3, words);
      EXPECT_EQ(result.out, "") << call.front() << " offered something";
      sentences.push_back(result.err);
    }
    for (const std::string& sentence : sentences) EXPECT_EQ(sentence, sentences.front());
  }

  // One byte over and over from `begin` to `end`, parts of the whole file.
  void make_hole(const std::string& relative, double begin, double end, char byte = '\0') {
    std::string bytes = read_bytes(model_ / relative);
    const auto at = [&](double part) {
      return bytes.begin() + static_cast<std::ptrdiff_t>(part * static_cast<double>(bytes.size()));
    };
    std::fill(at(begin), at(end), byte);
    put(relative, bytes);
  }

  void put(const std::string& relative, const std::string& bytes) {
    std::ofstream(model_ / relative, std::ios::binary) << bytes;
  }

  // The same file with the matrices of its like layers changed.
  void rewrite_layers(const std::function<void(NamedTensor&)>& change) {
    const TensorFile file(folder_ / "original");
    std::vector<NamedTensor> tensors;
    for (const auto& [name, view] : file.tensors()) {
      NamedTensor& tensor =
          tensors.emplace_back(NamedTensor{name, view.dtype, view.shape, view.data});
      if (name.starts_with("layers.") && view.shape.size() == 2) change(tensor);
    }
    write_tensor_file(model_ / kTransformer, tensors);
  }

  fs::path model_;
};

TEST_F(ModelCheck, FindsHolesOfHalfAFileAndOfATwentiethInItsMiddle) {
  for (const char* const file : {kTransformer, kDecoder, kTextEncoder}) {
    const std::string before = read_bytes(model_ / file);
    make_hole(file, 0.5, 1.0);
    const std::vector<std::string> words{file, "zero", "download"};
    if (file != kTextEncoder) expect_same_refusal(words);  // its second half is not all used
    put(file, before);
    make_hole(file, 0.475, 0.525);
    expect_same_refusal(words);
    put(file, before);
  }
}

TEST_F(ModelCheck, FindsStretchesOfOneByte) {
  for (const char* const file : {kTransformer, kDecoder, kTextEncoder}) {
    const std::string before = read_bytes(model_ / file);
    make_hole(file, 0.46, 0.54, '\x3F');
    expect_same_refusal({file, "one value over and over", "download it again"});
    put(file, before);
    make_hole(file, 0.46, 0.54, '\xFF');
    expect_same_refusal({file, "not finite", "download it again"});
    put(file, before);
  }
}

TEST_F(ModelCheck, FindsEveryValueThatIsNotFinite) {
  fs::copy_file(model_ / kTransformer, folder_ / "original");
  keep("original");
  std::vector<std::byte> copy;
  const auto change_one = [&](float value, bool everywhere) {
    copy.clear();
    rewrite_layers([&](NamedTensor& tensor) {
      if (!copy.empty()) return;
      ASSERT_EQ(tensor.dtype, DType::kF32);
      copy.assign(tensor.data.begin(), tensor.data.end());
      const std::size_t last = copy.size() - sizeof value;
      for (std::size_t at = everywhere ? 0 : last; at <= last; at += sizeof value)
        std::memcpy(copy.data() + at, &value, sizeof value);
      tensor.data = copy;
    });
  };
  const std::vector<std::string> words{kTransformer, "1 of",      "not finite",
                                       "stored as ", "layers.0.", "download it again"};
  change_one(std::numeric_limits<float>::quiet_NaN(), /*everywhere=*/true);
  expect_same_refusal(words);
  change_one(-std::numeric_limits<float>::infinity(), /*everywhere=*/false);
  expect_same_refusal(words);
  change_one(std::numeric_limits<float>::max(), /*everywhere=*/false);
  EXPECT_EQ(run({"inspect", "model"}).exit_code, 0) << "large is not infinite";
}

// The bytes of a tensor in its file: header's length, header, data (safetensors' format).
std::pair<std::size_t, std::size_t> place_of(const std::string& file, const std::string& tensor) {
  std::uint64_t header = 0;
  std::memcpy(&header, file.data(), sizeof header);
  const json offsets = json::parse(file.substr(sizeof header, header))[tensor]["data_offsets"];
  const std::size_t data = sizeof header + header;
  return {data + offsets[0].get<std::size_t>(), data + offsets[1].get<std::size_t>()};
}

TEST_F(ModelCheck, FindsBlocksThatAFileSystemLost) {
  constexpr std::size_t kBlock = 4096;
  const std::string before = read_bytes(model_ / kTransformer);
  const char* const matrix = "layers.0.feed_forward.w1.weight";
  const auto [begin, end] = place_of(before, matrix);
  ASSERT_GT(end - begin, 4 * kBlock);
  std::string bytes = before;
  bytes.replace((begin / kBlock + 2) * kBlock, kBlock, kBlock, '\0');
  put(kTransformer, bytes);
  expect_same_refusal({kTransformer, "1 of", matrix, "holes of zeros", "download the file again"});
}

TEST_F(ModelCheck, FindsNormsThatLetNothingThrough) {
  const std::string before = read_bytes(model_ / kTransformer);
  const char* const norm = "layers.0.attention.norm_k.weight";
  const auto [begin, end] = place_of(before, norm);
  std::string bytes = before;
  bytes.replace(begin, end - begin, end - begin, '\0');
  put(kTransformer, bytes);
  expect_same_refusal({kTransformer, "1 of", norm, "are zero", "download the file again"});
}

TEST_F(ModelCheck, FindsDownloadsThatAreNotFinished) {
  for (const char* const note : {".aria2", ".part", ".incomplete"}) {
    put(std::string(kDecoder) + note, "x");
    expect_same_refusal({kDecoder, "not finished", note});
    fs::remove(model_ / (std::string(kDecoder) + note));
  }
}

TEST_F(ModelCheck, NamesPointersAndPagesInThePlaceOfFiles) {
  const std::string pointer =
      "version https://git-lfs.github.com/spec/v1\noid sha256:" + std::string(64, '0') +
      "\nsize 9973693184\n";
  for (const char* const file : {kTransformer, kDecoder, kTextEncoder, "tokenizer/tokenizer.json",
                                 "tokenizer/tokenizer_config.json", "vae/config.json",
                                 "scheduler/scheduler_config.json", "model_index.json"}) {
    const std::string before = read_bytes(model_ / file);
    put(file, pointer);
    expect_same_refusal({file, "git-lfs pointer", "git lfs pull"});
    put(file, "<!DOCTYPE html>\n<html><body>Access to model is restricted</body></html>");
    expect_same_refusal({file, "web page"});
    put(file, before);
  }
}

TEST_F(ModelCheck, NamesPartsThatAreNotThere) {
  for (const char* const part : {"transformer", "text_encoder", "vae", "tokenizer"}) {
    fs::rename(model_ / part, model_ / "elsewhere");
    expect_same_refusal({std::string("model/") + part + "/", "missing", "again"});
    fs::rename(model_ / "elsewhere", model_ / part);
  }
}

TEST_F(ModelCheck, NamesFormatsThatCannotRun) {
  fs::copy_file(model_ / kTransformer, folder_ / "original");
  keep("original");
  rewrite_layers([](NamedTensor& tensor) {  // integers, and nothing that says what they mean
    tensor.dtype = DType::kI8;
    const std::int64_t numbers = tensor.shape[0] * tensor.shape[1];
    tensor.data = tensor.data.first(static_cast<std::size_t>(numbers));
  });
  expect_same_refusal({kTransformer, "I8 without a configuration"});
  const std::vector<std::byte> packed(1 << 20, std::byte{1});
  rewrite_layers([&](NamedTensor& tensor) {  // GPTQ and AWQ, without a word in the config
    tensor.name.replace(tensor.name.rfind("weight"), 6, "qweight");
    tensor.dtype = DType::kI32;
    tensor.shape = {tensor.shape[0] / 8, tensor.shape[1]};
    const auto bytes = static_cast<std::size_t>(tensor.shape[0] * tensor.shape[1] * 4);
    tensor.data = std::span(packed).first(bytes);
  });
  expect_same_refusal({kTransformer, "GPTQ or AWQ"});
  fs::rename(model_ / kTransformer, model_ / "transformer/model.ckpt");
  expect_same_refusal({"transformer", "model.ckpt", "cannot be read"});
}

TEST_F(ModelCheck, NamesTheMethodThatTheConfigSays) {
  for (const char* const method : {"bitsandbytes", "gptq", "awq", "fp8"}) {
    for (const char* const part : {"transformer/config.json", "text_encoder/config.json"}) {
      json config = json::parse(read_bytes(model_ / part));
      const std::string before = config.dump();
      config["quantization_config"] = {{"quant_method", method}, {"load_in_4bit", true}};
      put(part, config.dump());
      expect_same_refusal({part, method, "BF16"});
      put(part, before);
    }
  }
}

TEST_F(ModelCheck, ASoundFolderPassesAndConfigsAloneCanBePlannedWith) {
  EXPECT_EQ(run({"inspect", "model"}).exit_code, 0);
  EXPECT_EQ(run({"plan", "--model", "model", "--size", "64x64"}).exit_code, 0);
  for (const char* const file : {kTransformer, kDecoder, kTextEncoder}) fs::remove(model_ / file);
  EXPECT_EQ(run({"plan", "--model", "model", "--size", "64x64"}).exit_code, 0);
  expect_refused({"inspect", "model"}, 3, {"holds neither", "download"});
}

}  // namespace
}  // namespace headroom::test
