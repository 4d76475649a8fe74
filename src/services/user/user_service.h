#pragma once
/// The service `user`: sessions, profiles and passwords of those who call.

#include "access/accounts.h"
#include "services/service.h"
#include "services/service_type.h"

namespace sluice::services::user {

ServiceType user_service_type();

/// Threads: one shard; the accounts may be shared.
ServiceRef make_user_service(access::Accounts& accounts);

}  // namespace sluice::services::user
