#include "options.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "part.h"

namespace sluice::launch {
namespace {

constexpr rlim_t kMegabyte = rlim_t{1} << 20U;

bool read_number(const char* text, unsigned long& into, char stop = '\0', const char** rest = {}) {
    char* end = nullptr;
    errno = 0;
    into = std::strtoul(text, &end, 10);
    if (*text < '0' || *text > '9' || *end != stop || errno != 0) {
        return false;
    }
    if (rest != nullptr) {
        *rest = end + 1;
    }
    return true;
}

bool read_limit(const char* text, rlim_t unit, std::optional<rlim_t>& into) {
    unsigned long value = 0;
    if (!read_number(text, value)) {
        return false;
    }
    into = value * unit;
    return true;
}

// UID:GID. Root is no account for scripts.
bool read_account(const char* text, std::optional<Account>& into) {
    unsigned long user = 0;
    unsigned long group = 0;
    const char* rest = nullptr;
    if (!read_number(text, user, ':', &rest) || !read_number(rest, group) || user == 0) {
        return false;
    }
    into = Account{static_cast<uid_t>(user), static_cast<gid_t>(group)};
    return true;
}

bool read_namespaces(const char* text, std::optional<Network>& into) {
    if (std::strcmp(text, "open") == 0) {
        into = Network::Shared;
        return true;
    }
    into = Network::None;
    return std::strcmp(text, "closed") == 0;
}

// Relative paths would mean another place after the folder was changed.
bool read_path(const char* text, const char*& into) {
    into = text;
    return *text == '/';
}

bool add_path(const char* text, std::vector<const char*>& into) {
    into.push_back(text);
    return *text == '/';
}

bool apply(Options& options, const char* name, const char* value) {
    const auto is = [name](const char* option) { return std::strcmp(name, option) == 0; };
    return is("--data-mb")      ? read_limit(value, kMegabyte, options.data_bytes)
           : is("--space-mb")   ? read_limit(value, kMegabyte, options.space_bytes)
           : is("--files")      ? read_limit(value, 1, options.files)
           : is("--processes")  ? read_limit(value, 1, options.processes)
           : is("--user")       ? read_account(value, options.account)
           : is("--namespaces") ? read_namespaces(value, options.namespaces)
           : is("--hosts")      ? read_path(value, options.hosts)
           : is("--keep")       ? add_path(value, options.kept)
           : is("--write")      ? add_path(value, options.writable)
           : is("--hide")       ? add_path(value, options.hidden)
           : is("--tmp-mb")     ? read_number(value, options.tmp_mb) && options.tmp_mb > 0
                                : false;
}

}  // namespace

Options read_options(int count, char** arguments) {
    Options options;
    int at = 1;
    for (; at + 1 < count && std::strcmp(arguments[at], "--") != 0; at += 2) {
        if (!apply(options, arguments[at], arguments[at + 1])) {
            std::fprintf(stderr, "sluice-launch: no sense in %s %s\n", arguments[at],
                         arguments[at + 1]);
            std::exit(kUsage);
        }
    }
    if (at + 1 >= count) {
        std::fputs("sluice-launch: no program given\n", stderr);
        std::exit(kUsage);
    }
    options.program = arguments + at + 1;
    return options;
}

}  // namespace sluice::launch
