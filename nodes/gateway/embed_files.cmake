# cmake -DOUT=<file.cpp> -DFILES=<a;b;...> -P embed_files.cmake: C++ that holds the files' bytes.
set(arrays "")
set(cases "")
set(number 0)
foreach(file IN LISTS FILES)
  file(READ "${file}" hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${hex}")
  string(REGEX REPLACE "(('[^']*',){24})" "\\1\n" bytes "${bytes}")
  cmake_path(GET file FILENAME name)
  string(APPEND arrays "constexpr char file_${number}[] = {\n${bytes}'\\0'};\n")
  string(APPEND cases "  if (name == \"${name}\") {\n"
    "    return {file_${number}, sizeof(file_${number}) - 1};\n  }\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE "${OUT}" "// Written by embed_files.cmake.
#include \"messages/base/check.hpp\"
#include \"nodes/gateway/embedded_files.hpp\"

namespace hearth::gateway {

namespace {
${arrays}}  // namespace

std::string_view embedded_file(std::string_view name) {
${cases}  HEARTH_CHECK(false);
  return {};
}

}  // namespace hearth::gateway
")
