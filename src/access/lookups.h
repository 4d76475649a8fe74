#pragma once
/// `{user.id}` and its like: names that stand for facts about the caller.

#include <string>
#include <string_view>

#include "core/principal.h"

namespace sluice::access {

/// Replaces `{name}` by its value. Names that are unknown, or that have no value because nobody is
/// logged in, become nothing when they speak of the caller and stay as they are otherwise.
/// Source: user.id, user.email, user.name, user.username, user.first_name, user.last_name,
///         role.id, role.name, app.id, app.name, app.api_key, session.token.
std::string with_lookups(std::string_view text, const Principal& principal);

}  // namespace sluice::access
