// What it costs that no sampled picture is lost: the time to put latents and request on the disk
// before the decode, and to remove them once the picture is saved.
//
//     latent_saving FOLDER [ROUNDS]
//
// FOLDER decides which disk is measured. Beside the times stand those of writing and flushing a
// file of as many bytes alone, which no way of saving can be below. The two take turns.

#include "headroom/core/bytes.h"
#include "headroom/core/generation.h"
#include "headroom/core/size.h"

#include "resumable_folder.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;

template <typename Work>
double milliseconds(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

// As the decoder of Z-Image has it: 16 channels, one value for 8 x 8 pixels.
ResumablePicture sampled_picture(Size size, const fs::path& folder) {
  ResumablePicture picture;
  picture.request.prompt = "a red fox in the snow, golden hour, detailed fur";
  picture.request.width = size.width;
  picture.request.height = size.height;
  picture.request.seed = 1;
  picture.sampled.seed = 1;
  picture.sampled.shape = {16, size.height / 8, size.width / 8};
  picture.sampled.latents.resize(static_cast<std::size_t>(16 * size.height / 8 * size.width / 8));
  for (std::size_t i = 0; i < picture.sampled.latents.size(); ++i)
    picture.sampled.latents[i] = static_cast<float>(i % 1009) / 500 - 1;
  picture.sampled.decoder_format = "fp32";
  picture.output = {folder / "pictures", false};
  picture.model_name = "Z-Image-Turbo";
  return picture;
}

void write_and_flush(const fs::path& file, const std::string& bytes) {
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool done = fd >= 0 &&
                    ::write(fd, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
                    ::fsync(fd) == 0;
  if (fd >= 0) ::close(fd);
  if (!done) throw std::runtime_error("cannot write " + file.string());
}

void measure(Size size, const fs::path& folder, int rounds) {
  const ResumableFolder kept(folder / "unfinished");
  const ResumablePicture picture = sampled_picture(size, folder);
  const fs::path plain = folder / "plain";
  const std::string bytes = resumable_bytes(picture, plain);
  std::vector<double> saving;
  std::vector<double> removing;
  std::vector<double> writing;
  for (int i = 0; i < rounds; ++i) {
    std::shared_ptr<KeptSample> sample;
    saving.push_back(milliseconds([&] { sample = kept.keep(picture); }));
    removing.push_back(milliseconds([&] { sample->drop(); }));
    writing.push_back(milliseconds([&] { write_and_flush(plain, bytes); }));
  }
  std::printf("| %s | %s | %.2f | %.2f | %.2f |\n", to_string(size).c_str(),
              format_bytes(static_cast<std::int64_t>(bytes.size())).c_str(),
              median(std::move(saving)), median(std::move(removing)), median(std::move(writing)));
}

}  // namespace
}  // namespace headroom

int main(int argc, char** argv) {
  using namespace headroom;
  if (argc < 2) {
    std::fprintf(stderr, "usage: latent_saving FOLDER [ROUNDS]\n");
    return 2;
  }
  const fs::path folder = argv[1];
  fs::create_directories(folder);
  const int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 51;
  std::printf(
      "| | file | saved, ms | removed, ms | plain write and flush, ms |\n|---|---|---|---|---|\n");
  for (const SizePreset& preset : kSizePresets) measure(preset.size, folder, rounds);
  return 0;
}
