#include "system_memory.h"

#include "headroom/core/bytes.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <unistd.h>

namespace headroom {
namespace {
namespace fs = std::filesystem;

constexpr const char* kMountVersion2 = "29 1 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
constexpr const char* kMountVersion1 =
    "29 1 0:26 / /sys/fs/cgroup/memory rw shared:9 - cgroup cgroup rw,memory\n"
    "30 1 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n";

// The files of a made-up machine with 16 GB, 10 of them available.
class SystemMemoryTest : public ::testing::Test {
 protected:
  SystemMemoryTest() {
    std::string pattern = (fs::temp_directory_path() / "headroom-memory-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    write("proc/meminfo",
          "MemTotal:       16777216 kB\nMemFree:         1048576 kB\n"
          "MemAvailable:   10485760 kB\nHugePages_Total:       0\n");
  }
  ~SystemMemoryTest() override { fs::remove_all(root_); }

  void write(const std::string& file, std::string_view text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text;
  }
  void write(const std::string& file, std::int64_t value) {
    write(file, std::to_string(value) + "\n");
  }
  void in_group(const std::string& lines, const std::string& mounts) {
    write("proc/self/cgroup", lines);
    write("proc/self/mountinfo", "23 1 0:20 / / rw - ext4 /dev/sda rw\n" + mounts);
  }
  void expect(std::int64_t total, std::int64_t available) {
    const SystemMemory memory = read_system_memory(root_);
    EXPECT_EQ(memory.total_bytes, total);
    EXPECT_EQ(memory.available_bytes, available);
  }

