#include "headroom/weights/tensor_file.h"

#include "weights/weights_test_support.h"

#include <cstring>
#include <map>
#include <set>
#include <thread>
#include <tuple>
#include <type_traits>
#include <vector>

#include <sys/stat.h>

namespace headroom {
namespace {

using test::expect_error;
using test::read_bytes;
using test::read_json;
using test::safetensors;
using test::TemporaryFolder;
using test::zimage_folder;

static_assert(std::is_nothrow_move_constructible_v<TensorFile>);
static_assert(!std::is_copy_constructible_v<TensorFile>);

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

struct HostileCase {
  std::filesystem::path folder;
  nlohmann::json entry;  // of the manifest
};

void PrintTo(const HostileCase& value, std::ostream* out) {
  *out << value.folder << " " << value.entry.at("file");
}

std::vector<HostileCase> hostile_cases() {
  std::vector<HostileCase> cases;
  for (const char* set : {"tiny", "f32"}) {
    const std::filesystem::path folder = zimage_folder() / set / "hostile";
    const nlohmann::json manifest = read_json(folder / "manifest.json");
    for (const nlohmann::json& entry : manifest.at("files")) cases.push_back({folder, entry});
  }
  return cases;
}

std::string case_name(const ::testing::TestParamInfo<HostileCase>& info) {
  return info.param.folder.parent_path().filename().string() + "_" +
         std::filesystem::path(info.param.entry.at("file").get<std::string>()).stem().string();
}

class HostileFile : public ::testing::TestWithParam<HostileCase> {};

TEST_P(HostileFile, IsReadOrRefusedAsTheManifestSays) {
  const auto& [folder, entry] = GetParam();
  const std::filesystem::path file = folder / entry.at("file").get<std::string>();
  if (!entry.at("valid").get<bool>()) {
    // A number format that is not known is no damage: another download brings it again.
    const bool sound = file.filename().string().starts_with("bad_dtype");
    const char* const way_out = sound ? "choose the model's folder in" : "download it again";
    expect_error(ErrorKind::kModelFile, {file.string(), way_out},
                 [&] { TensorFile refused(file); });
    return;
  }
  const TensorFile opened(file);
  std::map<std::string, std::vector<std::int64_t>> shapes;
  for (const auto& [name, view] : opened.tensors()) shapes[name] = view.shape;
  EXPECT_EQ(shapes, (entry.at("tensors").get<std::map<std::string, std::vector<std::int64_t>>>()));
}

INSTANTIATE_TEST_SUITE_P(Manifest, HostileFile, ::testing::ValuesIn(hostile_cases()), case_name);

TEST(HostileFiles, ManifestsCoverEveryFile) {
  for (const char* set : {"tiny", "f32"}) {
    const std::filesystem::path folder = zimage_folder() / set / "hostile";
    std::set<std::string> listed;
    const nlohmann::json manifest = read_json(folder / "manifest.json");
    for (const auto& entry : manifest.at("files")) {
      listed.insert(entry.at("file").get<std::string>());
    }
    std::set<std::string> present;
    for (const auto& item : std::filesystem::directory_iterator(folder)) {
      if (item.path().extension() == ".safetensors")
        present.insert(item.path().filename().string());
    }
    EXPECT_EQ(listed, present);
    EXPECT_FALSE(listed.empty());
  }
}

// Every tensor of every model file, against a second reading of the header with a plain JSON
// parser.
TEST(TensorFile, AgreesWithAnIndependentReadingOfTheModels) {
  int files = 0;
  for (const auto& item : std::filesystem::recursive_directory_iterator(zimage_folder())) {
    const std::filesystem::path& file = item.path();
    if (file.extension() != ".safetensors" || file.parent_path().filename() == "hostile") continue;
    SCOPED_TRACE(file.string());
    ++files;
    const std::string bytes = read_bytes(file);
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof length);  // the tests run on little-endian machines
    nlohmann::json header = nlohmann::json::parse(bytes.substr(8, length));
    const TensorFile opened(file);
    if (header.contains("__metadata__")) {
      EXPECT_EQ(nlohmann::json(opened.metadata()), header.at("__metadata__"));
      header.erase("__metadata__");
    } else {
      EXPECT_TRUE(opened.metadata().empty());
    }
    ASSERT_EQ(opened.tensors().size(), header.size());
    for (const auto& [name, view] : opened.tensors()) {
      const nlohmann::json& expected = header.at(name);
      EXPECT_EQ(dtype_name(view.dtype), expected.at("dtype").get<std::string>()) << name;
      EXPECT_EQ(nlohmann::json(view.shape), expected.at("shape")) << name;
      const auto begin = expected.at("data_offsets").at(0).get<std::size_t>();
      const auto end = expected.at("data_offsets").at(1).get<std::size_t>();
      EXPECT_EQ(text_of(view.data), bytes.substr(8 + length + begin, end - begin)) << name;
    }
  }
  EXPECT_GE(files, 20);
}

TEST(TensorFile, GivesTheValuesOfAPlainFile) {
  const TensorFile file(zimage_folder() / "tiny/hostile/ok_plain.safetensors");
  const TensorView& view = file.tensors().at("a");
  ASSERT_EQ(view.data.size(), 16U);
  float values[4];
  std::memcpy(values, view.data.data(), sizeof values);
  EXPECT_THAT(values, ::testing::ElementsAre(1.0F, 2.0F, 3.0F, 4.0F));
}

TEST(TensorFile, DecodesMetadata) {
  const TensorFile file(zimage_folder() / "tiny/hostile/ok_metadata.safetensors");
  EXPECT_THAT(file.metadata(),
              ::testing::ElementsAre(::testing::Pair("format", "pt"), ::testing::Pair("x", "中")));
}

TEST(TensorFile, KnowsTheWidthAndNameOfEveryFormat) {
  const std::vector<std::tuple<DType, std::string, std::size_t>> expected{
      {DType::kBool, "BOOL", 1}, {DType::kU8, "U8", 1},          {DType::kI8, "I8", 1},
      {DType::kI16, "I16", 2},   {DType::kU16, "U16", 2},        {DType::kF16, "F16", 2},
      {DType::kBF16, "BF16", 2}, {DType::kI32, "I32", 4},        {DType::kU32, "U32", 4},
      {DType::kF32, "F32", 4},   {DType::kF64, "F64", 8},        {DType::kI64, "I64", 8},
      {DType::kU64, "U64", 8},   {DType::kF8E4M3, "F8_E4M3", 1}, {DType::kF8E5M2, "F8_E5M2", 1}};
  const TemporaryFolder folder;
  for (const auto& [dtype, name, bytes] : expected) {
    EXPECT_EQ(dtype_name(dtype), name);
    EXPECT_EQ(tensor_type(dtype).block_bytes, bytes);
    const std::string header = R"({"t":{"dtype":")" + name + R"(","shape":[3],"data_offsets":[0,)" +
                               std::to_string(3 * bytes) + "]}}";
    const TensorFile file(folder.write("x", safetensors(header, std::string(3 * bytes, 'x'))));
    EXPECT_EQ(file.tensors().at("t").dtype, dtype);
  }
}

TEST(TensorFile, StaysValidWhenMoved) {
  TensorFile first(zimage_folder() / "tiny/hostile/ok_plain.safetensors");
  const std::byte* data = first.tensors().at("a").data.data();
  TensorFile second(std::move(first));
  EXPECT_EQ(second.tensors().at("a").data.data(), data);
  TensorFile third(zimage_folder() / "tiny/hostile/ok_empty.safetensors");
  third = std::move(second);
  EXPECT_EQ(third.tensors().at("a").data.data(), data);
  EXPECT_EQ(third.tensors().at("a").data[3], std::byte{0x3F});
}

TEST(TensorFile, IsReadByManyThreads) {
  const TensorFile file(zimage_folder() / "tiny/model/vae/diffusion_pytorch_model.safetensors");
  std::vector<std::uint64_t> sums(4);
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t& sum : sums) {
      threads.emplace_back([&file, &sum] {
        for (const auto& [name, view] : file.tensors()) {
          for (const std::byte b : view.data) sum += std::to_integer<std::uint64_t>(b);
        }
      });
    }
  }
  EXPECT_GT(sums[0], 0U);
  EXPECT_THAT(sums, ::testing::Each(sums[0]));
}

