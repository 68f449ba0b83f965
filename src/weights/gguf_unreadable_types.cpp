#include "gguf_unreadable_types.h"

#include "headroom/core/name_list.h"
#include "headroom/weights/model_file_error.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace headroom {
namespace {

// GGUF's formats that cannot be read here; the others are in the table of tensor_type.cpp.
struct OtherType {
  std::uint32_t number;
  std::string_view name;
  bool removed = false;  // the format no longer has this number
};
constexpr std::array<OtherType, 28> kOthers{{
    {4, "Q4_2", true},
    {5, "Q4_3", true},
    {9, "Q8_1"},
    {15, "Q8_K"},
    {16, "IQ2_XXS"},
    {17, "IQ2_XS"},
    {18, "IQ3_XXS"},
    {19, "IQ1_S"},
    {21, "IQ3_S"},
    {22, "IQ2_S"},
    {24, "I8"},
    {25, "I16"},
    {26, "I32"},
    {27, "I64"},
    {28, "F64"},
    {29, "IQ1_M"},
    {31, "Q4_0_4_4", true},
    {32, "Q4_0_4_8", true},
    {33, "Q4_0_8_8", true},
    {34, "TQ1_0"},
    {35, "TQ2_0"},
    {36, "IQ4_NL_4_4", true},
    {37, "IQ4_NL_4_8", true},
    {38, "IQ4_NL_8_8", true},
    {39, "MXFP4"},
    {40, "NVFP4"},
    {41, "Q1_0"},
    {42, "Q2_0"},
}};

// The formats to choose instead, the best first.
std::string readable_types() {
  constexpr std::array kTypes{DType::kQ8_0, DType::kQ6K, DType::kQ5K, DType::kQ4K, DType::kBF16};
  std::array<std::string_view, kTypes.size()> names;
  std::transform(kTypes.begin(), kTypes.end(), names.begin(), dtype_name);
  return or_list(names);
}

}  // namespace

DType read_gguf_dtype(std::uint32_t number, const std::string& tensor,
                      const std::filesystem::path& file) {
  if (const std::optional<DType> dtype = gguf_dtype(number)) return *dtype;
  const auto other = std::find_if(kOthers.begin(), kOthers.end(),
                                  [&](const OtherType& type) { return type.number == number; });
  const Message choice = say(readable_types());
  if (other == kOthers.end()) {
    fail_model_file(file,
                    say("tensor {0} of this GGUF file has the number format {1}, which is not "
                        "GGUF's but some other program's own; choose a file in {2}",
                        in_quotes(tensor), number, choice));
  }
  fail_model_file(
      file, say("tensor {0} of this GGUF file is stored as {1} (number format {2}), {3}; choose a "
                "file in {4}",
                in_quotes(tensor), other->name, number,
                other->removed ? say("which was removed from GGUF") : say("which is not read here"),
                choice));
}

}  // namespace headroom
