#pragma once
#include <filesystem>

#include <nlohmann/json.hpp>

namespace headroom {

// What `headroom inspect` reports about a safetensors or GGUF file: its kind, number formats with
// counts, parameters, bytes, metadata, and every tensor. Throws Error{kModelFile} for files that
// are damaged, of another model, or packed in a way that cannot be read.
[[nodiscard]] nlohmann::ordered_json inspect_weights(const std::filesystem::path& file);

}  // namespace headroom
