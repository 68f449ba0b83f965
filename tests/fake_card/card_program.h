#pragma once
#include "e2e/e2e_support.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace headroom::test {

// One line of the stand-in's log: "copy kind=h2d bytes=384 host=pinned".
struct CardEvent {
  std::string name;
  std::map<std::string, std::string> fields;
  [[nodiscard]] std::int64_t number(const std::string& field) const;
  [[nodiscard]] const std::string& text(const std::string& field) const { return fields.at(field); }
};

// The program on libtorch's CUDA libraries over the stand-in card, whose variables (README.md) are
// set in `environment_`.
class CardProgram : public EndToEnd {
 protected:
  CardProgram();

  // As on a machine without the driver's management library.
  void leave_nvml_out();
  void set_capability(const std::string& capability);  // "8.6"
  void set_card_bytes(std::int64_t bytes);

  // What was found out about the card is kept for this test alone.
  void use_own_cache();

  // Plans are chosen by seconds, and those of a stand-in hang on what else the machine does: round
  // figures of a card, which reads layers slowly, in the place of those that a run has kept in the
  // own cache.
  void set_rates() const;

  // What the card was asked for since the start, or since the last call.
  std::vector<CardEvent> take_events();
  // Of the driver, for memory, after the run took hold of its plan's.
  static std::int64_t requests_after_the_first_weight(const std::vector<CardEvent>& events);
  // Bytes of the machine's memory that were page-locked at the worst moment, without the page
  // through which libtorch reads single numbers.
  static std::int64_t most_locked(const std::vector<CardEvent>& events);
  // Expects an end by itself, without a signal, and with a sentence of ours where it failed.
  void expect_lives(const ProcessResult& result) const;
};

inline const std::vector<std::string> kCapabilities{"7.5", "8.6", "9.0", "12.0"};

}  // namespace headroom::test
