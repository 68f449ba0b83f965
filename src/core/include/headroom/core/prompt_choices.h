#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace headroom {

// Prompts that stand for many: {red|green|} is one of its parts, which may hold further ones, and
// __colour__ a line of the wildcard of that name. Braces without a bar are just braces.

// The lines of a wildcard; nothing when there is none of that name.
using Wildcards = std::function<std::optional<std::vector<std::string>>(const std::string& name)>;

// Whether something is to be picked in `prompt`. Without `wildcards` (empty) __colour__ is a word.
[[nodiscard]] bool has_choices(std::string_view prompt, const Wildcards& wildcards);

// The prompt with everything picked, from left to right, by a generator of `seed`: the same seed
// picks the same. Throws Error{kInvalidRequest} for a wildcard that is not there, is empty, or
// leads back to itself.
[[nodiscard]] std::string pick_choices(std::string_view prompt, std::uint64_t seed,
                                       const Wildcards& wildcards);

}  // namespace headroom
