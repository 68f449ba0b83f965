#pragma once
#include "headroom/cli/signals.h"
#include "headroom/core/image.h"

#include <filesystem>
#include <optional>
#include <string>

namespace headroom {

// The usual name of the only supported program: -i IN -o OUT, factor four.
inline constexpr const char* kUpscaleProgram = "realesrgan-ncnn-vulkan";

// Whether `model` names that program, with or without its folder.
[[nodiscard]] bool names_upscale_program(const std::filesystem::path& model);

// Its path: as named, or found in PATH. Throws Error{kIo} when it does not exist or cannot be run.
[[nodiscard]] std::filesystem::path find_upscale_program(const std::filesystem::path& named);

// Runs it on a picture, through files in a temporary folder that is then removed. A signal ends
// it; then nothing is returned. Throws Error{kIo} with the last line of its output when it fails.
[[nodiscard]] std::optional<Image> run_upscale_program(const std::filesystem::path& program,
                                                       const Image& image,
                                                       const BlockedSignals& signals);

}  // namespace headroom
