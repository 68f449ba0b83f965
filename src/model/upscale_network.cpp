#include "headroom/model/upscale_network.h"

#include "headroom/core/error.h"

#include "rrdb_net.h"
#include "srvgg_net.h"

#include <algorithm>
#include <map>
#include <utility>

namespace headroom {

at::Tensor UpscaleNetwork::forward(at::Tensor x, const std::function<void()>& between) const {
  std::map<int, at::Tensor> kept;  // planes that a later stage takes beside its input
  const auto is_wanted = [this](int plane) {
    return std::ranges::any_of(stages_, [&](const UpscaleStage& s) { return s.beside == plane; });
  };
  if (is_wanted(0)) kept[0] = x;
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    if (between) between();
    at::Tensor beside;
    if (auto node = kept.extract(stages_[i].beside)) beside = std::move(node.mapped());
    x = run(i, std::move(x), std::move(beside));
    const auto plane = static_cast<int>(i) + 1;
    if (is_wanted(plane)) kept[plane] = x;
  }
  return x;
}

std::unique_ptr<UpscaleNetwork> load_upscale_network(const UpscalerConfig& config,
                                                     WeightSource& weights) {
  switch (config.kind) {
    case UpscalerKind::kRrdbNet:
      return std::make_unique<RrdbNet>(config, weights);
    case UpscalerKind::kSrvggNet:
      return std::make_unique<SrvggNet>(config, weights);
  }
  throw Error(ErrorKind::kInternal, "there is no network for this kind of upscaler");
}

}  // namespace headroom
