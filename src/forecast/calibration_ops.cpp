#include "calibration_ops.h"

#include "headroom/device/workspace.h"
#include "headroom/model/ops.h"

#include <utility>

#include <ATen/ops/zeros.h>

namespace headroom {
namespace {

using workspace::Attention;
using workspace::Convolution;
using workspace::KernelSet;
using workspace::Linear;

at::Tensor zeros(at::IntArrayRef shape, at::Device device, at::ScalarType dtype) {
  return at::zeros(shape, at::TensorOptions(device).dtype(dtype));
}

template <typename Op>
CalibrationOp probe(CalibrationOp::Kind kind, const KernelSet& kernels, std::string shape,
                    const Op& op, std::int64_t result_elements,
                    std::function<std::function<at::Tensor()>(at::Device)> prepare) {
  return {kind,
          std::move(shape),
          workspace::operation_bytes(op),
          workspace::declared(op, kernels),
          result_elements * static_cast<std::int64_t>(c10::elementSize(op.dtype)),
          std::move(prepare)};
}

}  // namespace

CalibrationOp calibration_op(const Linear& op, const KernelSet& kernels) {
  return probe(
      CalibrationOp::Kind::kLinear, kernels,
      std::to_string(op.rows) + "x" + std::to_string(op.in) + " to " + std::to_string(op.out), op,
      op.rows * op.out, [op](at::Device device) -> std::function<at::Tensor()> {
        return [x = zeros({op.rows, op.in}, device, op.dtype),
                w = zeros({op.out, op.in}, device, op.dtype)] { return linear(x, w); };
      });
}

CalibrationOp calibration_op(const Attention& op, const KernelSet& kernels) {
  return probe(CalibrationOp::Kind::kAttention, kernels,
               std::to_string(op.queries) + " on " + std::to_string(op.keys) + ", " +
                   std::to_string(op.heads) + "x" + std::to_string(op.head_dim),
               op, op.queries * op.heads * op.head_dim,
               [op](at::Device device) -> std::function<at::Tensor()> {
                 return [q = zeros({op.queries, op.heads, op.head_dim}, device, op.dtype),
                         k = zeros({op.keys, op.heads, op.head_dim}, device, op.dtype),
                         v = zeros({op.keys, op.heads, op.head_dim}, device, op.dtype)] {
                   return attention(q, k, v, /*causal=*/false);
                 };
               });
}

CalibrationOp convolution_probe(std::int64_t in, std::int64_t out, std::int64_t kernel,
                                std::int64_t side, at::ScalarType dtype, const KernelSet& kernels) {
  const Convolution op{in, out, kernel, side * side, side * side, dtype};
  return probe(CalibrationOp::Kind::kConvolution, kernels,
               std::to_string(in) + " to " + std::to_string(out) + ", " + std::to_string(kernel) +
                   "x" + std::to_string(kernel) + ", " + std::to_string(side) + "x" +
                   std::to_string(side),
               op, out * side * side, [=](at::Device device) -> std::function<at::Tensor()> {
                 const auto last = at::MemoryFormat::ChannelsLast;
                 return [x = zeros({1, in, side, side}, device, dtype).contiguous(last),
                         w = zeros({out, in, kernel, kernel}, device, dtype).contiguous(last),
                         b = zeros({out}, device, dtype),
                         kernel] { return conv2d(x, w, b, /*stride=*/1, kernel / 2); };
               });
}

const char* op_name(CalibrationOp::Kind kind) {
  switch (kind) {
    case CalibrationOp::Kind::kLinear:
      return "linear";
    case CalibrationOp::Kind::kAttention:
      return "attention";
    case CalibrationOp::Kind::kConvolution:
      return "conv2d";
  }
  return "";
}

std::vector<CalibrationOp> calibration_ops(bool card, int multiprocessors, at::ScalarType networks,
                                           at::ScalarType vae) {
  const KernelSet kernels{
      card, {.linear = {}, .attention = {}, .conv2d = {}, .multiprocessors = multiprocessors}};
  std::vector<CalibrationOp> probes;
  const auto linears =
      card ? std::vector<Linear>{{1, 256, 15360, networks},     {64, 2560, 9728, networks},
                                 {1056, 3840, 3840, networks},  {4128, 3840, 10240, networks},
                                 {4128, 10240, 3840, networks}, {16384, 512, 512, vae}}
           : std::vector<Linear>{{1, 256, 1024, networks},   {32, 64, 192, networks},
                                 {300, 256, 256, networks},  {1056, 64, 192, networks},
                                 {2080, 256, 128, networks}, {1024, 64, 64, vae}};
  const auto attentions = card ? std::vector<Attention>{{64, 64, 32, 128, networks},
                                                        {1056, 1056, 30, 128, networks},
                                                        {256, 4128, 30, 128, networks},
                                                        {4128, 4128, 30, 128, networks},
                                                        {4096, 4096, 1, 512, vae}}
                               : std::vector<Attention>{{64, 64, 4, 16, networks},
                                                        {352, 352, 6, 12, networks},
                                                        {256, 1056, 4, 64, networks},
                                                        {1056, 1056, 4, 64, networks},
                                                        {256, 256, 1, 512, vae}};
  probes.reserve(linears.size() + attentions.size());
  for (const Linear& op : linears) probes.push_back(calibration_op(op, kernels));
  for (const Attention& op : attentions) probes.push_back(calibration_op(op, kernels));
  struct Shape {
    std::int64_t in, out, kernel, side;
  };
  const auto convolutions =
      card ? std::vector<Shape>{{16, 512, 3, 64},    {512, 512, 3, 64},  {512, 512, 3, 128},
                                {512, 512, 3, 256},  {512, 256, 1, 256}, {256, 256, 3, 512},
                                {128, 128, 3, 1024}, {128, 3, 3, 1024}}
           : std::vector<Shape>{{16, 32, 3, 16},
                                {32, 32, 3, 64},
                                {32, 16, 1, 64},
                                {128, 128, 3, 32},
                                {16, 3, 3, 128}};
  for (const Shape& s : convolutions) {
    probes.push_back(convolution_probe(s.in, s.out, s.kernel, s.side, vae, kernels));
  }
  return probes;
}

}  // namespace headroom
