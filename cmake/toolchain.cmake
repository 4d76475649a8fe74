# g++ 12 compiles ordinary coroutine shapes wrongly and silently (docs/adr/0002-clang-19.md).
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(FATAL_ERROR "g++ ${CMAKE_CXX_COMPILER_VERSION} miscompiles coroutines; use clang-19 "
                      "(cmake --preset release) or g++ 13 and newer.")
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  add_link_options(-fuse-ld=lld)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

set(SLUICE_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror)

set(SLUICE_SANITIZE "" CACHE STRING "sanitizers for everything under src/, as in -fsanitize=")
if(SLUICE_SANITIZE)
  set(SLUICE_SANITIZE_OPTIONS -fsanitize=${SLUICE_SANITIZE} -fno-sanitize-recover=all
                              -fno-omit-frame-pointer -O1)
endif()

option(SLUICE_FUZZ "build the fuzzers, *_fuzz.cpp, with libFuzzer" OFF)
if(SLUICE_FUZZ)
  list(APPEND SLUICE_SANITIZE_OPTIONS -fsanitize=fuzzer-no-link)
endif()

if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo")
  set(SLUICE_HARDENING -D_FORTIFY_SOURCE=2 -D_GLIBCXX_ASSERTIONS -fstack-protector-strong
                       -fcf-protection)
  add_link_options(-Wl,-z,relro,-z,now -pie)
endif()
