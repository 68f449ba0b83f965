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

// What weights are rounded to.
enum class QuantisedFormat {
  kInt8,  // ComfyUI's int8_tensorwise with ConvRot, rows rotated in groups of 256, as safetensors
  kQ8_0,  // GGUF
  kQ4_K   // GGUF, the mix that is usual: Q6_K where rounding costs most
};
struct QuantisedFormatEntry {
  QuantisedFormat format;
  std::string_view word;    // on the command line
  std::string_view ending;  // of its files, by which programs go that read them
};
inline constexpr std::array kQuantisedFormats{
    QuantisedFormatEntry{QuantisedFormat::kInt8, "int8", ".safetensors"},
    QuantisedFormatEntry{QuantisedFormat::kQ8_0, "q8_0", ".gguf"},
    QuantisedFormatEntry{QuantisedFormat::kQ4_K, "q4_k", ".gguf"},
};
[[nodiscard]] std::string quantised_words();  // "int8, q8_0 or q4_k"
// Nothing for other words.
[[nodiscard]] std::optional<QuantisedFormat> quantised_format(std::string_view word);

struct QuantiseOptions {
  // Calls `work` with 0 to `count` - 1, at once if it likes, and returns when all are done; passes
  // on what one of them throws.
  using InParallel = std::function<void(int count, const std::function<void(int)>& work)>;
  InParallel in_parallel = [](int count, const std::function<void(int)>& work) {
    for (int i = 0; i < count; ++i) work(i);
  };
  int shares = 1;  // of a batch of rows, each of 8 MB at most before rounding
  // The disk has to have what was written up to the last but one of these.
  std::int64_t sync_bytes = std::int64_t{128} << 20;
};

struct QuantiseProgress {
  std::int64_t done_bytes = 0;
  std::int64_t total_bytes = 0;  // of the written file
};

// Writes a model's transformer or text encoder to a new file in which its large matrices are
// rounded: those of transformer and refiner layers but for modulation in eight bits, of all of a
// text encoder's layers, and in GGUF also its table of tokens and the modulation. All else stays as
// it is stored (32-bit vectors in GGUF, bfloat16 where the source is quantised). Fused names, as
// single files have them; llama.cpp's in a text encoder's GGUF. Weights pass through 16 MB a
// share. `go_on` is asked all the time; false ends it, and what was done is kept beside `output`
// and taken up by the next call with the same source and format, also after the process was killed.
// Returns whether it came to its end. Throws Error{kIo} where `output` is there already, the disk
// has too little room or fails, or another program writes the same file; Error{kModelFile} for
// weights that cannot be read or rounded.
[[nodiscard]] bool quantise(const ModelFolder& model, Network network, QuantisedFormat format,
                            const std::filesystem::path& output, const QuantiseOptions& options,
                            const std::function<bool(const QuantiseProgress&)>& go_on);

}  // namespace headroom
