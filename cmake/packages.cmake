find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json filesystem)
find_package(tl-expected REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(simdjson REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
add_library(sodium ALIAS PkgConfig::sodium)
# Its headers are named with their folder: <mariadb/mysql.h>.
pkg_check_modules(LIBMARIADB REQUIRED libmariadb)
add_library(mariadb INTERFACE)
target_link_libraries(mariadb INTERFACE ${LIBMARIADB_LINK_LIBRARIES})
pkg_check_modules(tomlplusplus REQUIRED IMPORTED_TARGET tomlplusplus)
add_library(tomlplusplus ALIAS PkgConfig::tomlplusplus)

option(SLUICE_TESTS "build the unit tests" ON)
if(SLUICE_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
  enable_testing()
endif()

# Asio and Beast are compiled once (src/core/asio.cpp), not in every file that names them.
add_library(asio INTERFACE)
target_compile_definitions(asio INTERFACE BOOST_ASIO_SEPARATE_COMPILATION
                                          BOOST_BEAST_SEPARATE_COMPILATION
                                          BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(asio INTERFACE Boost::headers OpenSSL::SSL Threads::Threads)
