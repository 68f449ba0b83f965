#include "headroom/gui_actions/settings_actions.h"

#include "gui/action_support.h"

namespace headroom::test {
namespace {

namespace fs = std::filesystem;
using Part = SettingsActions::Part;

class SettingsActionsTest : public ActionsTest {
 protected:
  SettingsActionsTest() { state_.draft.prompt = "typed"; }
  // What a picture that was dropped tells.
  OfferedPicture& offer() {
    OfferedPicture picture;
    picture.file = file_;
    picture.name = "offered.png";
    picture.has_settings = picture.has_prompt = picture.has_steps = picture.has_guidance = true;
    picture.request.prompt = "offered";
    picture.request.negative_prompt = "blurry";
    picture.request.steps = 33;
    picture.request.guidance_scale = 4;
    picture.request.seed = 77;
    picture.request.width = 128;
    picture.request.height = 192;
    return state_.offered_picture.emplace(picture);
  }
  const fs::path file_ = write_picture("offered.png");
  PromptActions prompt_{context_};
  SizeActions size_{context_};
  StartPictureFinder finder_{context_};
  StartActions start_{context_, finder_};
  SettingsActions settings_{context_, {prompt_, size_, finder_, start_}};
};

TEST_F(SettingsActionsTest, AllSettingsOfTheSelectedPictureMakeItAgain) {
  FinishedPicture& picture = add_picture("made");
  picture.request.negative_prompt = "blurry";
  picture.request.steps = 12;
  picture.request.count = 4;
  state_.off_loras = {{"ink", 1}};
  settings_.use_all();
  EXPECT_EQ(state_.draft.prompt, "made");
  EXPECT_EQ(state_.new_prompt, "made");
  EXPECT_EQ(state_.draft.steps, 12);
  EXPECT_EQ(state_.draft.count, 1) << "this one picture";
  EXPECT_EQ(state_.draft.width, 64);
  EXPECT_EQ(state_.seed_text, "40");
  EXPECT_TRUE(state_.negative_open);
  EXPECT_TRUE(state_.off_loras.empty());
  EXPECT_TRUE(can_take_back());
  EXPECT_EQ(state_.undo.undo(state_.settings())->settings.draft.prompt, "typed");
}

TEST_F(SettingsActionsTest, APartOfThemLeavesTheRest) {
  add_picture("made");
  settings_.use_prompt();
  EXPECT_EQ(state_.draft.prompt, "made");
  EXPECT_EQ(state_.seed_text, "");
  settings_.use_seed();
  EXPECT_EQ(state_.seed_text, "40");
}

TEST_F(SettingsActionsTest, WithoutASelectedPictureNothingHappens) {
  settings_.use_all();
  settings_.use_prompt();
  settings_.use_seed();
  EXPECT_EQ(state_.draft.prompt, "typed");
  EXPECT_TRUE(state_.banners.empty());
}

TEST_F(SettingsActionsTest, AFileThatIsNoPictureIsNotOffered) {
  settings_.offer(folder_.write("notes.txt", "no picture"));
  EXPECT_FALSE(state_.offered_picture);
  EXPECT_NE(last_banner().text.english().find("notes.txt"), std::string::npos);
  settings_.offer(write_picture("plain.png"));
  ASSERT_TRUE(state_.offered_picture);
  EXPECT_FALSE(state_.offered_picture->has_settings);
}

// Their settings are read, their pixels are not.
TEST_F(SettingsActionsTest, OfAWebpOnlyItsSettingsAreOffered) {
  const auto webp = [](const std::string& xmp) {
    const auto part = [](const std::string& name, const std::string& data) {
      std::string out = name;
      for (unsigned shift = 0; shift < 32; shift += 8) {
        out += static_cast<char>(data.size() >> shift & 0xFFU);
      }
      return out + data + std::string(data.size() % 2, '\0');
    };
    const std::string header("\x08\0\0\0\x02\0\0\x01\0\0", 10);  // 3 x 2
    return part("RIFF", "WEBP" + part("VP8X", header) + part("XMP ", xmp));
  };
  settings_.offer(folder_.write("bare.webp", webp("")));
  EXPECT_FALSE(state_.offered_picture);
  EXPECT_TRUE(last_banner().text.english().ends_with(
      "bare.webp: it is not a PNG or JPEG picture; convert it first"));
  settings_.offer(folder_.write(
      "told.webp", webp("<x:xmpmeta><rdf:RDF><rdf:Description><exif:UserComment>a dog\n"
                        "Steps: 9, Seed: 5</exif:UserComment></rdf:Description></rdf:RDF>"
                        "</x:xmpmeta>")));
  ASSERT_TRUE(state_.offered_picture);
  EXPECT_EQ(state_.offered_picture->request.seed, 5U);
  EXPECT_EQ(state_.offered_picture->why_no_image.english(),
            "it is not a PNG or JPEG picture; convert it first");
  settings_.offer(write_picture("plain.png"));
  EXPECT_TRUE(state_.offered_picture->why_no_image.empty());
}

TEST_F(SettingsActionsTest, WhatThePictureTellsIsTakenAndWhatItDoesNotStays) {
  offer();
  state_.draft.count = 5;
  settings_.take_offered(Part::kAll);
  EXPECT_EQ(state_.draft.prompt, "offered");
  EXPECT_EQ(state_.draft.negative_prompt, "blurry");
  EXPECT_EQ(state_.draft.steps, 33);
  EXPECT_EQ(state_.draft.guidance_scale, 4);
  EXPECT_EQ(state_.draft.count, 1);
  EXPECT_EQ(state_.seed_text, "77");
  EXPECT_EQ(state_.draft.width, 512) << "it does not tell its size";
  EXPECT_TRUE(can_take_back());
}

TEST_F(SettingsActionsTest, ACopiedTextOffersItsSettings) {
  EXPECT_FALSE(settings_.offer_text("a dog"));
  EXPECT_FALSE(state_.offered_picture);
  ASSERT_TRUE(settings_.offer_text("a dog\nSteps: 9, Seed: 5"));
  settings_.take_offered(Part::kAll);
  EXPECT_EQ(state_.draft.prompt, "a dog");
  EXPECT_EQ(state_.draft.steps, 9);
  EXPECT_EQ(state_.seed_text, "5");
  EXPECT_TRUE(can_take_back());
}

TEST_F(SettingsActionsTest, OnlyThePromptOrOnlyTheSeed) {
  offer().has_size = true;
  settings_.take_offered(Part::kPrompt);
  EXPECT_EQ(state_.draft.prompt, "offered");
  EXPECT_EQ(state_.seed_text, "");
  EXPECT_EQ(state_.draft.width, 512);
  offer();
  state_.draft.prompt = "typed";
  settings_.take_offered(Part::kSeed);
  EXPECT_EQ(state_.draft.prompt, "typed");
  EXPECT_EQ(state_.seed_text, "77");
}

TEST_F(SettingsActionsTest, TheSizeComesWhereItIsTold) {
  offer().has_size = true;
  settings_.take_offered(Part::kAll);
  EXPECT_EQ(state_.draft.width, 128);
  EXPECT_EQ(state_.draft.height, 192);
}

TEST_F(SettingsActionsTest, ThePictureItselfBecomesTheStart) {
  offer();
  settings_.take_offered(Part::kImage);
  ASSERT_TRUE(state_.draft.init);
  EXPECT_EQ(state_.draft.init->file.name, "offered.png");
  EXPECT_EQ(state_.draft.prompt, "typed");
}

}  // namespace
}  // namespace headroom::test
