# add_registry(TARGET FOLDER folder NAMESPACE ns TYPE Type HEADER header FUNCTION name): writes a
# sorted table of the descriptors defined in FOLDER/*.cc. Dropping in a file is the whole registration;
# a wrong name is a link error. Each file has a namespace of its own, named after its stem, and in it
# its descriptor: namespace bulkhead::<ns>::<folder>::<stem> { extern constinit const Type descriptor
# = {...}; } (extern, because const alone would keep it inside its file).
function(add_registry target)
  cmake_parse_arguments(REG "" "FOLDER;NAMESPACE;TYPE;HEADER;FUNCTION" "" ${ARGN})
  if(NOT TARGET ${target})
    return()
  endif()
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${REG_FOLDER}/*.cc)
  list(FILTER files EXCLUDE REGEX "_test\\.cc$")
  list(SORT files)
  set(declarations "")
  set(entries "")
  foreach(file IN LISTS files)
    get_filename_component(stem ${file} NAME_WE)
    string(APPEND declarations "namespace ${stem} {\nextern const ${REG_TYPE} descriptor;\n}\n")
    string(APPEND entries "    &${REG_FOLDER}::${stem}::descriptor,\n")
  endforeach()
  list(LENGTH files count)
  set(content "// Generated from ${REG_FOLDER}/ by cmake/Registry.cmake.
#include <array>

#include \"${REG_HEADER}\"

namespace bulkhead::${REG_NAMESPACE} {
namespace ${REG_FOLDER} {
${declarations}}  // namespace ${REG_FOLDER}

namespace {
constexpr std::array<const ${REG_TYPE}*, ${count}> kAll = {
${entries}};
}  // namespace

std::span<const ${REG_TYPE}* const> ${REG_FUNCTION}() { return kAll; }

}  // namespace bulkhead::${REG_NAMESPACE}
")
  set(output ${CMAKE_CURRENT_BINARY_DIR}/${REG_FUNCTION}_registry.gen.cc)
  file(CONFIGURE OUTPUT ${output} CONTENT "${content}" @ONLY)
  target_sources(${target} PRIVATE ${output})
endfunction()
