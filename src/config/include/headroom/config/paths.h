#pragma once
#include <filesystem>
#include <vector>

namespace headroom {

// Where the program finds and puts files. No path is compiled in: the program's own files are
// found relative to the executable, the user's by the XDG base directory rules.
[[nodiscard]] std::filesystem::path share_folder();  // .../share/headroom beside bin/
[[nodiscard]] std::filesystem::path starter_model_folder();
// Configs of known models, by name: enough for planning.
[[nodiscard]] std::filesystem::path known_models_folder();
[[nodiscard]] std::filesystem::path user_config_file();  // $XDG_CONFIG_HOME/headroom/config.yaml
[[nodiscard]] std::filesystem::path default_output_folder();  // ~/Pictures/Headroom
[[nodiscard]] std::filesystem::path default_log_folder();     // $XDG_STATE_HOME/headroom
[[nodiscard]] std::filesystem::path window_state_file();      // ... /window.json
[[nodiscard]] std::filesystem::path resumable_folder();       // ... /unfinished
[[nodiscard]] std::filesystem::path added_folders_file();     // ... /model_folders
[[nodiscard]] std::filesystem::path model_hashes_file();      // ... /model_hashes
[[nodiscard]] std::filesystem::path calibration_file();       // ... /calibration.json
[[nodiscard]] std::filesystem::path cache_folder();           // $XDG_CACHE_HOME/headroom
[[nodiscard]] std::filesystem::path weight_cache_folder();    // ... /weights
[[nodiscard]] std::filesystem::path rates_file();             // ... /rates.json
[[nodiscard]] std::filesystem::path cards_file();             // ... /cards.json
[[nodiscard]] std::filesystem::path run_log_file();           // ... /receipts.jsonl
// LoRAs for any model: $XDG_DATA_HOME/headroom/loras
[[nodiscard]] std::filesystem::path lora_folder();
// Upscalers: ... /upscalers
[[nodiscard]] std::filesystem::path upscaler_folder();
// Folders with installed fonts, the user's own first.
[[nodiscard]] std::vector<std::filesystem::path> font_folders();
// Where Hugging Face's tools keep repositories: $HF_HUB_CACHE, $HF_HOME/hub, or their default.
[[nodiscard]] std::filesystem::path hugging_face_cache();
// Folders where people usually install other programs that have models.
[[nodiscard]] std::vector<std::filesystem::path> usual_model_folders();

}  // namespace headroom
