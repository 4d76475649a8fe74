#include "part.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <unistd.h>

namespace sluice::launch {

void give_up(const char* part, const char* what) {
    const int code = errno;
    // One write, so that lines of several processes do not mix.
    char line[512];
    const int length = std::snprintf(line, sizeof line, "sluice-launch: cannot %s%s%s: %s\n", part,
                                     *what == '\0' ? "" : " ", what, std::strerror(code));
    if (length > 0) {
        const auto size = static_cast<std::size_t>(length);
        [[maybe_unused]] const ssize_t put =
            write(STDERR_FILENO, line, size < sizeof line ? size : sizeof line - 1);
    }
    _exit(kRefused);
}

}  // namespace sluice::launch
