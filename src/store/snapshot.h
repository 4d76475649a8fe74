#pragma once
/// The configuration as the hot path reads it: immutable, swapped whole when something changes.
/// Rows it is made from: service, app, role, role_service_access, event_script, and what is kept
/// about tables.

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/event.h"
#include "core/fields.h"
#include "store/role_index.h"
#include "store/rows.h"
#include "store/schema_extras.h"

namespace sluice::store {

/// The active scripts of one event name.
struct Attachments {
    ScriptRef pre_process;
    ScriptRef post_process;
    ScriptRef final;

    /// The first of them that wants the call to be one transaction. Null: none does.
    const Script* transactional() const {
        for (const ScriptRef* script : {&pre_process, &post_process, &final}) {
            if (*script && (*script)->is_transactional) {
                return script->get();
            }
        }
        return nullptr;
    }
};

/// Threads: any, it never changes. Pointers live as long as the snapshot.
struct Snapshot {
    /// Grows with every change of the tables above.
    std::uint64_t revision = 0;
    TextMap<std::shared_ptr<const ServiceRow>> services_by_name;
    std::unordered_map<Id, std::shared_ptr<const ServiceRow>> services_by_id;
    TextMap<std::shared_ptr<const AppRow>> apps_by_key;
    std::unordered_map<Id, std::shared_ptr<const AppRow>> apps_by_id;
    std::unordered_map<Id, std::shared_ptr<const Role>> roles_by_id;
    /// What is kept about tables, by service.
    std::unordered_map<Id, SchemaExtrasRef> schema_extras;
    /// The tables that have an alias: by service, and by the alias in lower case.
    std::unordered_map<Id, TextMap<std::string>> table_aliases;
    /// By event name without its stage, lower-case: table names are found in any spelling, and
    /// another spelling must not go round a table's scripts.
    TextMap<Attachments> attachments;
    /// Services (first part of an event name) that have any attachment at all: the quick "no".
    TextMap<int> attachments_per_service;

    /// `event` in any case.
    const Attachments* find_attachments(std::string_view event) const {
        const auto found = attachments.find(lower_case(event));
        return found == attachments.end() ? nullptr : &found->second;
    }
};
using SnapshotRef = std::shared_ptr<const Snapshot>;

}  // namespace sluice::store