struct Fault {
  const char* name;
  std::string header;
  std::string data;
  std::string message;
};

// Faults beside those of the manifest.
std::vector<Fault> faults() {
  const std::string four(4, 'x');
  const auto with = [](const std::string& entry) { return R"({"a":{)" + entry + "}}"; };
  const std::string good = R"("dtype":"U8","shape":[4],"data_offsets":[0,4])";
  std::string zero = with(good);
  zero += '\0';
  std::string zero_then_text = zero + R"(,"b":1)";
  std::string long_name(5000, 'n');
  std::string deep_dimensions = R"("dtype":"U8","shape":[1)";
  for (int i = 0; i < 64; ++i) deep_dimensions += ",1";
  return {
      {"ByteOrderMark", "\xEF\xBB\xBF" + with(good), four, "does not start with '{'"},
      {"LeadingSpace", " " + with(good), four, "does not start with '{'"},
      {"ZeroByteAtTheEnd", zero, four, "zero byte"},
      {"TextBehindAZeroByte", zero_then_text, four, "zero byte"},
      {"EmptyHeader", "", four, "does not start with '{'"},
      {"Comment", "{/* hi */}", "", "not valid JSON at byte"},
      {"TrailingComma", "{\"a\":{" + good + "},}", four, "not valid JSON at byte"},
      {"LoneSurrogate", R"({"\ud800":{)" + good + "}}", four, "not valid JSON at byte"},
      {"OverlongUtf8", "{\"\xC0\xAF\":{" + good + "}}", four, "not valid JSON at byte"},
      {"RawControlCharacter", "{\"a\nb\":{" + good + "}}", four, "not valid JSON at byte"},
      {"EscapedSameName", R"({"a":{)" + good + R"(},"\u0061":{)" + good + "}}", four,
       "\"a\" appears twice"},
      {"MetadataTwice", R"({"__metadata__":{},"__metadata__":{},"a":{)" + good + "}}", four,
       "\"__metadata__\" appears twice"},
      {"MetadataKeyTwice", R"({"__metadata__":{"k":"1","k":"2"},"a":{)" + good + "}}", four,
       "the key \"k\" twice"},
      {"MetadataList", R"({"__metadata__":[],"a":{)" + good + "}}", four, "a list"},
      {"MetadataObject", R"({"__metadata__":{"k":{}},"a":{)" + good + "}}", four, "an object"},
      {"MetadataString", R"({"__metadata__":"x"})", "", "a string"},
      {"DTypeTwice", with(R"("dtype":"U8",)" + good), four, "the key \"dtype\" twice"},
      {"ShapeTwice", with(R"("shape":[4],)" + good), four, "the key \"shape\" twice"},
      {"OffsetsTwice", with(R"("data_offsets":[0,4],)" + good), four,
       "the key \"data_offsets\" twice"},
      {"UnknownKey", with(R"("stride":[1],)" + good), four, "the key \"stride\""},
      {"DTypeMissing", with(R"("shape":[4],"data_offsets":[0,4])"), four, "lacks its dtype"},
      {"ShapeMissing", with(R"("dtype":"U8","data_offsets":[0,4])"), four, "lacks its dtype"},
      {"OneOffset", with(R"("dtype":"U8","shape":[4],"data_offsets":[4])"), four, "lacks"},
      {"EmptyTensorEntry", with(""), four, "lacks"},
      {"DTypeNumber", with(R"("dtype":3,"shape":[4],"data_offsets":[0,4])"), four, "a number"},
      {"DTypeNull", with(R"("dtype":null,"shape":[4],"data_offsets":[0,4])"), four, "null"},
      {"ShapeNull", with(R"("dtype":"U8","shape":null,"data_offsets":[0,4])"), four, "null"},
      {"ShapeBool", with(R"("dtype":"U8","shape":[true],"data_offsets":[0,4])"), four, "true or"},
      {"ShapeNested", with(R"("dtype":"U8","shape":[[4]],"data_offsets":[0,4])"), four, "a list"},
      {"ShapeObject", with(R"("dtype":"U8","shape":[{}],"data_offsets":[0,4])"), four, "an object"},
      {"ShapeFloat", with(R"("dtype":"U8","shape":[4.0],"data_offsets":[0,4])"), four,
       "whole number"},
      {"ShapeMinusZero", with(R"("dtype":"U8","shape":[-0],"data_offsets":[0,0])"), "", "negative"},
      {"ShapeAbove2To63",
       with(R"("dtype":"U8","shape":[9223372036854775808],"data_offsets":[0,4])"), four,
       "above 2^63"},
      {"ShapeAbove2To64",
       with(R"("dtype":"U8","shape":[18446744073709551616],"data_offsets":[0,4])"), four,
       "below 2^64"},
      {"EmptyTensorHidesHugeExtents",
       with(R"("dtype":"U8","shape":[0,4611686018427387904,4],"data_offsets":[0,0])"), "",
       "too large"},
      {"ManyDimensions", with(deep_dimensions + R"(],"data_offsets":[0,1])"), "x", "64 dimensions"},
      {"OffsetsNearTheTop",
       with(
           R"("dtype":"U8","shape":[4],"data_offsets":[18446744073709551611,18446744073709551615])"),
       four, "lies at bytes"},
      {"EmptyTensorInsideAnother",
       R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[0],"data_offsets":[2,2]}})",
       four, "starts at byte 2"},
      {"NoTensorsButData", "{}", four, "cover 0 of 4 bytes"},
      {"TensorIsANumber", R"({"a":1})", "", "the header's \"a\" has a number"},
      {"ObjectInTensor", with(R"("dtype":{})"), "", "an object"},
      {"LongNameIsCutInTheMessage", R"({")" + long_name + R"(":7})", "", "nnn...\""},
      {"NewlineInNameIsEscapedInTheMessage", R"({"a\nb":7})", "", "\"a\\x0ab\""},
  };
}

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class FaultyHeader : public ::testing::TestWithParam<Fault> {};

