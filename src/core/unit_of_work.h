#pragma once
/// Work of several calls to one service that becomes lasting together, or not at all.

#include <memory>
#include <string>

#include "core/deadline.h"
#include "core/result.h"
#include "core/task.h"

namespace sluice {

/// A call and those that are made within it share one by their Origin; calls to other services are
/// no part of it.
/// Threads: one shard.
class UnitOfWork {
public:
    /// What the service keeps of it, from its first call on. Undone when destroyed uncommitted.
    class Part {
    public:
        virtual ~Part() = default;
        /// Errors: the service's; then nothing of it has become lasting, unless the message says
        ///         that this is not known.
        virtual Task<Status> commit(Deadline deadline) = 0;
        virtual Task<Status> rollback() = 0;
    };

    explicit UnitOfWork(std::string service) : service_(std::move(service)) {}

    const std::string& service() const { return service_; }
    /// Null until `set_part`.
    Part* part() const { return part_.get(); }
    void set_part(std::unique_ptr<Part> part) { part_ = std::move(part); }

private:
    std::string service_;
    std::unique_ptr<Part> part_;
};
using UnitOfWorkRef = std::shared_ptr<UnitOfWork>;

}  // namespace sluice
