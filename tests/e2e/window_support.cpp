#include "e2e/window_support.h"

#include "headroom/image/image_reader.h"
#include "headroom/image/resize.h"

#include "support/paths.h"
#include "support/process.h"
#include "support/shared_cache.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <stdexcept>
#include <string_view>

#include <unistd.h>

namespace headroom::test {
namespace fs = std::filesystem;
namespace {

// What lies on a picture that was made of another: the button that shows that one.
struct Overlay {
  double x = 0, y = 0, w = 0, h = 0;
  [[nodiscard]] bool covers(double at_x, double at_y) const {
    return at_x >= x && at_x <= x + w && at_y >= y && at_y <= y + h;
  }
};

Overlay overlay_of(const json& widgets) {
  if (!widgets.contains("compare")) return {};
  const json& at = widgets["compare"];
  return {at["x"].get<double>() - 1, at["y"].get<double>() - 1, at["w"].get<double>() + 2,
          at["h"].get<double>() + 2};
}

Likeness likeness(const Image& screen, const Image& picture, int x0, int y0,
                  const Overlay& overlay) {
  double n = 0, a = 0, b = 0, aa = 0, bb = 0, ab = 0, difference = 0;
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      if (overlay.covers(x0 + x, y0 + y)) continue;
      const std::size_t s = 3 * (static_cast<std::size_t>(y0 + y) * screen.width + x0 + x);
      const std::size_t p = 3 * (static_cast<std::size_t>(y) * picture.width + x);
      for (std::size_t c = 0; c < 3; ++c) {
        const double u = screen.rgb[s + c];
        const double v = picture.rgb[p + c];
        n += 1, a += u, b += v, aa += u * u, bb += v * v, ab += u * v;
        difference += std::abs(u - v);
      }
    }
  }
  const double spread = std::sqrt((aa - a * a / n) * (bb - b * b / n));
  return {spread > 0 ? (ab - a * b / n) / spread : 0, difference / n};
}

}  // namespace

WindowEndToEnd::WindowEndToEnd() {
  std::string name = (fs::temp_directory_path() / "headroom-window-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  folder_ = fs::canonical(name);
}

WindowEndToEnd::~WindowEndToEnd() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

Launch WindowEndToEnd::launch(std::vector<std::string> arguments,
                              std::vector<std::string> environment) const {
  environment.insert(environment.begin(),
                     {"HOME={folder}/home", "XDG_CONFIG_HOME={folder}/config",
                      "XDG_STATE_HOME={folder}/state", "XDG_CACHE_HOME=" + shared_cache_folder(),
                      "XDG_PICTURES_DIR=", "LC_ALL=C.UTF-8", "HEADROOM_MODEL_DEVICE=cpu"});
  return {.program = test::built_program(HEADROOM_PROGRAM),
          .arguments = std::move(arguments),
          .environment = std::move(environment),
          .folder = folder_};
}

void WindowEndToEnd::type_number(WindowDriver& window, const std::string& widget,
                                 const std::string& number) {
  window.click(widget);
  window.key("ctrl+a");
  window.type(number);
  window.key("Tab");
}

void WindowEndToEnd::choose_steps(WindowDriver& window, int steps) {
  type_number(window, "steps.value", std::to_string(steps));
  ASSERT_TRUE(window.wait([&](const json& s) { return s["steps"] == steps; }));
}

bool WindowEndToEnd::wait_until_made(const WindowDriver& window, int pictures) {
  return window.wait([&](const json& s) { return s["pictures"] == pictures && s["jobs"] == 0; },
                     kPicture_s * std::max(1, pictures));
}

void WindowEndToEnd::rest(WindowDriver& window) { window.point_at(640, 6); }  // of the top bar

Likeness WindowEndToEnd::compare_canvas(const WindowDriver& window, const std::string& screenshot,
                                        const fs::path& picture) {
  const json widgets = window.read()["widgets"];
  const Image screen = read_image(window.screenshot(screenshot));
  const json& place = widgets.at("picture");
  const auto pixel = [&](const char* key) {
    return static_cast<int>(std::lround(place[key].get<double>()));
  };
  Image expected = read_image(picture);
  if (expected.width != pixel("w") || expected.height != pixel("h"))
    expected = resize_lanczos(expected, pixel("w"), pixel("h"));
  return likeness(screen, expected, pixel("x"), pixel("y"), overlay_of(widgets));
}

void WindowEndToEnd::expect_same_pixels(const fs::path& a, const fs::path& b) {
  const Image one = read_image(a);
  const Image other = read_image(b);
  ASSERT_EQ(one.width, other.width);
  ASSERT_EQ(one.height, other.height);
  int differ = 0;
  int largest = 0;
  for (std::size_t i = 0; i < one.rgb.size(); ++i) {
    const int levels = std::abs(int{one.rgb[i]} - int{other.rgb[i]});
    differ += levels > 0 ? 1 : 0;
    largest = std::max(largest, levels);
  }
  EXPECT_EQ(differ, 0) << "of " << one.rgb.size() << " values, by at most " << largest
                       << " levels: " << a << ", " << b;
}

json WindowEndToEnd::run_json(std::vector<std::string> arguments) const {
  ProcessOptions options;
  options.program = test::built_program(HEADROOM_PROGRAM);
  options.arguments = std::move(arguments);
  options.folder = folder_;
  options.environment = {{"HOME", (folder_ / "home").string()},
                         {"XDG_STATE_HOME", (folder_ / "state").string()},
                         {"XDG_CACHE_HOME", shared_cache_folder()},
                         {"HEADROOM_MODEL_DEVICE", "cpu"}};
  // As the window does, which has the tester's variables: number of threads, instruction sets.
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t end = text.find('=');
    if (text.starts_with("HEADROOM_") || end == std::string_view::npos) continue;
    options.environment.emplace(text.substr(0, end), text.substr(end + 1));
  }
  const ProcessResult result = run_process(options);
  const json said = json::parse(result.out, nullptr, /*allow_exceptions=*/false);
  EXPECT_FALSE(said.is_discarded()) << result.err;
  return said;
}

std::vector<fs::path> WindowEndToEnd::pictures_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".png") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace headroom::test
