#include "headroom/core/wrong_file.h"

#include "headroom/core/lower_case.h"

#include <algorithm>
#include <array>

namespace headroom {
namespace {

struct Known {
  std::string_view start;  // in lower case
  std::string_view what;
};
constexpr std::string_view kPage =
    "is a web page, not the file itself, as a server sends it in the place of a file that it "
    "refuses or does not have; log in there or check the address, and download the file again";
constexpr std::string_view kAnswer =
    "is a server's answer that it refuses or does not have the file; log in there or check the "
    "address, and download the file again";
constexpr std::string_view kPickle =
    "is a Python pickle, which can run code and is not read; choose the model's folder with "
    ".safetensors files";
constexpr std::array<Known, 20> kKnown{
    {{"version https://git-lfs",
      "is a git-lfs pointer, not the file itself; run \"git lfs pull\" "
      "in the model's folder, or download the file"},
     {"/annex/objects/",
      "is a git-annex pointer, not the file itself; run \"git annex get\" "
      "in the model's folder, or download the file"},
     {"# xet version",
      "is a Xet pointer, not the file itself; download the file with \"hf download\""},
     {"version https://hawser",
      "is a git-lfs pointer, not the file itself; run \"git lfs pull\" "
      "in the model's folder, or download the file"},
     {"entry not found", kAnswer},
     {"repository not found", kAnswer},
     {"access to model", kAnswer},
     {"invalid username or password", kAnswer},
     {"<!doctype", kPage},
     {"<html", kPage},
     {"<error", kPage},
     {"{\"error\"", kAnswer},
     {"<?xml", kPage},
     {"gguf",
      "begins as a GGUF file of weights does, which is not what belongs here; download the file "
      "again"},
     {"pk\x03\x04",
      "is a zip archive, as PyTorch's pickled checkpoints are, which can run code and are not "
      "read; "
      "choose the model's folder with .safetensors files"},
     {"\x1f\x8b", "is packed with gzip; unpack it first"},
     {"\x80\x02", kPickle},
     {"\x80\x03", kPickle},
     {"\x80\x04", kPickle},
     {"\x80\x05", kPickle}}};

}  // namespace

bool starts_as_safetensors(std::string_view start) {
  return start.size() > 8 && start[6] == '\0' && start[7] == '\0' && start[8] == '{';
}

Message wrong_file(std::string_view start) {
  if (starts_as_safetensors(start)) return {};
  const std::size_t first = start.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (first == std::string_view::npos) return {};
  constexpr std::size_t kMaxLength = 256;
  const std::string begin = lower_ascii(start.substr(first, kMaxLength));
  if (begin.starts_with("<?xml") && begin.find("<net") != std::string::npos) {
    return say(
        "is an OpenVINO model, which is not read; choose the model's folder with .safetensors "
        "files");
  }
  const auto* const known = std::find_if(
      kKnown.begin(), kKnown.end(), [&](const Known& k) { return begin.starts_with(k.start); });
  return known == kKnown.end() ? Message() : say(std::string(known->what));
}

}  // namespace headroom
