// The window with a fake generator and a scripted device, for looking at it and for tests that
// drive it. Not shipped. `gui_demo --help` lists the options.
#include "headroom/core/bytes.h"
#include "headroom/core/error.h"
#include "headroom/core/size.h"
#include "headroom/gui/window.h"
#include "headroom/image/file_writer.h"
#include "headroom/image/png_writer.h"
#include "headroom/memory/budget.h"

#include "gui/demo_lists.h"
#include "support/fake_generator.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace headroom;

struct Options {
  std::map<std::string, std::string> values{
      {"share", ""},        {"output", "/tmp/headroom_demo"},
      {"step-ms", "150"},   {"total", "6G"},
      {"others", "600M"},   {"others-file", ""},
      {"language", "en"},   {"theme", "dark"},
      {"width", "1280"},    {"height", "800"},
      {"scale", "0"},       {"save", "works"},
      {"unit", "64"},       {"guidance", "2"},
      {"session", ""},      {"host", ""},  // of main memory, with as much of files
      {"seconds", "known"},                // or estimated
      {"state-file", ""},   {"source", "CPU budget"},
      {"cap", ""},          {"reserve", ""},
      {"unsaved", "60M"},   {"samples", ""},   // a folder
      {"hold-file", ""},                       // no run begins its steps while this file is there
      {"models", "few"},    {"loras", "few"},  // see demo_lists.h
      {"upscalers", "few"},                    // likewise
      {"look-ms", "0"},                        // that finding a model or judging a LoRA takes
      {"frame-ms", "0"},                       // that each frame takes
      {"look-file", ""}};  // while this file is there, no more than two models are found
  [[nodiscard]] std::string text(const std::string& name) const { return values.at(name); }
  [[nodiscard]] double number(const std::string& name) const { return std::stod(values.at(name)); }
  [[nodiscard]] std::int64_t bytes(const std::string& name) const {
    return parse_bytes(values.at(name)).value_or(0);
  }
  // What a test may change while the window is open.
  [[nodiscard]] std::int64_t others() const {
    std::ifstream in(text("others-file"));
    std::string text;
    return in >> text ? parse_bytes(text).value_or(0) : bytes("others");
  }
};

Options read_options(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const std::size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    if (!name.starts_with("--") || equals == std::string::npos ||
        !options.values.contains(name.substr(2))) {
      std::fprintf(stderr, "gui_demo [--NAME=VALUE ...], with these names and defaults:\n");
      for (const auto& [key, value] : options.values)
        std::fprintf(stderr, "  %s=%s\n", key.c_str(), value.c_str());
      std::exit(2);
    }
    options.values[name.substr(2)] = argument.substr(equals + 1);
  }
  return options;
}

// What the pretended device holds; written by the worker, read by the sampler.
struct Device {
  std::atomic<std::int64_t> weights{0};
  std::atomic<std::int64_t> activations{0};
  std::atomic<std::int64_t> cached{0};
  std::atomic<std::int64_t> peak{0};
};

class DemoGenerator final : public ImageGenerator {
 public:
  DemoGenerator(Device& device, std::chrono::microseconds step, std::filesystem::path hold)
      : device_(device), fake_(step), hold_(std::move(hold)) {}
  void generate(const GenerationRequest& request, ProgressSink& progress,
                std::stop_token stop) override {
    const Plan plan =
        request.upscale
            ? test::FakeGenerator::make_plan(*request.upscale, size_before(request))
            : test::FakeGenerator::make_plan(test::FakeGenerator::shape_of(request), request.count);
    device_.cached = 0;
    device_.weights = std::min(3 * kGiB, plan.peak_bytes);
    device_.activations = plan.peak_bytes - device_.weights;
    device_.peak = plan.peak_bytes;
    const Idle idle{device_};
    for (std::error_code none; std::filesystem::exists(hold_, none) && !stop.stop_requested();)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    fake_.generate(request, progress, stop);
  }

 private:
  struct Idle {
    Device& device;
    ~Idle() {
      device.cached = device.activations / 2;
      device.activations = 0;
    }
  };
  Device& device_;
  test::FakeGenerator fake_;
  std::filesystem::path hold_;
};

