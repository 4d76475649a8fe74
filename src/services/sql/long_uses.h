#pragma once
/// Which of a pool's connections may be kept between two calls: by transactions and cursors, that
/// need another one meanwhile, for what they must know about tables.

#include <algorithm>

#include "core/result.h"
#include "services/sql/gate.h"
#include "services/sql/lending_pool.h"

namespace sluice::services::sql {

/// Held as long as the connection is.
struct LongPlace {
    GatePlace cursor{nullptr};
    GatePlace any{nullptr};
};

/// Threads: one shard.
class LongUses {
public:
    /// `most`: the connections that there may be.
    LongUses(Executor shard, std::size_t most)
        : most_(most),
          cursors_(shard, std::max<std::size_t>(1, most / 2)),
          any_(shard, std::max<std::size_t>(1, most - 1)) {}

    /// With one connection there are none.
    bool are_possible() const { return most_ > 1; }

    /// Errors: ServiceUnavailable when there are none, or no turn came.
    Task<Result<LongPlace>> for_transaction(Deadline deadline);
    /// There must be some. Errors: ServiceUnavailable when no turn came.
    Task<Result<LongPlace>> for_cursor(Deadline deadline);

private:
    std::size_t most_;
    Gate cursors_;
    Gate any_;
};

}  // namespace sluice::services::sql
