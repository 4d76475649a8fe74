#pragma once
/// From what could be verified to the principal: which app, which role, what scripts see. Pure.

#include <optional>
#include <string>

#include "access/sessions.h"
#include "core/json.h"
#include "core/principal.h"
#include "store/snapshot.h"

namespace sluice::access {

/// How what is not known of a user is shown: as null.
json::value text_or_null(const std::string& text);

/// What a caller presented and could prove.
struct Proven {
    /// The key of an active app, or empty.
    std::string api_key;
    std::string session_token;
    std::optional<Identity> identity;
};

/// The role: the user's in this app; else the app's own. A user without an app has none. An
/// administrator needs none, unless they were given roles: then those bind them.
PrincipalRef make_principal(const store::Snapshot& snapshot, const Proven& proven);

}  // namespace sluice::access
