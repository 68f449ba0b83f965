#pragma once
#include "headroom/config/string_table.h"
#include "headroom/core/error.h"
#include "headroom/gui_actions/action_context.h"
#include "headroom/image/file_writer.h"
#include "headroom/image/png_writer.h"

#include "engine/queue_test_support.h"
#include "support/paths.h"
#include "support/temp_folder.h"

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace headroom::test {

// What actions work with, without a window: a session whose jobs wait until `gate` is opened, a
// desktop that writes down what it is asked for, and English texts.
class ActionsTest : public testing::Test {
 protected:
  ActionsTest() {
    state_.reset_to(session_.current()->model);
    std::filesystem::create_directories(services_.output_folder);
  }

  [[nodiscard]] std::vector<JobStatus> jobs() { return session_.queue().status(); }
  // The prompts of all jobs, in their order.
  [[nodiscard]] std::vector<std::string> prompts() {
    std::vector<std::string> all;
    for (const JobStatus& job : jobs()) all.push_back(job.request.prompt);
    return all;
  }
  // Jobs of which the first one runs.
  void submit(const std::vector<std::string>& prompts) {
    for (const std::string& prompt : prompts) session_.queue().submit(small_request(prompt));
    ASSERT_TRUE(wait_until([&] { return gate_.entered() > 0; }));
  }
  // A grey picture as a PNG file.
  [[nodiscard]] std::filesystem::path write_picture(const std::string& name, int width = 64,
                                                    int height = 64, std::uint8_t grey = 90) const {
    const std::filesystem::path file = folder_ / name;
    const auto bytes = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3;
    write_new_file(file, encode_png({width, height, std::vector<std::uint8_t>(bytes, grey)}, {}));
    return file;
  }
  // A picture in the window that was made of `prompt`, and is selected.
  FinishedPicture& add_picture(const std::string& prompt, const std::filesystem::path& file = {}) {
    FinishedPicture made;
    made.job = state_.pictures.size() + 1;
    made.request = small_request(prompt);
    made.request.width = made.request.height = 64;
    made.picture.seed = 40 + state_.pictures.size();
    made.picture.image = std::make_shared<const Image>(Image{1, 1, {1, 2, 3}});
    made.file = file;
    state_.pictures.push_back(std::move(made));
    state_.selected = state_.pictures.size() - 1;
    return state_.pictures.back();
  }
  // The picture's save failed.
  static void fail_to_save(FinishedPicture& picture) {
    picture.file.clear();
    picture.save_error = "the disk is full; free some space or choose another folder";
  }
  [[nodiscard]] const Banner& last_banner() const {
    EXPECT_FALSE(state_.banners.empty());
    static const Banner none;
    return state_.banners.empty() ? none : state_.banners.back();
  }
  [[nodiscard]] bool can_take_back() const {
    return last_banner().way == Banner::Way::kUndo && last_banner().step == state_.undo.newest();
  }

  // Opens every model but "broken".
  static ModelOnDevice open(const SessionChoice& choice, Gate& gate, LoraServices loras) {
    if (choice.model == "broken") throw Error(ErrorKind::kModelFile, "broken has no weights");
    ModelOnDevice opened;
    opened.choice = choice;
    opened.model.name = choice.model;
    opened.model.path = "/models/" + choice.model;
    opened.model.size_unit = choice.model == "coarse" ? 128 : 64;
    if (choice.model == "wary") opened.model.negative_prompt = "blur";
    opened.source.make_generator = gate.make_generator();
    opened.read_memory = [] { return MemorySnapshot{}; };
    opened.loras = std::move(loras);
    return opened;
  }

  const TempFolder folder_;
  Gate gate_;
  // What the model says of LoRAs: each is known by its file's name, but "ill" fits no model.
  LoraServices loras_{.add = [](const std::filesystem::path& file) {
    if (file.stem() == "ill") throw Error(ErrorKind::kModelFile, "ill does not fit the model");
    return file.stem().string();
  }};
  Session session_{[this](const SessionChoice& choice) { return open(choice, gate_, loras_); },
                   {.model = "first"},
                   save_nowhere};
  WindowServices services_{.session = session_,
                           .config = {},
                           .output_folder = folder_ / "pictures",
                           .assets_folder = {}};
  UiState state_;
  const StringTable text_{test::source_folder() / "configs/lang/en.yaml"};
  MaskStore masks_{folder_ / "masks"};
  bool takes_pictures_ = true;  // the clipboard
  bool has_file_manager_ = true;
  std::vector<std::string> desktop_did_;
  Desktop desktop_{
      .copy_picture =
          [this](const std::string& png) {
            if (takes_pictures_) desktop_did_.push_back("picture " + png.substr(1, 3));
            return takes_pictures_;
          },
      .copy_text = [this](const std::string& text) { desktop_did_.push_back("text " + text); },
      .ask_picture = [this] { desktop_did_.push_back("ask for a picture"); },
      .open_folder = [this](const auto& folder) { show("folder ", folder); },
      .show_file = [this](const auto& file) { show("file ", file); }};
  const ActionContext context_{services_, state_, text_, masks_, desktop_};

 private:
  void show(const std::string& what, const std::filesystem::path& place) {
    if (!has_file_manager_) throw Error(ErrorKind::kIo, "no file manager; install one");
    desktop_did_.push_back(what + place.string());
  }
};

}  // namespace headroom::test
