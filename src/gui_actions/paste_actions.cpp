#include "headroom/gui_actions/paste_actions.h"

#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/image/picture_formats.h"

namespace headroom {
namespace {

Message why_not_pasted(PastedPicture::Fault fault) {
  switch (fault) {
    case PastedPicture::Fault::kNone:
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

}  // namespace

PasteActions::PasteActions(const ActionContext& context, SettingsActions& settings)
    : context_(context),
      settings_(settings),
      kept_((context.services.session_folder.empty() ? context.services.output_folder
                                                     : context.services.session_folder) /
            "pasted") {}

void PasteActions::ask() { context_.desktop.ask_picture(); }

void PasteActions::take(const PastedPicture& pasted) {
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

}  // namespace headroom
