#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// Prompts that stand for many: {red|green|} is one of its parts, which may contain further
// choices, and __colour__ is a line of the wildcard called "colour". Braces without a bar are
// plain text.

// Returns the lines of a wildcard; nothing when no wildcard has that name.
using Wildcards = std::function<std::optional<std::vector<std::string>>(const std::string& name)>;

// Whether `prompt` contains choices. Without `wildcards` (empty) __colour__ is plain text.
[[nodiscard]] bool has_choices(std::string_view prompt, const Wildcards& wildcards);

// The prompt with every choice made, from left to right, by a generator seeded with `seed`: the
// same seed always picks the same. Throws Error{kInvalidRequest} for a wildcard that does not
// exist, is empty, or contains itself.
[[nodiscard]] std::string pick_choices(std::string_view prompt, std::uint64_t seed,
                                       const Wildcards& wildcards);

}  // namespace headroom
