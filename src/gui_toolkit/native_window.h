#pragma once
#include "headroom/gui_toolkit/graphics.h"

#include <filesystem>
#include <string>

struct GLFWmonitor;
struct GLFWwindow;

namespace headroom {

// Helpers of Graphics around GLFW's window. Main thread; GLFW must be initialised.

[[nodiscard]] std::string last_glfw_error();

// Scale of the user interface on `window`; if it is null, on the screen where one will open.
[[nodiscard]] float content_scale(GLFWwindow* window, double forced);

// Opens the window, with OpenGL 3 or for drawing without it. The first size and the smallest are
// in design pixels, limited to the screen. Throws Error{kInternal} when there is no OpenGL 3.
[[nodiscard]] GLFWwindow* open_window(const Graphics::Options& options, bool with_opengl);

// Sets the smallest size that the content needs at this scale, but not more than the present size.
void limit_size(GLFWwindow* window, double forced_scale, double zoom);

// headroom-16.png ... in the folder; missing ones are left out.
void set_icon(GLFWwindow* window, const std::filesystem::path& folder);

// The screen that contains the window's middle; else the first one. Null without a screen.
[[nodiscard]] GLFWmonitor* screen_of(const WindowPlace& place);

}  // namespace headroom
