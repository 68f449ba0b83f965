// What `cmake --install` makes is a whole program: it runs from there and finds its files there.
#include "e2e/e2e_support.h"
#include "support/paths.h"

#include <fstream>
#include <set>

namespace headroom::test {
namespace fs = std::filesystem;
namespace {

// Relative paths of the files below a folder, through links.
std::set<std::string> file_names(const fs::path& folder) {
  std::set<std::string> names;
  const auto options = fs::directory_options::follow_directory_symlink;
  for (const auto& entry : fs::recursive_directory_iterator(folder, options)) {
    if (entry.is_regular_file()) names.insert(entry.path().lexically_relative(folder).string());
  }
  return names;
}

// The value behind KEY= in a desktop entry; empty when there is none.
std::string entry_value(const fs::path& desktop_entry, const std::string& key) {
  for (const std::string& line : lines(read_bytes(desktop_entry))) {
    if (line.rfind(key + "=", 0) == 0) return line.substr(key.size() + 1);
  }
  return {};
}

class Installation : public EndToEnd {
 protected:
  void SetUp() override {
    const ProcessResult result = install(prefix_);
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }

  ProcessResult install(const fs::path& prefix) const {
    ProcessOptions process;
    process.program = HEADROOM_CMAKE;
    process.arguments = {"--install", test::build_folder(), "--prefix", prefix.string()};
    process.environment = environment_;
    return run_process(process);
  }

  ProcessResult run_installed(std::vector<std::string> arguments) const {
    ProcessOptions process = options(std::move(arguments));
    process.program = prefix_ / "bin" / "headroom";
    return run_process(process);
  }

