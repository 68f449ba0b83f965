#include "headroom/gui_actions/paste_actions.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/core/generation.h"
#include "headroom/image/picture_formats.h"

#include <utility>

namespace headroom {
namespace {

Message why_not_pasted(PastedPicture::Fault fault) {
  switch (fault) {
    case PastedPicture::Fault::kNone:
    case PastedPicture::Fault::kNoPicture:
      return {};
    case PastedPicture::Fault::kNoAnswer:
      return say(
          "the program that the picture was copied in does not answer; save the picture "
          "there and drop the file on this window");
    case PastedPicture::Fault::kOtherFormat:
      return say(
          "the picture on the clipboard is not a {0}; save it as one of them and drop the file on "
          "this window",
          say_format_names(PictureUse::kPixels));
    case PastedPicture::Fault::kTooLarge:
      return say(
          "the picture on the clipboard is larger than {0}; save it and drop the file on "
          "this window",
          format_bytes(PastedPicture::kMostBytes));
    case PastedPicture::Fault::kNotHere:
      return say(
          "there is no text on the clipboard, and a picture cannot be pasted under Wayland; "
          "save it and drop the file on this window");
  }
  return {};
}

// What the prompt's field would take of a pasted text, without the line end that is often copied
// along.
std::string as_prompt(const std::string& text) {
  std::string words;
  for (const char c : text) {
    if (c == '\t') {
      words += ' ';
    } else if (c == '\n' || static_cast<unsigned char>(c) >= 0x20) {
      words += c;
    }
  }
  words.erase(words.find_last_not_of(" \n") + 1);
  return words;
}

}  // namespace

PasteActions::PasteActions(const ActionContext& context, SettingsActions& settings)
    : context_(context),
      settings_(settings),
      kept_((context.services.session_folder.empty() ? context.services.output_folder
                                                     : context.services.session_folder) /
            "pasted") {}

void PasteActions::ask(std::string text) {
  text_ = std::move(text);
  context_.desktop.ask_picture();
}

void PasteActions::take(const PastedPicture& pasted) {
  const std::string text = std::exchange(text_, {});
  if (pasted.fault == PastedPicture::Fault::kNoPicture) return offer_as_prompt(text);
  Message fault = why_not_pasted(pasted.fault);
  if (fault.empty()) {
    try {
      return settings_.offer(kept_.keep(pasted.bytes));
    } catch (const Error& e) {
      fault = e.message();
    }
  }
  context_.state.add_banner({.kind = Banner::Kind::kWarning,
                             .title = say("banner.paste"),
                             .text = fault,
                             .about = UiState::kAboutOffer});
}

void PasteActions::offer_as_prompt(const std::string& text) {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos || !is_valid_utf8(text)) return;
  context_.state.add_banner({.kind = Banner::Kind::kWarning,
                             .title = say("banner.paste.text"),
                             .text = say("banner.paste.text.how"),
                             .about = UiState::kAboutOffer,
                             .way = Banner::Way::kUsePrompt,
                             .prompt = as_prompt(text)});
}

}  // namespace headroom
