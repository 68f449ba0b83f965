// How fast streamed layers are read: out of float32 files, which are converted each time, and out
// of the same weights kept in bfloat16. Layers of Z-Image's real shapes with random values.
//
//     weight_reading FOLDER [LAYERS] [ROUNDS]
//
// The ways take turns, so that their ratios hold on a machine that others use too; processor time
// stands beside the time on the clock for the same reason. "mapped" is how layers were read before
// they were read by pread(): out of the mapping, looked over for holes each time.

#include "headroom/model_files/weight_cache.h"
#include "headroom/pipeline/file_weights.h"
#include "headroom/weights/weight_faults.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/InferenceMode.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace headroom {
namespace {

namespace fs = std::filesystem;

struct Shape {
  const char* name;
  std::vector<std::int64_t> sides;
};
const std::vector<Shape> kShapes{
    {"attention.to_q.weight", {3840, 3840}},   {"attention.to_k.weight", {3840, 3840}},
    {"attention.to_v.weight", {3840, 3840}},   {"attention.to_out.0.weight", {3840, 3840}},
    {"feed_forward.w1.weight", {10240, 3840}}, {"feed_forward.w2.weight", {3840, 10240}},
    {"feed_forward.w3.weight", {10240, 3840}}, {"adaLN_modulation.0.weight", {15360, 256}}};

std::string name_of(int layer, const Shape& shape) {
  return "layers." + std::to_string(layer) + "." + shape.name;
}

void make_files(const fs::path& folder, int layers) {
  fs::create_directories(folder);
  std::mt19937 random(1);
  std::uniform_real_distribution<float> uniform(-0.05F, 0.05F);
  std::vector<float> pool(10240 * 3840);
  for (float& value : pool) value = uniform(random);
  std::vector<NamedTensor> tensors;
  for (int layer = 0; layer < layers; ++layer) {
    for (const Shape& shape : kShapes) {
      const auto count = static_cast<std::size_t>(shape.sides[0] * shape.sides[1]);
      tensors.push_back({name_of(layer, shape), DType::kF32, shape.sides,
                         std::as_bytes(std::span(pool).first(count))});
    }
  }
  write_tensor_file(folder / "x.safetensors", tensors);
}

struct Time {
  double clock_s = 0;
  double processor_s = 0;
};
Time measure(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t begin = std::clock();
  work();
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
          static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC};
}

