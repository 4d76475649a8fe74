#pragma once
/// The file that PHP compiles a script from. The account of the scripts is the host's own and may
/// write it: a file that was touched is noticed before it is run, and written anew under another
/// name.

#include <string>
#include <string_view>

#include <sys/stat.h>

namespace sluice::php {

class ScriptFile {
public:
    /// Nothing is written yet. `stem`: folder and name, without the ending.
    ScriptFile() = default;
    ScriptFile(std::string stem, std::string text);

    /// Writes the text to a file that was not there before. False when that failed.
    bool write();
    /// True when the file is the one that was written, byte for byte: the kernel's time of its last
    /// change cannot be set by anybody. One system call.
    [[nodiscard]] bool is_untouched() const;
    void remove() const;
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    std::string stem_;
    std::string text_;
    std::string path_;
    int writes_ = 0;
    struct stat written_ = {};
};

}  // namespace sluice::php
