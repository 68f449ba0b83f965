#pragma once
#include "headroom/device/workspace.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <ATen/core/TensorBody.h>

namespace headroom {

// One operation of the networks at one shape, to be measured on a device.
struct CalibrationOp {
  enum class Kind { kLinear, kAttention, kConvolution };
  Kind kind;
  std::string shape;             // for people
  std::int64_t operation_bytes;  // of inputs, weights and result
  std::int64_t declared_bytes;   // of workspace, without what calibration adds
  std::int64_t result_bytes;
  // Makes the inputs on a device and returns a function that runs the operation; it may be called
  // repeatedly.
  std::function<std::function<at::Tensor()>(at::Device)> prepare;
};
inline constexpr int kOpKinds = 3;
[[nodiscard]] const char* op_name(CalibrationOp::Kind kind);  // "linear", "attention", "conv2d"

// Every kind of operation for a fixed list of shapes: those of real models for a GPU, small ones
// for the CPU. The CPU uses the calling thread's number of threads.
[[nodiscard]] std::vector<CalibrationOp> calibration_ops(bool card, int multiprocessors,
                                                         at::ScalarType networks,
                                                         at::ScalarType vae);

// One operation: a product, attention, or a 3x3 or 1x1 convolution of a square channels-last
// picture that keeps its size. `kernels`: whose workspace is declared.
[[nodiscard]] CalibrationOp calibration_op(const workspace::Linear& op,
                                           const workspace::KernelSet& kernels = {});
[[nodiscard]] CalibrationOp calibration_op(const workspace::Attention& op,
                                           const workspace::KernelSet& kernels = {});
[[nodiscard]] CalibrationOp convolution_probe(std::int64_t in, std::int64_t out,
                                              std::int64_t kernel, std::int64_t side,
                                              at::ScalarType dtype,
                                              const workspace::KernelSet& kernels = {});

}  // namespace headroom
