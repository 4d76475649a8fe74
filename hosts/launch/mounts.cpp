#include "mounts.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "part.h"

namespace sluice::launch {
namespace {

constexpr unsigned long kShmMb = 16;

void mount_tmpfs(const char* where, const char* settings, unsigned long flags, const char* part) {
    need(mount("tmpfs", where, "tmpfs", MS_NOSUID | MS_NODEV | flags, settings) == 0, part, where);
}

void mount_private(const char* where, unsigned long megabytes) {
    char settings[64];
    std::snprintf(settings, sizeof settings, "size=%lum,nr_inodes=%lu,mode=1777", megabytes,
                  megabytes * 256);
    mount_tmpfs(where, settings, 0, "give a private");
}

// What cannot be reached now cannot be by the script, which has less rights.
bool is_out_of_reach(const char* path, struct stat& facts) {
    if (stat(path, &facts) == 0) {
        return false;
    }
    need(errno == ENOENT || errno == EACCES || errno == ENOTDIR, "hide", path);
    return true;
}

void hide(const char* path) {
    struct stat facts {};
    if (is_out_of_reach(path, facts)) {
        return;
    }
    if (S_ISDIR(facts.st_mode)) {
        mount_tmpfs(path, "size=64k,mode=755", MS_NOEXEC, "hide");
    } else {
        need(mount("/dev/null", path, nullptr, MS_BIND, nullptr) == 0, "hide", path);
    }
}

void make_folders(const char* path) {
    char part[4096];
    need(std::strlen(path) < sizeof part, "make the folder", path);
    std::strcpy(part, path);
    for (char* at = part + 1; *at != '\0'; ++at) {
        if (*at == '/') {
            *at = '\0';
            mkdir(part, 0755);
            *at = '/';
        }
    }
    mkdir(part, 0755);  // whatever went wrong, the mount on it says so
}

bool change(const char* path, unsigned flags, unsigned long set, unsigned long clear) {
    mount_attr attributes{};
    attributes.attr_set = set;
    attributes.attr_clr = clear;
    return mount_setattr(AT_FDCWD, path, flags, &attributes, sizeof attributes) == 0;
}

void allow_writes(const char* path) {
    need(change(path, 0, 0, MOUNT_ATTR_RDONLY), "keep writable", path);
}

}  // namespace

Carried::Carried(const Options& options) {
    if (options.hosts != nullptr) {
        trees_.push_back({options.hosts, kHostsInside, -1});
    }
    for (const char* folder : options.kept) {
        trees_.push_back({folder, folder, -1});
    }
    for (const char* folder : options.writable) {
        trees_.push_back({folder, folder, -1});
    }
}

bool Carried::take() {
    bool has_all = true;
    for (Tree& tree : trees_) {
        if (tree.descriptor < 0) {
            tree.descriptor =
                open_tree(AT_FDCWD, tree.from, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE);
            has_all = has_all && tree.descriptor >= 0;
        }
    }
    return has_all;
}

const char* Carried::missing() const {
    for (const Tree& tree : trees_) {
        if (tree.descriptor < 0) {
            return tree.from;
        }
    }
    return "";
}

void Carried::put() const {
    for (const Tree& tree : trees_) {
        make_folders(tree.to);
        need(move_mount(tree.descriptor, "", AT_FDCWD, tree.to, MOVE_MOUNT_F_EMPTY_PATH) == 0,
             "put into place", tree.from);
        close(tree.descriptor);
    }
}

void arrange_mounts(const Options& options, Carried& carried) {
    char folder[4096];
    const bool had_folder = getcwd(folder, sizeof folder) != nullptr && folder[0] == '/';
    need(carried.take(), "open", carried.missing());
    need(mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "part the mounts");
    for (const char* path : options.hidden) {
        hide(path);
    }
    mount_private("/tmp", options.tmp_mb);
    const bool has_shm = access("/dev/shm", F_OK) == 0;
    if (has_shm) {
        mount_private("/dev/shm", kShmMb);
    }
    carried.put();
    // A script with the server's own account could else write into its program and its hosts.
    need(change("/", AT_RECURSIVE, MOUNT_ATTR_RDONLY, 0), "make the mounts read-only");
    allow_writes("/tmp");
    if (has_shm) {
        allow_writes("/dev/shm");
    }
    for (const char* path : options.writable) {
        allow_writes(path);
    }
    // Node looks for packages from here on upwards. By its name: the folder held until now would
    // show what is hidden on top of it.
    if (!had_folder || chdir(folder) != 0) {
        need(chdir("/tmp") == 0, "enter", "/tmp");
    }
}

void mount_proc() {
    need(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, nullptr) == 0, "mount",
         "/proc");
}

}  // namespace sluice::launch
