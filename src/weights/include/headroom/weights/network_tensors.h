#pragma once
#include "headroom/weights/stored_tensors.h"
#include "headroom/weights/tensor_file.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// The networks that files have weights for; the VAE has encoder and decoder.
enum class Network { kTransformer, kTextEncoder, kVae };

// "the transformer", "the text encoder", "the VAE"
[[nodiscard]] Message say_network(Network network);

// How the names of its weight files begin in a folder of the Hugging Face layout.
[[nodiscard]] const char* weights_stem(Network network);

// The rows of a stored tensor that a network asks for by one name: all of them, or a third of
// fused q, k and v. Valid as long as the NetworkTensors.
struct TensorRows {
  const StoredTensor* stored = nullptr;
  const TensorFile* file = nullptr;
  std::string name;            // name in the file
  std::int64_t first_row = 0;  // of the stored tensor
  std::int64_t rows = 0;
  std::int64_t width = 0;  // values per row
};

// The stored bytes of these rows, without the scales.
[[nodiscard]] TensorView codes_of(const TensorRows& tensor);

// Bytes of one such row as it is stored, without the scales.
[[nodiscard]] std::int64_t row_bytes(const TensorRows& tensor);

// Decodes rows `first` to `first + rows` of `tensor` to float32, into room for rows * width
// values. Reads the file by copying; equals dequantize() bit for bit. Throws Error{kModelFile}
// when the file was cut or cannot be read.
void read_rows(const TensorRows& tensor, std::int64_t first, std::int64_t rows,
               std::span<float> values);

// The tensors of one network, by the names that diffusers and transformers give them, whatever
// names and formats the file has: folders with shards, single files with fused or other names and
// prefixes, GGUF, checkpoints with all networks in one file. Immutable; any number of threads may
// read one.
class NetworkTensors {
 public:
  // `place`: a file, or the network's folder in a model's folder. Reads headers and scales. Throws
  // Error{kModelFile} for what TensorStore and read_stored_tensors() refuse, and for a file that
  // holds something else, naming both.
  NetworkTensors(const std::filesystem::path& place, Network network);

  // The tensor's rows. Throws Error{kModelFile} naming file and tensor unless it exists with this
  // shape, ignoring extents of 1, in a format that can be decoded.
  [[nodiscard]] TensorRows at(std::string_view name, std::span<const std::int64_t> shape) const;
  // The shape of its values; nothing if it does not exist.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> shape_of(std::string_view name) const;
  [[nodiscard]] bool contains(std::string_view name) const { return shape_of(name).has_value(); }
  // Names of all tensors that exist: those of diffusers and transformers, or, for a single file
  // with fused or other names, the file's own.
  [[nodiscard]] std::vector<std::string> names() const;
  // Says that tensors with this prefix will be read soon, see TensorFile::expect().
  void expect(std::string_view prefix) const;
  // Bytes in the files of all tensors with this prefix, including scales.
  [[nodiscard]] std::int64_t stored_bytes(std::string_view prefix) const;
  // The value of a key in a GGUF file, as text.
  [[nodiscard]] std::optional<std::string> key(const std::string& name) const;
  // The matrices' formats ("BF16", "Q4_K", ...) and how many matrices have each.
  [[nodiscard]] std::map<std::string, int> formats() const;

  [[nodiscard]] const TensorStore& store() const { return store_; }
  [[nodiscard]] Network network() const { return network_; }
  // "FILE: tensor NAME", for messages.
  [[nodiscard]] std::string place_of(const TensorRows& tensor) const;

 private:
  struct Found {
    std::string name;
    const StoredTensor* stored = nullptr;
    int part = 0, parts = 1;
  };
  [[nodiscard]] std::optional<Found> find(std::string_view name) const;
  [[nodiscard]] std::string prefix_of(std::string_view landmark) const;
  [[nodiscard]] std::string stored_prefix(std::string_view prefix) const;
  void check_kind() const;
  [[nodiscard]] std::filesystem::path file_of(const std::string& name) const;

  TensorStore store_;
  Network network_;
  StoredTensors stored_;
  std::string prefix_;  // of the network's names in the file
  bool llama_names_ = false;
  int vae_levels_ = 0;
};

}  // namespace headroom
