#include "architecture/include_rules.h"

#include "architecture/source_text.h"
#include "support/paths.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace headroom::test {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<std::string> check(std::string path, std::string text) {
  return check_include_rules({{std::move(path), std::move(text)}});
}

TEST(IncludeRules, HoldInThisTree) {
  const std::vector<SourceFile> files = read_sources(test::source_folder());
  EXPECT_GT(files.size(), 10U) << "are the sources where they should be?";
  EXPECT_THAT(check_include_rules(files), IsEmpty());
}

// A permission that nobody needs would let a new arrow pass without anybody seeing it.
TEST(IncludeRules, AllowNothingThatNoFileNeeds) {
  EXPECT_THAT(unused_permissions(read_sources(test::source_folder())), IsEmpty());
}

TEST(IncludeRules, KnowWhatNoFileNeeds) {
  EXPECT_THAT(unused_permissions({}), Contains("records -> image"));
  EXPECT_THAT(unused_permissions({{"src/records/a.cpp", "#include \"headroom/image/a.h\"\n"}}),
              AllOf(Not(Contains("records -> image")), Contains("records -> nlohmann")));
  EXPECT_THAT(unused_permissions({{"src/gui/a.cpp", "#include \"headroom/image/a.h\"\n"}}),
              Contains("records -> image"));
}

TEST(IncludeRules, EveryRoomIsInTheTable) {
  const std::set<std::string> rooms = known_rooms();
  for (const SourceFile& file : read_sources(test::source_folder())) {
    EXPECT_TRUE(rooms.contains(room_of(file.path))) << file.path;
  }
}

TEST(IncludeRules, CatchARoomThatLooksUp) {
  EXPECT_THAT(
      check("src/core/size.cpp", "#include <string>\n#include \"headroom/memory/plan.h\"\n"),
      ElementsAre("src/core/size.cpp:2: core must not include headroom/memory/plan.h"));
}

TEST(IncludeRules, CatchARoomThatAsksWhichKindADeviceIs) {
  for (const char* line : {"if (x.is_cuda()) f();\n", "auto d = at::Device(at::kCUDA);\n"}) {
    EXPECT_EQ(check("src/pipeline/a.cpp", line).size(), 1U) << line;
    EXPECT_EQ(check("src/device/a.cpp", line).size(), 1U) << line;
    EXPECT_THAT(check("src/device/cuda/a.cpp", line), IsEmpty()) << line;
  }
}

TEST(IncludeRules, CatchRoomsThatMustNotMeet) {
  const std::pair<const char*, const char*> forbidden[] = {
      {"core", "config"},
      {"config", "image"},
      {"config", "memory"},
      {"image", "memory"},
      {"text", "weights"},
      {"weights", "text"},
      {"memory", "device"},
      {"engine", "pipeline"},
      {"device", "model"},
      {"model", "weights"},
      {"diffusion", "model"},
      {"diffusion", "device"},
      {"pipeline", "gui"},
      {"pipeline", "engine"},
      {"gui", "pipeline"},
      {"gui", "device"},
      {"gui", "app"},
      {"engine", "gui"},
      {"gui_state", "gui"},
      {"gui_state", "gui_toolkit"},
      {"gui_toolkit", "gui"},
      {"gui_actions", "gui"},
      {"gui_actions", "gui_toolkit"},
      {"gui_toolkit", "gui_actions"},
  };
  for (const auto& [from, to] : forbidden) {
    const std::string include = "#include \"headroom/" + std::string(to) + "/a.h\"\n";
    EXPECT_EQ(check("src/" + std::string(from) + "/a.cpp", include).size(), 1U)
        << from << " -> " << to;
    EXPECT_EQ(
        check("src/" + std::string(from) + "/include/headroom/" + from + "/a.h", include).size(),
        1U)
        << from << " -> " << to << " in a public header";
  }
}

TEST(IncludeRules, AllowWhatTheTableAllows) {
  const std::pair<const char*, const char*> allowed[] = {
      {"config", "core"},      {"engine", "memory"},      {"model", "device"},
      {"pipeline", "weights"}, {"pipeline", "diffusion"}, {"gui", "engine"},
      {"gui", "config"},       {"app", "pipeline"},       {"app", "gui"},
      {"text", "text"},
  };
  for (const auto& [from, to] : allowed) {
    EXPECT_THAT(check("src/" + std::string(from) + "/a.cpp",
                      "#include \"headroom/" + std::string(to) + "/a.h\"\n"),
                IsEmpty())
        << from << " -> " << to;
  }
}

