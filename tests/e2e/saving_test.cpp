// Runs that are cut short and disks that say no: nothing half-written, nothing lost that can be
// kept.
#include "headroom/image/image_reader.h"

#include "e2e/e2e_support.h"

#include <algorithm>
#include <csignal>

#include <sys/mount.h>

namespace headroom::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Saving : public EndToEnd {
 protected:
  // Long enough to be still running when it is asked to stop.
  static std::vector<std::string> long_run(std::vector<std::string> more) {
    more.insert(more.begin(), {"generate", "-p", "a boat", "--size", "512x512", "--steps", "1000"});
    return more;
  }
};

TEST_F(Saving, ControlCEndsARunWithoutAFile) {
  for (const int signal : {SIGINT, SIGTERM}) {
    Process process(options(long_run({"-o", "pictures", "--dump", "d.safetensors"})));
    ASSERT_TRUE(process.wait_until_busy(signal, milliseconds(800), seconds(60)));
    process.send(signal);
    process.send(signal);  // impatience changes nothing
    const ProcessResult result = process.wait(seconds(20));
    EXPECT_FALSE(result.timed_out);
    EXPECT_EQ(result.signal, 0);
    EXPECT_EQ(result.exit_code, 130);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "headroom: cancelled after 0 pictures\n");
    EXPECT_EQ(files(), std::vector<std::string>());
  }
}

TEST_F(Saving, ControlCKeepsThePicturesThatWereFinished) {
  Process process(options({"generate", "-p", "a boat", "--size", "64x64", "--steps", "20",
                           "--count", "64", "-o", "pictures"}));
  ASSERT_TRUE(process.wait_until_busy(SIGINT, milliseconds(0), seconds(60)));
  const auto end = std::chrono::steady_clock::now() + seconds(60);
  while (files().empty() && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(milliseconds(2));
  }
  process.send(SIGINT);
  const ProcessResult result = process.wait(seconds(20));
  EXPECT_EQ(result.exit_code, 130) << result.err;
  const std::vector<std::string> said = lines(result.out);
  EXPECT_GE(said.size(), 1U);
  EXPECT_LT(said.size(), 64U);
  std::vector<std::string> sorted = said;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(files(), sorted);  // no partial one beside them
  for (const std::string& file : said) EXPECT_EQ(read_image(folder_ / file).width, 64);
}

TEST_F(Saving, APictureThatFindsItsNameTakenIsKeptElsewhere) {
  Process process(options({"generate", "-p", "a boat", "--size", "256x256", "--steps", "60",
                           "--count", "2", "-o", "sub/a.png"}));
  // The first picture shows that the check before the run has passed; then somebody takes the name
  // of the second.
  const auto end = std::chrono::steady_clock::now() + seconds(60);
  while (!fs::exists(folder_ / "sub/a.png") && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(milliseconds(1));
  }
  write("sub/a_2.png", "somebody else's");
  const ProcessResult result = process.wait(seconds(100));
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_EQ(read_bytes(folder_ / "sub/a_2.png"), "somebody else's");
  const std::vector<std::string> kept = files();
  ASSERT_EQ(kept.size(), 2U) << result.err;
  EXPECT_TRUE(kept[0].starts_with("outputs_")) << kept[0];
  EXPECT_EQ(kept[1], "sub/a.png");
  EXPECT_EQ(read_image(folder_ / kept[0]).width, 256);
  EXPECT_EQ(result.out, "sub/a.png\n" + (folder_ / kept[0]).string() + "\n");
  EXPECT_NE(result.err.find("sub/a_2.png"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("the picture is kept in " + (folder_ / kept[0]).string()),
            std::string::npos)
      << result.err;
  EXPECT_EQ(lines(result.err).size(), 1U);
}

TEST_F(Saving, AFullDiskCostsNoPicture) {
  const fs::path disk = folder_ / "disk";
  fs::create_directories(disk);
  if (::mount("none", disk.c_str(), "tmpfs", 0, "size=8k") != 0) {
    GTEST_SKIP() << "a small disk of its own needs the right to mount";
  }
  const ProcessResult result = run(quick({"--size", "256x256", "--count", "2", "-o", "disk"}));
  std::vector<std::string> on_disk;
  for (const auto& entry : fs::directory_iterator(disk)) on_disk.push_back(entry.path().string());
  ::umount(disk.c_str());
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_EQ(on_disk, std::vector<std::string>());
  const std::vector<std::string> kept = files();
  EXPECT_EQ(kept.size(), 2U);
  const std::vector<std::string> said = lines(result.err);
  ASSERT_EQ(said.size(), 2U) << result.err;
  for (const std::string& line : said) {
    EXPECT_NE(line.find("disk/outputs_"), std::string::npos) << line;
    EXPECT_NE(line.find("the picture is kept in "), std::string::npos) << line;
  }
}

TEST_F(Saving, WhenNoFileMayBeWrittenItSaysSo) {
  ProcessOptions process = options(quick({"--size", "256x256", "-o", "a.png"}));
  process.file_bytes_limit = 2000;
  const ProcessResult result = run_process(process);
  EXPECT_EQ(result.signal, 0);
  EXPECT_EQ(result.exit_code, 3);
  // The picture that is lost, and that its steps could not be kept either.
  EXPECT_EQ(lines(result.err).size(), 2U) << result.err;
  EXPECT_NE(result.err.find("a.png"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("lost"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("headroom: a picture that is cut short after its steps must be made "
                            "anew"),
            std::string::npos)
      << result.err;
  EXPECT_EQ(files(), std::vector<std::string>());
}

// Once for the whole run, and not among the lines of JSON.
TEST_F(Saving, StepsThatCannotBeKeptAreSaidOnce) {
  write("state/headroom/unfinished", "a file where the folder should be");
  const std::string what = "must be made anew, since they are not kept: ";
  const auto count = [&](const std::string& text) {
    int found = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) {
      ++found;
    }
    return found;
  };
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{"--count", "2", "-o", "two.png"},
        std::vector<std::string>{"--grid-x", "steps=1,2", "-o", "grid"}}) {
    const ProcessResult result = run(quick(more));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(count(result.err), 1) << result.err;
    EXPECT_NE(result.err.find("unfinished/"), std::string::npos) << result.err;
  }
  const ProcessResult finish = run({"finish", "two.png", "--json", "-o", "finished.png"});
  EXPECT_EQ(finish.exit_code, 0) << finish.err;
  EXPECT_EQ(count(finish.err), 1) << finish.err;
  EXPECT_EQ(lines(finish.out).size(), 1U);
  EXPECT_TRUE(json::parse(finish.out).is_object());
}