Forecast make_forecast(const ForecastService::Run& run, const MemorySnapshot& memory,
                       const BudgetOptions& limits, bool estimated = false) {
  Forecast forecast;
  forecast.budget = compute_budget(memory, limits);
  const Size asked{run.shape.width, run.shape.height};
  forecast.plan = run.upscale ? test::FakeGenerator::make_plan(*run.upscale, asked)
                              : test::FakeGenerator::make_plan(run.shape, run.count);
  forecast.plan.peak_bytes +=
      test::DemoLoras::kBytes * std::count(run.loras.begin(), run.loras.end(), '<');
  forecast.plan.seconds_are_estimated = estimated;
  forecast.shortfall_bytes =
      std::max<std::int64_t>(0, forecast.plan.peak_bytes - forecast.budget.budget_bytes);
  forecast.fits = forecast.shortfall_bytes == 0;
  if (forecast.plan.peak_bytes > forecast.budget.budget_bytes * 95 / 100) {
    forecast.plan.execution = {"evict-encoder", "stream-blocks:6"};
    forecast.plan.option_effects = {{"evict-encoder", 900 * kMiB, 0.3},
                                    {"stream-blocks:6", kGiB, 0.6 * forecast.plan.seconds - 0.3}};
    forecast.plan.seconds *= 1.6;
    forecast.slowdown = 1.6;
  }
  if (forecast.fits) return forecast;
  forecast.reason = "needs " + format_bytes(forecast.shortfall_bytes) + " more";
  for (const Size size : {Size{768, 768}, Size{512, 512}}) {
    const Plan smaller = test::FakeGenerator::make_plan(with_size(run.shape, size), run.count);
    if (smaller.peak_bytes <= forecast.budget.budget_bytes) {
      forecast.suggestion = size;
      break;
    }
  }
  return forecast;
}

Frontier make_frontier(const ForecastService::Run& like, const MemorySnapshot& memory,
                       const BudgetOptions& limits, const std::function<void()>& between) {
  return compute_frontier(
      ForecastService::kStep_px, ForecastService::kLargestSide_px, [&](Size size) {
        between();
        const Forecast forecast =
            make_forecast({with_size(like.shape, size), 1, like.loras}, memory, limits);
        FrontierCell cell;
        cell.state = !forecast.fits                            ? FrontierCell::State::kNo
                     : forecast.slowdown > kSlowerThanResident ? FrontierCell::State::kFitsSlower
                                                               : FrontierCell::State::kFits;
        cell.peak_bytes = forecast.plan.peak_bytes;
        cell.shortfall_bytes = forecast.shortfall_bytes;
        return cell;
      });
}

// Roughly: a character of Chinese is a token, and so are four letters. 512 are read.
PromptLength measure_prompt(const std::string& prompt) {
  constexpr int kRead = 512;
  PromptLength length;
  int letters = 0;
  for (std::size_t i = 0; i < prompt.size(); ++i) {
    const auto byte = static_cast<unsigned char>(prompt[i]);
    if (byte >= 0xC0 || (byte < 0x80 && ++letters % 4 == 1)) ++length.tokens;
    if (length.tokens <= kRead) length.read_bytes = i + 1;
  }
  length.read_tokens = std::min(length.tokens, kRead);
  return length;
}

RunShape shape_of(const GenerationRequest& request, int prompt_tokens, int negative_tokens) {
  RunShape shape = test::FakeGenerator::shape_of(request);
  shape.prompt_tokens = prompt_tokens;
  shape.negative_tokens = request.guidance_scale > 0 ? negative_tokens : 0;
  return shape;
}

// "starter", or what the person chose: "turbo" wants other settings and sizes, "broken" cannot be
// opened, and "hollow" cannot be run.
ModelInfo demo_model(const SessionChoice& choice, const Options& options) {
  ModelInfo model;
  model.name = "Z-Image-Tiny";
  model.path = "/usr/share/headroom/starter-model";
  model.size_unit = static_cast<int>(options.number("unit"));
  model.steps = 16;
  model.guidance_scale = options.number("guidance");
  model.is_starter = choice.model.empty();
  if (model.is_starter) return model;
  if (choice.model.find("broken") != std::string::npos) {
    throw Error(ErrorKind::kModelFile,
                say("cannot read {0}: {1}", choice.model,
                    say("the disk is full; free some space or choose another folder")));
  }
  const bool is_other = choice.model == "hollow" || choice.model.starts_with("tuned");
  model.name = is_other ? choice.model : "Z-Image-Turbo";
  model.path = choice.model;
  model.steps = 8;
  model.guidance_scale = 0;
  model.size_unit = 128;
  return model;
}

