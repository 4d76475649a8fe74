#pragma once
/// The few paths that need no role: where one logs in, and what a log-in page must know.

#include <string_view>

#include "core/verb.h"

namespace sluice::access {

/// `resource` is what follows the service in the path, without slashes at its ends.
bool is_public(std::string_view service, std::string_view resource, Verb verb);

/// The same for a whole path, `/api[/v2]/{service}/{resource}`.
bool is_public_path(std::string_view path, Verb verb);

/// A session resource: `/api[/v2]/system/admin/session` or `/api[/v2]/user/session`.
bool is_session_path(std::string_view path);

}  // namespace sluice::access
