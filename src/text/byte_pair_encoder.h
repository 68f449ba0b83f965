#pragma once
#include "tokenizer_file.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace headroom {

// Byte-level BPE: starts from one token per byte and joins the adjacent pair that comes first in
// the list of merges, the leftmost of equal ones, until no pair is in the list. Immutable.
class BytePairEncoder {
 public:
  // Throws Error{kModelFile} if the file contradicts itself or lacks a byte.
  explicit BytePairEncoder(const TokenizerFile& file);

  // Appends the ids of `piece`. n bytes take O(n log n).
  void append_ids(std::string_view piece, std::vector<std::int32_t>& ids) const;

  // Number of tokens without the added ones.
  [[nodiscard]] std::size_t vocab_size() const { return vocab_size_; }

 private:
  struct Merge {
    std::int32_t rank = 0;
    std::int32_t id = 0;  // of the joined token
  };

  std::array<std::int32_t, 256> byte_ids_{};
  std::unordered_map<std::uint64_t, Merge> merges_;  // by pair_key
  std::size_t vocab_size_ = 0;
};

}  // namespace headroom