ModelExamples demo_examples(const std::string& samples) {
  ModelExamples examples{
      .can_draw = {{"en",
                    "This model draws emoji-like pictures of 65 things: animals, flowers, food, "
                    "vehicles."},
                   {"zh", "这个模型会画 65 种表情风格的事物：动物、花草、食物、车辆等。"}},
      .examples = {{"en",
                    {"a cute orange cat", "a red apple on a blue background",
                     "a rocket in the night sky", "two strawberries", "a rose, pink background"}},
                   {"zh",
                    {"一只可爱的橘色猫咪", "一朵玫瑰花，粉色背景", "夜空中的火箭", "两颗草莓"}}},
      .samples = {{"en", {"a red apple", "a rocket", "a sunflower"}},
                  {"zh", {"一个红苹果", "夜空中的火箭", "草地上的向日葵"}}},
      .sample_pictures = {}};
  if (samples.empty()) return examples;
  for (const char* const name : {"/0.jpg", "/1.jpg", "/2.jpg"})
    examples.sample_pictures.emplace_back(samples + name);
  return examples;
}

void find_models(const Options& options, std::chrono::milliseconds pause,
                 const std::function<void(ModelOffer)>& found) {
  const std::filesystem::path hold = options.text("look-file");
  int told = 0;
  test::find_demo_models(options.text("models"), pause, [&](const ModelOffer& offer) {
    found(offer);
    ++told;
    for (std::error_code none; told >= 2 && std::filesystem::exists(hold, none);) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      found(offer);  // throws when nobody waits any more
    }
  });
}

