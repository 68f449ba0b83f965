#pragma once
#include <cstdint>

namespace headroom {

enum class UpscalerKind {
  kRrdbNet,  // ESRGAN (Wang et al. 2018), Real-ESRGAN (Wang et al. 2021)
  kSrvggNet  // Real-ESRGAN's compact networks, SRVGGNetCompact
};

// The architecture of an upscaling network, as far as its tensors' names and shapes show it. Input
// and output have three channels (RGB).
struct UpscalerConfig {
  UpscalerKind kind = UpscalerKind::kRrdbNet;
  int scale = 4;  // output pixels per input pixel along a side; 1 only restores
  // RRDBNet: this many pixels along a side are first moved into channels (pixel unshuffle).
  int unshuffle = 1;
  int channels = 64;  // of the features
  int growth = 32;    // RRDBNet: channels that each layer of a dense block adds
  int blocks = 23;    // RRDBNet: RRDBs; SRVGGNet: convolutions between the first and the last

  // How often RRDBNet doubles the sides of its features.
  [[nodiscard]] int doublings() const {
    int times = 0;
    while ((1 << times) < scale * unshuffle) ++times;
    return times;
  }
  friend bool operator==(const UpscalerConfig&, const UpscalerConfig&) = default;
};

}  // namespace headroom