TEST_P(FaultyHeader, IsRefusedWithItsFault) {
  const TemporaryFolder folder;
  const std::filesystem::path file =
      folder.write("x.safetensors", safetensors(GetParam().header, GetParam().data));
  expect_error(ErrorKind::kModelFile, {file.string(), GetParam().message, "download it again"},
               [&] { TensorFile refused(file); });
}

INSTANTIATE_TEST_SUITE_P(Own, FaultyHeader, ::testing::ValuesIn(faults()),
                         [](const auto& item) { return item.param.name; });

TEST(TensorFile, RefusesEveryShorterFormOfAFile) {
  const TemporaryFolder folder;
  const std::string whole = read_bytes(zimage_folder() / "tiny/hostile/ok_metadata.safetensors");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    SCOPED_TRACE(size);
    const auto file = folder.write("x.safetensors", whole.substr(0, size));
    expect_error(ErrorKind::kModelFile, {"x.safetensors"}, [&] { TensorFile refused(file); });
  }
}

TEST(TensorFile, SurvivesEveryChangeOfOneHeaderByte) {
  const TemporaryFolder folder;
  const std::string whole = read_bytes(zimage_folder() / "tiny/hostile/ok_order.safetensors");
  int refused = 0;
  for (std::size_t i = 0; i < whole.size() - 16; ++i) {
    for (const char c : {'\0', '"', '9', '[', '}', '\xFF'}) {
      std::string bytes = whole;
      bytes[i] = c;
      const auto file = folder.write("x.safetensors", bytes);
      try {
        const TensorFile opened(file);
        for (const auto& [name, view] : opened.tensors()) EXPECT_LE(view.data.size(), 16U);
      } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::kModelFile);
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 300);
}

