#pragma once
#include "headroom/core/bytes.h"

#include <cstdint>
#include <initializer_list>
#include <string>

namespace headroom {

// Amounts of memory of one sentence, as whole numbers of one unit, so that a reader can add them
// up: hundredths of GB, or MB.
class SumFigures {
 public:
  // `whole_bytes`: what the others are parts of. `amounts`: what the sentence is about; if one of
  // them is less than a tenth of a GB, hundredths of GB would say too little of it.
  SumFigures(std::int64_t whole_bytes, std::initializer_list<std::int64_t> amounts);
  // Rounded to the nearest.
  [[nodiscard]] long long units(std::int64_t bytes) const;
  // "5.31" of GB, "312" of MB.
  [[nodiscard]] std::string number(long long units) const;
  // "5.31 GB", "312 MB".
  [[nodiscard]] std::string with_unit(long long units) const;

 private:
  bool giga_;
};

// What is needed, what can be had and what is missing in figures that add up: less than one unit
// that is missing is a whole one, and less can be had by that.
struct Shortage {
  std::string needed;
  std::string available;  // never below "0 MB"
  std::string missing;
};
[[nodiscard]] Shortage shortage(std::int64_t needed_bytes, std::int64_t available_bytes);

}  // namespace headroom
