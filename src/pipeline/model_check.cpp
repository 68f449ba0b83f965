#include "headroom/pipeline/model_check.h"

#include "headroom/core/error.h"
#include "headroom/model/vae_decoder.h"
#include "headroom/weights/network_tensors.h"
#include "headroom/weights/weight_faults.h"

#include "ask_for_weights.h"

#include <array>
#include <functional>
#include <map>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>

namespace headroom {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t kReadWhole = std::int64_t{256} << 20;  // less than a second from a disk

// `count` of `all` tensors have the fault; the first is `name`, stored as `type`.
Message said(WeightFault fault, const fs::path& file, std::size_t count, int all,
             const std::string& name, DType type) {
  switch (fault) {
    case WeightFault::kNotFinite:
      return say(
          "{0}: {1} of {2} tensors hold values that are not finite (NaN or infinite), {3} "
          "first, stored as {4}; the file is damaged, so download it again",
          file, count, all, name, std::string(dtype_name(type)));
    case WeightFault::kOneValue:
      return say(
          "{0}: {1} of {2} tensors hold one value over and over, {3} first; the file is "
          "damaged, so download it again",
          file, count, all, name);
    case WeightFault::kZeros:
    case WeightFault::kNone:
      break;
  }
  return say(
      "{0}: {1} of {2} tensors are zero or have holes of zeros, {3} first; the download is "
      "incomplete, so download the file again",
      file, count, all, name);
}

// Checks each tensor that a network asks for, and returns its shape without values.
class CheckedWeights final : public WeightSource {
 public:
  explicit CheckedWeights(const NetworkTensors& tensors)
      : tensors_(tensors), whole_(tensors.store().total_bytes() <= kReadWhole) {}

  at::Tensor get(std::string_view name, at::IntArrayRef shape) override {
    const TensorRows stored = tensors_.at(name, shape);
    const TensorView codes = codes_of(stored);
    ++count_;
    const WeightFault fault = find_fault(codes, whole_ ? Look::kAll : Look::kMiddle, stored.name);
    if (fault != WeightFault::kNone) faulty_[fault].push_back(stored.name);
    if (first_ == WeightFault::kNone) {
      first_ = fault;
      first_type_ = codes.dtype;
    }
    return at::empty(shape, options());
  }
  void read(std::string_view, const at::Tensor&) override {}
  at::Tensor gather_rows(std::string_view name, std::span<const std::int32_t>, std::int64_t rows,
                         std::int64_t width) override {
    return get(name, {rows, width});
  }
  [[nodiscard]] at::TensorOptions options() const override { return at::TensorOptions(at::kMeta); }

  // Call when everything was asked for.
  void finish() const {
    if (first_ == WeightFault::kNone) return;
    const std::vector<std::string>& names = faulty_.at(first_);
    const std::string& name = names.front();
    throw Error(ErrorKind::kModelFile, said(first_, tensors_.store().file_of(name), names.size(),
                                            count_, name, first_type_));
  }

 private:
  const NetworkTensors& tensors_;
  bool whole_;
  int count_ = 0;
  WeightFault first_ = WeightFault::kNone;
  DType first_type_ = DType::kF32;  // that the first faulty tensor is stored as
  std::map<WeightFault, std::vector<std::string>> faulty_;
};

// Download managers leave a marker file beside an incomplete file.
void check_finished(const TensorStore& store) {
  constexpr std::array<const char*, 7> kNotes{".aria2", ".incomplete", ".part",      ".partial",
                                              ".!qB",   ".download",   ".crdownload"};
  for (const fs::path& file : store.files()) {
    for (const char* const ending : kNotes) {
      const fs::path note = file.string() + ending;
      std::error_code error;
      if (!fs::exists(note, error)) continue;
      throw Error(ErrorKind::kModelFile,
                  say("{0}: the download is not finished, as {1} beside it says; let it finish, or "
                      "remove that file if the weights are complete",
                      file, note.filename()));
    }
  }
}

void check_part(const fs::path& place, Network network, bool finds_holes,
                const std::function<void(WeightSource&)>& ask) {
  const NetworkTensors tensors(place, network);
  check_finished(tensors.store());
  CheckedWeights weights(tensors);
  ask(weights);
  if (finds_holes) weights.finish();
}

// Such a folder comes with the program, for planning.
bool has_configs_alone(const PartPlaces& parts) {
  for (const fs::path& place : {parts.transformer, parts.text_encoder, parts.vae}) {
    std::error_code error;
    if (!fs::is_directory(place, error)) return false;
    for (const auto& entry : fs::directory_iterator(place, error)) {
      if (!entry.path().filename().string().ends_with("config.json")) return false;
    }
  }
  return true;
}

}  // namespace

void check_model_files(const ModelFolder& model, bool needs_weights, bool finds_holes) {
  if (!needs_weights && has_configs_alone(model.parts)) return;
  const c10::InferenceMode inference;
  check_part(model.parts.text_encoder, Network::kTextEncoder, finds_holes,
             [&](WeightSource& weights) { ask_for_text_encoder(model.text_encoder, weights); });
  check_part(model.parts.transformer, Network::kTransformer, finds_holes,
             [&](WeightSource& weights) { ask_for_transformer(model.transformer, weights); });
  check_part(model.parts.vae, Network::kVae, finds_holes,
             [&](WeightSource& weights) { const VaeDecoder decoder(model.vae, weights); });
}

}  // namespace headroom
