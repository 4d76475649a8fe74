# cmake -DOUT=<file.cpp> -DSOURCES=<a.js;b.js> -P embed.cmake: each source as a C++ string, in that order.
set(body "#include \"embedded.h\"\n\nnamespace sluice::sandbox {\n\nconst std::vector<Embedded>& embedded_modules() {\n")
string(APPEND body "    static const std::vector<Embedded> modules = {\n")
foreach(source ${SOURCES})
  get_filename_component(name ${source} NAME_WE)
  file(READ ${source} text)
  # A literal may hold 64 KiB; the delimiter occurs in no source of ours.
  string(APPEND body "        {\"${name}\", R\"sluice(${text})sluice\"},\n")
endforeach()
string(APPEND body "    };\n    return modules;\n}\n\n}  // namespace sluice::sandbox\n")
file(WRITE ${OUT} "${body}")
