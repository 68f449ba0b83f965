# One room = one static library headroom_<room>; its tests = one program <room>_test.

find_program(HEADROOM_CCACHE ccache)
if(HEADROOM_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Precompiled headers are hashed by content, not by time; a clone in another folder finds what this one compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${HEADROOM_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
endif()

add_library(headroom_warnings INTERFACE)
target_compile_options(headroom_warnings INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor
                                                   -Woverloaded-virtual)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # With full optimisation these see an overlap in "text" + std::string that is not there (GCC bug 105651).
  target_compile_options(headroom_warnings INTERFACE $<$<CONFIG:Release>:-Wno-restrict>)
endif()

# headroom_room(<room> SOURCES ... [PUBLIC rooms and libraries...] [PRIVATE libraries...])
function(headroom_room room)
  cmake_parse_arguments(ROOM "" "" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
  add_library(headroom_${room} STATIC ${ROOM_SOURCES})
  target_include_directories(headroom_${room} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/include
                             PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(headroom_${room} PUBLIC ${ROOM_PUBLIC}
                        PRIVATE headroom_warnings ${ROOM_PRIVATE})
endfunction()

# headroom_see(<target> <rooms>...): the public headers of rooms that the target does not link, or not in this way.
function(headroom_see target)
  foreach(room IN LISTS ARGN)
    target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR}/src/${room}/include)
  endforeach()
endfunction()

# headroom_test_headers(<test program>): GoogleTest's headers precompiled, for tests without torch.
function(headroom_test_headers test)
  target_link_libraries(${test} PRIVATE headroom_test_paths GTest::gmock)
  target_precompile_headers(${test} REUSE_FROM headroom_test_paths)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # It forgets which precompiled headers are the system's, and then sees the overlap of bug 105651 in std::string.
    target_compile_options(${test} PRIVATE -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow)
  endif()
endfunction()

# headroom_test(<room> SOURCES ... [LINK libraries...] [LABELS ...] [TIMEOUT seconds])
function(headroom_test room)
  cmake_parse_arguments(TEST "" "TIMEOUT" "SOURCES;LINK;LABELS" ${ARGN})
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 120)
  endif()
  if(NOT TEST_LABELS)
    set(TEST_LABELS unit)
  endif()
  add_executable(${room}_test ${TEST_SOURCES})
  target_link_libraries(${room}_test PRIVATE headroom_${room} headroom_warnings ${TEST_LINK} headroom_test_paths
                                             GTest::gmock GTest::gtest_main)
  if(NOT "torch" IN_LIST TEST_LABELS)
    headroom_test_headers(${room}_test)
  endif()
  gtest_discover_tests(${room}_test TEST_PREFIX "${room}/" DISCOVERY_TIMEOUT 60
                       PROPERTIES LABELS "${TEST_LABELS}" TIMEOUT ${TEST_TIMEOUT}
                                  ENVIRONMENT GOMP_SPINCOUNT=1000)  # why: src/app/main.cpp
endfunction()

# headroom_reduced_tests(<room> FILTER <filter> [TIMEOUT seconds]): some tests of a room's test program again as
# on processors with less: libraries choose other kernels there, and plans must hold all the same. The names say
# which: <room>-avx512 without bfloat16 and matrix units, <room>-avx2, <room>-sse.
function(headroom_reduced_tests room)
  cmake_parse_arguments(TEST "" "TIMEOUT;FILTER" "" ${ARGN})
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 300)
  endif()
  set(reduced avx512:avx512:AVX512_CORE avx2:avx2:AVX2 sse:default:SSE41)
  file(STRINGS /proc/cpuinfo cpu_flags REGEX "^flags" LIMIT_COUNT 1)
  foreach(kind IN LISTS reduced)
    string(REPLACE ":" ";" parts ${kind})
    list(GET parts 0 name)
    list(GET parts 1 aten)
    list(GET parts 2 onednn)
    if(name STREQUAL "avx512" AND NOT cpu_flags MATCHES "avx512bw")
      continue()
    endif()
    if(name STREQUAL "avx2" AND NOT cpu_flags MATCHES "avx2")
      continue()
    endif()
    gtest_discover_tests(${room}_test TEST_PREFIX "${room}-${name}/" TEST_FILTER "${TEST_FILTER}"
                         TEST_LIST ${room}_${name}_tests DISCOVERY_TIMEOUT 60
                         PROPERTIES LABELS "torch;reduced" TIMEOUT ${TEST_TIMEOUT}
                         ENVIRONMENT "GOMP_SPINCOUNT=1000;ATEN_CPU_CAPABILITY=${aten};ONEDNN_MAX_CPU_ISA=${onednn}")
  endforeach()
endfunction()
