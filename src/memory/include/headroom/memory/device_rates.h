#pragma once

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

}  // namespace headroom
