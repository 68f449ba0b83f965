#include "headroom/core/lora_tags.h"

#include "headroom/core/error.h"
#include "headroom/core/quote.h"
#include "headroom/core/typed_numbers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace headroom {
namespace {

constexpr std::string_view kStart = "<lora:";
constexpr std::string_view kBlanks = " \t";

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

[[noreturn]] void refuse(std::string_view tag) {
  throw Error(ErrorKind::kInvalidRequest,
              say("the prompt asks for a LoRA in a way that cannot be read ({0}); write "
                  "<lora:name:0.8>, with a strength from -100 to 100",
                  in_quotes(tag)));
}

// `inside` is what stands between "<lora:" and ">"; `tag` is for messages.
LoraTag read_tag(std::string_view inside, std::string_view tag) {
  LoraTag read;
  std::size_t colon = inside.find(':');
  read.name = std::string(trim(inside.substr(0, colon)));
  if (read.name.empty()) refuse(tag);
  int strengths = 0;
  bool is_named = false;
  while (colon != std::string_view::npos) {
    inside.remove_prefix(colon + 1);
    colon = inside.find(':');
    std::string_view value = trim(inside.substr(0, colon));
    const std::size_t equals = value.find('=');
    const std::string_view key = trim(value.substr(0, equals == value.npos ? 0 : equals));
    if (equals != std::string_view::npos) value.remove_prefix(equals + 1);
    const std::optional<double> strength = parse_real(value);
    if (!strength || !(std::abs(*strength) <= kMaxLoraStrength)) refuse(tag);
    // The text encoder's strength, and a limit of the rank.
    if (key == "te" || key == "dyn") continue;
    if (!key.empty() && key != "unet") refuse(tag);
    if (key.empty() && ++strengths > 2) refuse(tag);
    if (key == "unet" || !is_named) read.strength = *strength;
    is_named = is_named || key == "unet";
  }
  return read;
}

}  // namespace

TaggedPrompt take_lora_tags(std::string_view prompt) {
  TaggedPrompt taken;
  std::string& words = taken.words;
  for (std::size_t at = 0; (at = prompt.find(kStart)) != std::string_view::npos;) {
    const std::size_t end = prompt.find('>', at);
    if (end == std::string_view::npos) refuse(prompt.substr(at));
    const std::string_view tag = prompt.substr(at, end + 1 - at);
    taken.loras.push_back(read_tag(tag.substr(kStart.size(), tag.size() - kStart.size() - 1), tag));
    words += prompt.substr(0, at);
    prompt.remove_prefix(end + 1);
    if (prompt.empty() || prompt.find_first_of(" \t\r\n,") == 0) {
      words.erase(words.find_last_not_of(kBlanks) + 1);
    }
    if (words.empty()) {
      prompt.remove_prefix(std::min(prompt.find_first_not_of(kBlanks), prompt.size()));
    }
  }
  words += prompt;
  return taken;
}

std::string tag_name(std::string_view name) {
  std::string written(trim(name));
  if (written.empty()) written = "_";
  for (char& c : written) {
    if (c == ':' || c == '<' || c == '>' || static_cast<unsigned char>(c) < ' ') c = '_';
  }
  return written;
}

std::string write_lora_tag(const LoraTag& tag) {
  std::array<char, 32> number{};
  const auto end = std::to_chars(number.data(), number.data() + number.size(), tag.strength).ptr;
  return std::string(kStart) + tag_name(tag.name) + ":" + std::string(number.data(), end) + ">";
}

}  // namespace headroom
