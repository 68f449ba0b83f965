#pragma once
#include <filesystem>
#include <string_view>

namespace headroom::test {

// Where the tests find things. Told by a source of its own: no other has a folder in its compile
// command, so a clone in another folder finds them all in the compiler's cache.

[[nodiscard]] std::filesystem::path source_folder();
[[nodiscard]] std::filesystem::path build_folder();

// A program of this build.
[[nodiscard]] std::filesystem::path built_program(std::string_view name);

[[nodiscard]] std::filesystem::path starter_model();

// The unpacked fixtures: those of the networks are in zimage/, of upscalers in upscalers/.
[[nodiscard]] std::filesystem::path data_folder();
// Those of quantised weight files; whole models are in its models/.
[[nodiscard]] std::filesystem::path quant_folder();

}  // namespace headroom::test
