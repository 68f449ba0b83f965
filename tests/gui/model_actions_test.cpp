#include "headroom/gui_actions/model_actions.h"

#include "gui/action_support.h"

#include <stdlib.h>

namespace headroom::test {
namespace {

class ModelActionsTest : public ActionsTest {
 protected:
  ModelActionsTest() {
    services_.searched_folders = [this] { return searched_; };
    services_.add_folder = [this](const std::filesystem::path& folder) {
      if (!exists(folder)) throw Error(ErrorKind::kIo, folder.string() + " is not there");
      searched_.push_back({folder, true, true});
    };
    services_.remove_folder = [this](const std::filesystem::path& folder) {
      if (std::erase_if(searched_, [&](const auto& s) { return s.path == folder; }) == 0)
        throw Error(ErrorKind::kIo, "cannot write the list; free some space");
    };
  }
  [[nodiscard]] bool wait_for(const std::string& model) const {
    return wait_until([&] { return session_.current()->choice.model == model; });
  }
  std::vector<SearchedFolder> searched_;
  ModelActions models_{context_};
};

TEST_F(ModelActionsTest, ATypedPathIsOpenedWithoutBlanksAndQuotes) {
  const std::string model = folder_.path().string();
  models_.choose("  \"" + model + "\"\n");
  EXPECT_TRUE(wait_for(model)) << session_.current()->choice.model;
  EXPECT_TRUE(state_.model_opening);
}

TEST_F(ModelActionsTest, ATildeIsThePersonsFolder) {
  const char* const home = std::getenv("HOME");
  ASSERT_NE(home, nullptr);
  models_.choose("~/");
  EXPECT_TRUE(wait_for(std::string(home) + "/")) << session_.current()->choice.model;
}

TEST_F(ModelActionsTest, WhatIsNoPathIsTheNameOfARepositoryAndNothingIsNothing) {
  models_.choose(std::string(" "));
  EXPECT_FALSE(state_.model_opening);
  models_.choose(std::string("someone/some-model"));
  EXPECT_TRUE(wait_for("someone/some-model"));
}

TEST_F(ModelActionsTest, AnotherModelKeepsTheDeviceAndTheFormatThatWereChosen) {
  models_.change({.model = "first", .device = "cpu", .dtype = NumberFormat::kBfloat16});
  ASSERT_TRUE(
      wait_until([&] { return session_.current()->choice.dtype == NumberFormat::kBfloat16; }));
  ModelOffer offer;
  offer.model = offer.name = "second";
  offer.place = "/models/second";
  models_.choose(offer);
  ASSERT_TRUE(wait_for("second"));
  EXPECT_EQ(session_.current()->choice.device, "cpu");
  EXPECT_EQ(session_.current()->choice.dtype, NumberFormat::kBfloat16);
}

TEST_F(ModelActionsTest, AChangeThatWaitsForTheRunningJobCanBeTakenBack) {
  submit({"running"});
  models_.change({.model = "second"});
  ASSERT_TRUE(wait_until([&] {
    const auto change = session_.state().change;
    return change && change->is_opened;
  }));
  models_.keep();
  EXPECT_TRUE(wait_until([&] { return !session_.state().change; }));
  EXPECT_EQ(session_.current()->choice.model, "first");
}

TEST_F(ModelActionsTest, TheListOpensWithTheFoldersThatAreSearched) {
  searched_ = {{"/models", true, false}};
  models_.open_list();
  EXPECT_EQ(state_.sheet, UiState::Sheet::kModels);
  ASSERT_EQ(state_.searched_folders.size(), 1U);
  EXPECT_EQ(state_.searched_folders[0].path, "/models");
}

TEST_F(ModelActionsTest, AFurtherFolderIsSearchedAtOnce) {
  state_.added_folder = "typed";
  models_.add_folder("'" + folder_.path().string() + "'");
  EXPECT_EQ(state_.searched_folders.size(), 1U);
  EXPECT_TRUE(state_.models_asked);
  EXPECT_FALSE(state_.added_folder) << "its field closes";
  state_.models_asked = false;
  models_.remove_folder(folder_.path());
  EXPECT_TRUE(state_.searched_folders.empty());
  EXPECT_TRUE(state_.models_asked);
}

TEST_F(ModelActionsTest, AFolderThatIsRefusedStaysInItsFieldWithTheReason) {
  models_.add_folder("/no/such/folder");
  EXPECT_EQ(state_.added_folder, "/no/such/folder");
  EXPECT_EQ(state_.folder_trouble.english(), "/no/such/folder is not there");
  EXPECT_FALSE(state_.models_asked);
  models_.remove_folder("/never/added");
  EXPECT_EQ(state_.folder_trouble.english(), "cannot write the list; free some space");
}

}  // namespace
}  // namespace headroom::test
