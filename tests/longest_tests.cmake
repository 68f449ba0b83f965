# Read by ctest when the tests of a folder are known: the longest ones start first, so that none of them runs alone at the
# end while cores are idle. Seconds on two cores; ctest's own measurements do not exist on a new machine. ctest ignores a
# name that no test has; a test in tests/architecture reports it.
set_tests_properties("fake-card/WholeRun.OfFloat32IsConvertedAndKeptByTheFirstLoadAndReadFromThereByTheNext" PROPERTIES COST 180)
set_tests_properties("pipeline/TakenMemory.TenThousandRandomTracesEndInThePictureOrAClearRefusal" PROPERTIES COST 130)
set_tests_properties("forecast-sse/Models/PredictionOf.EveryPresetsPeakIsRight/tiny" PROPERTIES COST 60)
set_tests_properties("fake-card/OnACardWith/WholeRun.MakesAPictureWithinItsPlan/38_tenths_of_a_GiB" PROPERTIES COST 47)
set_tests_properties("fake-card/OnACardWith/WholeRun.MakesAPictureWithinItsPlan/58_tenths_of_a_GiB" PROPERTIES COST 42)
set_tests_properties("fake-card/OnACardWith/WholeRun.MakesAPictureWithinItsPlan/78_tenths_of_a_GiB" PROPERTIES COST 36)
set_tests_properties("forecast/RandomPrediction.OfAThousandRunsIsRight" PROPERTIES COST 45)
set_tests_properties("fake-card/CardSession.GoesThroughEveryStep" PROPERTIES COST 37)
set_tests_properties("fake-card/CardSession.RunsOutOfTheBundle" PROPERTIES COST 36)
set_tests_properties("fake-card/FaultOnTheCard.ThatLeavesTheCardDeadIsNamed" PROPERTIES COST 31)
set_tests_properties("pipeline/OutOfMemory.AtAnyAllocationTheRunGoesOnUnderASmallerPlanToTheSamePicture" PROPERTIES COST 30)
set_tests_properties("e2e/Resume.FiftyKillsAtAnyMomentLoseNothing" PROPERTIES COST 30)
