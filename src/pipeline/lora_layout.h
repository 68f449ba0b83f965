#pragma once
#include "headroom/model_files/lora_file.h"

#include <cstdint>
#include <string>
#include <vector>

namespace headroom {

// One change of a matrix, in the form in which it is computed. Places are counted in values from
// the start of the LoRAs' memory block.
struct PlacedChange {
  enum class Kind {
    kPair,       // a low-rank product: rows of the update's `down` and `up`
    kKronecker,  // two factors
    kWhole       // all values of the change, where that is smaller or nothing else is possible
  };
  Kind kind = Kind::kPair;
  const LoraFile* file = nullptr;
  const MatrixChange* change = nullptr;
  double strength = 1.0;
  std::int64_t rank = 0;        // kPair
  std::int64_t first_rank = 0;  // kPair: its first row among the rows of all pairs
  std::int64_t rows1 = 0, columns1 = 0, first = 0;  // kKronecker; kWhole: one value, 1
  std::int64_t rows2 = 0, columns2 = 0, second = 0;
};

// Everything that is added to one matrix.
struct PlacedUpdate {
  std::string matrix;
  std::int64_t rows = 0, columns = 0;
  std::int64_t rank = 0;  // sum over all pairs
  std::int64_t down = 0;  // [rank, columns]
  std::int64_t up = 0;    // [rank, rows]
  std::vector<PlacedChange> changes;
};

struct LoraLayout {
  std::vector<LoraFile> files;  // declared first, since changes point into them
  std::vector<NamedMatrix> network;
  std::vector<PlacedUpdate> updates;
  std::int64_t values = 0;  // size of the whole block
};

}  // namespace headroom