  fs::path prefix_ = folder_ / "a prefix";
};

TEST_F(Installation, RunsAndFindsTheStarterModelAndTheKnownOnes) {
  const ProcessResult picture = run_installed(
      {"generate", "-p", "a red apple", "--size", "128x128", "--steps", "1", "--json"});
  EXPECT_EQ(picture.exit_code, 0) << picture.err;
  EXPECT_TRUE(fs::exists(json::parse(picture.out).at("file").get<std::string>()));

  const ProcessResult plan = run_installed({"plan", "--model", "z-image-turbo", "--dtype", "bf16",
                                            "--preset", "512", "--pretend-vram", "24G", "--json"});
  EXPECT_EQ(plan.exit_code, 0) << plan.err;
}

TEST_F(Installation, HasEveryFileThatTheBuildHasBesideTheProgram) {
  const fs::path build = test::build_folder() / "share" / "headroom";
  std::set<std::string> expected = file_names(build);
  expected.insert("installed.txt");
  EXPECT_GT(expected.count("starter-model/model_index.json"), 0U);
  EXPECT_EQ(file_names(prefix_ / "share" / "headroom"), expected);
  for (const auto& entry : fs::recursive_directory_iterator(prefix_)) {
    EXPECT_FALSE(entry.is_symlink()) << entry.path() << " points out of the installation";
  }
}

TEST_F(Installation, ReplacesItselfButNoOtherProgramOfItsName) {
  EXPECT_EQ(install(prefix_).exit_code, 0);
  const fs::path program = prefix_ / "bin" / "headroom";
  const fs::path entry = prefix_ / "share" / "applications" / "headroom.desktop";
  const std::string ours = read_bytes(program);
  const auto expect_kept = [&](const fs::path& place) {
    const ProcessResult result = install(prefix_);
    EXPECT_NE(result.exit_code, 0);
    EXPECT_NE(result.err.find("belongs to another program"), std::string::npos) << result.err;
    EXPECT_NE(result.err.find(place.filename().string()), std::string::npos) << result.err;
  };
  std::ofstream(program, std::ios::binary) << "#!/usr/bin/python3\nprint('another headroom')\n";
  expect_kept(program);
  EXPECT_NE(read_bytes(program).find("another headroom"), std::string::npos);

  fs::remove(program);
  std::ofstream(prefix_ / "elsewhere") << "another program";
  fs::create_symlink(prefix_ / "elsewhere", program);
  expect_kept(program);
  EXPECT_TRUE(fs::is_symlink(program));
  EXPECT_EQ(read_bytes(prefix_ / "elsewhere"), "another program");
  fs::remove(prefix_ / "elsewhere");  // a link to what is gone is still not ours
  expect_kept(program);

  fs::remove(program);
  std::ofstream(entry) << "[Desktop Entry]\nName=Another\n";
  expect_kept(entry);
  EXPECT_FALSE(fs::exists(program)) << "something was installed all the same";
  fs::remove(entry);
  EXPECT_EQ(install(prefix_).exit_code, 0);
  EXPECT_EQ(read_bytes(program), ours);
}

constexpr const char* kForeign = "of another program";

// Files that another program of our name may have, and that bear no sign of it.
const fs::path kPlaces[]{"share/icons/hicolor/256x256/apps/headroom.png",
                         "share/icons/hicolor/scalable/apps/headroom.svg",
                         "share/doc/headroom/LICENSE", "share/headroom/starter-model/README.md"};

TEST_F(Installation, ReplacesNoFileOfAnotherProgramWhereverItStands) {
  for (const fs::path& place : kPlaces) {
    const fs::path prefix = folder_ / "another prefix";
    fs::create_directories((prefix / place).parent_path());
    std::ofstream(prefix / place) << kForeign;
    const ProcessResult result = install(prefix);
    EXPECT_NE(result.exit_code, 0) << place;
    EXPECT_NE(result.err.find("belongs to another program"), std::string::npos) << result.err;
    EXPECT_NE(result.err.find(place.filename().string()), std::string::npos) << result.err;
    EXPECT_EQ(read_bytes(prefix / place), kForeign);
    EXPECT_EQ(file_names(prefix).size(), 1U) << "something was installed all the same";
    fs::remove_all(prefix);
  }
}

TEST_F(Installation, ReplacesWhatTheLastOneLeftButNothingThatCameInItsPlace) {
  const fs::path prefix = folder_ / "another prefix";
  ASSERT_EQ(install(prefix).exit_code, 0);
  const fs::path place = prefix / kPlaces[2];
  const std::string ours = read_bytes(place);
  std::ofstream(place) << kForeign;
  EXPECT_NE(install(prefix).exit_code, 0);
  EXPECT_EQ(read_bytes(place), kForeign);

  // As an older installation of ours: its list holds the file as it was then.
  const fs::path list = prefix / "share" / "headroom" / "installed.txt";
  const std::string listed = read_bytes(list);
  const std::size_t at = listed.find("  " + kPlaces[2].string() + "\n");
  ASSERT_NE(at, std::string::npos) << listed;
  // printf 'of another program' | sha256sum
  const std::string hash = "b7a9c350892f1a4c2cc6aff83be2078233c41cc005062ca42d3625937478903e";
  std::ofstream(list) << std::string(listed).replace(at - hash.size(), hash.size(), hash);
  const ProcessResult result = install(prefix);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(read_bytes(place), ours);
  EXPECT_EQ(read_bytes(list), listed);

  // One from before there was a list is known by its program.
  fs::remove(list);
  std::ofstream(place) << "an older text";
  EXPECT_EQ(install(prefix).exit_code, 0);
  EXPECT_EQ(read_bytes(place), ours);
}

TEST_F(Installation, KeepsEditedSettingsAndPutsTheNewOnesBeside) {
  const fs::path settings = prefix_ / "share/headroom/config.yaml";
  const std::string ours = read_bytes(settings);
  const std::string edited = ours + "\n# by the administrator\n";
  std::ofstream(settings, std::ios::binary) << edited;
  for (int again = 0; again < 2; ++again) {
    const ProcessResult result = install(prefix_);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_NE((result.out + result.err).find("was edited"), std::string::npos) << result.err;
    EXPECT_EQ(read_bytes(settings), edited);
    EXPECT_EQ(read_bytes(prefix_ / "share/headroom/config.yaml.new"), ours);
  }
  // Also where there is no list yet, as after older installations.
  fs::remove(prefix_ / "share/headroom/installed.txt");
  EXPECT_EQ(install(prefix_).exit_code, 0);
  EXPECT_EQ(read_bytes(settings), edited);
  // What was never edited is replaced: as an older installation of ours left it.
  std::ofstream(settings, std::ios::binary) << ours;
  fs::remove(prefix_ / "share/headroom/config.yaml.new");
  EXPECT_EQ(install(prefix_).exit_code, 0);
  EXPECT_FALSE(fs::exists(prefix_ / "share/headroom/config.yaml.new"));
}

TEST_F(Installation, HasTheMenuEntryWithItsProgramAndIcon) {
  const fs::path entry = prefix_ / "share" / "applications" / "headroom.desktop";
  ASSERT_TRUE(fs::exists(entry));
  EXPECT_TRUE(fs::exists(prefix_ / "bin" / entry_value(entry, "Exec")));
  const std::string icon = entry_value(entry, "Icon");
  const fs::path theme = prefix_ / "share" / "icons" / "hicolor";
  EXPECT_TRUE(fs::exists(theme / "scalable" / "apps" / (icon + ".svg")));
  for (const char* const size : {"16x16", "48x48", "256x256"}) {
    EXPECT_TRUE(fs::exists(theme / size / "apps" / (icon + ".png"))) << size;
  }
}

}  // namespace
}  // namespace headroom::test
