#pragma once
#include "headroom/config/app_config.h"
#include "headroom/core/generation.h"

#include <filesystem>

#include <nlohmann/json_fwd.hpp>

namespace headroom {

// Where a run's pictures are saved: a .png file (further pictures get _2, _3, ...) or a folder.
struct OutputPlace {
  std::filesystem::path path;
  bool is_file = false;
};

// `typed` is the text after -o; empty = the configured folder. Throws Error{kInvalidRequest} for a
// picture format that cannot be written.
[[nodiscard]] OutputPlace choose_output(const std::filesystem::path& typed,
                                        const OutputOptions& options);

// The file of the run's picture with this index, given the file of the first one.
[[nodiscard]] std::filesystem::path numbered(const std::filesystem::path& file, int index);

// Throws Error{kIo} when nothing could be saved there; called before a long run, not after it.
void check_output(const OutputPlace& output, int count);
void check_dump_file(const std::filesystem::path& file);

// Saves a picture as PNG with its settings inside. Returns the file; throws Error{kIo}.
[[nodiscard]] std::filesystem::path save_picture(const OutputPlace& output,
                                                 const GenerationRequest& request,
                                                 const GeneratedImage& picture);

// This program's own entry in a picture, see headroom_entry(); null when it has none or is not a
// picture.
[[nodiscard]] nlohmann::json own_entry(const std::filesystem::path& file);
// Whether the file is a picture of this request; with any seed if the request has none.
[[nodiscard]] bool is_picture_of(const std::filesystem::path& file,
                                 const GenerationRequest& request);

// Saves a picture whose place failed: in the working folder, the default folder or the temporary
// one. Returns the file; empty when all three fail.
[[nodiscard]] std::filesystem::path rescue_picture(const GenerationRequest& request,
                                                   const GeneratedImage& picture);
// The same for a text, in a file called `name`.
[[nodiscard]] std::filesystem::path rescue_text(const std::string& name, const std::string& text);

}  // namespace headroom
