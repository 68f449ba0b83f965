// Public headers: each has somebody outside of its room who reads it, and each that has a source
// has a test of its name, which is found in one guess.

#include "architecture/include_rules.h"
#include "architecture/source_text.h"
#include "support/paths.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = test::source_folder();

// The headers that are tested under another name, and where. A new header belongs here only when
// its behaviour cannot be seen but through something else.
const std::map<std::string, std::string>& tested_elsewhere() {
  static const std::map<std::string, std::string> table{
      // The command line is read with them.
      {"cli/command_options", "cli/command_line_test.cpp"},
      {"cli/grid_axis", "cli/command_line_test.cpp"},
      // Need a card, or the stand-in for one, or another kind of device.
      {"device/copy_stream", "fake_card/whole_run_test.cpp"},
      {"device/device_backend", "third_kind/third_kind_test.cpp"},
      {"device/memory_tag", "device/allocation_recorder_test.cpp"},
      {"device/page_locked", "fake_card/page_locked_test.cpp"},
      // Parts of one measurement, or of one prediction.
      {"forecast/calibration_file", "forecast/calibration_test.cpp"},
      {"forecast/make_forecaster", "forecast/prediction_test.cpp"},
      {"forecast/overhead_file", "forecast/measured_rates_test.cpp"},
      {"forecast/rates_file", "forecast/measured_rates_test.cpp"},
      // Windows, driven by real events on a virtual screen.
      {"gui/notice_window", "e2e/window_notice_test.cpp"},
      {"gui_toolkit/fonts", "gui/window_test.cpp"},
      {"gui_toolkit/frame_pacer", "gui/window_test.cpp"},
      {"gui_toolkit/graphics", "gui/window_test.cpp"},
      {"gui_toolkit/number_field", "gui/window_test.cpp"},
      {"gui_toolkit/open_folder", "gui/window_copy_test.cpp"},
      {"gui_toolkit/clipboard_reader", "gui/window_paste_test.cpp"},
      {"gui_toolkit/regions", "gui/window_regions_test.cpp"},
      {"gui_toolkit/texture", "gui/window_test.cpp"},
      {"gui_toolkit/texture_cache", "gui/window_pictures_test.cpp"},
      {"gui_toolkit/ui_dump", "gui/window_test.cpp"},
      {"gui_toolkit/ui_zoom", "gui/window_regions_test.cpp"},
      {"gui_toolkit/widgets", "gui/window_test.cpp"},
      // What files and pictures are read and written with.
      {"image/file_io", "image/file_writer_test.cpp"},
      {"image/picture_info", "records/picture_info_test.cpp"},
      {"records/find_settings", "records/picture_info_test.cpp"},
      {"records/request_json", "records/headroom_entry_test.cpp"},
      {"records/run_record_json", "records/headroom_entry_test.cpp"},
      {"weights/block_encoders", "model_files/quantize_test.cpp"},
      {"weights/config_file", "model_files/model_folder_faults_test.cpp"},
      {"weights/gguf_writer", "model_files/quantize_test.cpp"},
      {"weights/partial_file", "model_files/weight_cache_test.cpp"},
      {"weights/posix_file", "weights/tensor_file_test.cpp"},
      {"weights/tensor_header", "weights/tensor_file_test.cpp"},
      {"weights/tensor_names", "weights/network_tensors_test.cpp"},
      // One plan, one network or one run is what they are parts of.
      {"pipeline/device_formats", "pipeline/run_formats_test.cpp"},
      {"pipeline/lora_updates", "pipeline/opened_loras_test.cpp"},
      {"pipeline/lora_sets", "e2e/lora_test.cpp"},
      {"pipeline/make_generator", "pipeline/generator_test.cpp"},
      {"pipeline/model_check", "e2e/model_check_test.cpp"},
      {"pipeline/opened_model", "pipeline/generator_test.cpp"},
      {"pipeline/recycling_weights", "pipeline/ladder_test.cpp"},
      {"pipeline/residency", "one_more/one_more_test.cpp"},
      {"pipeline/staging", "fake_card/whole_run_test.cpp"},
      {"pipeline/small_network_weights", "pipeline/upscale_pieces_test.cpp"},
      {"pipeline/weight_storage", "pipeline/run_formats_test.cpp"},
  };
  return table;
}

bool has_source(const fs::path& room, const std::string& name) {
  for (const auto& entry : fs::recursive_directory_iterator(room)) {
    if (entry.path().filename() == name + ".cpp") return true;
  }
  return false;
}

// The three rooms of the window have their tests together.
std::string test_of(const std::string& room, const std::string& name) {
  return (room.starts_with("gui") ? "gui" : room) + "/" + name + "_test.cpp";
}

// "core/size" of every public header that something is implemented for.
std::set<std::string> headers_with_a_source() {
  std::set<std::string> found;
  for (const auto& room : fs::directory_iterator(kRoot / "src")) {
    const std::string name = room.path().filename().string();
    const fs::path headers = room.path() / "include/headroom" / name;
    if (!fs::is_directory(headers)) continue;
    for (const auto& header : fs::directory_iterator(headers)) {
      const std::string stem = header.path().stem().string();
      if (has_source(room.path(), stem)) found.insert(name + "/" + stem);
    }
  }
  return found;
}

TEST(HeaderTests, AreFoundUnderTheHeadersName) {
  const std::set<std::string> headers = headers_with_a_source();
  EXPECT_GT(headers.size(), 100U) << "are the headers where they should be?";
  for (const std::string& header : headers) {
    const std::size_t slash = header.find('/');
    const std::string test = test_of(header.substr(0, slash), header.substr(slash + 1));
    const bool is_there = fs::exists(kRoot / "tests" / test);
    const bool is_elsewhere = tested_elsewhere().contains(header);
    EXPECT_TRUE(is_there || is_elsewhere) << "headroom/" << header << ".h has no tests/" << test;
    EXPECT_FALSE(is_there && is_elsewhere) << header << " has a test of its name: drop its row";
  }
}

TEST(HeaderTests, ThoseOfAnotherNameAreThere) {
  const std::set<std::string> headers = headers_with_a_source();
  for (const auto& [header, test] : tested_elsewhere()) {
    EXPECT_TRUE(headers.contains(header)) << header << " is no public header with a source";
    EXPECT_TRUE(fs::exists(kRoot / "tests" / test)) << header << ": no tests/" << test;
  }
}

// What only the room itself reads stands beside its sources.
TEST(PublicHeaders, AreReadOutsideOfTheirRoom) {
  std::vector<SourceFile> files = read_sources(kRoot, "tests");
  const std::vector<SourceFile> sources = read_sources(kRoot);
  files.insert(files.end(), sources.begin(), sources.end());
  const auto is_public = [](const SourceFile& file) {
    return file.path.find("/include/headroom/") != std::string::npos;
  };
  std::set<std::string> read;  // a public header's own includes are read with it
  for (const SourceFile& file : files) {
    const std::string own = "headroom/" + room_of(file.path) + "/";
    for (const Include& include : find_includes(file.text)) {
      if (is_public(file) || !include.path.starts_with(own)) read.insert(include.path);
    }
  }
  for (const SourceFile& file : sources) {
    if (!is_public(file)) continue;
    EXPECT_TRUE(read.contains(file.path.substr(file.path.rfind("headroom/"))))
        << file.path << " is read by its own room only: put it beside its source";
  }
}

}  // namespace
}  // namespace headroom::test
