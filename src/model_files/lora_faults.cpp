#include "lora_faults.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace headroom {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kWays{
    {{"choose the model's folder with .safetensors files", "choose a LoRA in a .safetensors file"},
     {"choose the model's folder in BF16, F16 or F32", "choose a LoRA in BF16, F16 or F32"},
     {"in the model's folder, or download", "in its folder, or download"},
     {"download the model again", "download the LoRA again"}}};

std::string with_way_of_lora(std::string pattern) {
  for (const auto& [of_model, of_lora] : kWays) {
    if (const std::size_t at = pattern.find(of_model); at != std::string::npos)
      pattern.replace(at, of_model.size(), of_lora);
  }
  return pattern;
}

}  // namespace

Message fault_of_lora(const Message& fault) {
  if (fault.key().empty()) return fault;  // a name or a number
  std::vector<Message> values;
  for (const Message& value : fault.values()) values.push_back(fault_of_lora(value));
  const bool is_sentence = fault.key() == fault.pattern();  // not the name of many
  std::string pattern = with_way_of_lora(fault.pattern());
  return {is_sentence ? pattern : fault.key(), pattern, std::move(values)};
}

}  // namespace headroom
