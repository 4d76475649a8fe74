#pragma once
/// Registering oneself, where the instance allows it. `user/register`.

#include "access/accounts.h"
#include "services/system/resource.h"

namespace sluice::services::user {

/// POST `{email, password | new_password, first_name, last_name, name, username, phone}`;
/// `?login=true` also opens a session. The service's configuration decides:
/// `allow_open_registration`, and `open_reg_role_id`, which new users get in every app.
/// Errors: Forbidden (not allowed), BadRequest with a context of what is wrong per field, Conflict,
///         NotImplemented (a confirmation by mail is configured).
system::ResourceRef make_register(access::Accounts& accounts, std::string path);

}  // namespace sluice::services::user
