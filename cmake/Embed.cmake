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

# embed_folder(TARGET FOLDER folder FUNCTION name NAMESPACE ns GLOBS patterns...): compiles the files
# of a folder into a target, as `std::span<const EmbeddedFile> bulkhead::<ns>::<name>()`, sorted by
# path. The header of the namespace declares EmbeddedFile {std::string_view path, bytes;}.
function(embed_folder target)
  cmake_parse_arguments(EMBED "" "FOLDER;FUNCTION;NAMESPACE;HEADER" "GLOBS" ${ARGN})
  if(NOT TARGET ${target})
    return()
  endif()
  list(TRANSFORM EMBED_GLOBS PREPEND ${EMBED_FOLDER}/)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS ${EMBED_GLOBS})
  list(SORT files)
  set(arrays "")
  set(entries "")
  set(number 0)
  foreach(file IN LISTS files)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    file(RELATIVE_PATH path ${EMBED_FOLDER} ${file})
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
    string(APPEND arrays "constexpr unsigned char kFile${number}[] = {${bytes}0};\n")
    string(APPEND entries "    {\"${path}\", {reinterpret_cast<const char*>(kFile${number}), sizeof kFile${number} - 1}},\n")
    math(EXPR number "${number} + 1")
  endforeach()
  set(content "// Generated from ${EMBED_FOLDER} by cmake/Embed.cmake.
#include \"${EMBED_HEADER}\"

namespace bulkhead::${EMBED_NAMESPACE} {
namespace {
${arrays}
const EmbeddedFile kFiles[] = {
${entries}};
}  // namespace

std::span<const EmbeddedFile> ${EMBED_FUNCTION}() { return kFiles; }

}  // namespace bulkhead::${EMBED_NAMESPACE}
")
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${EMBED_FUNCTION}.gen.cc)
  file(CONFIGURE OUTPUT ${output} CONTENT "${content}" @ONLY)
  target_sources(${target} PRIVATE ${output})
endfunction()
