#pragma once
#include "headroom/model_files/model_folder.h"
#include "headroom/weights/network_tensors.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace headroom {

// The formats that weights can be rounded to.
enum class QuantizedFormat {
  kInt8,  // ComfyUI's int8_tensorwise with ConvRot, rows rotated in groups of 256, as safetensors
  kQ8_0,  // GGUF
  kQ4_K   // GGUF, the usual mix: Q6_K where rounding costs most
};
struct QuantizedFormatEntry {
  QuantizedFormat format;
  std::string_view word;    // on the command line
  std::string_view ending;  // extension of its files, by which other programs recognise them
};
inline constexpr std::array kQuantizedFormats{
    QuantizedFormatEntry{QuantizedFormat::kInt8, "int8", ".safetensors"},
    QuantizedFormatEntry{QuantizedFormat::kQ8_0, "q8_0", ".gguf"},
    QuantizedFormatEntry{QuantizedFormat::kQ4_K, "q4_k", ".gguf"},
};
[[nodiscard]] std::string quantized_words();  // "int8, q8_0 or q4_k"
// Nothing for other words.
[[nodiscard]] std::optional<QuantizedFormat> quantized_format(std::string_view word);

struct QuantizeOptions {
  // Calls `work` with 0 to `count` - 1, possibly in parallel, and returns when all are done;
  // rethrows what one of them throws.
  using InParallel = std::function<void(int count, const std::function<void(int)>& work)>;
  InParallel in_parallel = [](int count, const std::function<void(int)>& work) {
    for (int i = 0; i < count; ++i) work(i);
  };
  int shares = 1;  // parts of a batch of rows, each at most 8 MB as float32
  // The disk is waited for after every this many bytes; at most two such stretches are not yet
  // safe.
  std::int64_t sync_bytes = std::int64_t{128} << 20;
};

struct QuantizeProgress {
  std::int64_t done_bytes = 0;
  std::int64_t total_bytes = 0;  // size of the finished file
};

// Writes a model's transformer or text encoder to a new file with its large matrices rounded. In
// eight bits these are the matrices of the transformer's main and refiner layers except
// modulation, or of all the text encoder's layers; in GGUF also modulation and the table of
// tokens. Everything else stays as it is stored (32-bit vectors in GGUF, bfloat16 where the source
// is quantised). Names are the fused ones of single files; llama.cpp's in a text encoder's GGUF.
// Needs 16 MB of memory per share. `go_on` is asked often; when it returns false, the work ends,
// and what is done is kept beside `output` and continued by the next call with the same source and
// format, even after the process was killed. Returns whether the file is finished. Throws
// Error{kIo} when `output` exists already, the disk has too little room or fails, or another
// program writes the same file; Error{kModelFile} for weights that cannot be read or rounded.
[[nodiscard]] bool quantize(const ModelFolder& model, Network network, QuantizedFormat format,
                            const std::filesystem::path& output, const QuantizeOptions& options,
                            const std::function<bool(const QuantizeProgress&)>& go_on);

}  // namespace headroom
