#pragma once
#include "headroom/core/image.h"
#include "headroom/core/init_image.h"
#include "headroom/core/run_record.h"
#include "headroom/core/size.h"

#include <array>
#include <compare>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace headroom {

struct SampledPicture;

inline constexpr double kDefaultStrength = 0.6;         // when a run starts from a picture
inline constexpr double kDefaultRepaintStrength = 1.0;  // the same with a mask

// Mixes the noise of the request's seed with that of another seed.
struct Variation {
  std::uint64_t seed = 0;  // the other seed, for the first picture; each further picture adds 1
  double strength = 0;     // 0 = the request's own noise, 1 = the other's
  friend bool operator==(const Variation&, const Variation&) = default;
};

// Seeded noise that is added to the encoded prompt, for models whose seeds give similar pictures.
struct Variety {
  double strength = 0;  // largest deviation, in standard deviations of the features; 0..10
  double percent = 50;  // share of the features that get noise, 0..100
  friend bool operator==(const Variety&, const Variety&) = default;
};

// How a seed becomes noise.
enum class SeedMode {
  kPlain,       // drawn for each size independently
  kComposition  // sizes share their coarse part, see diffusion/pyramid_noise.h
};

// The picture that this one is the finished version of, see core/finish.h.
struct Origin {
  InitImage::File file;  // its name and hash
  std::string how;       // "refine:0.35"
  friend bool operator==(const Origin&, const Origin&) = default;
};

// A finished picture is enlarged by an upscaler; the model does not run.
struct Upscale {
  std::string model;  // the upscaler's file, or kLanczos
  int scale = 2;      // factor for both sides, 1..4
  // 0..1: the model's share in a mix with its companion, see weaker_upscaler(); nothing: it alone.
  std::optional<double> denoise{};
  friend auto operator<=>(const Upscale&, const Upscale&) = default;
};
inline constexpr const char* kLanczos = "lanczos";
inline constexpr int kMaxUpscale = 4;
inline constexpr int kMaxUpscaledSide_px = 16384;  // limit for reading and writing pictures

// What was asked for. Copied freely between threads; never holds a tensor.
struct GenerationRequest {
  std::string prompt;  // UTF-8, not empty; may ask for LoRAs, see lora_tags.h
  // The prompt before its choices and wildcards were picked (see prompt_choices.h); empty when it
  // was typed as `prompt`.
  std::string prompt_source{};
  std::string negative_prompt;  // UTF-8; used only when guidance_scale > 0
  int width = 512;              // px, multiple of the model's size unit
  int height = 512;             // px, multiple of the model's size unit
  int steps = 8;                // calls of the transformer, 1..1000
  // pos + g * (pos - neg), so g is the usual CFG scale minus one. 0: guidance is off. 0..100.
  double guidance_scale = 0.0;
  // The guided prediction's norm is capped at this multiple of the unguided one's; 0 = no cap.
  double cfg_normalization = 0.0;
  // Guidance is off once the model's time (0 = noise, 1 = clean) passes this; 1 or more = never
  // off.
  double cfg_truncation = 1.0;
  // Shift of the flow-match schedule; empty = the model's own.
  std::optional<double> shift;
  // Seed of the first picture; each further picture adds 1, except with a variation, where the
  // other seed counts up. Empty: one is chosen and reported.
  std::optional<std::uint64_t> seed;
  std::optional<Variation> variation{};
  std::optional<Variety> variety{};
  SeedMode seed_mode = SeedMode::kPlain;
  int count = 1;  // pictures, 1..64, one after the other
  // Start from this picture; null: from noise alone. Shared by the copies of the request.
  std::shared_ptr<const InitImage> init;
  // How much of the noise schedule a run from a picture goes through: above 0 (hardly anything
  // changes) to 1 (everything is painted anew).
  double strength = kDefaultStrength;
  // A picture of an earlier run of this request whose steps are done: it is only decoded. Null:
  // all stages are run.
  std::shared_ptr<const SampledPicture> sampled{};
  // Set when this picture is the finished version of another one.
  std::optional<Origin> origin{};
  // Set: the picture in the origin's file is only enlarged. Width and height are then the result's
  // size, which is that picture's times the scale, and the other settings say how it was made.
  // Empty: the model makes a picture.
  std::optional<Upscale> upscale{};
  friend bool operator==(const GenerationRequest&, const GenerationRequest&) = default;
};

