#include "run_need.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/pipeline/request_shape.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace headroom {

void RunNeed::add(const RunNeed& other) {
  peak_bytes = std::max(peak_bytes, other.peak_bytes);
  host_bytes = std::max(host_bytes, other.host_bytes);
  seconds += other.seconds;
}

std::string RunNeed::text() const {
  std::string text = format_bytes(peak_bytes);
  if (host_bytes > 0) text += " and " + format_bytes(host_bytes) + " of main memory beside it";
  if (seconds <= 0) return text;
  std::array<char, 32> about{};
  std::snprintf(about.data(), about.size(), ", about %.1f s", seconds);
  return text + about.data();
}

RunNeed need_of(const GenerationRequest& request, const GenerationContext& app, LoraSets& loras) {
  const RunShape shape = shape_of(request, app.tokenizer.get(), app.pipeline.model.scheduler);
  const Forecast forecast =
      loras.forecaster(request.prompt)->forecast(shape, request.count, app.memory.read());
  if (!forecast.fits) throw Error(ErrorKind::kOutOfMemory, forecast.reason);
  return {forecast.plan.peak_bytes, forecast.plan.host_peak_bytes, forecast.plan.seconds};
}

}  // namespace headroom
