#pragma once
/// What a new instance holds.

#include "store/tables.h"

namespace sluice::store {

/// What the instance made up for itself on its first start and keeps for ever.
struct InstanceFacts {
    std::string instance_id;
    /// Key of the session tokens, 32 bytes as hex. Never shown or logged.
    std::string token_key;
};

/// Fills an empty database. Shape: the services get the ids 1 to 7, the apps 1 to 3.
Status seed(Tables& tables);

/// Errors: Internal when the database was never seeded.
Result<InstanceFacts> read_instance_facts(Tables& tables);

}  // namespace sluice::store
