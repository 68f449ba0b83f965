#pragma once
#include "headroom/core/finish.h"
#include "headroom/core/generation.h"
#include "headroom/core/size.h"
#include "headroom/core/typed_settings.h"
#include "headroom/image/extend.h"

#include <cstdint>
#include <optional>
#include <string>

namespace headroom {

// Convert typed values of options. Each function throws Error{kInvalidRequest}: one sentence with
// the option, the typed text and what is allowed.
[[nodiscard]] int read_int(const std::string& option, const std::string& typed, int low, int high,
                           NumberOf of = NumberOf::kAnything);
// Any finite number; validate() checks the limits.
[[nodiscard]] double read_real(const std::string& option, const std::string& typed,
                               NumberOf of = NumberOf::kAnything);
// Empty for -1 and "random": a new seed is chosen.
[[nodiscard]] std::optional<std::uint64_t> read_seed(const std::string& option,
                                                     const std::string& typed);
// At least `least` bytes.
[[nodiscard]] std::int64_t read_bytes(const std::string& option, const std::string& typed,
                                      std::int64_t least);
[[nodiscard]] Size read_size(const std::string& option, const std::string& typed);
// "L,T,R,B" in px, not all 0.
[[nodiscard]] Margins read_margins(const std::string& option, const std::string& typed);
// "SEED:STRENGTH"
[[nodiscard]] Variation read_variation(const std::string& option, const std::string& typed);
// "STRENGTH" or "STRENGTH:PERCENT"
[[nodiscard]] Variety read_variety(const std::string& option, const std::string& typed);
[[nodiscard]] SeedMode read_seed_mode(const std::string& option, const std::string& typed);
// True for padding, false for cropping.
[[nodiscard]] bool read_fit(const std::string& option, const std::string& typed);
[[nodiscard]] FinishSize read_finish_size(const std::string& option, const std::string& typed);
[[nodiscard]] FinishMethod read_finish_method(const std::string& option, const std::string& typed);
[[nodiscard]] Size read_preset(const std::string& option, const std::string& typed);

}  // namespace headroom
