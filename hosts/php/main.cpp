/// sluice-php: runs PHP scripts for the server over descriptor 3. Contract: hosts/PROTOCOL.md.

#include <csignal>
#include <cstdio>

#include <sys/prctl.h>

#include "host.h"
#include "last_words.h"
#include "sapi.h"

namespace {

constexpr int kDescriptor = 3;

/// A script has the host's account: /proc/self/mem would be the host, and every script after. Open
/// again at the end, when a sanitizer looks for leaks by tracing.
void open_memory(bool is_open) {
    prctl(PR_SET_DUMPABLE, is_open ? 1 : 0);
}

}  // namespace

int main() {
    std::signal(SIGPIPE, SIG_IGN);
    open_memory(false);
    if (!sluice::php::start_php()) {
        std::fputs("sluice-php: PHP did not start\n", stderr);
        return 1;
    }
    sluice::php::install_last_words(kDescriptor);
    {
        sluice::php::Host host(kDescriptor);
        host.serve();
    }
    sluice::php::stop_php();
    open_memory(true);
    return 0;
}
