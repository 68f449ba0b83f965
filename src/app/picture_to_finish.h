#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/size.h"

#include "cli/command_line.h"

#include <filesystem>
#include <string>
#include <vector>

namespace headroom {

// A kept picture that is to be made anew at a larger size, as far as its file tells of it.
struct PictureToFinish {
  std::filesystem::path file;
  Size size;                       // its own
  GenerationRequest request;       // that finishes it; a start has no pixels yet
  std::vector<std::string> notes;  // what will not be as the person may think
};

// The files of the command line, with the pictures of a folder in its place. Throws Error.
[[nodiscard]] std::vector<std::filesystem::path> files_to_finish(const CommandLine& line);

// Reads the settings in a picture, and puts over them what was typed. What it does not tell is the
// model's recommendation. Throws Error{kIo} when it cannot be read, Error{kInvalidRequest} when it
// cannot be finished as it was asked for: a sentence that does not name the file.
[[nodiscard]] PictureToFinish read_picture_to_finish(const CommandLine& line,
                                                     const std::filesystem::path& file,
                                                     const ModelInfo& model);

// Its request with the pixels that it starts from. Throws Error{kIo}.
[[nodiscard]] GenerationRequest with_pixels(const PictureToFinish& picture);

}  // namespace headroom
