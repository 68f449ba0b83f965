#pragma once
#include "headroom/core/image.h"

#include "cli/signals.h"

#include <filesystem>
#include <optional>
#include <string>

namespace headroom {

// The usual name of the one program that is known: -i IN -o OUT, four times as large.
inline constexpr const char* kUpscaleProgram = "realesrgan-ncnn-vulkan";

// Whether `model` names that program, with its folder or without.
[[nodiscard]] bool names_upscale_program(const std::filesystem::path& model);

// Where it is: as it was named, or in the PATH. Throws Error{kIo} when it is not there or cannot be
// run.
[[nodiscard]] std::filesystem::path find_upscale_program(const std::filesystem::path& named);

// Lets it enlarge a picture, through files in a temporary folder that is removed. A signal ends it;
// then nothing is returned. Throws Error{kIo} when it fails, with the last line that it wrote.
[[nodiscard]] std::optional<Image> run_upscale_program(const std::filesystem::path& program,
                                                       const Image& image,
                                                       const BlockedSignals& signals);

}  // namespace headroom
