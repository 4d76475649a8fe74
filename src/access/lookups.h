#pragma once
/// `{user.id}` and its like: names that stand for facts about the caller.

#include <optional>
#include <string>
#include <string_view>

#include "core/principal.h"

namespace sluice::access {

/// Whether a text is one value, or a list in whose parentheses it must not come to stand for more.
enum class ValueForm { One, List };

/// Replaces `{name}` by its value; names that are unknown stay as they are.
/// Shape:  unset when a name has no value, for instance because nobody is logged in, or a value
///         that would not be one item of a list.
/// Source: user.id, user.email, user.name, user.username, user.first_name, user.last_name,
///         role.id, role.name, app.id, app.name, app.api_key, session.token.
std::optional<std::string> with_lookups(std::string_view text,
                                        const Principal& principal,
                                        ValueForm form = ValueForm::One);

/// The name between braces that speaks of the caller (`{user.emial}`, `{session.user}`) and is none
/// of the above; unset when all are known. Other names in braces are text like any other.
std::optional<std::string> find_unknown_lookup(std::string_view text);

}  // namespace sluice::access
