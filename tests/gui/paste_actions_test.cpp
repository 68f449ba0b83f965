#include "headroom/gui_actions/paste_actions.h"

#include "gui/action_support.h"

#include <fstream>
#include <iterator>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;

class PasteActionsTest : public ActionsTest {
 protected:
  std::string bytes_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  PromptActions prompt_{context_};
  SizeActions size_{context_};
  StartPictureFinder finder_{context_};
  StartActions start_{context_, finder_};
  SettingsActions settings_{context_, {prompt_, size_, finder_, start_}};
  PasteActions pasted_{context_, settings_};
};

TEST_F(PasteActionsTest, TheDesktopIsAskedForAPicture) {
  pasted_.ask({});
  EXPECT_EQ(desktop_did_, (std::vector<std::string>{"ask for a picture"}));
}

TEST_F(PasteActionsTest, APictureIsKeptAsAFileAndOffered) {
  const std::string png = bytes_of(write_picture("copied.png"));
  pasted_.take({PastedPicture::Fault::kNone, png});
  ASSERT_TRUE(state_.offered_picture);
  EXPECT_EQ(bytes_of(state_.offered_picture->file), png);
  EXPECT_TRUE(state_.banners.empty());
}

TEST_F(PasteActionsTest, WhatCannotBeTakenIsSaid) {
  using Fault = PastedPicture::Fault;
  for (const Fault fault :
       {Fault::kNoAnswer, Fault::kOtherFormat, Fault::kTooLarge, Fault::kNotHere}) {
    state_.banners.clear();
    pasted_.take({fault, {}});
    ASSERT_EQ(state_.banners.size(), 1U);
    EXPECT_NE(state_.banners.front().text.english().find("drop the file on this window"),
              std::string::npos);
  }
  EXPECT_FALSE(state_.offered_picture);
}

TEST_F(PasteActionsTest, TextWithoutAPictureIsOfferedAsThePrompt) {
  pasted_.ask("a few words\r\nabout\ta cat\x01\r\n");
  pasted_.take({PastedPicture::Fault::kNoPicture});
  EXPECT_EQ(last_banner().text.key(), "banner.paste.text.how");
  EXPECT_EQ(last_banner().way, Banner::Way::kUsePrompt);
  EXPECT_EQ(last_banner().prompt, "a few words\nabout a cat") << "as its field would take it";
  EXPECT_EQ(state_.draft.prompt, "") << "nothing is changed unasked";
  pasted_.ask("other words");
  pasted_.take({PastedPicture::Fault::kNoPicture});
  ASSERT_EQ(state_.banners.size(), 1U) << "said once, with the latest text";
  EXPECT_EQ(last_banner().prompt, "other words");
}

TEST_F(PasteActionsTest, APictureBesideTheTextIsPreferredAndTheTextForgotten) {
  pasted_.ask("words beside it");
  pasted_.take({PastedPicture::Fault::kNone, bytes_of(write_picture("copied.png"))});
  EXPECT_TRUE(state_.offered_picture);
  pasted_.take({PastedPicture::Fault::kNoPicture});
  EXPECT_TRUE(state_.banners.empty());
}

TEST_F(PasteActionsTest, NothingIsSaidOfATextWithoutWords) {
  for (const char* const text : {"", " \r\n\t", "\xff\xfe"}) {
    pasted_.ask(text);
    pasted_.take({PastedPicture::Fault::kNoPicture});
    EXPECT_TRUE(state_.banners.empty());
  }
}

TEST_F(PasteActionsTest, BytesThatAreNoPictureAreSaid) {
  pasted_.take({PastedPicture::Fault::kNone, "no picture"});
  EXPECT_FALSE(state_.offered_picture);
  EXPECT_EQ(state_.banners.size(), 1U);
}

}  // namespace
}  // namespace headroom::test
