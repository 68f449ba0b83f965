#include "headroom/forecast/calibration.h"

#include "headroom/core/error.h"
#include "headroom/pipeline/run_formats.h"
#include "headroom/pipeline/thread_count.h"

#include "calibration_ops.h"

#include <algorithm>
#include <array>

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <c10/util/Exception.h>

namespace headroom {
namespace {

// Smaller amounts are counters and scalars of the libraries, not worth a term.
constexpr std::int64_t kNegligible = 1024;

// Measures one operation; adds what the libraries keep from now on to `kept_bytes`.
OpMeasurement measure_probe(const CalibrationOp& probe, const Device& device,
                            const at::Device& where, const MeasureOp& measure,
                            std::int64_t& kept_bytes) {
  const char* const name = op_name(probe.kind);
  const std::function<at::Tensor()> run = probe.prepare(where);
  const auto work = [&] { static_cast<void>(run()); };
  // The first call includes a library's one-time set-up; count only what stays allocated.
  kept_bytes += std::max<std::int64_t>(0, measure(name, work).kept);
  const std::int64_t result = device.backend->counted(probe.result_bytes);
  return {name, probe.shape, probe.operation_bytes, probe.declared_bytes,
          measure(name, work).peak - result};
}

}  // namespace

CalibrationKey calibration_key(const Device& device, NumberFormat dtype, int threads) {
  return {device.key(), libtorch_version(), choose_formats(dtype, device).name,
          device.backend->has_own_memory() ? 0 : resolve_threads(threads),
          device.backend->libraries()};
}

Calibration calibrate(const Device& device, NumberFormat dtype, int threads,
                      const MeasureOp& measure) {
  const MeasureOp measured =
      measure ? measure : [&](std::string_view, const std::function<void()>& work) {
        return device.backend->measure(work);
      };
  const c10::InferenceMode inference;
  at::set_num_threads(resolve_threads(threads));
  const RunFormats formats = choose_formats(dtype, device);
  DeviceBackend& backend = *device.backend;
  const at::Device where = backend.torch_device();
  Calibration result;
  result.key = calibration_key(device, dtype, threads);
  std::array<std::vector<WorkspaceSample>, kOpKinds> samples;
  try {
    backend.set_up();
    for (const CalibrationOp& probe :
         calibration_ops(backend.has_own_memory(), backend.attention_multiprocessors(),
                         formats.networks, formats.vae)) {
      // If a small GPU lacks the memory, libtorch would write a warning of its own.
      const bool fits =
          !backend.has_own_memory() || probe.operation_bytes <= backend.capacity().free;
      try {
        if (!fits) throw Error(ErrorKind::kOutOfMemory, "the card is too small for the probe");
        const OpMeasurement m =
            measure_probe(probe, device, where, measured, result.terms.kept_bytes);
        const std::int64_t missing = m.measured_bytes - m.declared_bytes;
        samples[static_cast<std::size_t>(probe.kind)].push_back(
            {m.operation_bytes, missing < kNegligible ? 0 : missing});
        result.measurements.push_back(m);
      } catch (const std::exception& error) {
        if (!is_out_of_memory(error)) throw;
        result.left_out.push_back(std::string(op_name(probe.kind)) + " " + probe.shape);
      }
      backend.release_cached();
    }
  } catch (const c10::Error& e) {
    if (const auto failure = device_failure(e)) throw Error(*failure);
    throw Error(ErrorKind::kInternal,
                "calibration failed on " + device.name + ": " + plain_message(e));
  }
  if (result.terms.kept_bytes < kNegligible) result.terms.kept_bytes = 0;
  // In a process that has computed before, libraries hold that memory already.
  result.terms.kept_bytes = std::max(result.terms.kept_bytes, backend.library_bytes());
  const auto term = [&](CalibrationOp::Kind kind) {
    return upper_envelope(samples[static_cast<std::size_t>(kind)]);
  };
  result.terms.linear = term(CalibrationOp::Kind::kLinear);
  result.terms.attention = term(CalibrationOp::Kind::kAttention);
  result.terms.conv2d = term(CalibrationOp::Kind::kConvolution);
  return result;
}

}  // namespace headroom
