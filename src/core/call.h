#pragma once
/// The one record that the stages of a request share. Const once built; a stage that changes
/// something makes a new value.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/principal.h"
#include "core/request.h"

namespace sluice {

/// One name under which a call fires events: `<service>.<resource with dots>.<verb>`, no stage.
struct EventName {
    std::string name;
    /// `event.resource` for the scripts of this name.
    std::string resource;
};

/// What a request is aimed at. Made by pipeline/resolve.cpp.
struct Target {
    std::string service;
    /// What follows the service in the path, without slashes at its ends: "_table/contact/1".
    std::string resource;
    /// `resource` cut at its slashes.
    std::vector<std::string> segments;
    /// Generic, then specific (`db._table.{table_name}.get`, `db._table.contact.get`); one entry
    /// when both are the same.
    std::vector<EventName> events;
};

/// One condition that a role puts on the rows it may touch.
struct RowFilter {
    std::string field;
    std::string op;
    std::string value;
    /// It names a fact about the caller that there is none of: no row meets it.
    bool is_unmet = false;
};

/// What the caller may do with the target. Made by access/authorise.cpp.
struct Grant {
    VerbSet verbs;
    std::vector<RowFilter> filters;
    bool filters_joined_by_or = false;
    /// What `caller`, whose grant this is, may do with another resource of the service; `filters`
    /// are those of `verb`. Unset: everything. Asked by grant_on.
    std::function<Grant(const Principal& caller, std::string_view resource, Verb verb)> on = {};
};

struct Call {
    Request request;
    PrincipalRef principal;
    Target target;
    Grant grant;
};

/// What the caller may do with another resource of the service: for lists that show only what one
/// may see, and for records that lead to other ones.
inline Grant grant_on(const Call& call, std::string_view resource, Verb verb) {
    if (call.grant.on) {
        return call.grant.on(*call.principal, resource, verb);
    }
    Grant everything;
    everything.verbs = VerbSet::all();
    return everything;
}

}  // namespace sluice
