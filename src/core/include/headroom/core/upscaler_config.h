#pragma once
#include <cstdint>

namespace headroom {

enum class UpscalerKind {
  kRrdbNet,  // ESRGAN (Wang et al. 2018), Real-ESRGAN (Wang et al. 2021)
  kSrvggNet  // Real-ESRGAN's compact networks, SRVGGNetCompact
};

// What an upscaling network is, as far as its tensors' names and shapes say. Pictures have three
// colours.
struct UpscalerConfig {
  UpscalerKind kind = UpscalerKind::kRrdbNet;
  int scale = 4;      // pixels of the result for one of the picture, along a side; 1 restores only
  int unshuffle = 1;  // RRDBNet: so many pixels along a side become channels of one cell first
  int channels = 64;  // of the features
  int growth = 32;    // RRDBNet: channels that each layer of a dense block adds
  int blocks = 23;    // RRDBNet: RRDBs; SRVGGNet: convolutions between the first and the last

  // How often RRDBNet doubles its features' sides.
  [[nodiscard]] int doublings() const {
    int times = 0;
    while ((1 << times) < scale * unshuffle) ++times;
    return times;
  }
  friend bool operator==(const UpscalerConfig&, const UpscalerConfig&) = default;
};

}  // namespace headroom
