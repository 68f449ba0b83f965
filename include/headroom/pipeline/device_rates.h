#pragma once
#include "headroom/device/device.h"

#include <filesystem>
#include <optional>
#include <string>

namespace headroom {

// What a device does in a second, in one number format: from these every plan has seconds before
// the first run. Widths are the two ends between which a network's own width lies.
struct DeviceRates {
  double narrow_product = 0;      // floating-point operations of products 256 wide
  double wide_product = 0;        // ... 2048 wide
  double attention = 0;           // ... of attention over 1,024 tokens
  double narrow_convolution = 0;  // ... of 3x3 convolutions of 16 channels
  double wide_convolution = 0;    // ... of 256 channels
  double copy_bytes = 0;          // bytes of weights that are read, converted and put there
  // What the networks' other operations take, in seconds: of one transformer block or one layer of
  // the decoder whatever its size, and of each value (a number of one token or pixel) in it.
  double block_seconds = 0;
  double block_value_seconds = 0;
  double layer_seconds = 0;
  double layer_value_seconds = 0;
  friend bool operator==(const DeviceRates&, const DeviceRates&) = default;
};

// What rates hold for.
struct RatesKey {
  std::string device;    // "CPU budget, AMD EPYC" or the card
  std::string libtorch;  // its version
  std::string program;   // this program's version
  std::string dtype;     // "fp32", "bf16", "fp16"
  int threads = 0;       // of the CPU; 0 for a card
  friend bool operator==(const RatesKey&, const RatesKey&) = default;
};
[[nodiscard]] RatesKey rates_key(const Device& device, const std::string& dtype, int threads);

// Measures the device: at most a second on the processor and half of one on a card, and 200 MB.
// Throws Error{kInternal} when an operation fails, Error{kDevice} when the card did,
// Error{kOutOfMemory} when there is no memory.
[[nodiscard]] DeviceRates measure_rates(const Device& device, const std::string& dtype,
                                        int threads);

// What is stored for a key; nothing where there is no file, no such key, or a damaged file.
[[nodiscard]] std::optional<DeviceRates> read_rates(const std::filesystem::path& file,
                                                    const RatesKey& key);
// Keeps the rates of other keys. Throws Error{kIo}.
void write_rates(const std::filesystem::path& file, const RatesKey& key, const DeviceRates& rates);
// The device is measured anew at the next start. Throws Error{kIo}.
void forget_rates(const std::filesystem::path& file, const RatesKey& key);

}  // namespace headroom
