#include "script_file.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace sluice::php {

namespace {

constexpr int kMostNames = 16;  // of files that somebody else has put in the way

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t size = ::write(descriptor, text.data(), text.size());
        if (size < 0 && errno != EINTR) {
            return false;
        }
        text.remove_prefix(size < 0 ? 0 : static_cast<std::size_t>(size));
    }
    return true;
}

bool is_same(const timespec& a, const timespec& b) {
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

}  // namespace

ScriptFile::ScriptFile(std::string stem, std::string text)
    : stem_(std::move(stem)), text_(std::move(text)) {}

bool ScriptFile::write() {
    // Never the same name twice: opcache may hold what it read under the last one.
    int descriptor = -1;
    for (int tries = 0; descriptor < 0 && tries < kMostNames; ++tries) {
        path_ = stem_ + (writes_ == 0 ? "" : "-" + std::to_string(writes_)) + ".php";
        ++writes_;
        descriptor =
            open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0400);
    }
    if (descriptor < 0) {
        return false;
    }
    const bool is_whole = write_all(descriptor, text_) && fstat(descriptor, &written_) == 0;
    close(descriptor);
    return is_whole;
}

bool ScriptFile::is_untouched() const {
    struct stat now = {};
    return lstat(path_.c_str(), &now) == 0 && now.st_dev == written_.st_dev &&
           now.st_ino == written_.st_ino && now.st_size == written_.st_size &&
           now.st_mode == written_.st_mode && is_same(now.st_mtim, written_.st_mtim) &&
           is_same(now.st_ctim, written_.st_ctim);
}

void ScriptFile::remove() const {
    unlink(path_.c_str());
}

}  // namespace sluice::php
