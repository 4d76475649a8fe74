#include "access/authorise.h"

#include <algorithm>

#include "access/lookups.h"
#include "access/public_paths.h"
#include "core/fields.h"

namespace sluice::access {
namespace {

using store::AccessLines;
using store::Role;
using store::RoleAccessRow;
using store::ServiceLines;

/// What a caller asks to do.
struct Wish {
    Verb verb;
    Requestor requestor;

    bool may_use(const RoleAccessRow& line) const {
        return (line.requestor_mask & static_cast<int>(requestor)) != 0;
    }
    bool is_granted_by(const RoleAccessRow& line) const {
        return may_use(line) && line.verbs.contains(verb);
    }
};

const AccessLines& lines_at(const store::TextMap<AccessLines>& lines, std::string_view key) {
    static const AccessLines kNone;
    const auto at = lines.find(key);
    return at == lines.end() ? kNone : at->second;
}

/// Collects what the lines of one step grant.
class Sum {
public:
    explicit Sum(Wish wish) : wish_(wish) {}

    void add_verbs(const AccessLines& lines) {
        for (const RoleAccessRow* line : lines) {
            if (wish_.may_use(*line)) {
                found_ = true;
                grant_.verbs = grant_.verbs | line->verbs;
            }
        }
    }

    /// The filters that `lines`, all of one component, put on what is asked: those of the lines
    /// that grant the verb; of all of them when none does, since the verb then comes from a wider
    /// line, which must not show what these hide.
    void add_filters(const AccessLines& lines) {
        const bool says_itself = std::ranges::any_of(
            lines, [this](const RoleAccessRow* line) { return wish_.is_granted_by(*line); });
        for (const RoleAccessRow* line : lines) {
            const bool counts = says_itself ? wish_.is_granted_by(*line) : wish_.may_use(*line);
            if (counts && !line->filters.empty()) {
                grant_.filters.insert(grant_.filters.end(), line->filters.begin(),
                                      line->filters.end());
                grant_.filters_joined_by_or = filtering_++ == 0 && line->filters_joined_by_or;
            }
        }
    }

    void add(const AccessLines& lines) {
        add_verbs(lines);
        add_filters(lines);
    }

    bool found() const { return found_; }

