#include "gguf_types.h"

#include "headroom/weights/model_file_error.h"

#include <array>
#include <optional>
#include <string_view>

namespace headroom {
namespace {

struct GgufType {
  std::string_view name;
  std::optional<DType> dtype;  // nothing: cannot be read here
  bool removed = false;        // from the format, with its number
};

// By number.
constexpr std::array<GgufType, 43> kTypes{{
    {"F32", DType::kF32},
    {"F16", DType::kF16},
    {"Q4_0", DType::kQ4_0},
    {"Q4_1", DType::kQ4_1},
    {"Q4_2", {}, true},
    {"Q4_3", {}, true},
    {"Q5_0", DType::kQ5_0},
    {"Q5_1", DType::kQ5_1},
    {"Q8_0", DType::kQ8_0},
    {"Q8_1", {}},
    {"Q2_K", DType::kQ2K},
    {"Q3_K", DType::kQ3K},
    {"Q4_K", DType::kQ4K},
    {"Q5_K", DType::kQ5K},
    {"Q6_K", DType::kQ6K},
    {"Q8_K", {}},
    {"IQ2_XXS", {}},
    {"IQ2_XS", {}},
    {"IQ3_XXS", {}},
    {"IQ1_S", {}},
    {"IQ4_NL", DType::kIQ4NL},
    {"IQ3_S", {}},
    {"IQ2_S", {}},
    {"IQ4_XS", DType::kIQ4XS},
    {"I8", {}},
    {"I16", {}},
    {"I32", {}},
    {"I64", {}},
    {"F64", {}},
    {"IQ1_M", {}},
    {"BF16", DType::kBF16},
    {"Q4_0_4_4", {}, true},
    {"Q4_0_4_8", {}, true},
    {"Q4_0_8_8", {}, true},
    {"TQ1_0", {}},
    {"TQ2_0", {}},
    {"IQ4_NL_4_4", {}, true},
    {"IQ4_NL_4_8", {}, true},
    {"IQ4_NL_8_8", {}, true},
    {"MXFP4", {}},
    {"NVFP4", {}},
    {"Q1_0", {}},
    {"Q2_0", {}},
}};

constexpr const char* kChoice = "Q8_0, Q6_K, Q5_K, Q4_K or BF16";

}  // namespace

DType gguf_dtype(std::uint32_t type, const std::string& tensor, const std::filesystem::path& file) {
  const bool known = type < kTypes.size();
  if (known && kTypes[type].dtype) return *kTypes[type].dtype;
  if (!known) {
    fail_model_file(file,
                    say("tensor {0} of this GGUF file has the number format {1}, which is not "
                        "GGUF's but some other program's own; choose a file in {2}",
                        in_quotes(tensor), type, say(kChoice)));
  }
  fail_model_file(
      file,
      say("tensor {0} of this GGUF file is stored as {1} (number format {2}), {3}; choose a "
          "file in {4}",
          in_quotes(tensor), kTypes[type].name, type,
          kTypes[type].removed ? say("which was removed from GGUF") : say("which is not read here"),
          say(kChoice)));
}

std::uint32_t gguf_type(DType dtype) {
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    if (kTypes[i].dtype == dtype) return static_cast<std::uint32_t>(i);
  }
  throw Error(ErrorKind::kInternal, "GGUF cannot hold " + std::string(dtype_name(dtype)) +
                                        "; please report this as a fault of the program");
}

}  // namespace headroom
