#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// A LoRA as a prompt asks for it: "<lora:ink:0.8>".
struct LoraTag {
  std::string name;       // of its file, without the ending; folders may stand before it
  double strength = 1.0;  // -kMaxLoraStrength .. kMaxLoraStrength
  friend bool operator==(const LoraTag&, const LoraTag&) = default;
};
inline constexpr double kMaxLoraStrength = 100.0;

// A prompt as it is drawn, and what its tags ask for, in their order.
struct TaggedPrompt {
  std::string words;
  std::vector<LoraTag> loras;
};

// Takes the tags out of a prompt, as AUTOMATIC1111's web UI writes them: "<lora:NAME>",
// "<lora:NAME:0.8>", of two strengths (text encoder, transformer) the second, "unet=0.8". Blanks
// that stood around a tag stay once. Throws Error{kInvalidRequest} for a tag that cannot be read.
[[nodiscard]] TaggedPrompt take_lora_tags(std::string_view prompt);

// The tag as it is written; signs of the name that would end it become "_".
[[nodiscard]] std::string write_lora_tag(const LoraTag& tag);
// A name as tags can hold it.
[[nodiscard]] std::string tag_name(std::string_view name);

}  // namespace headroom
