#pragma once
/// What the host sees of the machine's files: all read-only, a private /tmp, the server's own
/// hidden.

#include <vector>

#include "options.h"

namespace sluice::launch {

/// Folders to be put into place later, held open: by then they may be out of reach.
class Carried {
public:
    explicit Carried(const Options& options);
    /// Takes hold of those that are not held yet. False when one cannot be.
    bool take();
    /// Names of those not held, for messages.
    const char* missing() const;
    void put() const;

private:
    struct Tree {
        const char* from;
        const char* to;
        int descriptor;
    };
    std::vector<Tree> trees_;
};

/// In new namespaces: builds the view. Gives up at the first part that fails.
void arrange_mounts(const Options& options, Carried& carried);

/// In a new process namespace: /proc shows it alone. Gives up where the system forbids that (a
/// container whose /proc is masked): the old one would show the server's processes.
void mount_proc();

}  // namespace sluice::launch
