#pragma once
#include "headroom/core/image.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace headroom {

// The usual name of the only supported program: -i IN -o OUT, factor four.
inline constexpr const char* kExternalUpscaler = "realesrgan-ncnn-vulkan";
inline constexpr int kExternalUpscalerScale = 4;

// Whether `model` names that program, with or without its folder.
[[nodiscard]] bool names_external_upscaler(const std::filesystem::path& model);

// Its path: as named, or found in PATH. Throws Error{kIo} when it does not exist or cannot be run.
[[nodiscard]] std::filesystem::path find_external_upscaler(const std::filesystem::path& named);

// Waits for that time and tells whether the program is to end early.
using EndsWithin = std::function<bool(std::chrono::milliseconds)>;

// Runs it on a picture, through files in a temporary folder that is then removed. Ended early,
// nothing is returned. Throws Error{kIo} when it makes another size, or fails: with the last line
// of its output.
[[nodiscard]] std::optional<Image> run_external_upscaler(const std::filesystem::path& program,
                                                         const Image& image,
                                                         const EndsWithin& ends_within);

}  // namespace headroom
