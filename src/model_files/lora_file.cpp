#include "headroom/model_files/lora_file.h"

#include "headroom/core/quote.h"
#include "headroom/core/sha256.h"
#include "headroom/weights/dequantize.h"
#include "headroom/weights/file_kind.h"
#include "headroom/weights/model_file_error.h"

#include "lora_changes.h"
#include "lora_faults.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <set>

namespace headroom {
namespace {

std::vector<std::byte> bytes_of(const TensorFile& file, const TensorView& view, std::size_t begin,
                                std::size_t count) {
  std::vector<std::byte> bytes(count);
  file.read(view, begin, bytes);
  return bytes;
}

// Reads a tensor of one value; some tools write it as an integer.
double number_in(const TensorFile& file, const TensorView& view) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  if (row_count(view.shape) * row_width(view.shape) != 1) return kNone;
  const std::vector<std::byte> bytes = bytes_of(file, view, 0, view.data.size());
  if (view.dtype == DType::kI64 || view.dtype == DType::kI32) {
    std::int64_t wide = 0;
    std::int32_t narrow = 0;
    if (bytes.size() == sizeof wide) std::memcpy(&wide, bytes.data(), sizeof wide);
    if (bytes.size() == sizeof narrow) std::memcpy(&narrow, bytes.data(), sizeof narrow);
    return static_cast<double>(wide) + narrow;
  }
  if (!has_own_values(view.dtype)) return kNone;
  float value = 0;
  dequantize({view.dtype, {1}, bytes}, 0, 1, {&value, 1});
  return value;
}

// Whether there are zeros that no training leaves: a stretch as long as download managers reserve,
// or all of a matrix that is initialised randomly. Other matrices are zero if their module was not
// trained.
bool has_hole(std::span<const float> values, std::size_t value_bytes, bool is_random_at_first) {
  constexpr std::size_t kHoleBytes = 16 * 1024;
  std::size_t zeros = 0;
  std::size_t longest = 0;
  for (const float value : values) {
    zeros = value == 0 ? zeros + 1 : 0;
    longest = std::max(longest, zeros);
  }
  if (longest == values.size()) return is_random_at_first;
  return longest * value_bytes >= kHoleBytes;
}

TensorFile open_tensors(const std::filesystem::path& file) {
  try {
    return TensorFile(file);
  } catch (const Error& e) {
    throw Error(e.kind(), fault_of_lora(e.message()));
  }
}

void check_is_lora(const std::filesystem::path& path, const TensorFile& file) {
  if (file.container() == Container::kGguf) {
    fail_model_file(path, say("is a GGUF file, and LoRAs are read as safetensors; choose the "
                              ".safetensors file"));
  }
  const FileKind kind = tell_kind(file);
  if (kind.kind == WeightKind::kLora || kind.kind == WeightKind::kUnknown) return;
  fail_model_file(path, say("is {0}, where a LoRA is wanted; choose another file", kind.what));
}

}  // namespace

LoraFile::LoraFile(const std::filesystem::path& file, std::span<const NamedMatrix> network)
    : path_(file), file_(open_tensors(file)), keys_(static_cast<int>(file_.tensors().size())) {
  check_is_lora(path_, file_);
  const LoraGroups found = group_lora_tensors(path_, file_, LoraModules(network));
  matched_keys_ = found.matched_keys;
  if (found.groups.empty()) {
    const std::string first =
        found.unmatched.empty() ? std::string() : printable(found.unmatched.front());
    fail_model_file(path_, say("changes nothing of this model: none of its {0} keys ({1}) belongs "
                               "to a matrix of the transformer; choose a LoRA that was made for "
                               "this model",
                               keys_, first));
  }
  const LoraScales scales(path_, file_.metadata());
  const LoraChanges read(
      path_, network, scales, [&](const TensorView& view) { return number_in(file_, view); },
      matched_keys_, keys_);
  for (const LoraGroup& group : found.groups) {
    read.add(group, changes_);
    if (group.find(LoraPart::kMagnitude) != nullptr && notes_.empty()) {
      notes_.push_back(
          say("{0}: the magnitudes of DoRA ({1} first) are left out; the LoRA in it is "
              "applied without them",
              path_, printable(group.find(LoraPart::kMagnitude)->first)));
    }
  }
  check_samples();
  if (!found.unmatched.empty()) {
    notes_.push_back(
        say("{0}: {1} of {2} keys change this model; the others, {3} first, have no "
            "effect",
            path_, matched_keys_, keys_, printable(found.unmatched.front())));
  }
}

void LoraFile::check_samples() const {
  const auto look_at = [&](const LoraMatrix& matrix) {
    constexpr std::int64_t kValues = 16 * 1024;
    const std::int64_t most =
        std::max<std::int64_t>(1, kValues / std::max<std::int64_t>(1, matrix.columns));
    const std::int64_t rows = std::min(matrix.rows, most);
    std::vector<float> values(static_cast<std::size_t>(rows * matrix.columns));
    const std::int64_t last = matrix.rows - rows;
    for (const std::int64_t first : std::set{std::int64_t{0}, last / 2, last})
      read(matrix, first, rows, values);
  };
  const auto look_at_both = [&](const LoraFactor& factor) {
    look_at(factor.left);
    if (factor.right) look_at(*factor.right);
  };
  for (const MatrixChange& change : changes_) {
    look_at_both(change.first);
    if (change.second) look_at_both(*change.second);
  }
}

void LoraFile::read(const LoraMatrix& matrix, std::int64_t first, std::int64_t rows,
                    std::span<float> values) const {
  const auto row_bytes =
      tensor_type(matrix.view.dtype).bytes(static_cast<std::size_t>(matrix.columns));
  const std::vector<std::byte> bytes =
      bytes_of(file_, matrix.view, static_cast<std::size_t>(first) * row_bytes,
               static_cast<std::size_t>(rows) * row_bytes);
  dequantize({matrix.view.dtype, {rows, matrix.columns}, bytes}, 0, rows, values);
  if (has_hole(values, tensor_type(matrix.view.dtype).block_bytes, matrix.is_random_at_first)) {
    fail_model_file(path_, say("tensor {0} is zero or has a hole of zeros; the download is "
                               "incomplete, so download the file again",
                               printable(matrix.name)));
  }
  if (std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) return;
  fail_model_file(path_, say("tensor {0} holds values that are not finite (NaN or infinite); the "
                             "file is damaged, so download it again",
                             printable(matrix.name)));
}

std::string LoraFile::hash() const {
  constexpr std::size_t kDigits = 12;
  constexpr std::size_t kAtOnce = 1 << 20;
  std::ifstream in(path_, std::ios::binary);
  std::uint64_t header = 0;
  for (int i = 0; i < 8; ++i) {
    header |= static_cast<std::uint64_t>(static_cast<unsigned char>(in.get())) << (8 * i);
  }
  in.seekg(static_cast<std::streamoff>(header), std::ios::cur);
  Sha256 sum;
  std::vector<char> buffer(kAtOnce);
  while (in) {
    in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    sum.add(std::as_bytes(std::span(buffer).first(static_cast<std::size_t>(in.gcount()))));
  }
  if (!in.eof() || in.bad()) {
    fail_model_file(path_, say("was cut or cannot be read any more; download it again"));
  }
  return sum.digits().substr(0, kDigits);
}

}  // namespace headroom
