#pragma once
#include "headroom/core/generation.h"

#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace headroom {

// One setting of a request in JSON. All that write or read requests go through this table.
struct RequestField {
  std::string_view key;
  // Leaves `value` null when there is nothing to say.
  void (*write)(const GenerationRequest& request, nlohmann::json& value);
  // False for a value of another type; then the request is unchanged. Whole numbers beyond int are
  // taken for the nearest one.
  bool (*read)(const nlohmann::json& value, GenerationRequest& request);
  bool (*is_in_range)(const GenerationRequest& request);
  std::string (*allowed)();  // "a whole number from 1 to 1000"
  // Whether every picture's settings have it, and ReadSettings::request holds it. It is written
  // even when it is null.
  bool is_basic = false;
};

// A mask stands behind the start picture that it belongs to.
[[nodiscard]] std::span<const RequestField> request_fields();

// Null when no field has this key.
[[nodiscard]] const RequestField* find_request_field(std::string_view key);

// Throws Error{kInvalidRequest} naming the key for a value of another type or out of range.
void read_strictly(const RequestField& field, const nlohmann::json& value,
                   GenerationRequest& request);

// Reads the field from `object`, which need not be an object. Leaves the request as it is when the
// field is missing, of another type or out of range.
void read_if_good(const RequestField& field, const nlohmann::json& object,
                  GenerationRequest& request);

}  // namespace headroom
