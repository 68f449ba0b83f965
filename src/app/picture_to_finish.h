#pragma once
#include "headroom/cli/command_line.h"
#include "headroom/core/generation.h"
#include "headroom/core/size.h"

#include <filesystem>
#include <string>
#include <vector>

namespace headroom {

// A kept picture that is to be made again at a larger size, with what its file says.
struct PictureToFinish {
  std::filesystem::path file;
  Size size;                       // of the picture itself
  GenerationRequest request;       // finishes the picture; its start picture has no pixels yet
  std::vector<std::string> notes;  // remarks on what may surprise the user
};

// Reads the settings in a picture and overrides them by typed ones. The model's recommendations
// fill the gaps. Throws Error{kIo} when the file cannot be read, Error{kInvalidRequest} when it
// cannot be finished as asked: a sentence that does not name the file.
[[nodiscard]] PictureToFinish read_picture_to_finish(const CommandLine& line,
                                                     const std::filesystem::path& file,
                                                     const ModelInfo& model);

// Its request with the pixels of its start picture. Throws Error{kIo}.
[[nodiscard]] GenerationRequest with_pixels(const PictureToFinish& picture);

}  // namespace headroom
