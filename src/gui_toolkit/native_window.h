#pragma once
#include "headroom/gui_toolkit/graphics.h"

#include <filesystem>
#include <string>

struct GLFWmonitor;
struct GLFWwindow;

namespace headroom {

// What Graphics asks of GLFW for its window. Main thread, with GLFW set up.

[[nodiscard]] std::string last_glfw_error();

// Of the user interface on `window`, or, where it is null, on the screen where one will open.
[[nodiscard]] float content_scale(GLFWwindow* window, double forced);

// The first size and the smallest are design pixels, but no window is larger than the screen.
// Throws Error{kInternal} when there is no OpenGL 3.
[[nodiscard]] GLFWwindow* open_window(const Graphics::Options& options);

// Does not let the window become smaller than its content allows at this scale, nor than it is.
void limit_size(GLFWwindow* window, double forced_scale, double zoom);

// headroom-16.png ... in the folder; missing ones are left out.
void set_icon(GLFWwindow* window, const std::filesystem::path& folder);

// The screen with the window's middle; the first when none has it. Null without a screen.
[[nodiscard]] GLFWmonitor* screen_of(const WindowPlace& place);

}  // namespace headroom
