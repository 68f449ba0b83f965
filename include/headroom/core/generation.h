#pragma once
#include "headroom/core/image.h"
#include "headroom/core/init_image.h"
#include "headroom/core/plan.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

inline constexpr double kDefaultStrength = 0.6;         // of a start from a picture
inline constexpr double kDefaultRepaintStrength = 1.0;  // with a mask

// What was asked for. Copied freely between threads; never holds a tensor.
struct GenerationRequest {
  std::string prompt;           // UTF-8, not empty; may ask for LoRAs, see lora_tags.h
  std::string negative_prompt;  // UTF-8; used only when guidance_scale > 0
  int width = 512;              // px, multiple of the model's size unit
  int height = 512;             // px, multiple of the model's size unit
  int steps = 8;                // calls of the transformer, 1..1000
  // pos + g * (pos - neg), so g is the usual CFG scale minus one. 0 or less: guidance is off.
  // -100..100.
  double guidance_scale = 0.0;
  // The guided prediction's norm is capped at this multiple of the unguided one's; 0 = no cap.
  double cfg_normalization = 0.0;
  // Guidance is off once the model's time (0 = noise, 1 = clean) passes this; > 1 or 1 = never off.
  double cfg_truncation = 1.0;
  // Shift of the flow-match schedule; empty = the model's own.
  std::optional<double> shift;
  // Of the first picture; each further one adds 1. Empty: one is chosen and reported.
  std::optional<std::uint64_t> seed;
  int count = 1;  // pictures, 1..64, one after the other
  // Start from this picture; null: from noise alone. Shared by the copies of the request.
  std::shared_ptr<const InitImage> init;
  // How much of the noise schedule is gone through then: above 0, where hardly anything changes, to
  // 1, where all is painted anew.
  double strength = kDefaultStrength;
  friend bool operator==(const GenerationRequest&, const GenerationRequest&) = default;
};

// A LoRA that a picture was made with.
struct UsedLora {
  std::string name;  // as in the prompt
  double strength = 1.0;
  std::string hash;  // the first 12 digits of its weights' SHA-256, as AUTOMATIC1111 records it
  friend bool operator==(const UsedLora&, const UsedLora&) = default;
};

// One finished picture, before it is saved.
struct GeneratedImage {
  std::shared_ptr<const Image> image;
  std::uint64_t seed = 0;
  int index = 0;  // 0 .. count-1
  Receipt receipt;
  std::vector<UsedLora> loras{};
};

// Something a person got wrong before the start: which field, and one sentence with the way out.
struct RequestProblem {
  enum class Field {
    kPrompt,
    kNegativePrompt,
    kSize,
    kSteps,
    kGuidance,
    kSeed,
    kCount,
    kInit,
    kOther
  };
  Field field = Field::kOther;
  Message message;
};

// What a model allows and prefers; read from its folder without opening weights.
struct ModelInfo {
  std::string name;                            // for people
  std::string path;                            // folder
  int size_unit = 16;                          // width and height must be multiples of this, px
  int steps = 8;                               // recommended
  double guidance_scale = 0.0;                 // recommended
  std::string negative_prompt;                 // recommended, usually empty
  double shift = 3.0;                          // of the model's own schedule
  bool is_starter = false;                     // the tiny model that ships with the program
  std::int64_t trained_area_px = 1024 * 1024;  // of the pictures that it was made with
};

inline constexpr int kMaxSteps = 1000;
inline constexpr int kMaxCount = 64;
inline constexpr double kMaxGuidance = 100.0;
inline constexpr std::size_t kMaxPromptBytes = 65536;

// The step of the schedule that a picture begins with: 0 from noise, min(steps - 1,
// int(steps - min(steps * strength, steps))) from a picture.
[[nodiscard]] int first_step(const GenerationRequest& request);
[[nodiscard]] StartFrom start_of(const GenerationRequest& request);

// Everything that is wrong with `request` for a model whose sizes come in `size_unit`; empty =
// ready.
[[nodiscard]] std::vector<RequestProblem> validate(const GenerationRequest& request, int size_unit);

// True when `text` is well-formed UTF-8 (no overlong forms, no surrogates, at most U+10FFFF).
[[nodiscard]] bool is_valid_utf8(std::string_view text);

}  // namespace headroom