TEST(IncludeRules, CatchThirdPartyHeadersInTheWrongRoom) {
  const std::pair<const char*, const char*> forbidden[] = {
      {"core", "<nlohmann/json.hpp>"},
      {"memory", "<ATen/core/Tensor.h>"},
      {"engine", "<spdlog/spdlog.h>"},
      {"config", "<nlohmann/json.hpp>"},
      {"image", "<yaml-cpp/yaml.h>"},
      {"text", "<stb_image.h>"},
      {"weights", "<utf8proc.h>"},
      {"pipeline", "<imgui.h>"},
      {"gui", "<torch/types.h>"},
      {"gui", "<GLFW/glfw3.h>"},
      {"gui_state", "<imgui.h>"},
      {"gui", "<CLI/CLI.hpp>"},
      {"app", "<GL/gl.h>"},
      {"app", "\"imgui.h\""},
      {"memory", "<unistd.h>"},
      {"diffusion", "<nlohmann/json.hpp>"},
  };
  for (const auto& [room, header] : forbidden) {
    EXPECT_THAT(
        check("src/" + std::string(room) + "/a.cpp", "#include " + std::string(header) + "\n"),
        ElementsAre(HasSubstr("must not include")))
        << room << " " << header;
  }
}

TEST(IncludeRules, AllowThirdPartyHeadersInTheirRoom) {
  const std::pair<const char*, const char*> allowed[] = {
      {"config", "<yaml-cpp/yaml.h>"},    {"image", "<stb_image_write.h>"},
      {"records", "<nlohmann/json.hpp>"}, {"text", "<utf8proc.h>"},
      {"weights", "<sys/mman.h>"},        {"device", "<c10/core/Allocator.h>"},
      {"model", "<ATen/ops/matmul.h>"},   {"gui", "<imgui_internal.h>"},
      {"gui_toolkit", "<GLFW/glfw3.h>"},  {"cli", "<CLI/CLI.hpp>"},
      {"core", "<condition_variable>"},   {"memory", "<cstdint>"},
  };
  for (const auto& [room, header] : allowed) {
    EXPECT_THAT(
        check("src/" + std::string(room) + "/a.cpp", "#include " + std::string(header) + "\n"),
        IsEmpty())
        << room << " " << header;
  }
}

TEST(IncludeRules, CatchAHeaderThatTheTableDoesNotKnow) {
  EXPECT_THAT(check("src/app/main.cpp", "#include <boost/any.hpp>\n"),
              ElementsAre(AllOf(StartsWith("src/app/main.cpp:1:"), HasSubstr("do not know"))));
}

TEST(IncludeRules, CatchTheHeadersThatPullInAllOfTorch) {
  for (const char* room : {"model", "pipeline", "app"}) {
    for (const char* header : {"torch/torch.h", "torch/all.h"}) {
      EXPECT_THAT(
          check("src/" + std::string(room) + "/a.cpp", "#include <" + std::string(header) + ">\n"),
          ElementsAre(HasSubstr("narrowest")))
          << room << " " << header;
    }
  }
}

TEST(IncludeRules, PrivateHeadersStayInTheirRoom) {
  const SourceFile header{"src/text/unicode.h", ""};
  EXPECT_THAT(check_include_rules({header, {"src/text/a.cpp", "#include \"unicode.h\"\n"}}),
              IsEmpty());
  EXPECT_THAT(check_include_rules({header, {"src/image/a.cpp", "#include \"unicode.h\"\n"}}),
              ElementsAre(HasSubstr("do not know")));
  EXPECT_THAT(
      check_include_rules({header, {"src/image/a.cpp", "#include \"../text/unicode.h\"\n"}}),
      ElementsAre(HasSubstr("do not know")));
  EXPECT_THAT(check_include_rules({{"src/gui/panels/prompt.h", ""},
                                   {"src/gui/panels/a.cpp", "#include \"prompt.h\"\n"},
                                   {"src/gui/b.cpp", "#include \"panels/prompt.h\"\n"}}),
              IsEmpty());
}

TEST(IncludeRules, CatchAFileThatBelongsToNoRoom) {
  EXPECT_THAT(check("src/stray.cpp", ""), ElementsAre(HasSubstr("no room")));
  EXPECT_THAT(check("src/utils/stray.cpp", ""), ElementsAre(HasSubstr("no room")));
}

