#pragma once
/// Changing one's password. `user/password` and `system/admin/password`.

#include "access/accounts.h"
#include "services/system/resource.h"

namespace sluice::services::user {

/// POST, PUT, PATCH `{old_password,new_password}`; `?login=true` also opens a session.
/// Errors: BadRequest (something missing, a wrong old password, a new one that is too short),
///         NotImplemented (a reset by mail), TooManyRequests.
system::ResourceRef make_password(access::Accounts& accounts, std::string path);

}  // namespace sluice::services::user
