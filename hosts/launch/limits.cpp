#include "limits.h"

#include "part.h"

namespace sluice::launch {
namespace {

void lower(__rlimit_resource what, rlim_t value, const char* part) {
    rlimit limit{};
    need(getrlimit(what, &limit) == 0, part);
    limit.rlim_cur = value < limit.rlim_max ? value : limit.rlim_max;
    limit.rlim_max = limit.rlim_cur;
    need(setrlimit(what, &limit) == 0, part);
}

}  // namespace

void set_limits(const Options& options) {
    lower(RLIMIT_CORE, 0, "forbid core files");
    if (options.files) {
        lower(RLIMIT_NOFILE, *options.files, "limit open files");
    }
    if (options.processes) {
        lower(RLIMIT_NPROC, *options.processes, "limit processes");
    }
    if (options.data_bytes) {
        lower(RLIMIT_DATA, *options.data_bytes, "limit data");
    }
    if (options.space_bytes) {
        lower(RLIMIT_AS, *options.space_bytes, "limit address space");
    }
}

}  // namespace sluice::launch
