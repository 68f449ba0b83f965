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

enum class Network { kTransformer, kTextEncoder, kVae };

// "the transformer", "the text encoder", "the VAE"
[[nodiscard]] Message say_network(Network network);

// How the names of its weight files begin in a folder of the Hugging Face layout.
[[nodiscard]] const char* weights_stem(Network network);

// The stretch of a stored tensor's rows that a network asks for under a name of its own: all of
// them, or a third of a fused q, k and v. Valid as long as the NetworkTensors.
struct TensorRows {
  const StoredTensor* stored = nullptr;
  const TensorFile* file = nullptr;
  std::string name;            // in the file
  std::int64_t first_row = 0;  // of the stored tensor
  std::int64_t rows = 0;
  std::int64_t width = 0;  // values of a row
};

// Their bytes as they are stored, without the scales.
[[nodiscard]] TensorView codes_of(const TensorRows& tensor);

// Of each of their rows, as it is stored, without the scales.
[[nodiscard]] std::int64_t row_bytes(const TensorRows& tensor);

// Values of the rows `first` to `first + rows` of `tensor`, float32, into rows * width places; read
// from the file by copying, bit for bit as dequantise(). Throws Error{kModelFile} when the file was
// cut or cannot be read.
void read_rows(const TensorRows& tensor, std::int64_t first, std::int64_t rows,
               std::span<float> values);

// The tensors of one network by the names that diffusers and transformers give them, whatever the
// file calls them and however it stores them: folders with shards, single files with fused or other
// names and prefixes, GGUF, checkpoints with all networks in one file. Immutable; any number of
// threads may read one.
class NetworkTensors {
 public:
  // `place`: a file, or the network's folder in a model's. Reads headers and scales. Throws
  // Error{kModelFile} for what TensorStore and read_stored_tensors() refuse, and for a file that
  // holds something else, naming both.
  NetworkTensors(const std::filesystem::path& place, Network network);

  // Throws Error{kModelFile} naming file and tensor unless it is there in this shape, extents of 1
  // apart, and its values can be read.
  [[nodiscard]] TensorRows at(std::string_view name, std::span<const std::int64_t> shape) const;
  // Of its values; nothing where it is not there.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> shape_of(std::string_view name) const;
  [[nodiscard]] bool contains(std::string_view name) const { return shape_of(name).has_value(); }
  // All that are there: by the names of diffusers and transformers, but of a single file with fused
  // or other names by those.
  [[nodiscard]] std::vector<std::string> names() const;
  // Tensors whose names begin so are going to be read soon, as TensorFile::expect().
  void expect(std::string_view prefix) const;
  // Bytes in the files of all tensors whose names begin so, scales included.
  [[nodiscard]] std::int64_t stored_bytes(std::string_view prefix) const;
  // The value of a GGUF file's key, as text.
  [[nodiscard]] std::optional<std::string> key(const std::string& name) const;
  // "BF16", "Q4_K", ..., each once, and of how many matrices.
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
  std::string prefix_;  // in front of the network's names in the file
  bool llama_names_ = false;
  int vae_levels_ = 0;
};

}  // namespace headroom
