#include "headroom/weights/network_tensors.h"

#include "headroom/weights/dequantize.h"
#include "headroom/weights/file_kind.h"
#include "headroom/weights/model_file_error.h"
#include "headroom/weights/tensor_names.h"

#include <algorithm>
#include <utility>

namespace headroom {
namespace {

constexpr std::string_view kLlamaTable = "token_embd.weight";

std::string shape_text(std::span<const std::int64_t> shape) {
  std::string text = "[";
  for (const std::int64_t n : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(n);
  return text + "]";
}

std::vector<std::int64_t> without_ones(std::span<const std::int64_t> shape) {
  std::vector<std::int64_t> rest;
  std::copy_if(shape.begin(), shape.end(), std::back_inserter(rest),
               [](std::int64_t n) { return n != 1; });
  return rest;
}

bool belongs(WeightKind kind, Network network) {
  switch (kind) {
    case WeightKind::kUnknown:  // a missing tensor is named when it is asked for
    case WeightKind::kAllInOne:
      return true;
    case WeightKind::kTransformer:
      return network == Network::kTransformer;
    case WeightKind::kTextEncoder:
      return network == Network::kTextEncoder;
    case WeightKind::kDecoder:
      return network == Network::kVae;
    default:
      return false;
  }
}

TensorStore open(const std::filesystem::path& place, Network network) {
  std::error_code error;
  if (std::filesystem::is_regular_file(place, error)) return TensorStore(place);
  return TensorStore(place, weights_stem(network));
}

std::size_t bytes_of_row(const StoredTensor& stored) {
  const auto codes = static_cast<std::size_t>(row_width(stored.codes.shape));
  return tensor_type(stored.codes.dtype).bytes(codes);
}

}  // namespace

Message say_network(Network network) {
  switch (network) {
    case Network::kTransformer:
      return say("the transformer");
    case Network::kTextEncoder:
      return say("the text encoder");
    case Network::kVae:
      break;
  }
  return say("the VAE");
}

const char* weights_stem(Network network) {
  return network == Network::kTextEncoder ? "model" : "diffusion_pytorch_model";
}

TensorView codes_of(const TensorRows& tensor) {
  const TensorView& codes = tensor.stored->codes;
  const std::size_t bytes = bytes_of_row(*tensor.stored);
  std::vector<std::int64_t> shape = codes.shape;
  if (tensor.rows != row_count(shape)) shape.front() = tensor.rows;  // only matrices are fused
  return {codes.dtype, std::move(shape),
          codes.data.subspan(static_cast<std::size_t>(tensor.first_row) * bytes,
                             static_cast<std::size_t>(tensor.rows) * bytes)};
}

std::int64_t row_bytes(const TensorRows& tensor) {
  return static_cast<std::int64_t>(bytes_of_row(*tensor.stored));
}

void read_rows(const TensorRows& tensor, std::int64_t first, std::int64_t rows,
               std::span<float> values) {
  const std::size_t bytes = bytes_of_row(*tensor.stored);
  const std::int64_t row = tensor.first_row + first;
  std::vector<std::byte> codes(static_cast<std::size_t>(rows) * bytes);
  tensor.file->read(tensor.stored->codes, static_cast<std::size_t>(row) * bytes, codes);
  dequantize(*tensor.stored, row, rows, codes, values);
}

NetworkTensors::NetworkTensors(const std::filesystem::path& place, Network network)
    : store_(open(place, network)), network_(network) {
  check_kind();
  stored_ = read_stored_tensors(store_.views(), store_.metadata(), store_.place());
  llama_names_ = network == Network::kTextEncoder && store_.contains(kLlamaTable);
  prefix_ = llama_names_ ? std::string() : prefix_of(landmark(network));
  if (store_.kind().kind == WeightKind::kAllInOne) store_.keep_only(prefix_);
  if (network == Network::kVae) {
    const auto has_level = [&](int level) {
      return stored_.contains(prefix_ + "decoder.up." + std::to_string(level) +
                              ".block.0.conv1.weight");
    };
    while (has_level(vae_levels_)) ++vae_levels_;
  }
}

void NetworkTensors::check_kind() const {
  const FileKind kind = store_.kind();
  if (kind.kind == WeightKind::kForeign) {
    fail_model_file(store_.place(), kind.refusal);
  }
  if (belongs(kind.kind, network_)) return;
  fail_model_file(store_.place(), say("is {0}, where {1} is wanted; choose another file", kind.what,
                                      say_network(network_)));
}

// The prefix of `landmark` in the first name that ends with it.
std::string NetworkTensors::prefix_of(std::string_view landmark) const {
  for (const auto& [name, tensor] : stored_) {
    if (!name.ends_with(landmark)) continue;
    std::string prefix = name.substr(0, name.size() - landmark.size());
    if (prefix.empty() || prefix.ends_with('.')) return prefix;
  }
  return {};
}

std::optional<NetworkTensors::Found> NetworkTensors::find(std::string_view name) const {
  const auto own = stored_.find(prefix_ + std::string(name));
  if (own != stored_.end() && !llama_names_) return Found{own->first, &own->second};
  const auto other = single_file_name(network_, name, vae_levels_);
  if (!other) return std::nullopt;
  const auto found = stored_.find(prefix_ + other->name);
  if (found == stored_.end()) return std::nullopt;
  const std::vector<std::int64_t>& shape = found->second.shape;
  if (other->parts > 1 && (shape.size() != 2 || shape.front() % other->parts != 0)) {
    return std::nullopt;
  }
  return Found{found->first, &found->second, other->part, other->parts};
}

std::optional<std::vector<std::int64_t>> NetworkTensors::shape_of(std::string_view name) const {
  const auto found = find(name);
  if (!found) return std::nullopt;
  std::vector<std::int64_t> shape = found->stored->shape;
  if (found->parts > 1) shape.front() /= found->parts;
  return shape;
}

TensorRows NetworkTensors::at(std::string_view name, std::span<const std::int64_t> shape) const {
  const auto found = find(name);
  if (!found) {
    fail_model_file(store_.place(),
                    say("tensor {0} is missing from {1}; download the model again or choose "
                        "another one",
                        prefix_ + std::string(name), say_network(network_)));
  }
  const std::vector<std::int64_t> stored = *shape_of(name);
  if (without_ones(stored) != without_ones(shape)) {
    fail_model_file(file_of(found->name),
                    say("tensor {0} has shape {1}, but the model asks for {2}; download the model "
                        "again or choose another one",
                        found->name, shape_text(stored), shape_text(shape)));
  }
  TensorRows rows{found->stored,
                  &store_.opened_file_of(found->name),
                  found->name,
                  0,
                  0,
                  row_width(found->stored->shape)};
  rows.rows = row_count(found->stored->shape) / found->parts;
  rows.first_row = found->part * rows.rows;
  if (found->stored->coding == Coding::kPlain && !has_own_values(found->stored->codes.dtype)) {
    throw Error(ErrorKind::kModelFile,
                say("{0} is stored as {1}, which no weight can be; download the model again or "
                    "choose another one",
                    place_of(rows), dtype_name(found->stored->codes.dtype)));
  }
  return rows;
}

std::vector<std::string> NetworkTensors::names() const {
  std::vector<std::string> names;
  for (const auto& [stored, tensor] : stored_) {
    if (!stored.starts_with(prefix_)) continue;
    if (!llama_names_) {
      names.push_back(stored.substr(prefix_.size()));
    } else if (auto name = name_of_llama(stored)) {
      names.push_back(*std::move(name));
    }
  }
  return names;
}

std::string NetworkTensors::stored_prefix(std::string_view prefix) const {
  constexpr std::string_view kLayers = "layers.";
  if (llama_names_ && prefix.starts_with(kLayers)) {
    return "blk." + std::string(prefix.substr(kLayers.size()));
  }
  return prefix_ + std::string(prefix);
}

void NetworkTensors::expect(std::string_view prefix) const { store_.expect(stored_prefix(prefix)); }

std::int64_t NetworkTensors::stored_bytes(std::string_view prefix) const {
  const std::string start = stored_prefix(prefix);
  std::int64_t bytes = 0;
  for (const auto& [name, view] : store_.views()) {
    if (name.starts_with(start)) bytes += static_cast<std::int64_t>(view.data.size());
  }
  return bytes;
}

std::optional<std::string> NetworkTensors::key(const std::string& name) const {
  const auto metadata = store_.metadata();
  const auto found = metadata.find(name);
  return found == metadata.end() ? std::nullopt : std::optional(found->second);
}

std::map<std::string, int> NetworkTensors::formats() const {
  std::map<std::string, int> formats;
  for (const auto& [name, tensor] : stored_) {
    if (name.starts_with(prefix_) && tensor.shape.size() >= 2) ++formats[format_name(tensor)];
  }
  return formats;
}

std::filesystem::path NetworkTensors::file_of(const std::string& name) const {
  return store_.file_of(name);
}

std::string NetworkTensors::place_of(const TensorRows& tensor) const {
  return file_of(tensor.name).string() + ": tensor " + tensor.name;
}

}  // namespace headroom
