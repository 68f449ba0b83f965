#include "cuda/cuda_code.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

// As "nvcc --help" has it: machine code for a card runs on those of its own generation that are not
// older, and what is to be translated runs on all that are not older.
TEST(CudaCode, RunsOnCardsOfTheSameGenerationThatAreNotOlder) {
  const CudaCode code(
      "NVCC architecture flags: -gencode;arch=compute_75,code=sm_75;-gencode;arch=compute_86,"
      "code=sm_86;-gencode;arch=compute_120,code=sm_120\ncuDNN 91900\n");
  for (const CudaCode::Capability good : {CudaCode::Capability{7, 5}, {8, 6}, {8, 9}, {12, 1}}) {
    EXPECT_TRUE(code.serves(good)) << good.name();
  }
  for (const CudaCode::Capability bad :
       {CudaCode::Capability{6, 1}, {7, 0}, {8, 0}, {9, 0}, {11, 0}, {13, 0}}) {
    EXPECT_FALSE(code.serves(bad)) << bad.name();
  }
  EXPECT_EQ(code.names(), "7.5, 8.6, 12.0");
}

TEST(CudaCode, ThatIsStillToBeTranslatedRunsOnAllNewerCards) {
  const CudaCode code("-gencode;arch=compute_80,code=[sm_80,compute_80]");
  EXPECT_TRUE(code.serves({8, 0}));
  EXPECT_TRUE(code.serves({13, 0}));
  EXPECT_FALSE(code.serves({7, 5}));
}

TEST(CudaCode, ForOneCardRunsOnNoOther) {
  const CudaCode code("-gencode;arch=compute_90a,code=sm_90a");
  EXPECT_TRUE(code.serves({9, 0}));
  EXPECT_FALSE(code.serves({9, 1}));
}

TEST(CudaCode, ThatIsNotKnownIsTakenToServeAllCardsFromTheLeastOn) {
  EXPECT_TRUE(CudaCode("").serves({13, 0}));
  EXPECT_FALSE(CudaCode("").serves({7, 0}));
}

}  // namespace
}  // namespace headroom
