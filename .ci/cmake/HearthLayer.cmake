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

# hearth_unity(<target> <source>...): compiles these sources of the target as one, because their
# headers cost more than they do. Off in the clang preset, where each must stand alone.
option(HEARTH_UNITY "Compile groups of sources as one" ON)
function(hearth_unity target)
  if(HEARTH_UNITY)
    list(GET ARGN 0 group)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
    set_source_files_properties(${ARGN} PROPERTIES UNITY_GROUP "${group}")
  endif()
endfunction()