int run(const Options& options) {
  Device device;
  const auto read_memory = [&] {
    MemorySnapshot m;
    m.source = options.text("source");
    m.is_main_memory = m.source.starts_with("CPU");
    m.total = options.bytes("total");
    m.used_by_others = options.others();
    m.reserved_by_driver = m.is_main_memory ? 0 : 200 * kMiB;
    m.weights = device.weights;
    m.activations = device.activations;
    m.cached = device.cached;
    m.peak = device.peak;
    m.free =
        std::max<std::int64_t>(0, m.total - m.used_by_others - m.reserved_by_driver - m.ours());
    return m;
  };
  const std::filesystem::path output = options.text("output");
  std::atomic<int> saves{0};
  const auto save = [&](const GenerationRequest& request, const GeneratedImage& picture) {
    const std::vector<PictureText> texts = test::demo_texts(request, picture);
    const std::string saving = options.text("save");
    if (saving == "never" || (saving == "fails" && saves++ == 0)) {
      throw Error(ErrorKind::kIo,
                  say("cannot write {0}: {1}", output,
                      say("the disk is full; free some space or choose another folder")));
    }
    return save_picture_in(output, std::chrono::system_clock::now(),
                           encode_png(*picture.image, texts));
  };
  const auto step =
      std::chrono::microseconds(static_cast<long long>(options.number("step-ms") * 1000));
  const BudgetOptions limits{.vram_cap_bytes = parse_bytes(options.text("cap")),
                             .reserve_bytes = parse_bytes(options.text("reserve"))};
  AppConfig config;
  config.window.language = options.text("language");
  config.window.theme = options.text("theme");
  config.window.width = static_cast<int>(options.number("width"));
  config.window.height = static_cast<int>(options.number("height"));
  config.window.ui_scale = options.number("scale");
  const bool cpu = options.text("source").starts_with("CPU");
  const auto pause = std::chrono::milliseconds(static_cast<long long>(options.number("look-ms")));
  const auto frame = std::chrono::milliseconds(static_cast<long long>(options.number("frame-ms")));
  test::DemoLoras loras(options.text("loras"), pause);
  test::DemoFolders folders;
  const auto open = [&](const SessionChoice& choice) {
    ModelOnDevice opened;
    opened.choice = choice;
    opened.model = demo_model(choice, options);
    opened.device_name = cpu || choice.device == "cpu" ? "CPU · 2 threads" : "RTX 3060 Laptop";
    opened.device_id = cpu || choice.device == "cpu" ? "cpu" : "cuda:0";
    opened.dtype = choice.dtype == NumberFormat::kAuto ? "fp32" : name_of(choice.dtype);
    opened.formats = {NumberFormat::kAuto, NumberFormat::kFloat32, NumberFormat::kBfloat16,
                      NumberFormat::kInt8};
    if (opened.model.is_starter) opened.examples = demo_examples(options.text("samples"));
    opened.source.make_generator = [&, name = choice.model] {
      if (name == "hollow") throw Error(ErrorKind::kModelFile, "hollow has a hole; get it again");
      return std::make_unique<DemoGenerator>(device, step, options.text("hold-file"));
    };
    opened.forecast_service = {
        .forecast =
            [&](const ForecastService::Run& asked, const MemorySnapshot& memory) {
              Forecast forecast =
                  make_forecast(asked, memory, limits, options.text("seconds") == "estimated");
              forecast.plan.host_peak_bytes = options.bytes("host");
              forecast.plan.page_cache_bytes = options.bytes("host");
              return forecast;
            },
        .frontier =
            [&](const ForecastService::Run& like, const MemorySnapshot& memory,
                const std::function<void()>& between) {
              return make_frontier(like, memory, limits, between);
            },
        .other_programs =
            [&] {
              return std::vector<OtherProgram>{{7, "blender", options.others() * 3 / 4},
                                               {8, "Xorg", options.others() / 4}};
            }};
    opened.read_memory = read_memory;
    opened.measure_prompt = measure_prompt;
    opened.shape = [&](const GenerationRequest& request, int tokens, int negative) {
      std::this_thread::sleep_for(frame);  // the window asks once for each frame
      return shape_of(request, tokens, negative);
    };
    opened.loras = {.look = [&](const LoraTag& tag) { return loras.look(tag); },
                    .add = [&](const std::filesystem::path& file) { return loras.add(file); },
                    .list = [&](const auto& found) { loras.list(found); },
                    .folders = {"/home/you/ComfyUI/models/loras", "/loras"}};
    return opened;
  };
  Session session(open, {}, save, static_cast<std::size_t>(options.bytes("unsaved")));
  Window window({.session = session,
                 .find_models =
                     [&](const SessionChoice&, const std::function<void(ModelOffer)>& found) {
                       find_models(options, pause, found);
                     },
                 .find_upscalers =
                     [&](const AnyUpscaler&, const std::function<void(UpscalerOffer)>& found) {
                       test::find_demo_upscalers(options.text("upscalers"), pause, found);
                     },
                 .upscaler_folder = "/home/you/.local/share/headroom/upscalers",
                 .searched_folders = [&] { return folders.all(); },
                 .add_folder = [&](const auto& folder) { folders.add(folder); },
                 .remove_folder = [&](const auto& folder) { folders.remove(folder); },
                 .devices = {{"cuda:0", "RTX 3060 Laptop"}, {"cpu", "CPU · 2 threads"}},
                 .config = config,
                 .output_folder = output,
                 .assets_folder = options.text("share"),
                 .state_file = options.text("state-file"),
                 .session_folder = options.text("session"),
                 .save_again = [&](const FinishedPicture& p) { return save(p.request, p.picture); },
                 .save_to =
                     [](const FinishedPicture& p, const std::filesystem::path& folder) {
                       return save_picture_in(folder, std::chrono::system_clock::now(),
                                              encode_png(*p.picture.image, {}));
                     },
                 .rescue =
                     [&](const FinishedPicture& p) {
                       return save_picture_in(
                           output.parent_path() / "rescued", std::chrono::system_clock::now(),
                           encode_png(*p.picture.image, test::demo_texts(p.request, p.picture)));
                     }});
  window.run();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    Options options = read_options(argc, argv);
    if (options.text("share").empty()) {
      const auto program = std::filesystem::canonical("/proc/self/exe");
      options.values["share"] = (program.parent_path().parent_path() / "share/headroom").string();
    }
    return run(options);
  } catch (const Error& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
}
