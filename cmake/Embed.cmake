# embed_file(TARGET FILE file FUNCTION name NAMESPACE ns): compiles a data file into a target, as
# `std::string_view bulkhead::<ns>::<name>()`. The file stays the one place to edit; touching it
# regenerates the source. For small texts (up to some hundred kilobytes).
function(embed_file target)
  cmake_parse_arguments(EMBED "" "FILE;FUNCTION;NAMESPACE" "" ${ARGN})
  if(NOT TARGET ${target})
    return()
  endif()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${EMBED_FILE})
  file(READ ${EMBED_FILE} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(REGEX REPLACE "(................................................................................)"
         "\\1\n" bytes "${bytes}")
  get_filename_component(name ${EMBED_FILE} NAME)
  set(content "// Generated from ${name} by cmake/Embed.cmake.
#include <string_view>

namespace bulkhead::${EMBED_NAMESPACE} {
namespace {
constexpr unsigned char kBytes[] = {
${bytes}
};
}  // namespace

std::string_view ${EMBED_FUNCTION}();
std::string_view ${EMBED_FUNCTION}() {
  return {reinterpret_cast<const char*>(kBytes), sizeof kBytes};
}

}  // namespace bulkhead::${EMBED_NAMESPACE}
")
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${EMBED_FUNCTION}.gen.cc)
  file(CONFIGURE OUTPUT ${output} CONTENT "${content}" @ONLY)
  target_sources(${target} PRIVATE ${output})
endfunction()
