#pragma once
/// Shared memory, semaphores and message queues (System V): the kernel keeps them beyond the run
/// that made them.

namespace sluice::php {

/// Those that are there beside the ones at the start of the host.
class SharedObjects {
public:
    /// Looks at what is there now.
    SharedObjects();

    /// Removes what has come since. False when something is still there. Three system calls when
    /// nothing has come.
    [[nodiscard]] bool clean() const;

private:
    struct Counts {
        int memory = 0;
        int semaphores = 0;
        int queues = 0;
        bool operator==(const Counts&) const = default;
    };

    [[nodiscard]] static Counts counts();

    Counts at_start_;
};

}  // namespace sluice::php
