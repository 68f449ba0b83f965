#include "headroom/gui_state/job_watch.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

using std::chrono::seconds;

class JobWatchTest : public testing::Test {
 protected:
  // A job whose steps began at 0 s.
  JobWatchTest() {
    job_.id = 1;
    job_.request.steps = 9;
    job_.request.count = 3;
    job_.stage = Stage::kDenoise;
    job_.stage_started = start_;
    job_.total_steps = 8;
  }
  ProgressInput look(int at_s) { return watch_.look(job_, start_ + seconds(at_s)); }

  const JobWatch::Time start_ = JobWatch::Time() + seconds(1000);
  JobStatus job_;
  JobWatch watch_;
};

TEST_F(JobWatchTest, HandsOnWhatTheStatusTells) {
  job_.image_index = 2;
  job_.step = 3;
  const ProgressInput input = look(4);
  EXPECT_EQ(input.steps, 8);
  EXPECT_EQ(input.count, 3);
  EXPECT_EQ(input.image_index, 2);
  EXPECT_EQ(input.step, 3);
  EXPECT_EQ(input.stage, Stage::kDenoise);
  EXPECT_EQ(input.stage_elapsed, 4);
  job_.total_steps = 0;
  EXPECT_EQ(look(4).steps, 9) << "as they were asked for, until the run says";
}

TEST_F(JobWatchTest, MeasuresTheStepsOfTheStage) {
  EXPECT_EQ(look(1).step_seconds, 0) << "not known yet";
  job_.step = 2;
  EXPECT_EQ(look(6).step_seconds, 3);
  const ProgressInput later = look(8);
  EXPECT_EQ(later.step_seconds, 3) << "of the steps that are done";
  EXPECT_EQ(later.step_elapsed, 2);
}

TEST_F(JobWatchTest, KeepsTheirLengthForTheStagesAfterAndThePicturesAfter) {
  job_.step = 4;
  static_cast<void>(look(8));
  job_.stage = Stage::kDecode;
  job_.stage_started = start_ + seconds(16);
  ProgressInput input = look(17);
  EXPECT_EQ(input.step_seconds, 2);
  EXPECT_EQ(input.step, 0) << "decoding has none";
  EXPECT_EQ(input.stage_elapsed, 1);
  job_.stage = Stage::kDenoise;
  job_.stage_started = start_ + seconds(20);
  job_.image_index = 1;
  job_.step = 0;
  input = look(20);
  EXPECT_EQ(input.step_seconds, 2);
  EXPECT_EQ(input.step_elapsed, 0);
}

TEST_F(JobWatchTest, AnotherJobIsMeasuredAnew) {
  job_.step = 4;
  static_cast<void>(look(8));
  job_.id = 2;
  job_.step = 0;
  job_.stage_started = start_ + seconds(9);
  EXPECT_EQ(look(10).step_seconds, 0);
}

TEST_F(JobWatchTest, AClockThatWasReadBeforeTheStatusIsNoNegativeTime) {
  const ProgressInput input = look(-1);
  EXPECT_EQ(input.stage_elapsed, 0);
  EXPECT_EQ(input.step_elapsed, 0);
}

}  // namespace
}  // namespace headroom
