// What scripts/setup.sh says of a machine's driver and cards, before it fetches gigabytes for them.
#include "fake_card/card_program.h"
#include "support/paths.h"

#include <filesystem>

namespace headroom::test {
namespace {

class SetUp : public EndToEnd {
 protected:
  // The function of the script by itself, with a driver and an nvidia-smi of ours. Empty: none.
  std::string said_of(const std::string& driver, const std::string& capabilities) {
    write("version", driver);
    const auto smi = write("bin/nvidia-smi", capabilities.empty()
                                                 ? "#!/bin/sh\nexit 9\n"
                                                 : "#!/bin/sh\nprintf '" + capabilities + "'\n");
    std::filesystem::permissions(smi, std::filesystem::perms::owner_all);
    ProcessOptions call = options({"-c",
                                   "say() { printf '%s\\n' \"$*\"; }\n"
                                   "source <(sed -n '/^warn_of_unusable_cards() {/,/^}/p' \"$0\")\n"
                                   "set -eu; warn_of_unusable_cards version",
                                   test::source_folder() / "scripts/setup.sh"});
    call.program = "/bin/bash";
    call.environment["PATH"] = (folder_ / "bin").string() + ":/usr/bin:/bin";
    const ProcessResult result = run_process(call);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  }
  // As /proc/driver/nvidia/version has it.
  static std::string driver(const std::string& version) {
    return "NVRM version: NVIDIA UNIX x86_64 Kernel Module  " + version +
           "  Tue Sep 16 02:30:32 UTC 2025\nGCC version:  gcc version 12.2.0\n";
  }
};

TEST_F(SetUp, NamesADriverThatIsTooOld) {
  const std::string said = said_of(driver("550.120"), "8.6\\n");
  EXPECT_NE(said.find("driver is 550, and 580 or newer is needed"), std::string::npos) << said;
  EXPECT_EQ(said_of(driver("580.95.05"), "8.6\\n"), "");
}

TEST_F(SetUp, NamesCardsThatCannotBeUsed) {
  const std::string said = said_of(driver("580.95.05"), "6.1\\n");
  EXPECT_NE(said.find("compute capability 7.5"), std::string::npos) << said;
  EXPECT_EQ(said_of(driver("580.95.05"), "6.1\\n12.0\\n"), "");  // one of two
}

TEST_F(SetUp, ObjectsToNothingThatItCannotTell) { EXPECT_EQ(said_of("", ""), ""); }

}  // namespace
}  // namespace headroom::test
