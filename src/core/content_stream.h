#pragma once
/// Content that is made while it is sent, for answers too large to be held.

#include <string>

#include "core/result.h"
#include "core/task.h"

namespace sluice {

/// Shape:   of a list in JSON. What the stream follows begins with `{"resource":[`; each piece with
/// a
///          comma and a record, or with the `]` behind the last one. No record is cut.
/// Threads: the shard that made it.
class ContentStream {
public:
    virtual ~ContentStream() = default;
    /// The next piece, in place of what `piece` holds; an empty one is the end.
    /// Errors: any. Status and headers are sent by then: the answer is cut off.
    virtual Task<Status> next(std::string& piece) = 0;
};

}  // namespace sluice