TEST(IncludeRules, CatchThreadsOutsideTheirRooms) {
  for (const char* use :
       {"std::thread t;", "std::jthread t;", "std::mutex m;", "std::scoped_lock<std::mutex> l(m);",
        "std::shared_mutex m;", "std::condition_variable_any c;", "auto f = std::async(g);"}) {
    EXPECT_EQ(check("src/app/a.cpp", use).size(), 1U) << use;
  }
  // gui_toolkit may guard the life of the window's library, and no more.
  EXPECT_THAT(check("src/gui_toolkit/a.cpp", "std::mutex m;"), IsEmpty());
  EXPECT_EQ(check("src/gui_toolkit/a.cpp", "std::jthread t;").size(), 1U);
  EXPECT_THAT(check("src/engine/a.cpp", "std::jthread t; std::mutex m;"), IsEmpty());
  EXPECT_THAT(check("src/engine/a.cpp", "auto f = std::async(g);"),
              ElementsAre(HasSubstr("std::async")));
  EXPECT_THAT(check("src/app/a.cpp", "int n = std::thread::hardware_concurrency();"), IsEmpty());
  EXPECT_THAT(check("src/app/a.cpp", "std::this_thread::yield();"), IsEmpty());
}

TEST(IncludeRules, CatchLibraryNamesOutsideTheirRooms) {
  EXPECT_THAT(check("src/gui/a.cpp", "int a;\nYAML::Node n;"),
              ElementsAre(StartsWith("src/gui/a.cpp:2: gui must not use YAML::")));
  EXPECT_THAT(check("src/app/a.cpp", "ImGui::Begin(\"x\");"),
              ElementsAre(HasSubstr("must not use ImGui::")));
  EXPECT_THAT(check("src/app/a.cpp", "at::Tensor t;"), ElementsAre(HasSubstr("must not use at::")));
  EXPECT_THAT(check("src/config/a.cpp", "YAML::Node n;"), IsEmpty());
  EXPECT_THAT(check("src/gui/a.cpp", "ImGui::Begin(\"x\");"), IsEmpty());
  EXPECT_EQ(check("src/gui_state/a.cpp", "ImGui::Begin(\"x\");").size(), 1U);
  EXPECT_THAT(check("src/core/a.cpp", "format::at_least(1); float::x;"), IsEmpty());
}

// Each rule catches its token in every room that it is not made for.
TEST(IncludeRules, CatchTensorsAndTheWindowsLibraryInAllOtherRooms) {
  const std::pair<const char*, std::set<std::string>> tokens[] = {
      {"at::Tensor t;", {"device", "model", "diffusion", "pipeline", "forecast"}},
      {"ImGui::Begin(title);", {"gui", "gui_toolkit"}},
      {"YAML::Node n;", {"config"}},
      {"CLI::App app;", {"cli"}},
      {"bool b = t.is_cuda();", {}},
  };
  for (const auto& [code, rooms] : tokens) {
    for (const std::string& room : known_rooms()) {
      EXPECT_EQ(check("src/" + room + "/a.cpp", code).empty(), rooms.contains(room))
          << code << " in " << room;
    }
  }
}

TEST(IncludeRules, IgnoreCommentsAndLiterals) {
  EXPECT_THAT(check("src/core/a.cpp",
                    "// #include <imgui.h>\n"
                    "/* std::mutex\n#include <imgui.h>\n*/\n"
                    "const char* a = \"ImGui::Text // \\\" YAML::\";\n"
                    "const char* b = R\"x(\n#include <imgui.h>\nstd::mutex)x\";\n"
                    "int c = 1'000; char d = '\"';\n"),
              IsEmpty());
  EXPECT_THAT(check("src/core/a.cpp", "const char* a = \"x\"; std::mutex m; // y\n"),
              ElementsAre(HasSubstr("std::mutex")));
}

TEST(FindIncludes, ReadsEverySpelling) {
  const std::vector<Include> includes = find_includes(
      "#include <a>\n  #  include \"b/c.h\"  // why\n#include<d.h>\nint x;\n#define include\n");
  ASSERT_EQ(includes.size(), 3U);
  EXPECT_EQ(includes[0].path, "a");
  EXPECT_EQ(includes[1].path, "b/c.h");
  EXPECT_EQ(includes[1].line, 2U);
  EXPECT_EQ(includes[2].path, "d.h");
}

TEST(CodeOnly, KeepsLineNumbers) { EXPECT_EQ(code_only("a /* b\nc */ d"), "a     \n     d"); }

TEST(RoomOf, IsTheFolderBelowTheRoot) {
  EXPECT_EQ(room_of("src/core/include/headroom/core/size.h"), "core");
  EXPECT_EQ(room_of("src/gui/panels/a.cpp"), "gui");
  EXPECT_EQ(room_of("src/a.cpp"), "");
  EXPECT_EQ(room_of("tests/core/a.cpp"), "");
}

}  // namespace
}  // namespace headroom::test