// As it was: out of the mapping, through a buffer, pages given back.
void read_mapped(const TensorView& view, const at::Tensor& target) {
  const auto begin = reinterpret_cast<std::uintptr_t>(view.data.data()) / 4096 * 4096;
  const auto end = reinterpret_cast<std::uintptr_t>(view.data.data() + view.data.size());
  madvise(reinterpret_cast<void*>(begin), end - begin, MADV_WILLNEED);
  if (find_fault(view, Look::kSamples) != WeightFault::kNone) std::abort();
  if (view.data.size() == target.nbytes()) {
    std::memcpy(target.mutable_data_ptr(), view.data.data(), view.data.size());
  } else {
    constexpr std::int64_t kPiece = 64 * 1024;
    const std::int64_t count = target.numel();
    const at::Tensor flat = target.view({count});
    at::parallel_for(0, (count + kPiece - 1) / kPiece, 1, [&](std::int64_t from, std::int64_t to) {
      const c10::InferenceMode inference;
      std::vector<float> buffer(kPiece);
      for (std::int64_t i = from * kPiece; i < std::min(to * kPiece, count); i += kPiece) {
        const std::int64_t n = std::min(kPiece, count - i);
        std::memcpy(buffer.data(), view.data.data() + i * 4, static_cast<std::size_t>(n * 4));
        flat.narrow(0, i, n).copy_(
            at::from_blob(buffer.data(), {n}, at::TensorOptions(at::kFloat)));
      }
    });
  }
  madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

void forget(const fs::path& file) {  // out of the page cache
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  ::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
  ::close(fd);
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

struct Way {
  std::string name;
  fs::path file;  // that it reads
  std::function<void(const std::string& name, const at::Tensor& target)> read;
};

class Subject {
 public:
  Subject(const fs::path& folder, int layers)
      : layers_(layers),
        tensors_(folder / "x.safetensors", Network::kTransformer),
        cache_(folder / "kept", {0, 0.0}),
        plain_(tensors_, at::TensorOptions(at::kBFloat16)),
        kept_(tensors_, at::TensorOptions(at::kBFloat16)) {
    for (const Shape& shape : kShapes)
      targets_.push_back(at::empty(shape.sides, at::TensorOptions(at::kBFloat16)));
  }

  void keep() {
    std::vector<WeightCache::Tensor> tensors;
    for (int layer = 0; layer < layers_; ++layer) {
      for (const Shape& shape : kShapes) tensors.push_back({name_of(layer, shape), shape.sides});
    }
    const bool written =
        cache_.write(store(), DType::kBF16, tensors,
                     [&](const WeightCache::Tensor& tensor, const WeightCache::Put& put) {
                       kept_.convert(tensor.name, tensor.shape, put);
                     });
    if (!written) std::abort();
  }
  void use_kept() {
    kept_.use_converted(*cache_.find(store(), DType::kBF16));
    mapped_.emplace(*cache_.find(store(), DType::kBF16));
  }

  [[nodiscard]] std::vector<Way> ways() {
    const fs::path kept = cache_.entries().at(0).file;
    return {{"float32, mapped, converted", store().files()[0],
             [this](const auto& name, const auto& to) { read_mapped(store().at(name), to); }},
            {"float32, pread, converted", store().files()[0],
             [this](const auto& name, const auto& to) { plain_.read(name, to); }},
            {"bfloat16 kept, mapped", kept,
             [this](const auto& name, const auto& to) {
               read_mapped(mapped_->tensors().find(name)->second, to);
             }},
            {"bfloat16 kept, pread", kept,
             [this](const auto& name, const auto& to) { kept_.read(name, to); }}};
  }
  // Every layer once, into the same memory, as streamed layers come.
  [[nodiscard]] Time read_all(const Way& way) {
    return measure([&] {
      for (int layer = 0; layer < layers_; ++layer) {
        for (std::size_t i = 0; i < kShapes.size(); ++i)
          way.read(name_of(layer, kShapes[i]), targets_[i]);
      }
    });
  }
  [[nodiscard]] double gigabytes() const {
    double bytes = 0;
    for (const at::Tensor& target : targets_) bytes += static_cast<double>(target.nbytes());
    return layers_ * bytes / 1e9;
  }
  [[nodiscard]] const TensorStore& store() const { return tensors_.store(); }
  [[nodiscard]] const fs::path& file() const { return store().files()[0]; }

 private:
  int layers_;
  NetworkTensors tensors_;
  WeightCache cache_;
  FileWeights plain_, kept_;
  std::optional<TensorFile> mapped_;
  std::vector<at::Tensor> targets_;
};

void compare(Subject& subject, int threads, int rounds, bool from_disk) {
  at::set_num_threads(threads);
  const std::vector<Way> ways = subject.ways();
  std::map<std::string, std::vector<double>> clock, processor;
  for (const Way& way : ways) (void)subject.read_all(way);
  for (int round = 0; round < rounds; ++round) {
    for (const Way& way : ways) {
      if (from_disk) forget(way.file);
      const Time time = subject.read_all(way);
      clock[way.name].push_back(subject.gigabytes() / time.clock_s);
      processor[way.name].push_back(subject.gigabytes() / time.processor_s);
    }
  }
  std::printf("\n%d thread%s, files %s; GB/s of bfloat16, medians of %d rounds by turns\n", threads,
              threads == 1 ? "" : "s", from_disk ? "on the disk" : "in the page cache", rounds);
  for (const Way& way : ways) {
    std::printf("  %-28s %6.2f by the clock, %6.2f of processor time\n", way.name.c_str(),
                median(clock[way.name]), median(processor[way.name]));
  }
}

int run(int argc, char** argv) {
  const c10::InferenceMode inference;
  const fs::path folder = fs::path(argc > 1 ? argv[1] : ".") / "weight_reading";
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const int layers = argc > 2 ? std::atoi(argv[2]) : 3;
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 7;
  make_files(folder, layers);
  Subject subject(folder, layers);
  at::set_num_threads(1);
  // What the first run pays.
  const Time keep = measure([&] { subject.keep(); });
  subject.use_kept();
  std::printf("%d layers, %.2f GB in bfloat16; written in %.2f s, %.2f s of processor time\n",
              layers, subject.gigabytes(), keep.clock_s, keep.processor_s);
  compare(subject, 1, rounds, /*from_disk=*/false);
  compare(subject, 1, std::max(1, rounds / 2), /*from_disk=*/true);
  compare(subject, 2, rounds, /*from_disk=*/false);
  fs::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace headroom

int main(int argc, char** argv) { return headroom::run(argc, argv); }
