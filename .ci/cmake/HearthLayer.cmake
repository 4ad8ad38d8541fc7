# hearth_layer(<name> FOLDER <folder> SOURCES ... HEADERS ... [INTERNAL ...] [PUBLIC ...] [PRIVATE ...])
#
# One static library per layer, with an include root of its own: a directory in
# the build tree that holds links to the headers the layer lists, and nothing
# else. A target therefore sees the headers of the layers it links and no others:
# a wrong #include is "file not found" at build time, not a remark in review.
# INTERNAL headers are seen by the layer's own sources only.
function(hearth_link_headers root folder)
  file(REMOVE_RECURSE "${root}")  # headers that were renamed or dropped
  file(MAKE_DIRECTORY "${root}")
  foreach(header IN LISTS ARGN)
    cmake_path(GET header PARENT_PATH subfolder)
    file(MAKE_DIRECTORY "${root}/${folder}/${subfolder}")
    file(CREATE_LINK "${CMAKE_SOURCE_DIR}/${folder}/${header}" "${root}/${folder}/${header}" SYMBOLIC)
  endforeach()
endfunction()

# A layer's sources are compiled six at a time, because their headers cost more than they do. Off in
# the clang preset, where each must stand alone, and in dev, where one file changes at a time.
option(HEARTH_UNITY "Compile groups of sources as one" ON)
if(HEARTH_UNITY)
  # A source's own types are not of the unit's main file then, which is harmless.
  add_compile_options(-Wno-subobject-linkage)
endif()

# hearth_alone(<source>...): those whose local names clash with their neighbours'.
function(hearth_alone)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

function(hearth_layer name)
  cmake_parse_arguments(ARG "" "FOLDER" "SOURCES;HEADERS;INTERNAL;PUBLIC;PRIVATE" ${ARGN})
  set(root "${CMAKE_BINARY_DIR}/include_roots/${name}")
  set(internal_root "${CMAKE_BINARY_DIR}/include_roots/${name}_internal")
  hearth_link_headers("${root}" "${ARG_FOLDER}" ${ARG_HEADERS})
  hearth_link_headers("${internal_root}" "${ARG_FOLDER}" ${ARG_INTERNAL})
  list(TRANSFORM ARG_HEADERS PREPEND "${root}/${ARG_FOLDER}/")
  list(TRANSFORM ARG_SOURCES PREPEND "${CMAKE_SOURCE_DIR}/${ARG_FOLDER}/")

  add_library(hearth_${name} STATIC ${ARG_SOURCES})
  add_library(hearth::${name} ALIAS hearth_${name})
  set_target_properties(hearth_${name} PROPERTIES
    UNITY_BUILD ${HEARTH_UNITY} UNITY_BUILD_BATCH_SIZE 6)
  target_sources(hearth_${name} PUBLIC
    FILE_SET HEADERS BASE_DIRS "${root}" FILES ${ARG_HEADERS})
  target_include_directories(hearth_${name} PRIVATE "${internal_root}")
  # __FILE__, asserts and debug info name repository paths, whatever the machine.
  target_compile_options(hearth_${name} PUBLIC
    "-ffile-prefix-map=${root}/=" "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")
  target_link_libraries(hearth_${name}
    PUBLIC hearth_warnings ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE})

  # Link check: the layer with what it declares, and nothing else, lacks no symbol.
  file(GENERATE OUTPUT "${CMAKE_BINARY_DIR}/link_checks/${name}.cpp" CONTENT "int main() {}\n")
  add_executable(${name}_link_check EXCLUDE_FROM_ALL "${CMAKE_BINARY_DIR}/link_checks/${name}.cpp")
  target_link_libraries(${name}_link_check PRIVATE
    "$<LINK_LIBRARY:WHOLE_ARCHIVE,hearth_${name}>")
endfunction()