    Grant take() {
        if (!grant_.verbs.contains(wish_.verb)) {
            grant_.filters.clear();
        }
        return std::move(grant_);
    }

private:
    Wish wish_;
    bool found_ = false;
    int filtering_ = 0;
    Grant grant_;
};

/// Calls `work` for "a/b/c", "a/b", "a", "".
template <typename Work>
void for_each_prefix(std::string_view component, Work work) {
    while (!component.empty()) {
        work(component);
        const std::size_t slash = component.rfind('/');
        component = component.substr(0, slash == std::string_view::npos ? 0 : slash);
    }
    work(component);
}

/// What it reads and writes is its own affair: filters on rows do not reach that.
bool is_routine(std::string_view asked) {
    return asked.starts_with("_func/") || asked.starts_with("_proc/");
}

/// As the index spells it, without the arguments of a procedure: "_func/f(1)" is "_func/f". What
/// stands below a table in `_schema` is part of how the table is made: "_schema/a/_field/b" is
/// "_schema/a".
std::string asked_component(std::string_view component) {
    constexpr std::string_view kSchema = "_schema/";
    std::string asked(component);
    if (asked.starts_with(kSchema)) {
        asked.resize(std::min(asked.find('/', kSchema.size()), asked.size()));
    }
    // Only there: a record whose key is "(1,2)" is still a record, and needs the right to one.
    if (!is_routine(asked)) {
        return store::indexed_component(asked);
    }
    const std::size_t open = asked.find('(');
    const std::size_t close = asked.rfind(')');
    if (open != std::string::npos && close != std::string::npos && close > open) {
        asked.erase(open, close - open + 1);
    }
    return store::indexed_component(asked);
}

Grant everything() {
    Grant grant;
    grant.verbs = VerbSet::all();
    return grant;
}

/// The lists of a database's tables and routines, which show only those that the role may see; so
/// whoever may see any may ask for them.
bool is_list_of_seen(std::string_view resource) {
    return resource == "_table" || resource == "_schema" || resource == "_proc" ||
           resource == "_func";
}

bool grants_below(const AccessLines& lines, Wish wish) {
    return std::ranges::any_of(
        lines, [wish](const RoleAccessRow* line) { return wish.is_granted_by(*line); });
}

bool grants_below(const store::TextMap<AccessLines>& lines, const std::string& list, Wish wish) {
    return std::ranges::any_of(lines, [&](const auto& entry) {
        return entry.first.starts_with(list) && grants_below(entry.second, wish);
    });
}

/// Whether a line grants anything on one of those that `list` shows.
bool grants_one_of(const Role& role, store::Id service, std::string_view list, Wish wish) {
    const auto lines = role.index.by_service.find(service);
    const std::string below = std::string(list) + "/";
    return lines != role.index.by_service.end() &&
           (grants_below(lines->second.exact, below, wish) ||
            grants_below(lines->second.patterns, below, wish));
}

Error no_role(const Principal& principal) {
    if (!principal.user && !principal.app) {
        return {ErrorKind::Unauthorized,
                "No session token (JWT) or API Key detected in request. Please send in "
                "X-DreamFactory-Session-Token and/or X-DreamFactory-API-Key request header."};
    }
    if (!principal.app) {
        return {ErrorKind::Unauthorized,
                "No API Key provided. Please provide a valid API Key using X-DreamFactory-API-Key "
                "request header or 'api_key' url query parameter."};
    }
    if (!principal.user) {
        return {ErrorKind::Unauthorized,
                "No session token (JWT) provided. Please provide a valid JWT using "
                "X-DreamFactory-Session-Token request header or 'session_token' url query "
                "parameter."};
    }
    return {ErrorKind::Forbidden,
            "Role not found. A role may not be assigned to you or your application."};
}

/// The filters of `grant` with what they name of the caller in place.
Grant with_lookups(Grant grant, const Principal& caller) {
    for (RowFilter& filter : grant.filters) {
        const bool has_items = lower_case(filter.op).ends_with("in");
        auto named =
            with_lookups(filter.value, caller, has_items ? ValueForm::List : ValueForm::One);
        filter.is_unmet = !named;
        filter.value = std::move(named).value_or("");
    }
    return grant;
}

Error refused(const Principal& principal, const Target& target, Verb verb) {
    if (!principal.user) {
        return {ErrorKind::Unauthorized, "Unauthorized. User is not authenticated."};
    }
    std::string what(lower_name_of(verb));
    what[0] = static_cast<char>(what[0] - ('a' - 'A'));
    what.append(" access to ");
    if (!target.resource.empty()) {
        what.append("component '").append(target.resource).append("' of ");
    }
    return {ErrorKind::Forbidden, "Access Forbidden. " + what + "service '" + target.service +
                                      "' is not allowed by this user's role."};
}

/// With the filters, whether or not they mean anything to what is asked.
Grant filtered_grant_of(const Role& role,
                        std::optional<store::Id> service,
                        const std::string& asked,
                        Wish wish) {
    const auto lines = service ? role.index.by_service.find(*service) : role.index.by_service.end();
    const bool has_lines = lines != role.index.by_service.end();
    if (has_lines) {
        Sum exact(wish);
        exact.add(lines_at(lines->second.exact, asked));
        if (exact.found()) {
            return exact.take();
        }
        Sum patterns(wish);
        for_each_prefix(asked, [&](std::string_view prefix) {
            patterns.add(lines_at(lines->second.patterns, prefix));
            patterns.add_filters(lines_at(lines->second.exact, prefix));
        });
        if (patterns.found()) {
            return patterns.take();
        }
    }
    Sum every(wish);
    every.add(lines_at(role.index.every_service.patterns, ""));
    if (asked.empty()) {
        every.add(lines_at(role.index.every_service.exact, ""));
    }
    if (has_lines) {
        for_each_prefix(asked, [&](std::string_view prefix) {
            every.add_filters(lines_at(lines->second.exact, prefix));
        });
    }
    return every.take();
}

}  // namespace

Grant grant_of(const Role& role,
               std::optional<store::Id> service,
               std::string_view component,
               Verb verb,
               Requestor requestor) {
    const std::string asked = asked_component(component);
    Grant grant = filtered_grant_of(role, service, asked, {verb, requestor});
    if (!is_routine(asked)) {
        return grant;
    }
    // Where rows are filtered, it is not called at all.
    VerbSet unfiltered;
    for (const Verb each : {Verb::Get, Verb::Post, Verb::Put, Verb::Patch, Verb::Delete}) {
        const Grant one = filtered_grant_of(role, service, asked, {each, requestor});
        if (one.verbs.contains(each) && one.filters.empty()) {
            unfiltered = unfiltered | VerbSet::of(each);
        }
    }
    grant.verbs = unfiltered;
    return grant;
}

bool grants_anything(const Principal& principal,
                     const store::ServiceRow& service,
                     Requestor requestor,
                     const store::Snapshot& snapshot) {
    if (principal.is_unrestricted) {
        return true;
    }
    const auto role =
        principal.role ? snapshot.roles_by_id.find(principal.role->id) : snapshot.roles_by_id.end();
    if (role == snapshot.roles_by_id.end() || !role->second->row.is_active) {
        return false;
    }
    return std::ranges::any_of(role->second->row.accesses, [&](const RoleAccessRow& line) {
        return (!line.service_id || *line.service_id == service.id) && line.verbs.bits() != 0 &&
               (line.requestor_mask & static_cast<int>(requestor)) != 0;
    });
}

Result<Grant> authorise(const Principal& principal,
                        const Target& target,
                        Verb verb,
                        Requestor requestor,
                        const store::Snapshot& snapshot) {
    if (principal.is_unrestricted || is_public(target.service, target.resource, verb)) {
        return everything();
    }
    if (!principal.role) {
        return fail(no_role(principal));
    }
    const auto role = snapshot.roles_by_id.find(principal.role->id);
    if (role == snapshot.roles_by_id.end()) {
        return fail(no_role(principal));
    }
    if (!role->second->row.is_active) {
        return fail(
            ErrorKind::Forbidden,
            "Access Forbidden. The role assigned to you or your application is not active.");
    }
    const auto service = snapshot.services_by_name.find(target.service);
    const bool exists = service != snapshot.services_by_name.end();
    const auto service_id = exists ? std::optional(service->second->id) : std::nullopt;
    Grant grant = grant_of(*role->second, service_id, target.resource, verb, requestor);
    const bool is_list = exists && is_list_of_seen(target.resource);
    if (is_list && verb == Verb::Get &&
        grants_one_of(*role->second, *service_id, target.resource, {verb, requestor})) {
        grant.verbs = grant.verbs | VerbSet::of(Verb::Get);
    }
    if (exists) {
        grant.on = [role = role->second, service_id, requestor](
                       const Principal& caller, std::string_view resource, Verb wanted) {
            return with_lookups(grant_of(*role, service_id, resource, wanted, requestor), caller);
        };
    }
    const bool is_allowed =
        verb == Verb::Options ? grant.verbs.bits() != 0 : grant.verbs.contains(verb);
    if (!is_allowed && !grant.filters.empty()) {
        return fail(ErrorKind::Forbidden,
                    "Access Forbidden. This user's role puts filters on rows, which do not reach "
                    "what procedures and functions do. A line of the role for '" +
                        asked_component(target.resource) + "' alone, without filters, allows it.");
    }
    if (!is_allowed) {
        return fail(refused(principal, target, verb));
    }
    return with_lookups(std::move(grant), principal);
}

}  // namespace sluice::access
