#include "headroom/device/device.h"

#include <cstdlib>

#include <c10/util/Logging.h>

namespace headroom {

void quiet_libtorch() {
  constexpr int kErrors = 2;  // after info and warnings
  if (std::getenv("TORCH_CPP_LOG_LEVEL") == nullptr) FLAGS_caffe2_log_level = kErrors;
}

}  // namespace headroom
