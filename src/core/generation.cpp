#include "headroom/core/generation.h"

#include "headroom/core/error.h"
#include "headroom/core/lora_tags.h"
#include "headroom/core/size.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace headroom {

bool is_valid_utf8(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  for (std::size_t i = 0; i < text.size();) {
    const unsigned char lead = at(i);
    std::size_t length = 1;
    std::uint32_t code = lead;
    std::uint32_t smallest = 0;
    if (lead < 0x80) {
      ++i;
      continue;
    }
    if ((lead & 0xE0) == 0xC0) {
      length = 2, code = lead & 0x1FU, smallest = 0x80;
    } else if ((lead & 0xF0) == 0xE0) {
      length = 3, code = lead & 0x0FU, smallest = 0x800;
    } else if ((lead & 0xF8) == 0xF0) {
      length = 4, code = lead & 0x07U, smallest = 0x10000;
    } else {
      return false;
    }
    if (i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if ((at(i + k) & 0xC0) != 0x80) return false;
      code = code << 6 | (at(i + k) & 0x3FU);
    }
    if (code < smallest || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
    i += length;
  }
  return true;
}

namespace {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

void check_empty(const std::string& prompt, std::vector<RequestProblem>& problems) {
  try {
    if (!is_blank(take_lora_tags(prompt).words)) return;
    problems.push_back(
        {RequestProblem::Field::kPrompt, say("the prompt is empty; say what to draw")});
  } catch (const Error& error) {
    problems.push_back({RequestProblem::Field::kPrompt, error.message()});
  }
}

void check_text(const std::string& text, const Message& name, RequestProblem::Field field,
                std::vector<RequestProblem>& problems) {
  if (text.size() > kMaxPromptBytes) {
    problems.push_back(
        {field, say("{0} is {1} bytes long; at most {2} are allowed, and the model reads only the "
                    "first 512 tokens, so shorten it",
                    name, text.size(), kMaxPromptBytes)});
  } else if (!is_valid_utf8(text)) {
    problems.push_back(
        {field, say("{0} is not valid UTF-8 text; save or paste it as UTF-8", name)});
  }
}

void check_size(const GenerationRequest& r, int unit, std::vector<RequestProblem>& problems) {
  const Size size{r.width, r.height};
  if (size.width >= unit && size.height >= unit && size.width <= kMaxSide_px &&
      size.height <= kMaxSide_px && size.width % unit == 0 && size.height % unit == 0) {
    return;
  }
  problems.push_back({RequestProblem::Field::kSize,
                      say("size {0}: each side must be a multiple of {1} from {1} to {2} px for "
                          "this model; the nearest is {3}",
                          to_string(size), unit, kMaxSide_px, to_string(snap(size, unit)))});
}

// The other settings were checked when the picture was made.
void check_upscale(const GenerationRequest& r, std::vector<RequestProblem>& problems) {
  const Upscale& upscale = *r.upscale;
  if (upscale.scale < 1 || upscale.scale > kMaxUpscale || !r.origin) {
    problems.push_back(
        {RequestProblem::Field::kOther,
         say("a picture that is there can be made 1 to {0} times as large", kMaxUpscale)});
  } else if (std::max(r.width, r.height) > kMaxUpscaledSide_px) {
    problems.push_back({RequestProblem::Field::kSize,
                        say("it would become {0}, and pictures have at most {1} px a side",
                            to_string(Size{r.width, r.height}), kMaxUpscaledSide_px)});
  }
}

std::string number(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  if (!text.empty() && text.back() == '.') text.pop_back();
  return text;
}

void check_range(double value, double low, double high, const Message& name,
                 RequestProblem::Field field, std::vector<RequestProblem>& problems) {
  if (std::isfinite(value) && value >= low && value <= high) return;
  problems.push_back({field, say("{0} is {1}; it must be from {2} to {3}", name, number(value),
                                 number(low), number(high))});
}

void check_init(const GenerationRequest& r, std::vector<RequestProblem>& problems) {
  using Field = RequestProblem::Field;
  if (!r.init) return;
  if (!(r.strength > 0 && r.strength <= 1)) {
    problems.push_back({Field::kInit, say("strength is {0}; it must be above 0 and at most 1",
                                          number(r.strength))});
  }
  const Size size{r.width, r.height};
  const Size have{r.init->image.width, r.init->image.height};
  if (have.width != size.width || have.height != size.height) {
    problems.push_back(
        {Field::kInit, say("the picture to start from is {0} px and the request {1}; "
                           "fit it to the size first",
                           to_string(have), to_string(size))});
  }
}

}  // namespace

int first_step(const GenerationRequest& r) {
  if (!r.init) return 0;
  const double steps = r.steps;
  // As the reference computes it: in double precision, truncated.
  const auto first = static_cast<int>(steps - std::min(steps * r.strength, steps));
  return std::clamp(first, 0, r.steps - 1);  // at least one step, however small the strength
}

StartFrom start_of(const GenerationRequest& r) {
  if (r.upscale) return StartFrom::kFinished;
  if (r.sampled) return StartFrom::kSampled;
  if (!r.init) return StartFrom::kNoise;
  return r.init->repaint ? StartFrom::kMaskedImage : StartFrom::kImage;
}

Size size_before(const GenerationRequest& request) {
  const int scale = request.upscale ? request.upscale->scale : 1;
  return {request.width / scale, request.height / scale};
}

int pictures_of(const GenerationRequest& request) {
  return request.sampled || request.upscale ? 1 : request.count;
}

std::uint64_t seed_of(const GenerationRequest& request, int index) {
  const std::uint64_t seed = request.seed.value_or(0);
  return request.variation ? seed : seed + static_cast<std::uint64_t>(index);
}

std::uint64_t first_seed(const GenerationRequest& request, std::uint64_t seed, int index) {
  return request.variation ? seed : seed - static_cast<std::uint64_t>(index);
}

GenerationRequest rest_of(GenerationRequest request, int made) {
  made = std::clamp(made, 0, request.count - 1);
  request.count -= made;
  if (request.variation) {
    request.variation->seed += static_cast<std::uint64_t>(made);
  } else if (request.seed) {
    *request.seed += static_cast<std::uint64_t>(made);
  }
  return request;
}

std::vector<RequestProblem> validate(const GenerationRequest& r, int size_unit) {
  using Field = RequestProblem::Field;
  std::vector<RequestProblem> problems;
  if (r.upscale) {
    check_upscale(r, problems);
    return problems;
  }
  if (r.sampled) {  // the other settings were checked before its steps were done
    check_size(r, size_unit, problems);
    return problems;
  }
  check_empty(r.prompt, problems);
  check_text(r.prompt, say("the prompt"), Field::kPrompt, problems);
  check_text(r.negative_prompt, say("the negative prompt"), Field::kNegativePrompt, problems);
  check_size(r, size_unit, problems);
  check_range(r.steps, 1, kMaxSteps, say("steps"), Field::kSteps, problems);
  check_range(r.guidance_scale, kMinGuidance, kMaxGuidance, say("guidance"), Field::kGuidance,
              problems);
  check_range(r.count, 1, kMaxCount, say("count"), Field::kCount, problems);
  check_range(r.cfg_normalization, 0, 1000, "cfg-normalization", Field::kOther, problems);
  check_range(r.cfg_truncation, 0, 1000, "cfg-truncation", Field::kOther, problems);
  if (r.shift) check_range(*r.shift, 0.01, 100, "shift", Field::kOther, problems);
  check_init(r, problems);
  if (r.variation) {
    check_range(r.variation->strength, 0, 1, "variation", Field::kSeed, problems);
  }
  if (r.variety) {
    check_range(r.variety->strength, 0, kMaxVariety, "variety", Field::kOther, problems);
    check_range(r.variety->percent, 0, 100, say("the percentage of variety"), Field::kOther,
                problems);
  }
  return problems;
}

}  // namespace headroom
