#pragma once
/// What loses something when a record goes or is renamed. It goes all the same, as the incumbent's
/// tables have it; the answer warns, so that nobody finds out by a call that fails.
///
/// Shape:   sentences for a `warning`, empty when nothing is left behind. They name ten at most of
/// a
///          kind: apps, roles and scripts by name, users by id, which a role's relations show too.
/// Errors:  those of the database.
/// Threads: the store's own.

#include <string>

#include "store/tables.h"

namespace sluice::services::system {

/// A member that answers carry when there is something to say.
inline constexpr std::string_view kWarning = "warning";

/// Apps keep no role; users keep no line with it.
Result<std::string> left_by(store::Tables& tables, const store::RoleRow& role);
/// Users keep no role in it, nor it as the app they begin with.
Result<std::string> left_by(store::Tables& tables, const store::AppRow& app);
/// Roles keep no line for it, apps no storage; scripts on its events no longer fire.
Result<std::string> left_by(store::Tables& tables, const store::ServiceRow& service);
/// Scripts on the events of a service's old name.
Result<std::string> left_by_name(store::Tables& tables, const std::string& old_name);

}  // namespace sluice::services::system
