#pragma once
/// Sessions: log in, look, refresh, log out. `user/session` and `system/admin/session`.
/// Source: docs/reference/sessions.md.

#include "access/accounts.h"
#include "services/system/resource.h"

namespace sluice::services::user {

enum class WhoLogsIn { Everybody, Admins };

/// Errors: BadRequest (something missing), Unauthorized (wrong credentials, no session),
///         NotFound (no admin session), TooManyRequests.
system::ResourceRef make_session(access::Accounts& accounts, std::string path, WhoLogsIn who);

/// What a log-in answers: the token, the user, and for ordinary users their role.
Task<Result<Response>> session_answer(access::Accounts& accounts,
                                      access::Identity identity,
                                      access::Session session,
                                      std::string api_key);

}  // namespace sluice::services::user
