#pragma once
#include "headroom/core/generation.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

namespace headroom {

// A request, plan and receipt as JSON, with the field names of the command line's --json. The
// receipt's has no plan, which stands beside it.
[[nodiscard]] nlohmann::json to_json(const GenerationRequest& request);
// The same request again, apart from the pixels of a picture that it started from: of that and of a
// mask there are names and hashes. Throws Error{kInvalidRequest} naming what is missing or out of
// range.
[[nodiscard]] GenerationRequest read_request_json(const std::string& text);
[[nodiscard]] nlohmann::json to_json(const Plan& plan);
[[nodiscard]] nlohmann::json to_json(const Receipt& receipt);
// Name, strength and hash of each.
[[nodiscard]] nlohmann::json to_json(const std::vector<UsedLora>& loras);

// The whole of what belongs into a picture's `headroom` entry: {"request", "plan", "receipt"} plus
// the picture's own seed, and {"loras"} where there are some. Pretty enough to be read, one line.
[[nodiscard]] std::string settings_json(const GenerationRequest& request,
                                        const GeneratedImage& picture);

// The `parameters` text of AUTOMATIC1111's web UI: prompt, "Negative prompt: ...", then
// "Steps: 8, Sampler: Euler, CFG scale: 3, Seed: 1, Size: 512x512, Model: ...", and
// "Lora hashes: "ink: 0123456789ab"", whose names and strengths are tags in the prompt.
// CFG scale is guidance_scale + 1, as there.
[[nodiscard]] std::string a1111_parameters(const GenerationRequest& request,
                                           const GeneratedImage& picture);

// What a picture's text says about how it was made. Of other programs' texts what can be read is
// read; the rest is in `unknown`.
struct ReadSettings {
  GenerationRequest request;  // what was not found has its default; seed is the picture's own
  std::string source;  // "headroom", "parameters" (the A1111 text), "swarmui", "fooocus", ...
  std::vector<std::pair<std::string, std::string>> unknown;  // keys and values with no field here
  std::vector<std::string> found;  // fields of `request` that the text had, by their JSON names
  std::string text;                // as it was read; empty for "headroom"
  bool is_of_all_texts = false;    // each of the picture's texts is one setting, or unknown
  // What the picture started from, as far as its own entry tells of it: names and hashes.
  struct Start {
    InitImage::File picture{};
    double strength = kDefaultStrength;
    std::optional<InitImage::File> mask{};
  };
  std::optional<Start> start{};
};

// This program's own entry. The picture that another one started from is not in it, only its file's
// name and hash, so "init_image", "strength" and "mask" are unknown to a request and stand in
// `start`. Unknown keys inside the request are listed as "request.KEY"; plan, receipt and loras are
// not read: the prompt has the tags. Throws Error{kInvalidRequest} naming the key when the text is
// malformed or a value is out of range.
[[nodiscard]] ReadSettings parse_settings_json(const std::string& text);
// The A1111 text, also with other programs' lines after its settings. Values that cannot be read or
// are out of range are listed as unknown. Throws Error{kInvalidRequest} when no line of it holds
// settings.
[[nodiscard]] ReadSettings parse_a1111_parameters(const std::string& text);
// JSON that other programs write: SwarmUI, Fooocus, InvokeAI, NovelAI, Draw Things, Easy Diffusion,
// ComfyUI's graph. Nothing when it is not JSON or holds neither a prompt nor a seed.
[[nodiscard]] std::optional<ReadSettings> parse_foreign_json(const std::string& text);

}  // namespace headroom
