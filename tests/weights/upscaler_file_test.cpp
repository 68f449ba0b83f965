#include "headroom/weights/upscaler_file.h"

#include "support/paths.h"
#include "weights/weights_test_support.h"

#include <cstring>

namespace headroom {
namespace {

using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;

std::filesystem::path upscalers() { return test::data_folder() / "upscalers"; }

void expect_refused(const std::filesystem::path& file, const std::string& words) {
  SCOPED_TRACE(file.filename().string());
  try {
    const UpscalerFile opened(file);
    ADD_FAILURE() << "was opened as " << opened.what();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kModelFile);
    EXPECT_THAT(error.what(), AllOf(HasSubstr(file.string()), HasSubstr(words)));
  }
}

TEST(UpscalerFile, FindsTheCompanionThatRemovesLessNoise) {
  const TemporaryFolder folder;
  const auto model = folder.write("realesr-general-x4v3.pth", "");
  EXPECT_EQ(weaker_upscaler(model), std::nullopt);
  const auto other = folder.write("realesr-general-wdn-x4v3.safetensors", "");
  EXPECT_EQ(weaker_upscaler(model), other);
  const auto same = folder.write("realesr-general-wdn-x4v3.pth", "");
  EXPECT_EQ(weaker_upscaler(model), same) << "of its own format first";
  EXPECT_EQ(weaker_upscaler(same), std::nullopt) << "it is the companion";
  EXPECT_EQ(weaker_upscaler(folder / "x4plus.pth"), std::nullopt);
}

// What the recorded cases say of their networks.
TEST(UpscalerFile, TellsWhatANetworkIsByNamesAndShapes) {
  const nlohmann::json expected = test::read_json(upscalers() / "expected.json");
  int files = 0;
  for (const auto& c : expected.at("cases")) {
    const auto& params = c.at("params");
    if (!params.contains("scale")) continue;
    for (const auto& name : params.at("files")) {
      SCOPED_TRACE(name.get<std::string>());
      const UpscalerConfig config = UpscalerFile(upscalers() / name.get<std::string>()).config();
      const bool is_rrdb = c.at("name").get<std::string>().starts_with("rrdb");
      EXPECT_EQ(config.kind == UpscalerKind::kRrdbNet, is_rrdb);
      EXPECT_EQ(config.scale, params.at("scale"));
      EXPECT_EQ(config.unshuffle, params.value("unshuffle", 1));
      EXPECT_EQ(config.channels, params.at("channels"));
      EXPECT_EQ(config.blocks, params.at("blocks"));
      ++files;
    }
  }
  EXPECT_EQ(files, 15);
}

TEST(UpscalerFile, HasTheSameTensorsInEveryLayoutOfNames) {
  const UpscalerFile expected(upscalers() / "x4.safetensors");
  const std::vector<std::int64_t> dense{32, 36, 3, 3};
  const std::vector<std::int64_t> four{4, 4, 3, 3};
  for (const char* const name : {"x4_first_names.safetensors", "x4.pth", "x4_first_names.pth",
                                 "x4_bsrgan.pth", "x4_both.pth"}) {
    SCOPED_TRACE(name);
    const UpscalerFile file(upscalers() / name);
    for (const auto& [tensor, shape] :
         {std::pair{"body.0.rdb2.conv2.weight", dense}, std::pair{"conv_body.weight", four},
          std::pair{"conv_up2.weight", four}, std::pair{"conv_hr.weight", four}}) {
      const TensorView a = expected.at(tensor, shape);
      const TensorView b = file.at(tensor, shape);
      ASSERT_EQ(a.data.size(), b.data.size());
      EXPECT_EQ(std::memcmp(a.data.data(), b.data.data(), a.data.size()), 0) << tensor;
    }
  }
}

TEST(UpscalerFile, RefusesWhatIsNoSuchNetwork) {
  const auto hostile = upscalers() / "hostile";
  expect_refused(hostile / "no_upscaler.pth", "no upscaler that is known");
  expect_refused(hostile / "no_upscaler.safetensors", "no upscaler that is known");
  expect_refused(hostile / "grey.safetensors", "three colours");
  expect_refused(hostile / "system.pth", "could run code");
  expect_refused("nowhere.pth", "missing");
  const TemporaryFolder folder;
  expect_refused(folder.write("page.pth", "<!doctype html><html>"), "web page");
  expect_refused(folder.write("empty.pth", ""), "bytes long");
}

TEST(UpscalerFile, RefusesTensorsThatCannotBeComputedWith) {
  const UpscalerFile fine(upscalers() / "hostile" / "fine.pth");
  const std::vector<std::int64_t> shape{4, 3, 3, 3};
  EXPECT_EQ(fine.at("body.0.weight", shape).shape, shape);
  const auto refused = [&](const UpscalerFile& file, const char* name,
                           const std::vector<std::int64_t>& wanted, const char* words) {
    try {
      static_cast<void>(file.at(name, wanted));
      ADD_FAILURE() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kModelFile);
      EXPECT_THAT(error.what(), AllOf(HasSubstr(name), HasSubstr(words)));
    }
  };
  refused(fine, "body.7.weight", shape, "missing");
  refused(fine, "body.0.weight", {4, 3, 1, 1}, "[4, 3, 1, 1]");
  const UpscalerFile broken(upscalers() / "hostile" / "not_finite.safetensors");
  refused(broken, "body.0.weight", shape, "not finite");
}

}  // namespace
}  // namespace headroom
