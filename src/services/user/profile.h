#pragma once
/// What users say about themselves. `user/profile` and `system/admin/profile`.

#include "access/accounts.h"
#include "services/system/resource.h"

namespace sluice::services::user {

/// GET shows it; POST, PUT and PATCH change it. A new e-mail needs `current_password` and gives a
/// new session token, since tokens die with the e-mail.
/// Errors: Unauthorized (nobody is logged in), BadRequest, Conflict (e-mail or user name taken).
system::ResourceRef make_profile(access::Accounts& accounts, std::string path);

}  // namespace sluice::services::user
