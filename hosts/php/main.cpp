/// sluice-php: runs PHP scripts for the server over descriptor 3. Contract: hosts/PROTOCOL.md.

#include <csignal>
#include <cstdio>

#include "host.h"
#include "last_words.h"
#include "sapi.h"

namespace {

constexpr int kDescriptor = 3;

}  // namespace

int main() {
    std::signal(SIGPIPE, SIG_IGN);
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
    return 0;
}
