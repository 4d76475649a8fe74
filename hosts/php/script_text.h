#pragma once
/// A user's PHP text: how it becomes a file, and which parts of the event it can possibly read.
/// Pure; knows no PHP.

#include <string>
#include <string_view>

namespace sluice::php {

/// Which inputs have to be decoded before the script starts, because PHP arrays cannot decode
/// themselves on first use. A true is never wrong; a false is only said where it is certain.
struct Reads {
    bool parameters = true;
    bool headers = true;
    bool content = true;
    bool payload = true;
    bool response_headers = true;
    bool response_content = true;
    bool session = true;
    bool config = true;
    bool form = true;     ///< $_POST, $_REQUEST, $_FILES
    bool query = true;    ///< $_GET, $_REQUEST
    bool cookies = true;  ///< $_COOKIE
    bool signals = true;  ///< not an input: whether it can put up handlers of signals
};

/// Shape: text with exactly one opening tag, on the line where the script begins, and no closing
/// tag at its end. Line numbers stay those of `text`.
std::string file_text(std::string_view text);

/// Every use of $event and $platform has to name its member with a literal ($event['request']
/// ['payload']) for anything but "reads all" to be the answer; a script that includes files,
/// evaluates text or reaches variables by name reads all.
Reads reads_of(std::string_view text);

}  // namespace sluice::php
