#include "headroom/records/headroom_entry.h"

#include "headroom/core/run_record.h"
#include "headroom/image/picture_info.h"
#include "headroom/image/png_writer.h"
#include "headroom/records/a1111_text.h"
#include "headroom/records/read_settings.h"
#include "headroom/records/request_json.h"
#include "headroom/records/run_record_json.h"

#include "records/sample_run_record.h"
#include "support/expect_error.h"
#include "support/temp_folder.h"

#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace headroom {
namespace {

using nlohmann::json;
using test::expect_error;
using test::TempFolder;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr std::uint64_t kLargestSeed = std::numeric_limits<std::uint64_t>::max();

GenerationRequest full_request() {
  GenerationRequest request;
  request.prompt = "a \"cat\"\non a mat, 一只猫 😀 \\";
  request.negative_prompt = "blurry";
  request.width = 1024;
  request.height = 576;
  request.steps = 28;
  request.guidance_scale = 3.1;
  request.cfg_normalization = 0.1;
  request.cfg_truncation = 0.7;
  request.shift = 6.5;
  request.seed = kLargestSeed;
  request.count = 4;
  return request;
}

GeneratedImage picture_with_seed(std::uint64_t seed) {
  GeneratedImage picture;
  picture.seed = seed;
  picture.run_record = test::sample_run_record();
  return picture;
}

// A settings text whose request has `value` for `key`.
std::string request_with(const std::string& key, const json& value) {
  return json{{"request", {{key, value}}}}.dump();
}

TEST(HeadroomEntry, KeepsTheLorasThatWereUsed) {
  GeneratedImage picture = picture_with_seed(7);
  EXPECT_FALSE(json::parse(headroom_entry(full_request(), picture)).contains("loras"));
  picture.loras = {{"ink", 0.8, "0123456789ab"}, {"styles/猫", -1, "ba9876543210"}};
  const std::string text = headroom_entry(full_request(), picture);
  EXPECT_EQ(json::parse(text)["loras"], json::parse(R"([
    {"name": "ink", "strength": 0.8, "hash": "0123456789ab"},
    {"name": "styles/猫", "strength": -1, "hash": "ba9876543210"}])"));
  EXPECT_TRUE(parse_headroom_entry(text).unknown.empty());
  expect_error(ErrorKind::kInvalidRequest, AllOf(HasSubstr("\"loras\" is 3"), HasSubstr("a list")),
               [] { (void)parse_headroom_entry(R"({"request": {}, "loras": 3})"); });
}

TEST(HeadroomEntry, NamesTheFieldsOfTheCommandLine) {
  EXPECT_EQ(to_json(full_request()), json::parse(R"({
    "prompt": "a \"cat\"\non a mat, 一只猫 😀 \\", "negative_prompt": "blurry", "width": 1024,
    "height": 576, "steps": 28, "guidance": 3.1, "cfg_normalization": 0.1, "cfg_truncation": 0.7,
    "shift": 6.5, "seed": 18446744073709551615, "count": 4})"));
  const json defaults = to_json(GenerationRequest{});
  EXPECT_TRUE(defaults.at("shift").is_null());
  EXPECT_TRUE(defaults.at("seed").is_null());

  const RunRecord run_record = picture_with_seed(1).run_record;
  EXPECT_EQ(to_json(run_record.plan), json::parse(R"({
    "width": 1024, "height": 576, "count": 4, "rungs": ["chunk-tokens:256", "tile-decode:32"],
    "rung_effects": [{"rung": "tile-decode:32", "saved_bytes": 700, "seconds": 1.5},
      {"rung": "chunk-tokens:256", "saved_bytes": -64, "seconds": -0.5}],
    "peak_bytes": 5000000000, "in_use_peak_bytes": 4700000000, "small_pool_bytes": 6000000,
    "host_peak_bytes": 50, "page_cache_bytes": 4300000000,
    "seconds": 12.5, "seconds_are_estimated": true, "stages": [
      {"name": "encode", "weights_bytes": 1, "activation_bytes": 2, "workspace_bytes": 3,
       "peak_bytes": 4, "in_use_bytes": 3, "host_bytes": 5, "seconds": 0.5},
      {"name": "denoise", "weights_bytes": 10, "activation_bytes": 20, "workspace_bytes": 30,
       "peak_bytes": 40, "in_use_bytes": 39, "host_bytes": 50, "seconds": 5.0}]})"));
  EXPECT_EQ(to_json(run_record), json::parse(R"({
    "model": "Z-Image-Turbo", "device": "CPU budget", "device_uuid": "GPU-1", "dtype": "bf16",
    "version": "0.1.0",
    "time": "2026-11-24T14:09:15Z", "threads": 8, "libtorch": "2.13.0", "index": 2, "steps": 28,
    "guided_steps": 20, "prompt_tokens": 31, "negative_tokens": 9, "opened": true,
    "predicted_peak_bytes": 5000000000, "actual_peak_bytes": 4900000000,
    "predicted_in_use_bytes": 4700000000, "actual_in_use_bytes": 4600000000,
    "seconds": {"load": 0.1, "encode": 0.2, "denoise": 0.3, "decode": 0.4, "save": 0.5},
    "stage_peak_bytes": {"load": 1, "encode": 2, "denoise": 3, "decode": 4, "save": 5},
    "copy_bytes_per_second": 1.5e9, "driver_allocations": 6, "plan_changes": [{"stage": "denoise", "step": 7, "reason": "taken",
      "rungs": ["stream-blocks:12"], "peak_bytes": 600}]})"));
  EXPECT_TRUE(to_json(Plan{}).at("stages").is_array());
  EXPECT_TRUE(to_json(Plan{}).at("rungs").is_array());
}

// What a start from a picture leaves behind: names and hashes, of which no request can be made.
TEST(HeadroomEntry, NamesThePictureThatAnotherOneStartedFrom) {
  GenerationRequest request = full_request();
  auto init = std::make_shared<InitImage>();
  init->file = {"fox.png", "ab12"};
  request.init = init;
  request.strength = 0.25;
  json expected = to_json(full_request());
  expected["init_image"] = {{"file", "fox.png"}, {"sha256", "ab12"}};
  expected["strength"] = 0.25;
  EXPECT_EQ(to_json(request), expected);
  init->repaint = GreyImage{};
  init->mask_file = {"mask.png", "cd34"};
  expected["mask"] = {{"file", "mask.png"}, {"sha256", "cd34"}};
  EXPECT_EQ(to_json(request), expected);

  const GeneratedImage picture = picture_with_seed(7);
  const ReadSettings read = parse_headroom_entry(headroom_entry(request, picture));
  GenerationRequest plain = full_request();
  plain.seed = 7;
  EXPECT_EQ(read.request, plain) << "the rest can be used";
  std::vector<std::string> unknown;
  for (const auto& [key, value] : read.unknown) unknown.push_back(key);
  EXPECT_THAT(unknown, testing::UnorderedElementsAre("request.init_image", "request.strength",
                                                     "request.mask"));
  ASSERT_TRUE(read.start);
  EXPECT_EQ(read.start->picture.name, "fox.png");
  EXPECT_EQ(read.start->picture.sha256, "ab12");
  EXPECT_EQ(read.start->strength, request.strength);

  const ReadSettings a1111 = parse_a1111_parameters(a1111_parameters(request, picture));
  EXPECT_EQ(a1111.request.steps, plain.steps);
  EXPECT_NE(a1111.text.find("Denoising strength: 0.25, Init image: fox.png, Mask image: mask.png"),
            std::string::npos);
}

TEST(HeadroomEntry, TellsWhatAFinishedPictureWasMadeOf) {
  GenerationRequest request = full_request();
  request.origin = Origin{{"fox.png", "ab12"}, "refine:0.35"};
  const GeneratedImage picture = picture_with_seed(7);
  EXPECT_EQ(to_json(request)["origin"],
            json::parse(R"({"file": "fox.png", "sha256": "ab12", "how": "refine:0.35"})"));
  const ReadSettings read = parse_headroom_entry(headroom_entry(request, picture));
  EXPECT_EQ(read.origin, request.origin);
  EXPECT_TRUE(read.unknown.empty());
  EXPECT_EQ(read.model, picture.run_record.model);
  EXPECT_FALSE(read.request.origin) << "the next picture of these settings is none of its kind";
  EXPECT_EQ(read_request_json(to_json(request).dump()).origin, request.origin);
  EXPECT_FALSE(parse_headroom_entry(R"({"request": {"origin": 3}})").origin);
}

// Not everybody who takes the request over has a place for them.
TEST(HeadroomEntry, TellsHowTheNoiseWasMadeBesideTheRequest) {
  GenerationRequest request = full_request();
  request.variation = Variation{9, 0.25};
  request.variety = Variety{0.5, 40};
  request.seed_mode = SeedMode::kComposition;
  GeneratedImage picture = picture_with_seed(7);
  picture.index = 2;
  const ReadSettings read = parse_headroom_entry(headroom_entry(request, picture));
  EXPECT_EQ(read.variation, (Variation{11, 0.25})) << "the picture's own";
  EXPECT_EQ(read.variety, request.variety);
  EXPECT_EQ(read.seed_mode, SeedMode::kComposition);
  EXPECT_FALSE(read.request.variation);
  const ReadSettings damaged = parse_headroom_entry(
      R"({"request": {"variation": {"seed": -1, "strength": 0.5}, "variety": 3, "seed_mode": 1}})");
  EXPECT_FALSE(damaged.variation);
  EXPECT_FALSE(damaged.variety);
  EXPECT_EQ(damaged.seed_mode, SeedMode::kPlain);
}

TEST(HeadroomEntry, HoldsRequestPlanRunRecordAndSeedInOneLine) {
  const GeneratedImage picture = picture_with_seed(7);
  const std::string text = headroom_entry(full_request(), picture);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const json object = json::parse(text);
  EXPECT_EQ(object.at("seed"), 7);
  EXPECT_EQ(object.at("request"), to_json(full_request()));
  EXPECT_EQ(object.at("plan"), to_json(picture.run_record.plan));
  EXPECT_EQ(object.at("receipt"), to_json(picture.run_record));
}

TEST(HeadroomEntry, RequestComesBackExactly) {
  for (const GenerationRequest& request : {full_request(), GenerationRequest{}}) {
    const ReadSettings read =
        parse_headroom_entry(headroom_entry(request, picture_with_seed(request.seed.value_or(5))));
    GenerationRequest expected = request;
    expected.seed = request.seed.value_or(5);
    EXPECT_EQ(read.request, expected);
    EXPECT_EQ(read.source, "headroom");
    EXPECT_TRUE(read.unknown.empty());
  }
}

TEST(HeadroomEntry, ThePicturesOwnSeedWins) {
  GenerationRequest request = full_request();
  request.seed = 40;
  EXPECT_EQ(parse_headroom_entry(headroom_entry(request, picture_with_seed(42))).request.seed, 42U);
  EXPECT_EQ(parse_headroom_entry(R"({"request": {"seed": 40}})").request.seed, 40U);
  EXPECT_EQ(parse_headroom_entry(R"({"request": {"seed": null}})").request.seed, std::nullopt);
}

TEST(HeadroomEntry, SurvivesTheWayThroughAPng) {
  const TempFolder folder;
  const GeneratedImage picture = picture_with_seed(kLargestSeed);
  const Image image{1, 1, {1, 2, 3}};
  const auto file = folder.write(
      "p.png", encode_png(image, {{"parameters", a1111_parameters(full_request(), picture)},
                                  {"headroom", headroom_entry(full_request(), picture), true}}));
  const auto texts = read_picture_info(file).texts;
  ASSERT_EQ(texts.size(), 2U);
  EXPECT_EQ(parse_headroom_entry(texts[1].value).request, full_request());
  EXPECT_EQ(parse_a1111_parameters(texts[0].value).request.prompt, full_request().prompt);
}

TEST(HeadroomEntry, AModelFolderInAnotherEncodingDoesNotSpoilTheRest) {
  GeneratedImage picture = picture_with_seed(1);
  picture.run_record.model = "mod\xE8le";
  const json object = json::parse(headroom_entry(full_request(), picture));
  EXPECT_EQ(object.at("receipt").at("model"), "mod\xEF\xBF\xBDle");  // U+FFFD
}

TEST(HeadroomEntry, MissingKeysKeepTheDefaults) {
  EXPECT_EQ(parse_headroom_entry(R"({"request": {}})").request, GenerationRequest{});
}

TEST(HeadroomEntry, ListsUnknownKeys) {
  const ReadSettings read = parse_headroom_entry(
      R"({"request": {"steps": 3, "sampler": "heun", "tiles": [1, 2]}, "extra": true})");
  EXPECT_EQ(read.request.steps, 3);
  EXPECT_THAT(read.unknown,
              UnorderedElementsAre(Pair("request.sampler", "heun"), Pair("request.tiles", "[1,2]"),
                                   Pair("extra", "true")));
}

TEST(HeadroomEntry, AcceptsTheEndsOfEachRange) {
  EXPECT_EQ(parse_headroom_entry(request_with("steps", 1)).request.steps, 1);
  EXPECT_EQ(parse_headroom_entry(request_with("steps", 1000)).request.steps, 1000);
  EXPECT_EQ(parse_headroom_entry(request_with("width", 16)).request.width, 16);
  EXPECT_EQ(parse_headroom_entry(request_with("height", 8192)).request.height, 8192);
  EXPECT_EQ(parse_headroom_entry(request_with("count", 64)).request.count, 64);
  EXPECT_EQ(parse_headroom_entry(request_with("guidance", 100)).request.guidance_scale, 100);
  EXPECT_EQ(parse_headroom_entry(request_with("shift", 100)).request.shift, 100);
  EXPECT_EQ(parse_headroom_entry(request_with("seed", 0)).request.seed, 0U);
}

TEST(HeadroomEntry, RefusesWhatNestsDeeperThanTheStack) {
  const std::string deep = std::string(300'000, '[') + std::string(300'000, ']');
  for (const std::string& text :
       {R"({"request": {"x": )" + deep + "}}", R"({"request": {}, "plan": {"x": )" + deep + "}}"}) {
    expect_error(ErrorKind::kInvalidRequest, HasSubstr("nests deeper"),
                 [&] { (void)parse_headroom_entry(text); });
  }
}

TEST(HeadroomEntry, GuidanceBelowZeroIsOffAndListed) {
  const ReadSettings read = parse_headroom_entry(request_with("guidance", -3));
  EXPECT_EQ(read.request.guidance_scale, 0);
  EXPECT_THAT(read.unknown, testing::Contains(testing::Pair("request.guidance", "-3")));
}

TEST(HeadroomEntry, RefusesBadValuesAndNamesTheKey) {
  const std::vector<std::pair<std::string, std::vector<json>>> bad{
      {"prompt", {1, nullptr, json::array(), std::string(65537, 'x')}},
      {"negative_prompt", {true}},
      {"width", {15, 8193, -16, "512", 512.0, nullptr, kLargestSeed}},
      {"height", {0, 8193}},
      {"steps", {0, 1001, 8.5, std::int64_t{1} << 40}},
      {"guidance", {100.5, "3", nullptr}},
      {"cfg_normalization", {-0.1, 1001}},
      {"cfg_truncation", {-1, "x"}},
      {"shift", {0, 101, "3"}},
      {"seed", {-1, 1.0, "1", 1e30}},
      {"count", {0, 65}}};
  for (const auto& [key, values] : bad) {
    for (const json& value : values) {
      expect_error(ErrorKind::kInvalidRequest, HasSubstr("\"" + key + "\" is "),
                   [text = request_with(key, value)] { (void)parse_headroom_entry(text); });
    }
  }
  expect_error(ErrorKind::kInvalidRequest, HasSubstr("\"seed\" is -3"),
               [] { (void)parse_headroom_entry(R"({"request": {}, "seed": -3})"); });
  expect_error(ErrorKind::kInvalidRequest, HasSubstr("\"plan\" is 3; it must be an object"),
               [] { (void)parse_headroom_entry(R"({"request": {}, "plan": 3})"); });
  expect_error(ErrorKind::kInvalidRequest,
               testing::Eq("settings: \"steps\" is 0; it must be a whole number from 1 to 1000"),
               [] { (void)parse_headroom_entry(request_with("steps", 0)); });
}

TEST(HeadroomEntry, RefusesWhatIsNotASettingsText) {
  for (const char* text : {"", "{", "null", "[]", "{}", "\"x\"", R"({"request": 1})",
                           "{\"request\": {}} x", "{\"request\": {\"prompt\": \"\xFF\"}}"}) {
    expect_error(ErrorKind::kInvalidRequest, HasSubstr("settings: "),
                 [&] { (void)parse_headroom_entry(text); });
  }
  expect_error(ErrorKind::kInvalidRequest, HasSubstr("not valid JSON"),
               [] { (void)parse_headroom_entry(std::string(100000, '[')); });
}

}  // namespace
}  // namespace headroom
