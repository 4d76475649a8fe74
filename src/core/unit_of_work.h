#pragma once
/// Work of several calls to one service that becomes lasting together, or not at all.
/// Source: docs/reference/transactions.md

#include <memory>
#include <string>
#include <string_view>

#include "core/deadline.h"
#include "core/result.h"
#include "core/task.h"

namespace sluice {

/// A call and those that are made within it share one by their Origin; calls to other services are
/// no part of it, but of one that stands around it, if that is theirs. One inside of another of the
/// same service is undone alone, and becomes lasting with the outer one.
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
        /// It holds something that others may be waiting for.
        virtual bool is_open() const = 0;
    };

    /// `until`: no later than then the service may give it up. `outer`: it stands within this one.
    UnitOfWork(std::string service, Deadline until, std::shared_ptr<UnitOfWork> outer = nullptr)
        : service_(std::move(service)), until_(until), outer_(std::move(outer)) {}

    const std::string& service() const { return service_; }
    Deadline until() const { return until_; }
    UnitOfWork* outer() const { return outer_.get(); }
    /// Null until `set_part`.
    Part* part() const { return part_.get(); }
    void set_part(std::unique_ptr<Part> part) { part_ = std::move(part); }

    /// Once. What comes later is refused, also from calls that are still under way.
    /// Errors: of Part; UpstreamTimeout when the deadline has passed: then it is undone.
    Task<Status> end(bool keeps, Deadline deadline);
    bool is_over() const { return is_over_; }

    /// The innermost of `service` among `unit` (which may be null) and those around it. Null: none.
    static UnitOfWork* of(UnitOfWork* unit, std::string_view service);
    /// Any of them holds something that others may be waiting for.
    static bool is_any_open(const UnitOfWork* unit);

private:
    std::string service_;
    Deadline until_;
    /// Outlives the part, which refers to its part.
    std::shared_ptr<UnitOfWork> outer_;
    std::unique_ptr<Part> part_;
    bool is_over_ = false;
};
using UnitOfWorkRef = std::shared_ptr<UnitOfWork>;

}  // namespace sluice
