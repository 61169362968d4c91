# add_cargo_library(TARGET CRATE folder NAME library): a static library from a Rust crate, always
# optimised (a debug build of it would only be slow: the sanitizers do not see into it). All build
# trees share one target folder, build/cargo, so that the crate is built once for all presets; a lock
# keeps two builds from using the cores twice. The versions are those of the crate's Cargo.lock.
find_program(BULKHEAD_CARGO cargo HINTS $ENV{HOME}/.cargo/bin REQUIRED)
find_program(BULKHEAD_FLOCK flock REQUIRED)
set_property(GLOBAL APPEND PROPERTY JOB_POOLS cargo=1)
set(BULKHEAD_CARGO_TARGET ${CMAKE_SOURCE_DIR}/build/cargo CACHE PATH "Target folder of Rust crates")

function(add_cargo_library target)
  cmake_parse_arguments(CARGO "" "CRATE;NAME" "" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CARGO_CRATE}/src/*.rs)
  set(library ${BULKHEAD_CARGO_TARGET}/release/lib${CARGO_NAME}.a)
  set(stamp ${CMAKE_CURRENT_BINARY_DIR}/${CARGO_NAME}.stamp)
  # The stamp is this tree's own: cargo leaves the library untouched when another tree built it.
  add_custom_command(
    OUTPUT ${stamp}
    BYPRODUCTS ${library}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${BULKHEAD_CARGO_TARGET}
    COMMAND ${CMAKE_COMMAND} -E env RUSTC_BOOTSTRAP=${CARGO_NAME} CARGO_TERM_COLOR=never
            ${BULKHEAD_FLOCK} ${BULKHEAD_CARGO_TARGET}/lock
            ${BULKHEAD_CARGO} build --release --locked --quiet
            --manifest-path ${CARGO_CRATE}/Cargo.toml --target-dir ${BULKHEAD_CARGO_TARGET}
    COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
    DEPENDS ${CARGO_CRATE}/Cargo.toml ${CARGO_CRATE}/Cargo.lock ${sources}
    COMMENT "cargo build ${CARGO_NAME} (some minutes when first built)"
    JOB_POOL cargo VERBATIM)
  add_custom_target(${target}_cargo DEPENDS ${stamp})
  add_library(${target} STATIC IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES IMPORTED_LOCATION ${library})
  add_dependencies(${target} ${target}_cargo)
endfunction()
