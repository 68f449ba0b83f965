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

// Weights on disk in the number format that the networks compute in, so that reading them again
// needs no conversion: one safetensors file for each network and format, all in one folder. An
// entry is complete or does not exist. It is valid while its source files are unchanged (path,
// length, modification time, inode), and is removed when it is found to be outdated. Several
// processes may use a folder at once, and entries may be removed while in use. May be used from
// any thread.
class WeightCache {
 public:
  // What writing leaves free on the disk: the larger of the two.
  struct Spare {
    std::int64_t bytes = 10 * kGiB;
    double part = 0.05;  // of the whole disk
  };
  explicit WeightCache(std::filesystem::path folder, Spare spare = {10 * kGiB, 0.05});

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

  // The tensors of `source` in that format, by the names they were written with; nothing if there
  // is no valid entry.
  [[nodiscard]] std::optional<TensorFile> find(const TensorStore& source, DType format) const;

  // Removes the entry of `source` in that format, if there is one.
  void drop(const TensorStore& source, DType format) const;

  // Whether the disk has room for an entry of this size and the folder is writable. Writes
  // nothing.
  [[nodiscard]] bool can_hold(std::int64_t bytes) const;

  // A tensor with the name and shape that a network asks for.
  struct Tensor {
    std::string name;
    std::vector<std::int64_t> shape;
  };
  // Appends a part of a tensor's values, in order.
  using Put = std::function<void(std::span<const std::byte>)>;
  using Convert = std::function<void(const Tensor& tensor, const Put& put)>;
  // Writes an entry with these tensors, whose values come from `source`. First makes room by
  // removing entries that are no longer valid. False when another process is writing the same
  // entry. Throws Error{kIo} when the disk has too little room or cannot be written, and what
  // `convert` throws; the folder is then unchanged.
  [[nodiscard]] bool write(const TensorStore& source, DType format, std::span<const Tensor> tensors,
                           const Convert& convert) const;

  struct Entry {
    std::filesystem::path file;
    std::string network;  // the source's folder or file: ".../Z-Image-Turbo/transformer"
    std::string format;   // "BF16"
    std::int64_t bytes = 0;
    bool holds = false;       // valid: its source files are unchanged
    bool unfinished = false;  // left by a process that was killed while writing
  };
  // Sorted by file name; other files and entries that are being written are left out.
  [[nodiscard]] std::vector<Entry> entries() const;
  // Removes all entries and returns them. Files that are being written stay.
  std::vector<Entry> clear() const;

 private:
  void remove_what_holds_no_more() const;
  // Throws Error{kIo} when less than the spare would remain free.
  void check_room(std::int64_t bytes) const;

  std::filesystem::path folder_;
  Spare spare_;
};

}  // namespace headroom
