#pragma once
#include "headroom/core/generation.h"
#include "headroom/core/message.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// What can be taken over from a picture file that was dropped or pasted, or from a copied text. A
// plain value.
struct OfferedPicture {
  std::filesystem::path file;  // empty: there is only text
  std::string name;            // file name
  std::string field;           // that the text was pasted into and stays in; empty: none
  bool has_settings = false;
  // Settings that the picture has; its own seed; its start picture has no pixels.
  GenerationRequest request;
  bool has_prompt = false;
  bool has_size = false;
  bool has_steps = false;
  bool has_guidance = false;
  Message why_no_image;          // empty: a picture can start from it
  std::vector<Message> unknown;  // settings without an equivalent here: "Sampler: Euler a"
};

// Throws Error{kIo} for a file that is not a picture, and for one of which nothing can be taken.
[[nodiscard]] OfferedPicture read_offered_picture(const std::filesystem::path& file);
// The settings of a picture as web pages and other programs copy them ("a fox … Steps: 24, Seed: 7,
// …"), or as this program's own entry has them; nothing when the text has none but a prompt.
[[nodiscard]] std::optional<OfferedPicture> read_offered_text(const std::string& text);

// The files that the clipboard's text refers to: file:// URIs, one a line, or a single absolute
// path to an existing picture.
[[nodiscard]] std::vector<std::filesystem::path> files_in_clipboard(std::string_view text);
// The path, if the clipboard's text is a path and nothing else, whether it exists or not.
[[nodiscard]] std::optional<std::filesystem::path> path_in_clipboard(std::string_view text);

}  // namespace headroom
