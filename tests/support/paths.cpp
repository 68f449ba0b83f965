#include "support/paths.h"

namespace headroom::test {

namespace fs = std::filesystem;

fs::path source_folder() { return HEADROOM_SOURCE_DIR; }

fs::path build_folder() { return HEADROOM_BUILD_DIR; }

fs::path built_program(std::string_view name) { return build_folder() / "bin" / name; }

fs::path starter_model() { return source_folder() / "assets" / "starter-model"; }

fs::path data_folder() { return build_folder() / "tests" / "data"; }

fs::path quant_folder() { return data_folder() / "quant"; }

}  // namespace headroom::test
