#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// A LoRA as a prompt asks for it: "<lora:ink:0.8>".
struct LoraTag {
  std::string name;       // the file's name without its extension; folders may precede it
  double strength = 1.0;  // -kMaxLoraStrength .. kMaxLoraStrength
  friend bool operator==(const LoraTag&, const LoraTag&) = default;
};
inline constexpr double kMaxLoraStrength = 100.0;

// A prompt without its tags, and what the tags ask for, in their order.
struct TaggedPrompt {
  std::string words;
  std::vector<LoraTag> loras;
};

// Takes the tags out of a prompt, as AUTOMATIC1111's web UI writes them: "<lora:NAME>",
// "<lora:NAME:0.8>". Of two strengths (text encoder, transformer) the second counts, which may
// also be written "unet=0.8". The blanks around a tag are merged into one. Throws
// Error{kInvalidRequest} for a tag that cannot be read.
[[nodiscard]] TaggedPrompt take_lora_tags(std::string_view prompt);

// The tag as text; characters of the name that would end it become "_".
[[nodiscard]] std::string write_lora_tag(const LoraTag& tag);
// `name` with such characters replaced, so that a tag can hold it.
[[nodiscard]] std::string tag_name(std::string_view name);

}  // namespace headroom
