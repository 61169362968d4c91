# use_precompiled(TARGET [TEST]): the standard library's headers (for tests also GoogleTest's), parsed
# once for a whole build tree. Most of a sanitized file's compile time is parsing them. Only
# unoptimised builds with GCC have it: from -O1 on g++ 12 finds reads past the end in
# what comes from a precompiled header, where there are none. A missing include hides behind it, and
# behind unity builds; `make lint` reads each file alone.
set(BULKHEAD_PRECOMPILED OFF)
if(CMAKE_CXX_FLAGS_DEBUG MATCHES "-O0" AND CMAKE_BUILD_TYPE STREQUAL "Debug" AND
   CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(BULKHEAD_PRECOMPILED ON)
endif()

function(add_precompiled target)
  set(source ${CMAKE_BINARY_DIR}/${target}.cc)
  file(CONFIGURE OUTPUT ${source} CONTENT "// Carries precompiled headers only.\n")
  add_library(${target} OBJECT ${source})
  target_precompile_headers(${target} PRIVATE ${ARGN})
endfunction()

if(BULKHEAD_PRECOMPILED)
  set(headers <algorithm> <array> <charconv> <chrono> <cstdint> <cstring> <filesystem> <fstream>
      <functional> <map> <memory> <mutex> <optional> <set> <span> <sstream> <string> <string_view>
      <tuple> <unordered_map> <utility> <variant> <vector>)
  add_precompiled(bulkhead_precompiled ${headers})
  if(BULKHEAD_TESTS)
    add_precompiled(bulkhead_precompiled_test ${headers} <gtest/gtest.h>)
    target_link_libraries(bulkhead_precompiled_test PRIVATE GTest::gtest)
  endif()
endif()

function(use_precompiled target)
  if(NOT BULKHEAD_PRECOMPILED)
    return()
  endif()
  if("TEST" IN_LIST ARGN)
    target_precompile_headers(${target} REUSE_FROM bulkhead_precompiled_test)
  else()
    target_precompile_headers(${target} REUSE_FROM bulkhead_precompiled)
  endif()
endfunction()
