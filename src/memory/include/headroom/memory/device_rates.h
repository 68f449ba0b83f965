#pragma once

namespace headroom {

// What a device does per second, in one number format. With these rates every plan has predicted
// seconds before the first run. Each pair of widths bounds the widths that networks have.
struct DeviceRates {
  double narrow_product = 0;      // floating-point operations per second of products 256 wide
  double wide_product = 0;        // ... of products 2048 wide
  double attention = 0;           // ... of attention over 1,024 tokens
  double narrow_convolution = 0;  // ... of 3x3 convolutions of 16 channels
  double wide_convolution = 0;    // ... of 256 channels
  // Bytes of weights per second that are read, converted and put on the device.
  double copy_bytes = 0;
  // What the networks' other operations take, in seconds: per transformer block or decoder layer,
  // whatever its size, and per value (a number of one token or pixel) in it.
  double block_seconds = 0;
  double block_value_seconds = 0;
  double layer_seconds = 0;
  double layer_value_seconds = 0;
  friend bool operator==(const DeviceRates&, const DeviceRates&) = default;
};

}  // namespace headroom
