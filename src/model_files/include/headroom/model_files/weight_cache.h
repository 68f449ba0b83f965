#pragma once
#include "headroom/core/bytes.h"
#include "headroom/weights/tensor_file.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace headroom {

// Weights on disk in the number format that they are computed in, so that nothing is converted when
// they are read again: a safetensors file for each network and format, all in one folder. An entry
// is whole or not there. It holds for its source files as they were (path, length, time of change,
// inode) and is removed when it is met after they changed. Any number of processes may use a folder
// at once, and entries may be removed while they are in use. Any thread.
class WeightCache {
 public:
  // What writing leaves free on the disk: the larger of the two.
  struct Spare {
    std::int64_t bytes = 10 * kGiB;
    double part = 0.05;  // of the whole disk
  };
  explicit WeightCache(std::filesystem::path folder, Spare spare = {10 * kGiB, 0.05});

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  // The tensors of `source` in that format, by the names that they were written by, where they
  // were.
  [[nodiscard]] std::optional<TensorFile> find(const TensorStore& source, DType format) const;

  // Removes the entry of `source` in that format, where there is one.
  void drop(const TensorStore& source, DType format) const;

  // Whether the disk takes an entry of so many bytes and the folder can be written. Writes nothing.
  [[nodiscard]] bool can_hold(std::int64_t bytes) const;

  // A tensor by the name and in the shape that a network asks for.
  struct Tensor {
    std::string name;
    std::vector<std::int64_t> shape;
  };
  // Hands over the values of one tensor in pieces, in order: `put` appends.
  using Put = std::function<void(std::span<const std::byte>)>;
  using Convert = std::function<void(const Tensor& tensor, const Put& put)>;
  // Writes the entry of these tensors, whose values come from `source`, and makes room before by
  // removing entries that hold no more. False when another process is writing it just now. Throws
  // Error{kIo} when the disk has no room for it or cannot be written, and what `convert` throws;
  // then the folder is as before.
  [[nodiscard]] bool write(const TensorStore& source, DType format, std::span<const Tensor> tensors,
                           const Convert& convert) const;

  struct Entry {
    std::filesystem::path file;
    std::string network;  // the source's folder or file: ".../Z-Image-Turbo/transformer"
    std::string format;   // "BF16"
    std::int64_t bytes = 0;
    bool holds = false;       // its source files are as they were
    bool unfinished = false;  // left by a process that was killed while it wrote
  };
  // By file name; what is not an entry, or is being written, is left out.
  [[nodiscard]] std::vector<Entry> entries() const;
  // Removes all of them; returns those that were there. Files that others are writing stay.
  std::vector<Entry> clear() const;

 private:
  void remove_what_holds_no_more() const;
  // Throws Error{kIo} when less than the spare would be left.
  void check_room(std::int64_t bytes) const;

  std::filesystem::path folder_;
  Spare spare_;
};

}  // namespace headroom
