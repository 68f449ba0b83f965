#pragma once
#include <string>

namespace headroom {

// Shows a text by a program of the desktop that can: zenity, kdialog, xmessage or notify-send.
// Waits until it is closed. For when no window of our own can open and there is no terminal. Does
// nothing where there is no such program.
void show_by_desktop(const std::string& text);

}  // namespace headroom
