#include "stage_work.h"

namespace headroom {
namespace {

// Of one call of the transformer: matrix products and attention (multiply and add counted as two).
double transformer_flops(const TransformerConfig& c, double tokens) {
  const double d = c.dim;
  const double linear = 2.0 * tokens * (4.0 * d * d + 3.0 * d * c.ffn_dim());
  const double attention = 4.0 * tokens * tokens * d;
  return (c.n_layers + c.n_refiner_layers) * (linear + attention);
}

double round_up_32(double n) { return static_cast<double>((static_cast<std::int64_t>(n) + 31) / 32 * 32); }

}  // namespace

double stage_work(Stage stage, const ModelFolder& model, const GenerationRequest& request,
                  const PromptIds& ids) {
  const double pixels = static_cast<double>(request.width) * request.height;
  const auto length = [](const std::vector<std::int32_t>& tokens) {
    return static_cast<double>(tokens.size());
  };
  switch (stage) {
    case Stage::kLoad: return 1;
    case Stage::kEncode: return length(ids.positive) + length(ids.negative);
    case Stage::kDenoise: {
      const double side = model.vae.scale() * model.transformer.patch_size;
      const double image = round_up_32(pixels / (side * side));
      double call = transformer_flops(model.transformer, image + round_up_32(length(ids.positive)));
      if (!ids.negative.empty()) {
        call += transformer_flops(model.transformer, image + round_up_32(length(ids.negative)));
      }
      return request.steps * call;
    }
    case Stage::kDecode:
    case Stage::kSave: return pixels;
  }
  return 0;
}

}  // namespace headroom
