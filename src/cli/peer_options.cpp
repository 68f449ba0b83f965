#include "peer_options.h"

#include "headroom/core/nearest_name.h"

#include <algorithm>
#include <iterator>

namespace headroom {
namespace {

struct PeerOption {
  std::string_view theirs;
  std::string_view answer;
};

constexpr std::string_view kSize = "use --size WxH, e.g. --size 768x512";
constexpr std::string_view kGuidance =
    "use --guidance, which is the CFG scale minus 1 (--cfg-scale 4 is --guidance 3)";
constexpr std::string_view kNegative = "use -n or --negative";
constexpr std::string_view kModel = "use --model DIR";
constexpr std::string_view kSteps = "use --steps";
constexpr std::string_view kCount = "use --count, which makes pictures one after the other";
constexpr std::string_view kLowVram =
    "use --low-vram; without it, too, memory is saved as far as the request needs it";
constexpr std::string_view kDType = "use --dtype auto, fp32, bf16 or fp16";
constexpr std::string_view kOutput = "use -o FILE or -o FOLDER";
constexpr std::string_view kSampler = "leave it out: there is one sampler, Euler";
constexpr std::string_view kAttention = "leave it out: attention saves memory by itself";
constexpr std::string_view kInitImage = "use --init-image FILE";
constexpr std::string_view kFp8 = "leave it out: files in fp8 run as they are";
constexpr std::string_view kVerbose =
    "set HEADROOM_LOG_LEVEL=debug; the log is ~/.local/state/headroom/headroom.log";
constexpr std::string_view kPreset = "use --preset 16:9 or 9:16, or --size WxH";
constexpr std::string_view kPreview = "leave it out: the window shows previews of every model";
constexpr std::string_view kServer = "leave it out: this program is no server";

// Options as AUTOMATIC1111 and its relatives, ComfyUI, stable-diffusion.cpp, diffusers' scripts
// and their guides spell them. Underscores count as hyphens.
constexpr PeerOption kPeers[] = {
    {"-W", kSize},
    {"-H", kSize},
    {"--W", kSize},
    {"--H", kSize},
    {"-w", kSize},
    {"--width", kSize},
    {"--height", kSize},
    {"--resolution", kSize},
    {"--cfg", kGuidance},
    {"--cfg-scale", kGuidance},
    {"--scale", kGuidance},
    {"--guidance-scale", "use --guidance; it counts as diffusers' guidance_scale does"},
    {"--negative-prompt", kNegative},
    {"--neg-prompt", kNegative},
    {"--neg", kNegative},
    {"-m", kModel},
    {"--ckpt", kModel},
    {"--ckpt-dir", kModel},
    {"--ckpt-path", kModel},
    {"--checkpoint", kModel},
    {"--model-path", kModel},
    {"--model-id", kModel},
    {"--diffusion-model", kModel},
    {"--model-dir", kModel},
    {"-s", "use --seed"},
    {"-S", "use --seed"},
    {"-C", kGuidance},
    {"--img", kInitImage},
    {"--t5xxl", "use --text-encoder FILE"},
    {"--rng", "leave it out: noise is drawn alike on every device"},
    {"-v", kVerbose},
    {"--verbose", kVerbose},
    {"--sampling-steps", kSteps},
    {"--num-inference-steps", kSteps},
    {"--inference-steps", kSteps},
    {"--ddim-steps", kSteps},
    {"--num-steps", kSteps},
    {"--batch-size", kCount},
    {"--batch-count", kCount},
    {"-b", kCount},
    {"--num-images", kCount},
    {"--num-images-per-prompt", kCount},
    {"--n-samples", kCount},
    {"--n-iter", kCount},
    {"--lowvram", kLowVram},
    {"--medvram", kLowVram},
    {"--medvram-sdxl", kLowVram},
    {"--novram", kLowVram},
    {"--always-low-vram", kLowVram},
    {"--lowram", kLowVram},
    {"--offload", kLowVram},
    {"--offload-to-cpu", kLowVram},
    {"--cpu-offload", kLowVram},
    {"--enable-model-cpu-offload", kLowVram},
    {"--enable-sequential-cpu-offload", kLowVram},
    {"--vae-tiling", kLowVram},
    {"--vae-on-cpu", kLowVram},
    {"--cpu-vae", kLowVram},
    {"--clip-on-cpu", kLowVram},
    {"--disable-smart-memory", kLowVram},
    {"--highvram", "leave it out: what fits stays loaded"},
    {"--normalvram", "leave it out: it is the default"},
    {"--gpu-only", "leave it out: what fits stays loaded"},
    {"--reserve-vram", "use --vram-reserve SIZE"},
    {"--max-vram", "use --vram-cap SIZE"},
    {"--cpu", "use --device cpu"},
    {"--use-cpu", "use --device cpu"},
    {"--cuda-device", "use --device cuda:N"},
    {"--device-id", "use --device cuda:N"},
    {"--gpu", "use --device cuda"},
    {"--precision", kDType},
    {"--type", kDType},
    {"--half", kDType},
    {"--fp16", kDType},
    {"--bf16", kDType},
    {"--no-half", kDType},
    {"--no-half-vae", kDType},
    {"--force-fp16", kDType},
    {"--force-fp32", kDType},
    {"--upcast-sampling", kDType},
    {"--fp16-unet", kDType},
    {"--bf16-unet", kDType},
    {"--fp32-vae", kDType},
    {"--out", kOutput},
    {"--outdir", kOutput},
    {"--output-dir", kOutput},
    {"--output-directory", kOutput},
    {"-t", "use --threads"},
    {"-c", kCount},
    {"--fp8", kFp8},
    {"--fp8-e4m3fn-unet", kFp8},
    {"--fp8-e5m2-unet", kFp8},
    {"--fp8-e4m3fn-text-enc", kFp8},
    {"--fp8-e5m2-text-enc", kFp8},
    {"--llm", "use --text-encoder FILE"},
    {"--qwen3", "use --text-encoder FILE"},
    {"--clip", "use --text-encoder FILE"},
    {"--text-encoder-path", "use --text-encoder FILE"},
    {"--vae-path", "use --vae FILE"},
    {"--sampler", kSampler},
    {"--sampling-method", kSampler},
    {"--scheduler", kSampler},
    {"--sample-method", kSampler},
    {"--schedule", kSampler},
    {"--xformers", kAttention},
    {"--flash-attn", kAttention},
    {"--diffusion-fa", kAttention},
    {"--opt-sdp-attention", kAttention},
    {"--opt-split-attention", kAttention},
    {"--use-split-cross-attention", kAttention},
    {"--use-pytorch-cross-attention", kAttention},
    {"--use-flash-attention", kAttention},
    {"--use-sage-attention", kAttention},
    {"--listen", kServer},
    {"--api", kServer},
    {"--lora-dir", "use --lora FILE"},
    {"--lora-model-dir", "use --lora FILE"},
    {"--lora-path", "use --lora FILE"},
    {"-i", kInitImage},
    {"--init-img", kInitImage},
    {"--image", kInitImage},
    {"--denoising-strength", "use --strength"},
    {"--mask-image", "use --mask FILE"},
    {"--always-cpu", "use --device cpu"},
    {"--always-gpu", "leave it out: what fits stays loaded"},
    {"--always-high-vram", "leave it out: what fits stays loaded"},
    {"--always-normal-vram", "leave it out: it is the default"},
    {"--always-no-vram", kLowVram},
    {"--always-offload-from-vram", kLowVram},
    {"--img-size", kSize},
    {"--image-size", kSize},
    {"--aspect", kPreset},
    {"--aspect-ratio", kPreset},
    {"--ar", kPreset},
    {"--preview", kPreview},
    {"--preview-method", kPreview},
    {"--preview-size", kPreview}};

}  // namespace

Message option_for(std::string_view typed, const std::vector<std::string>& known) {
  std::string name(typed.substr(0, typed.find('=')));
  std::replace(name.begin(), name.end(), '_', '-');
  const auto* const peer = std::find_if(std::begin(kPeers), std::end(kPeers),
                                        [&](const PeerOption& p) { return p.theirs == name; });
  if (peer != std::end(kPeers)) return say(std::string(peer->answer));
  const std::string nearest = nearest_name(name, known, name.size() > 6 ? 2 : 1);
  if (nearest.empty()) return {};
  return say("did you mean {0}?", nearest);
}

}  // namespace headroom