TEST_F(Saving, AClosedOutputCostsNoPicture) {
  ProcessOptions process = options(quick({"--count", "2", "-o", "pictures"}));
  process.close_output = true;
  const ProcessResult result = run_process(process);
  EXPECT_EQ(result.signal, 0);
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(lines(result.err).size(), 1U) << result.err;
  EXPECT_NE(result.err.find("standard output"), std::string::npos) << result.err;
  EXPECT_EQ(files().size(), 2U);
}

TEST_F(Saving, AClosedOutputEndsTheOtherCommandsWithASentence) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"devices"}, std::vector<std::string>{"plan", "--json"},
        std::vector<std::string>{"inspect", kStarterModel.string()},
        std::vector<std::string>{"tokenize"}, std::vector<std::string>{"--help"}}) {
    ProcessOptions process = options(arguments);
    process.close_output = true;
    process.input = "{\"text\": \"a\"}\n";
    const ProcessResult result = run_process(process);
    EXPECT_EQ(result.signal, 0) << arguments[0];
    EXPECT_EQ(result.exit_code, 3) << arguments[0];
    EXPECT_NE(result.err.find("standard output cannot be written"), std::string::npos)
        << result.err;
  }
}

TEST_F(Saving, AWorkingFolderThatIsGoneIsSaid) {
  const fs::path gone = folder_ / "gone";
  fs::create_directories(gone);
  ProcessOptions process = options({});
  process.program = "/bin/sh";
  process.arguments = {"-c", "rmdir ../gone && exec \"$0\" generate -p a --size 64x64 --steps 1",
                       kProgram.string()};
  process.folder = gone;
  expect_refused(run_process(process), 3, {"working folder"});
}

// The libraries alone are larger.
TEST_F(Saving, ALimitOfTheAddressSpaceThatNothingFitsIntoIsNamed) {
  for (const char* const kib : {"300000", "400000", "500000"}) {
    ProcessOptions process = options({});
    process.program = "/bin/sh";
    process.arguments = {"-c", "ulimit -v " + std::string(kib) + " && exec \"$0\" devices",
                         kProgram.string()};
    expect_refused(run_process(process), 4, {"ulimit -v"});
  }
}

TEST_F(Saving, ALogThatCannotBeWrittenStopsNothing) {
  write("state", "a file where the folder should be");
  const ProcessResult result = run(quick({"-o", "a.png"}));
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.err.find("no log file"), std::string::npos) << result.err;
  EXPECT_EQ(files(), std::vector<std::string>{"a.png"});
}

}  // namespace
}  // namespace headroom::test
