#pragma once
#include "headroom/gui_toolkit/clipboard_reader.h"
#include "headroom/gui_toolkit/press_times.h"

#include "picture_clipboard.h"

#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

struct GLFWwindow;

namespace headroom {

// What GLFW's callbacks tell of a window, whose user pointer this is.
struct WindowEvents {
  double last_input = 0;
  bool exposed = true;  // the system has lost what the window showed
  PressTimes presses;
  // When the left button was pressed, of the events that are read now; the earliest first. Empty
  // where the system does not say.
  std::vector<double> clicks_at;
  double server_behind_s = std::numeric_limits<double>::max();  // its clock, at most
  std::vector<std::filesystem::path> dropped;
  // The clipboard: what is ours of it, and what others have.
  PictureClipboard own_picture;
  unsigned long text_owner = 0;  // the window that it has while our text is on it
  ClipboardReader reader;
  std::string text;  // as it was read last
  std::optional<PastedPicture> pasted;
};

// Dear ImGui chains to callbacks that were there before it.
void watch_input(GLFWwindow* window);

// Waits for events, at most so long, and passes them on.
void read_events(GLFWwindow* window, double seconds);

}  // namespace headroom
