#include "native_window.h"

#include "headroom/core/error.h"
#include "headroom/gui_toolkit/layout.h"
#include "headroom/image/image_reader.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <GLFW/glfw3.h>

namespace headroom {
namespace {

// The place, moved and shrunk to be on the screen.
void put_back(GLFWwindow* window, const WindowPlace& place, const WindowPlace& area) {
  int width = place.width;
  int height = place.height;
  if (area.width > 0) {
    width = std::min(width, area.width);
    height = std::min(height, area.height);
    glfwSetWindowPos(window, std::clamp(place.x, area.x, area.x + area.width - width),
                     std::clamp(place.y, area.y, area.y + area.height - height));
  }
  glfwSetWindowSize(window, width, height);
  if (place.maximized) glfwMaximizeWindow(window);
}

// The icon is a rounded square. Its reader fills transparent pixels with white, so the corners are
// made transparent again. Returns RGBA.
std::vector<unsigned char> with_round_corners(const Image& image) {
  const double size = image.width;
  const double radius = 0.22 * size;
  std::vector<unsigned char> rgba;
  rgba.reserve(image.rgb.size() / 3 * 4);
  for (int y = 0; y < image.height; ++y) {
    for (int x = 0; x < image.width; ++x) {
      const double dx = std::max({radius - (x + 0.5), x + 0.5 - (size - radius), 0.0});
      const double dy = std::max({radius - (y + 0.5), y + 0.5 - (size - radius), 0.0});
      const double inside = std::clamp(radius - std::hypot(dx, dy) + 0.5, 0.0, 1.0);
      const auto* const pixel = &image.rgb[3 * (static_cast<std::size_t>(y) * image.width + x)];
      rgba.insert(rgba.end(),
                  {pixel[0], pixel[1], pixel[2], static_cast<unsigned char>(255 * inside)});
    }
  }
  return rgba;
}

// Wayland measures windows in points, not in pixels.
bool in_pixels() { return glfwGetPlatform() == GLFW_PLATFORM_X11; }

}  // namespace

std::string last_glfw_error() {
  const char* text = nullptr;
  glfwGetError(&text);
  return text == nullptr ? "unknown reason" : text;
}

float content_scale(GLFWwindow* window, double forced) {
  if (forced > 0) return static_cast<float>(forced);
  float x = 1;
  float y = 1;
  if (window != nullptr) {
    glfwGetWindowContentScale(window, &x, &y);
  } else if (GLFWmonitor* const monitor = glfwGetPrimaryMonitor(); monitor != nullptr) {
    glfwGetMonitorContentScale(monitor, &x, &y);
  }
  return x > 0.5F ? x : 1.0F;
}

GLFWwindow* open_window(const Graphics::Options& options, bool with_opengl) {
  glfwWindowHint(GLFW_CLIENT_API, with_opengl ? GLFW_OPENGL_API : GLFW_NO_API);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
  glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 0);
  // Connects the window with headroom.desktop.
  glfwWindowHintString(GLFW_X11_CLASS_NAME, "headroom");
  glfwWindowHintString(GLFW_X11_INSTANCE_NAME, "headroom");
  glfwWindowHintString(GLFW_WAYLAND_APP_ID, "headroom");
  const float scale = (in_pixels() ? content_scale(nullptr, options.ui_scale) : 1.0F) *
                      static_cast<float>(options.zoom);
  const auto pixels = [&](int design_px) {
    return static_cast<int>(std::lround(static_cast<float>(design_px) * scale));
  };
  int width = pixels(options.width);
  int height = pixels(options.height);
  int least_width = pixels(kLeastWidth_px);
  int least_height = pixels(kLeastHeight_px);
  int x = 0;
  int y = 0;
  int area_width = 0;
  int area_height = 0;
  if (GLFWmonitor* monitor = glfwGetPrimaryMonitor(); monitor != nullptr) {
    glfwGetMonitorWorkarea(monitor, &x, &y, &area_width, &area_height);
    if (area_width > 0) {
      width = std::min(width, area_width);
      least_width = std::min(least_width, area_width);
    }
    if (area_height > 0) {
      height = std::min(height, area_height);
      least_height = std::min(least_height, area_height);
    }
  }
  GLFWwindow* const window =
      glfwCreateWindow(width, height, options.title.c_str(), nullptr, nullptr);
  if (window == nullptr) {
    throw Error(ErrorKind::kInternal,
                "no display that offers OpenGL 3 (" + last_glfw_error() +
                    "); try LIBGL_ALWAYS_SOFTWARE=1, or use `headroom generate`");
  }
  glfwSetWindowSizeLimits(window, least_width, least_height, GLFW_DONT_CARE, GLFW_DONT_CARE);
  if (options.place) {
    put_back(window, *options.place, {x, y, area_width, area_height});
  }
  return window;
}

void limit_size(GLFWwindow* window, double forced_scale, double zoom) {
  const double scale = (in_pixels() ? content_scale(window, forced_scale) : 1.0) * zoom;
  int width = 0;
  int height = 0;
  glfwGetWindowSize(window, &width, &height);
  const auto least = [&](int design_px, int now) {
    return std::min(now, static_cast<int>(std::lround(design_px * scale)));
  };
  glfwSetWindowSizeLimits(window, least(kLeastWidth_px, width), least(kLeastHeight_px, height),
                          GLFW_DONT_CARE, GLFW_DONT_CARE);
}

void set_icon(GLFWwindow* window, const std::filesystem::path& folder) {
  std::vector<std::vector<unsigned char>> pixels;
  std::vector<GLFWimage> icons;
  for (const int size : {16, 32, 48, 128}) {
    const auto file = folder / ("headroom-" + std::to_string(size) + ".png");
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(file, ignored)) continue;
    const Image image = read_image(file);
    pixels.push_back(with_round_corners(image));
    icons.push_back({image.width, image.height, pixels.back().data()});
  }
  if (!icons.empty()) glfwSetWindowIcon(window, static_cast<int>(icons.size()), icons.data());
}

GLFWmonitor* screen_of(const WindowPlace& place) {
  int count = 0;
  GLFWmonitor** const screens = glfwGetMonitors(&count);
  for (int i = 0; i < count; ++i) {
    int x = 0;
    int y = 0;
    glfwGetMonitorPos(screens[i], &x, &y);
    const GLFWvidmode* const mode = glfwGetVideoMode(screens[i]);
    const int across = place.x + place.width / 2 - x;
    const int down = place.y + place.height / 2 - y;
    if (mode != nullptr && across >= 0 && across < mode->width && down >= 0 && down < mode->height)
      return screens[i];
  }
  return glfwGetPrimaryMonitor();
}

}  // namespace headroom
