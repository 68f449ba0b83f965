#pragma once
#include "headroom/model/weight_source.h"
#include "headroom/pipeline/number_format.h"
#include "headroom/weights/network_tensors.h"
#include "headroom/weights/tensor_file.h"

#include <array>
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
#include <c10/core/Event.h>

namespace headroom {

// Reads whole rows from `first` on into `values`, which lies in ordinary memory, as many as it has
// places for: copied where they are stored as they are computed in, else converted or unpacked in
// pieces; by all the threads that the calling one may use.
void read_values(const TensorRows& stored, std::int64_t first, const at::Tensor& values);

// Page-locked memory through which values reach a card: a copy out of it goes on by itself while
// the next values are read. Nothing is taken before the first copy. Any thread.
class Staging {
 public:
  // What the first copy takes, and what is kept from then on (a row larger than half of it: more).
  static constexpr std::int64_t kBytes = 32 << 20;

  Staging() = default;
  ~Staging();
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  // `target` lies on a card; the copy is queued on the calling thread's stream.
  void copy(const TensorRows& stored, const at::Tensor& target);

 private:
  struct Half {
    std::optional<c10::Event> copied;  // the last copy out of it
  };
  void wait();  // until nothing is copied any more

  std::mutex mutex_;   // guards what follows
  at::Tensor memory_;  // [kBytes], both halves
  std::array<Half, 2> halves_;
};

// What was read: bytes as they are on the device, and how long it took.
struct ReadWork {
  std::int64_t bytes = 0;
  double seconds = 0;
  [[nodiscard]] double bytes_per_second() const {  // 0 = nothing was read
    return seconds > 0 ? static_cast<double>(bytes) / seconds : 0;
  }
};

// Weights from a model's files, converted or unpacked tensor by tensor on the way to the device
// where they are stored otherwise than they are computed in. Any thread.
class FileWeights final : public WeightSource {
 public:
  // `staging`: the way to a card, which networks share.
  FileWeights(const NetworkTensors& tensors, at::TensorOptions options,
              std::shared_ptr<Staging> staging = std::make_shared<Staging>());
  // Values that no training leaves (find_fault) are read as they are, which is an error otherwise.
  void allow_faults() { allows_faults_ = true; }
  // From now on tensors that `converted` has, by the network's names and in its shapes, are read
  // from there.
  // Should it become unreadable, or turn out to be damaged, the model's files serve again; of
  // damage `damaged` is told.
  void use_converted(TensorFile converted, std::function<void()> damaged = {});
  [[nodiscard]] bool uses_converted() const;

  at::Tensor get(std::string_view name, at::IntArrayRef shape) override;
  void read(std::string_view name, const at::Tensor& target) override;
  // Of ComfyUI's int8_tensorwise, rotated (ConvRot) or not.
  [[nodiscard]] std::optional<int> rotation_of_codes(std::string_view name, std::int64_t rows,
                                                     std::int64_t columns) const override;
  void read_codes(std::string_view name, const at::Tensor& codes,
                  const at::Tensor& scales) override;
  at::Tensor gather_rows(std::string_view name, std::span<const std::int32_t> ids,
                         std::int64_t rows, std::int64_t width) override;
  void expect(std::string_view prefix) override;
  // The bytes that the model's files have of a tensor, as they are, into all of `bytes`, which lies
  // in ordinary memory. Returns what they are: valid as long as the NetworkTensors.
  TensorRows read_stored(std::string_view name, at::IntArrayRef shape, const at::Tensor& bytes);
  [[nodiscard]] at::TensorOptions options() const override { return options_; }
  [[nodiscard]] const NetworkTensors& tensors() const { return tensors_; }
  // Hands over the values of a tensor of the model's files as they are computed in: piece by piece,
  // in order. Throws Error{kModelFile} like read().
  void convert(std::string_view name, at::IntArrayRef shape,
               const std::function<void(std::span<const std::byte>)>& put);
  // What was read since the last call.
  [[nodiscard]] ReadWork take_work();

 private:
  // Throws Error{kModelFile} for what a broken download or disk left.
  void check(const TensorRows& stored);
  void fill(const TensorRows& stored, const at::Tensor& target);
  // Reads with the mutex held, and adds so many bytes and what it took to the work.
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
  std::set<std::string, std::less<>> sound_converted_;    // names, looked at
  std::set<std::pair<std::string, std::int64_t>> sound_;  // names and first rows, looked at
  ReadWork work_;
};

// Shapes without values, for a dry run. Of quantised storage: the matrices of the layers that a
// network has many of ("layers.N."), text encoder and transformer alike, come as their bytes, kByte
// [rows, bytes of a row], in those layers that are kept so. All else is in `dtype`: vectors,
// embedders, refiners, the final layer and pad tokens, which are small or precious, and rows that
// are no whole number of blocks.
class MetaWeights final : public WeightSource {
 public:
  explicit MetaWeights(c10::ScalarType dtype, LayerStorage storage = {});
  [[nodiscard]] MatrixStorage stored(std::string_view name, std::int64_t rows,
                                     std::int64_t columns) const override;
  at::Tensor get(std::string_view name, at::IntArrayRef shape) override;
  void read(std::string_view name, const at::Tensor& target) override;
  at::Tensor gather_rows(std::string_view name, std::span<const std::int32_t> ids,
                         std::int64_t rows, std::int64_t width) override;
  [[nodiscard]] at::TensorOptions options() const override { return options_; }

 private:
  at::TensorOptions options_;
  LayerStorage storage_;
};

}  // namespace headroom
