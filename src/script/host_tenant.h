#pragma once
/// For whom a host works. Design: docs/adr/0005-hosts-as-processes.md, "Whose runs share a host".

#include "core/event.h"

namespace sluice::script {

/// One script on behalf of one caller. What is in flight on a host can be read, and answered, by
/// the run at its head, where the engine is no sandbox: so it is all of one tenant.
struct Tenant {
    ScriptRef script;
    PrincipalRef principal;
};

/// The same text under the same name. Attachments of one text to two events are two scripts.
bool is_same_script(const Script& one, const Script& other);

/// The same user with the same app and role, however they proved it.
bool is_same_caller(const Principal& one, const Principal& other);

bool is_same_tenant(const Tenant& one, const Tenant& other);

}  // namespace sluice::script
