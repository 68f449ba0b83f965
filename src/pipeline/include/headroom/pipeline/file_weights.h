#pragma once
#include "headroom/model/weight_source.h"
#include "headroom/pipeline/staging.h"
#include "headroom/weights/network_tensors.h"
#include "headroom/weights/tensor_file.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>

#include <ATen/core/TensorBody.h>

namespace headroom {

// What was read: bytes as stored on the device, and the time it took.
struct ReadWork {
  std::int64_t bytes = 0;
  double seconds = 0;
  [[nodiscard]] double bytes_per_second() const {  // 0 = nothing was read
    return seconds > 0 ? static_cast<double>(bytes) / seconds : 0;
  }
};

// Weights from a model's files. Tensors that are stored in another format than the networks
// compute in are converted or unpacked on the way to the device. May be used from any thread.
class FileWeights final : public WeightSource {
 public:
  // `staging`: memory for copies to a GPU, shared by the networks.
  FileWeights(const NetworkTensors& tensors, at::TensorOptions options,
              std::shared_ptr<Staging> staging = std::make_shared<Staging>());
  // Accepts values that no training leaves (find_fault); otherwise they are an error.
  void allow_faults() { allows_faults_ = true; }
  // From now on tensors that `converted` has, with the network's names and shapes, are read from
  // there. If it becomes unreadable or turns out to be damaged, the model's files are used again;
  // `damaged` is called for damage.
  void use_converted(TensorFile converted, std::function<void()> damaged = {});
  [[nodiscard]] bool uses_converted() const;

  at::Tensor get(std::string_view name, at::IntArrayRef shape) override;
  void read(std::string_view name, const at::Tensor& target) override;
  // For ComfyUI's int8_tensorwise, rotated (ConvRot) or not.
  [[nodiscard]] std::optional<int> rotation_of_codes(std::string_view name, std::int64_t rows,
                                                     std::int64_t columns) const override;
  void read_codes(std::string_view name, const at::Tensor& codes,
                  const at::Tensor& scales) override;
  at::Tensor gather_rows(std::string_view name, std::span<const std::int32_t> ids,
                         std::int64_t rows, std::int64_t width) override;
  void expect(std::string_view prefix) override;
  // Reads a tensor's stored bytes from the model's files into all of `bytes`, host memory. Returns
  // their description, valid as long as the NetworkTensors.
  TensorRows read_stored(std::string_view name, at::IntArrayRef shape, const at::Tensor& bytes);
  [[nodiscard]] at::TensorOptions options() const override { return options_; }
  [[nodiscard]] const NetworkTensors& tensors() const { return tensors_; }
  // Passes on the values of a tensor from the model's files in the format of the computation,
  // piece by piece, in order. Throws Error{kModelFile} like read().
  void convert(std::string_view name, at::IntArrayRef shape,
               const std::function<void(std::span<const std::byte>)>& put);
  // What was read since the last call.
  [[nodiscard]] ReadWork take_work();

 private:
  // Throws Error{kModelFile} for what a broken download or disk leaves.
  void check(const TensorRows& stored);
  void fill(const TensorRows& stored, const at::Tensor& target);
  // Runs `read` with the mutex held, and adds `bytes` and its time to the work.
  void count(std::int64_t bytes, const std::function<void()>& read);
  bool read_converted(std::string_view name, const at::Tensor& target);
  bool is_damaged(std::string_view name, const TensorView& converted);

  const NetworkTensors& tensors_;
  at::TensorOptions options_;
  const std::shared_ptr<Staging> staging_;
  bool allows_faults_ = false;

  mutable std::mutex mutex_;  // guards what follows
  std::optional<TensorFile> converted_;
  std::function<void()> damaged_;
  std::set<std::string, std::less<>> sound_converted_;    // names that were checked
  std::set<std::pair<std::string, std::int64_t>> sound_;  // names and first rows that were checked
  ReadWork work_;
};

}  // namespace headroom