// A LoRA that a picture was made with.
struct UsedLora {
  std::string name;  // as in the prompt
  double strength = 1.0;
  std::string hash;  // the first 12 digits of its weights' SHA-256, as AUTOMATIC1111 records it
  friend bool operator==(const UsedLora&, const UsedLora&) = default;
};

// A picture that is kept on the disk until it is saved. Used by one thread at a time. When the
// object is destroyed the file stays, and another process may take it.
class KeptSample {
 public:
  virtual ~KeptSample() = default;
  // Removes the file, since the picture is saved by now. Does not throw.
  virtual void drop() = 0;
};

// A picture whose steps are done but which is not decoded yet.
struct SampledPicture {
  int index = 0;                        // which of the request's pictures, 0-based
  std::uint64_t seed = 0;               // this picture's own
  std::array<std::int64_t, 3> shape{};  // of `latents`, [C, h, w]
  std::vector<float> latents;           // all finite
  std::string decoder_format;           // number format to decode it in: "fp32" or "bf16"
  std::string device;                   // name of the device that sampled it, for people
  std::vector<UsedLora> loras;
  // The decoder's weight files as they were then. Empty: any model's decoder may decode it.
  struct File {
    std::string path;
    std::int64_t bytes = 0;
    std::int64_t changed_ns = 0;  // modification time, since 1970
    friend bool operator==(const File&, const File&) = default;
  };
  std::vector<File> decoder_files;
  std::shared_ptr<KeptSample> kept;  // null = not read from the disk
};

// One finished picture, before it is saved.
struct GeneratedImage {
  std::shared_ptr<const Image> image;
  std::uint64_t seed = 0;
  int index = 0;  // 0 .. count-1
  RunRecord run_record;
  std::vector<UsedLora> loras{};
  std::shared_ptr<KeptSample> kept{};  // null = nothing is kept on the disk
};

// Something that a person got wrong before the start: which field, and one sentence with the way
// out.
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
  double refine_strength = 0.35;               // recommended for FinishMethod::refine
  double shift = 3.0;                          // shift of the model's own schedule
  bool is_starter = false;                     // the tiny model that ships with the program
  std::int64_t trained_area_px = 1024 * 1024;  // of the pictures it was trained on
};

inline constexpr int kMaxSteps = 1000;
inline constexpr int kMaxCount = 64;
inline constexpr double kMinGuidance = 0.0;
inline constexpr double kMaxGuidance = 100.0;
inline constexpr double kMaxVariety = 10.0;
inline constexpr std::size_t kMaxPromptBytes = 65536;

// The first step of the schedule that is done: 0 when starting from noise, else min(steps - 1,
// int(steps - min(steps * strength, steps))).
[[nodiscard]] int first_step(const GenerationRequest& request);
[[nodiscard]] StartFrom start_of(const GenerationRequest& request);

// The size of the picture that `request`, which must have `upscale`, enlarges.
[[nodiscard]] Size size_before(const GenerationRequest& request);

// How many pictures a run of `request` makes.
[[nodiscard]] int pictures_of(const GenerationRequest& request);
// The seed of the picture with this index, for a request that has a seed; first_seed() is the
// reverse: the request's seed from that of the picture with this index.
[[nodiscard]] std::uint64_t seed_of(const GenerationRequest& request, int index);
[[nodiscard]] std::uint64_t first_seed(const GenerationRequest& request, std::uint64_t seed,
                                       int index);
// What is left to do of `request` when its first `made` pictures, fewer than all, exist.
[[nodiscard]] GenerationRequest rest_of(GenerationRequest request, int made);

// Everything that is wrong with `request` for a model whose sizes come in `size_unit`; empty =
// ready.
[[nodiscard]] std::vector<RequestProblem> validate(const GenerationRequest& request, int size_unit);

// True when `text` is well-formed UTF-8 (no overlong forms, no surrogates, at most U+10FFFF).
[[nodiscard]] bool is_valid_utf8(std::string_view text);

}  // namespace headroom
