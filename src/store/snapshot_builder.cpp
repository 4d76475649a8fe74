#include "store/snapshot_builder.h"

#include "core/fields.h"
#include "store/event_names.h"
#include "store/make_script.h"

namespace sluice::store {
namespace {

ScriptRef& slot_of(Attachments& attachments, Stage stage) {
    switch (stage) {
        case Stage::PreProcess:
            return attachments.pre_process;
        case Stage::PostProcess:
            return attachments.post_process;
        default:
            return attachments.final;
    }
}

bool is_empty(const Attachments& attachments) {
    return !attachments.pre_process && !attachments.post_process && !attachments.final;
}

std::string_view service_of(std::string_view event) {
    return event.substr(0, event.find('.'));
}

void count(Snapshot& snapshot, std::string_view event, int by) {
    int& scripts = snapshot.attachments_per_service[std::string(service_of(event))];
    scripts += by;
    if (scripts <= 0) {
        snapshot.attachments_per_service.erase(std::string(service_of(event)));
    }
}

/// `script` null: nothing is attached any more.
void attach(Snapshot& snapshot, const std::string& written_name, ScriptRef script) {
    const std::string name = lower_case(written_name);
    const EventNameParts parts = split_event_name(name);
    if (parts.stage == Stage::Queued) {
        return;  // nothing runs them yet
    }
    Attachments& attachments = snapshot.attachments[std::string(parts.event)];
    ScriptRef& slot = slot_of(attachments, parts.stage);
    if ((slot == nullptr) != (script == nullptr)) {
        count(snapshot, parts.event, script ? 1 : -1);
    }
    slot = std::move(script);
    if (is_empty(attachments)) {
        snapshot.attachments.erase(std::string(parts.event));
    }
}

void attach(Snapshot& snapshot, const EventScriptRow& row) {
    attach(snapshot, row.name, row.is_active ? script_of(row) : nullptr);
}

void add(Snapshot& snapshot, ServiceRow row) {
    auto shared = std::make_shared<const ServiceRow>(std::move(row));
    snapshot.services_by_name[shared->name] = shared;
    snapshot.services_by_id[shared->id] = shared;
}

void add(Snapshot& snapshot, AppRow row) {
    auto shared = std::make_shared<const AppRow>(std::move(row));
    snapshot.apps_by_key[shared->api_key] = shared;
    snapshot.apps_by_id[shared->id] = shared;
}

void add(Snapshot& snapshot, RoleRow row) {
    const Id id = row.id;
    snapshot.roles_by_id[id] = std::make_shared<const Role>(std::move(row));
}

Status read_services(Snapshot& snapshot, Tables& tables) {
    SLUICE_TRY(auto rows, tables.services.all());
    snapshot.services_by_name.clear();
    snapshot.services_by_id.clear();
    for (ServiceRow& row : rows) {
        add(snapshot, std::move(row));
    }
    return {};
}

Status read_apps(Snapshot& snapshot, Tables& tables) {
    SLUICE_TRY(auto rows, tables.apps.all());
    snapshot.apps_by_key.clear();
    snapshot.apps_by_id.clear();
    for (AppRow& row : rows) {
        add(snapshot, std::move(row));
    }
    return {};
}

Status read_roles(Snapshot& snapshot, Tables& tables) {
    SLUICE_TRY(auto roles, tables.roles.all());
    SLUICE_TRY(auto accesses, tables.role_accesses.all());
    std::unordered_map<Id, std::vector<RoleAccessRow>> by_role;
    for (RoleAccessRow& access : accesses) {
        by_role[access.role_id].push_back(std::move(access));
    }
    snapshot.roles_by_id.clear();
    for (RoleRow& role : roles) {
        role.accesses = std::move(by_role[role.id]);
        add(snapshot, std::move(role));
    }
    return {};
}

Status read_role(Snapshot& snapshot, Tables& tables, Id id) {
    snapshot.roles_by_id.erase(id);
    SLUICE_TRY(auto role, tables.roles.find(id));
    if (role) {
        SLUICE_TRY(role->accesses, tables.role_accesses.where("role_id", id));
        add(snapshot, std::move(*role));
    }
    return {};
}

Status read_script(Snapshot& snapshot, Tables& tables, const std::string& name) {
    SLUICE_TRY(const auto row, tables.event_scripts.find(name));
    if (row) {
        attach(snapshot, *row);
    } else {
        attach(snapshot, name, nullptr);
    }
    return {};
}

Status read_schema(Snapshot& snapshot, Tables& tables, Id service) {
    snapshot.schema_extras.erase(service);
    snapshot.table_aliases.erase(service);
    SLUICE_TRY(auto extras, read_schema_extras(tables, service));
    if (auto aliases = aliases_in(extras); !aliases.empty()) {
        snapshot.table_aliases[service] = std::move(aliases);
    }
    if (!extras.empty()) {
        snapshot.schema_extras[service] = std::make_shared<const SchemaExtras>(std::move(extras));
    }
    return {};
}

bool loses_a_service(const Snapshot& snapshot, const Changes& changes) {
    for (const Id id : changes.services) {
        if (!snapshot.services_by_id.contains(id)) {
            return true;
        }
    }
    return false;
}

}  // namespace

Result<SnapshotRef> next_snapshot(const Snapshot& previous,
                                  const Changes& changes,
                                  Tables& tables) {
    auto next = std::make_shared<Snapshot>(previous);
    ++next->revision;
    if (!changes.services.empty()) {
        SLUICE_CHECK(read_services(*next, tables));
    }
    // A role that is deleted leaves its apps without one; a service takes its apps' storage along.
    if (!changes.apps.empty() || !changes.roles.empty() || !changes.services.empty()) {
        SLUICE_CHECK(read_apps(*next, tables));
    }
    if (loses_a_service(*next, changes)) {
        SLUICE_CHECK(read_roles(*next, tables));  // its lines in every role went with it
    }
    for (const Id id : changes.roles) {
        SLUICE_CHECK(read_role(*next, tables, id));
    }
    const auto is_gone = [&next](const auto& entry) {
        return !next->services_by_id.contains(entry.first);
    };
    std::erase_if(next->schema_extras, is_gone);
    std::erase_if(next->table_aliases, is_gone);
    for (const Id id : changes.schemas) {
        SLUICE_CHECK(read_schema(*next, tables, id));
    }
    for (const std::string& name : changes.event_scripts) {
        SLUICE_CHECK(read_script(*next, tables, name));
    }
    return next;
}

Result<SnapshotRef> first_snapshot(Tables& tables, std::uint64_t revision) {
    auto first = std::make_shared<Snapshot>();
    first->revision = revision;
    SLUICE_CHECK(read_services(*first, tables));
    SLUICE_CHECK(read_apps(*first, tables));
    SLUICE_CHECK(read_roles(*first, tables));
    for (const auto& [id, service] : first->services_by_id) {
        SLUICE_CHECK(read_schema(*first, tables, id));
    }
    SLUICE_TRY(const auto scripts, tables.event_scripts.all());
    for (const EventScriptRow& row : scripts) {
        attach(*first, row);
    }
    return first;
}

}  // namespace sluice::store
