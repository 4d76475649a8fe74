#pragma once
/// The transaction that scripts ask for: the call that they are attached to, and what they do to
/// its service meanwhile, becomes lasting together or not at all.
/// Source: docs/reference/transactions.md

#include "core/unit_of_work.h"
#include "services/service.h"
#include "store/snapshot.h"

namespace sluice::pipeline {

/// Null when no script of the call asks for one. Inside of a transaction of the same service it is
/// a part of that.
/// Errors: Internal for a service that has no transactions.
Result<UnitOfWorkRef> unit_of_work(const store::Snapshot& snapshot,
                                   const Call& call,
                                   const services::Description& service);

/// Ends it as the answer says: below 400 it is kept, unless `has_failed`.
/// Shape:  why it could not be kept when it was to be.
Task<std::optional<Error>> settle(UnitOfWork& unit,
                                  bool has_failed,
                                  Deadline deadline,
                                  const Response& response);

}  // namespace sluice::pipeline