  fs::path root_;
};

TEST_F(SystemMemoryTest, IsTheMachinesWhereNoGroupLimitsIt) {
  expect(16 * kGiB, 10 * kGiB);
  in_group("0::/user.slice/app.scope\n", kMountVersion2);
  write("sys/fs/cgroup/user.slice/app.scope/memory.max", "max\n");
  write("sys/fs/cgroup/user.slice/app.scope/memory.high", "max\n");
  write("sys/fs/cgroup/user.slice/app.scope/memory.current", 9 * kGiB);
  expect(16 * kGiB, 10 * kGiB);
}

// A program's own files that are mapped and just read are on the active list.
TEST_F(SystemMemoryTest, CacheThatCanBeDroppedCountsAsFree) {
  in_group("0::/\n", kMountVersion2);
  write("sys/fs/cgroup/memory.max", 4 * kGiB);
  write("sys/fs/cgroup/memory.current", 4 * kGiB - kMiB);
  write("sys/fs/cgroup/memory.stat",
        "anon 268435456\nfile 3221225472\nfile_mapped 1073741824\nactive_file 1073741824\n"
        "inactive_file 2147483648\nslab_reclaimable 536870912\nslab_unreclaimable 1048576\n");
  expect(4 * kGiB, kMiB + 3 * kGiB + kGiB / 2);
}

TEST_F(SystemMemoryTest, FilesThatMustBeWrittenFirstOrLieInMemoryAloneAreNotFree) {
  in_group("0::/\n", kMountVersion2);
  write("sys/fs/cgroup/memory.max", 4 * kGiB);
  write("sys/fs/cgroup/memory.current", 3 * kGiB);
  // 2 GiB of files, half of them in tmpfs: those are on the lists of what can be swapped.
  write("sys/fs/cgroup/memory.stat",
        "anon 1073741824\nfile 2147483648\nshmem 1073741824\nfile_dirty 268435456\n"
        "file_writeback 134217728\ninactive_anon 2147483648\nactive_anon 0\n"
        "inactive_file 536870912\nactive_file 536870912\nunevictable 0\n");
  expect(4 * kGiB, kGiB + kGiB - 384 * kMiB);
  write("sys/fs/cgroup/memory.stat", "file_dirty 268435456\ninactive_file 1048576\n");
  expect(4 * kGiB, kGiB);
}

TEST_F(SystemMemoryTest, TheProcessesOwnGroupLimitsIt) {
  in_group("0::/user.slice/app.scope\n", kMountVersion2);
  write("sys/fs/cgroup/user.slice/app.scope/memory.max", 600 * kMiB);
  write("sys/fs/cgroup/user.slice/app.scope/memory.current", 30 * kMiB);
  expect(600 * kMiB, 570 * kMiB);
}

TEST_F(SystemMemoryTest, EveryAncestorLimitsItByWhatIsLeftThere) {
  in_group("0::/a.slice/b.slice/c.service\n", kMountVersion2);
  write("sys/fs/cgroup/a.slice/memory.max", 6 * kGiB);
  write("sys/fs/cgroup/a.slice/memory.current", 5 * kGiB);  // siblings hold most of it
  write("sys/fs/cgroup/a.slice/b.slice/memory.max", 3 * kGiB);
  write("sys/fs/cgroup/a.slice/b.slice/memory.current", kGiB);
  write("sys/fs/cgroup/a.slice/b.slice/c.service/memory.max", 8 * kGiB);
  write("sys/fs/cgroup/a.slice/b.slice/c.service/memory.current", kMiB);
  write("sys/fs/cgroup/other.slice/memory.max", kMiB);
  expect(3 * kGiB, kGiB);
}

TEST_F(SystemMemoryTest, WhereTheKernelBeginsToThrottleIsALimitToo) {
  in_group("0::/app.service\n", kMountVersion2);
  write("sys/fs/cgroup/app.service/memory.max", 8 * kGiB);
  write("sys/fs/cgroup/app.service/memory.high", 2 * kGiB);
  write("sys/fs/cgroup/app.service/memory.current", kGiB);
  expect(2 * kGiB, kGiB);
}

TEST_F(SystemMemoryTest, SwapThatAGroupMayUseIsNoMemory) {
  in_group("0::/app.service\n", kMountVersion2);
  write("sys/fs/cgroup/app.service/memory.max", 2 * kGiB);
  write("sys/fs/cgroup/app.service/memory.current", kGiB);
  write("sys/fs/cgroup/app.service/memory.swap.max", 8 * kGiB);
  expect(2 * kGiB, kGiB);
}

TEST_F(SystemMemoryTest, AGroupThatHoldsMoreThanItsLimitHasNothingLeft) {
  in_group("0::/app.service\n", kMountVersion2);
  write("sys/fs/cgroup/app.service/memory.max", kGiB);
  write("sys/fs/cgroup/app.service/memory.current", 2 * kGiB);
  expect(kGiB, 0);
}

TEST_F(SystemMemoryTest, KnowsVersionOne) {
  in_group("5:cpu,cpuacct:/other\n4:memory:/batch/job_7\n1:name=systemd:/\n", kMountVersion1);
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  write("sys/fs/cgroup/memory/batch/memory.limit_in_bytes", 4 * kGiB);
  write("sys/fs/cgroup/memory/batch/memory.usage_in_bytes", 3 * kGiB);
  write("sys/fs/cgroup/memory/batch/memory.stat",
        "inactive_file 0\ntotal_inactive_file 1073741824\ntotal_active_file 1073741824\n"
        "total_dirty 536870912\ntotal_writeback 0\n");
  write("sys/fs/cgroup/memory/batch/job_7/memory.limit_in_bytes", "9223372036854771712\n");
  expect(4 * kGiB, 2 * kGiB + kGiB / 2);
}

TEST_F(SystemMemoryTest, KnowsLimitsOfAncestorsThatAContainerCannotSee) {
  in_group("4:memory:/docker/0123\n",
           "29 1 0:26 /docker/0123 /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n");
  write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  write("sys/fs/cgroup/memory/memory.usage_in_bytes", kGiB);
  write("sys/fs/cgroup/memory/memory.stat", "hierarchical_memory_limit 3221225472\n");
  expect(3 * kGiB, 2 * kGiB);
}

TEST_F(SystemMemoryTest, AContainersRootIsItsOwnGroup) {
  in_group("0::/kubepods/pod1/box\n",
           "29 1 0:26 /kubepods/pod1/box /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
  write("sys/fs/cgroup/memory.max", 2 * kGiB);
  write("sys/fs/cgroup/memory.current", kGiB);
  write("sys/fs/cgroup/side/memory.max", kMiB);
  expect(2 * kGiB, kGiB);
  in_group("0::/kubepods/pod1/box/side\n",  // a group that the container made
           "29 1 0:26 /kubepods/pod1/box /sys/fs/cgroup ro - cgroup2 cgroup rw\n");
  expect(kMiB, kMiB);
  in_group("0::/../elsewhere\n",
           kMountVersion2);  // outside of the name space: only the root is seen
  expect(2 * kGiB, kGiB);
}

TEST_F(SystemMemoryTest, LooksWhereTheGroupsAreMounted) {
  in_group("0::/app\n", "29 1 0:26 / /run/my\\040groups rw - cgroup2 none rw,nsdelegate\n");
  write("run/my groups/app/memory.max", 2 * kGiB);
  expect(2 * kGiB, 2 * kGiB);
}

TEST_F(SystemMemoryTest, TheProcessesOwnLimitsAreOnesToo) {
  write("proc/self/status", "Name:\theadroom\nVmSize:\t 1048576 kB\nVmData:\t  524288 kB\n");
  const std::string head =
      "Limit                     Soft Limit           Hard Limit           Units\n";
  const std::string space = "Max address space         ";
  const std::string data = "Max data size             ";
  write("proc/self/limits", head + data + "unlimited            unlimited            bytes\n" +
                                space + "unlimited            unlimited            bytes\n");
  expect(16 * kGiB, 10 * kGiB);
  write("proc/self/limits", head + data + "unlimited            unlimited            bytes\n" +
                                space + "4294967296           unlimited            bytes\n");
  expect(4 * kGiB, 3 * kGiB);
  write("proc/self/limits", head + data + "2147483648           2147483648           bytes\n" +
                                space + "4294967296           unlimited            bytes\n");
  expect(2 * kGiB, 3 * kGiB / 2);
  write("proc/self/limits", head + space + "536870912            536870912            bytes\n");
  expect(kGiB / 2, 0);
}

TEST_F(SystemMemoryTest, BothVersionsAtOnceLimitItByTheLesser) {
  in_group("4:memory:/job\n0::/job\n",
           "29 1 0:26 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
           "31 1 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
  write("sys/fs/cgroup/memory/job/memory.limit_in_bytes", 3 * kGiB);
  write("sys/fs/cgroup/memory/job/memory.usage_in_bytes", kGiB);
  expect(3 * kGiB, 2 * kGiB);
  write("sys/fs/cgroup/unified/job/memory.max", kGiB);
  expect(kGiB, kGiB);
}

TEST_F(SystemMemoryTest, FilesThatMakeNoSenseLimitNothing) {
  in_group("nonsense\n0:\n::\n", "1 2\n29 1 0:26 / - cgroup2\n - cgroup2 x rw\n");
  write("sys/fs/cgroup/memory.max", "\n");
  write("sys/fs/cgroup/memory.high", "-5\n");
  write("sys/fs/cgroup/memory.current", "much\n");
  write("sys/fs/cgroup/memory.stat", "inactive_file\n");
  expect(16 * kGiB, 10 * kGiB);
}

}  // namespace
}  // namespace headroom