TEST(TensorFile, DoesNotRecurseOnDeepNesting) {
  const TemporaryFolder folder;
  for (const std::string& opening : {std::string("["), std::string("{\"a\":")}) {
    std::string header = "{\"a\":";
    for (int i = 0; i < 2'000'000; ++i) header += opening;
    const auto file = folder.write("x.safetensors", safetensors(header));
    expect_error(ErrorKind::kModelFile, {"x.safetensors"}, [&] { TensorFile refused(file); });
  }
}

TEST(TensorFile, AcceptsAnyUtf8Name) {
  const TemporaryFolder folder;
  const std::string header =
      R"({"":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\u0000":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},"../😀":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}})";
  const TensorFile file(folder.write("x", safetensors(header, "abc")));
  EXPECT_EQ(text_of(file.tensors().at("").data), "a");
  EXPECT_EQ(text_of(file.tensors().at(std::string(1, '\0')).data), "b");
  EXPECT_EQ(text_of(file.tensors().at("../😀").data), "c");
}

TEST(TensorFile, AcceptsSpacesBehindTheHeader) {
  const TemporaryFolder folder;
  const TensorFile file(folder.write("x", safetensors("{}" + std::string(1000, ' '))));
  EXPECT_TRUE(file.tensors().empty());
}

TEST(TensorFile, RefusesWhatIsNotAReadableFile) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "folder");
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  std::filesystem::create_symlink("loop", folder / "loop");
  std::filesystem::create_symlink("nowhere", folder / "dangling");
  const auto file = folder.write("file", "x");
  const auto refuse = [](const std::filesystem::path& path, const std::string& why) {
    expect_error(ErrorKind::kModelFile, {path.string(), why}, [&] { TensorFile refused(path); });
  };
  refuse(folder / "missing", "missing");
  refuse(file / "below", "missing");
  refuse(folder / "dangling", "missing");
  refuse(folder / "folder", "is a folder");
  refuse(folder / "pipe", "not a regular file");
  refuse("/dev/zero", "not a regular file");
  refuse(folder / "loop", "cannot be opened");
  refuse("", "missing");
}

TEST(TensorFile, RefusesAFileWithoutReadPermission) {
  const TemporaryFolder folder;
  const auto file = folder.write("x.safetensors", safetensors("{}"));
  std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
  std::filesystem::permissions(file, std::filesystem::perms::none);
  const test::WithoutPrivileges dropped;
  if (!dropped.usable()) GTEST_SKIP() << "root that cannot drop its privileges";
  expect_error(ErrorKind::kModelFile, {file.string(), "permissions"},
               [&] { TensorFile refused(file); });
}

TEST(TensorFile, FollowsSymbolicLinks) {
  const TemporaryFolder folder;
  const auto blob = folder.write("blobs/0123", safetensors("{}"));
  std::filesystem::create_symlink("blobs/0123", folder / "model.safetensors");
  EXPECT_TRUE(TensorFile(folder / "model.safetensors").tensors().empty());
}

}  // namespace
}  // namespace headroom
