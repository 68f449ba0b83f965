#include "headroom/device/processor_load.h"

#include <algorithm>
#include <ctime>
#include <fstream>
#include <string>

#include <unistd.h>

namespace headroom {
namespace {

double own_seconds() {
  std::timespec used{};
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0) return 0;
  return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

}  // namespace

std::optional<double> others_processor_seconds(const std::filesystem::path& root) {
  // "cpu  user nice system idle iowait irq softirq steal ...", in ticks; see proc(5).
  std::ifstream in(root / "proc/stat");
  std::string name;
  double user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, soft_irq = 0, stolen = 0;
  if (!(in >> name >> user >> nice >> system >> idle >> waiting >> irq >> soft_irq >> stolen) ||
      name != "cpu")
    return std::nullopt;
  const long ticks_per_second = sysconf(_SC_CLK_TCK);
  if (ticks_per_second <= 0) return std::nullopt;
  const double busy = user + nice + system + irq + soft_irq + stolen;
  return std::max(0.0, busy / static_cast<double>(ticks_per_second) - own_seconds());
}

}  // namespace headroom
