#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/message.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// What a picture that was dropped on the window, or pasted as a file, offers to take over. A plain
// value.
struct OfferedPicture {
  std::filesystem::path file;
  std::string name;  // of the file
  bool has_settings = false;
  GenerationRequest request;  // as far as the picture tells; seed is the picture's own; its start
                              // has no pixels
  bool has_prompt = false;
  bool has_size = false;
  bool has_steps = false;
  bool has_guidance = false;
  std::vector<Message> unknown;  // "Sampler: Euler a", which nothing here corresponds to
};

// Throws Error{kIo} for what is no picture.
[[nodiscard]] OfferedPicture read_offered_picture(const std::filesystem::path& file);

// The file that a clipboard's text stands for: the first file:// URI of a list, or a single
// absolute path to a picture that is there.
[[nodiscard]] std::optional<std::filesystem::path> file_in_clipboard(std::string_view text);
// The path that is all of a clipboard's text, whatever it leads to.
[[nodiscard]] std::optional<std::filesystem::path> path_in_clipboard(std::string_view text);

}  // namespace headroom
