#pragma once
/// One server to a system database: two would each keep a configuration of its own in memory, and
/// a script or role saved at the one would not be in force at the other.

#include <string>

#include "core/result.h"

namespace sluice::app {

/// Held until it is destroyed, or the process has ended in whatever way. Not passed on to script
/// hosts.
class InstanceLock {
public:
    /// `file` is the system database; the lock is `FILE.lock` beside it.
    /// Errors: BadRequest, one sentence for the operator: another server holds it, or the file
    /// cannot be made.
    static Result<InstanceLock> take(const std::string& file);

    InstanceLock(InstanceLock&& other) noexcept;
    InstanceLock& operator=(InstanceLock&&) = delete;
    InstanceLock(const InstanceLock&) = delete;
    InstanceLock& operator=(const InstanceLock&) = delete;
    ~InstanceLock();

private:
    explicit InstanceLock(int descriptor) : descriptor_(descriptor) {}

    int descriptor_;
};

}  // namespace sluice::app
